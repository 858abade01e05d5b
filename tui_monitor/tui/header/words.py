"""The agent's state in words: glyph, word, how long, what it is about."""

from __future__ import annotations

from tui_monitor.live.session import SessionState
from tui_monitor.live.status import Status, StatusWord
from tui_monitor.tui.rows.target import target_of
from tui_monitor.tui.spans import Span, Spans, Tone, one_line
from tui_monitor.units import duration_forms

_LOOKS = {
    StatusWord.WAITS: ("?", Tone.WAITS),
    StatusWord.RETRYING: ("∼", Tone.RETRY),
    StatusWord.FAILED: ("✗", Tone.FAILED),
    StatusWord.COMPACTING: ("═", Tone.COMPACTED),
    StatusWord.WORKING: ("▶", Tone.RUNNING),
    StatusWord.THINKING: ("◌", Tone.AGENT),
    StatusWord.INTERRUPTED: ("⊘", Tone.REJECTED),
    StatusWord.DONE: ("✓", Tone.PROMPT),
    StatusWord.IDLE: ("·", Tone.DIM),
    StatusWord.ENDED: ("·", Tone.DIM),
    StatusWord.UNKNOWN: ("◇", Tone.DIM),
}


def state_spans(status: Status, now: int) -> Spans:
    """``▶ WORKING 12s``: never left out, at any width. What is only likely has a question mark."""
    glyph, tone = _LOOKS[status.word]
    doubt = "" if status.certain or status.word is StatusWord.UNKNOWN else "?"
    age = duration_forms(max(0, now - status.since))[-1:] if status.since else ()
    return (Span(f"{glyph} {status.word}{doubt}", tone), *(Span(f" {text}", Tone.TEXT) for text in age))


def subject_spans(status: Status, state: SessionState) -> Spans:
    """What the state is about: the open call, or what was said with it."""
    if status.call:
        target = target_of(status.call, state.cwd)
        return (Span(f"{target.prefix}{target.text}{target.suffix}"),)
    return (Span(one_line(status.subject)),) if status.subject else ()
