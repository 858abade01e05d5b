"""What is to be said of the sources: in a line where it matters, in a corner where it does not."""

from __future__ import annotations

from tui_monitor.live.session import SessionState
from tui_monitor.tui.header.naming import session_name
from tui_monitor.tui.pump import FeedStatus
from tui_monitor.tui.spans import Span, Spans, Tone, one_line
from tui_monitor.units import pluralize


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
