"""Short texts about a session and its sources: state, name, model, cost, alerts."""

from __future__ import annotations

import re
from pathlib import PurePath

from tui_monitor.ledger import ZERO, Amount
from tui_monitor.live.session import SessionState
from tui_monitor.live.status import Status, StatusWord
from tui_monitor.tui.pump import FeedStatus
from tui_monitor.tui.rows.target import target_of
from tui_monitor.tui.spans import Span, Spans, Tone, one_line
from tui_monitor.units import compact, dollars, duration_forms, pluralize

_VENDOR = re.compile(r"^.*/|^(?:us|eu|apac|global)\.|^anthropic\.|^models/|^claude-(?=[a-z])")
_DATE = re.compile(r"[-@]20\d{6}(?:-v\d+:\d+)?$|-latest$|-v\d+:\d+$")


def short_model(model: str) -> str:
    """A model's name without its maker and date: ``claude-opus-4-6-20260101`` is ``opus-4-6``."""
    previous = None
    while model != previous:
        previous, model = model, _VENDOR.sub("", model)
    return _DATE.sub("", model) or previous


def session_name(state: SessionState) -> str:
    """What a person would call the session: its folder, else its title, else the beginning of its id."""
    folder = PurePath(state.cwd.replace("\\", "/")).name if state.cwd else ""
    return folder or state.title or state.key.id[:8]


def cost_text(amount: Amount) -> str:
    """``$1.84``; ``≥$1.84`` where it is a lower bound; ``$—`` while no request is known, or where none has a price."""
    if amount == ZERO or amount.is_unpriced:
        return "$—"
    return f"{bound(amount)}{dollars(amount.cost)}"


def bound(amount: Amount) -> str:
    """The sign of a lower bound, or nothing."""
    return "≥" if amount.lower_bound or amount.unpriced else ""


def tokens_text(amount: Amount) -> str:
    """All tokens as one count: ``12.4M tok``; ``— tok`` while no request is known."""
    if amount == ZERO:
        return "— tok"
    return f"{'≥' if amount.lower_bound else ''}{compact(amount.total_tokens)} tok"


def cache_share(amount: Amount) -> int | None:
    """How much of what was sent came out of the cache, in per cent; None where nothing was sent."""
    sent = amount.input + amount.cache_read + amount.cache_creation
    return round(100 * amount.cache_read / sent) if sent else None


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


def alert_text(now: FeedStatus) -> str:
    """What is wrong, in a line; empty when all is well."""
    if not now.troubles:
        return ""
    first, *others = now.troubles.values()
    return one_line(first) + (f" (and {len(others)} more)" if others else "")


def news_spans(now: FeedStatus, shown: SessionState, newer: SessionState | None) -> Spans:
    """How far reading is while it takes long, else that another session was heard of after the one that is shown."""
    progress = now.progress
    if progress and now.catching_up:
        done = 100 * progress.bytes_read // progress.total_bytes
        return (Span(f"reading, {done} % of {progress.total_bytes / 1e6:,.0f} MB so far", Tone.DIM),)
    if newer:
        name = _name_beside(newer, shown)
        return (Span(f"{one_line(name)} has news: ", Tone.DOUBT), Span("s", Tone.ASKS), Span(" shows the sessions"))
    return ()


def health_spans(now: FeedStatus) -> Spans:
    """``2 lines skipped``; nothing when all could be read."""
    parts = []
    if now.health.skipped:
        parts.append(f"{pluralize(now.health.skipped, 'line')} skipped")
    if now.health.unknown:
        parts.append(f"{pluralize(now.health.unknown, 'line')} of unknown type")
    return (Span(" · ".join(parts), Tone.DOUBT),) if parts else ()


def _name_beside(state: SessionState, other: SessionState) -> str:
    name = session_name(state)
    return f"another session of {name}" if name == session_name(other) else name
