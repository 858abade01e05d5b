"""What has happened in a session while nobody looked, as a mark in its log that stands until one leaves again."""

from __future__ import annotations

from tui_monitor.live.entries import Call, Mark, MarkKind
from tui_monitor.live.session import SessionState

LEAST_MS = 10_000
"""The shortest absence that is worth a line."""


def leave(state: SessionState) -> bool:
    """Remove the mark of the last absence; True if there was one."""
    existing, state.absence = state.absence, None
    if existing:
        state.log.drop(existing)
    return existing is not None


def come_back(state: SessionState, left_at: int) -> bool:
    """Mark what has happened since ``left_at`` (epoch ms); True if anything did."""
    calls = [call for call in state.log.calls() if call.at > left_at]
    entries = [entry for entry in state.log.entries if isinstance(entry, Mark) and entry.at > left_at]
    if calls or any(entry.kind is MarkKind.PROMPT for entry in entries):
        state.absence = Mark(MarkKind.AWAY, left_at, before=len(calls), after=_failed(calls), detail=str(_files(calls)))
        state.log.mark(state.absence)
    return state.absence is not None


def _failed(calls: list[Call]) -> int:
    return sum(call.state.failed for call in calls)


def _files(calls: list[Call]) -> int:
    return len(
        {change.path for call in calls for change in call.changes if change.diff or change.added or change.removed}
    )
