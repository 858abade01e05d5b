"""Which change of its file a call made, of how many."""

from __future__ import annotations

from tui_monitor.events import ChangeKind
from tui_monitor.live.entries import Call, Entry
from tui_monitor.live.session import SessionState


def change_ordinal(entry: Entry | None, state: SessionState) -> tuple[int, int] | None:
    """``(2, 4)`` for the second of four calls that changed its first file; None for an entry that changed none."""
    path = _changed(entry)
    if path is None:
        return None
    calls = [call for call in state.log.calls() if _changed(call) == path]
    return calls.index(entry) + 1 if entry in calls else len(calls), len(calls)


def _changed(entry: Entry | None) -> str | None:
    if not isinstance(entry, Call):
        return None
    return next((change.path for change in entry.changes if change.kind is not ChangeKind.READ), None)
