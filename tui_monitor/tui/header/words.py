"""The agent's state in words: glyph, word, how long, what it is about."""

from __future__ import annotations

from tui_monitor.live.session import SessionState
from tui_monitor.live.status import Status, Word
from tui_monitor.tui.rows.cells import Span, Spans, Tone, one_line
from tui_monitor.tui.rows.target import target_of
from tui_monitor.units import duration_forms

_LOOKS = {
    Word.WAITS: ("?", Tone.WAITS),
    Word.RETRYING: ("∼", Tone.RETRY),
    Word.FAILED: ("✗", Tone.FAILED),
    Word.COMPACTING: ("═", Tone.COMPACTED),
    Word.WORKING: ("▶", Tone.RUNNING),
    Word.THINKING: ("◌", Tone.AGENT),
    Word.INTERRUPTED: ("⊘", Tone.REJECTED),
    Word.DONE: ("✓", Tone.PROMPT),
    Word.IDLE: ("·", Tone.DIM),
    Word.ENDED: ("·", Tone.DIM),
    Word.UNKNOWN: ("◇", Tone.DIM),
}


def state_spans(status: Status, now: int) -> Spans:
    """``▶ WORKING 12s``: never left out, at any width. What is only likely has a question mark."""
    glyph, tone = _LOOKS[status.word]
    doubt = "" if status.certain or status.word is Word.UNKNOWN else "?"
    age = duration_forms(max(0, now - status.since))[-1:] if status.since else ()
    return (Span(f"{glyph} {status.word}{doubt}", tone), *(Span(f" {text}", Tone.TEXT) for text in age))


def subject_spans(status: Status, state: SessionState) -> Spans:
    """What the state is about: the open call, or what was said with it."""
    if status.call:
        target = target_of(status.call, state.cwd)
        return (Span(f"{target.prefix}{target.text}{target.suffix}"),)
    return (Span(one_line(status.subject)),) if status.subject else ()
