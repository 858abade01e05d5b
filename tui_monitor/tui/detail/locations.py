"""Locations behind an entry: the file to open, its ordinal among the changes of that file, a name to save a text
under."""

from __future__ import annotations

import re
from typing import NamedTuple

from tui_monitor.events import ChangeKind, ToolKind
from tui_monitor.live.entries import Call, Entry, Mark
from tui_monitor.live.session import SessionState
from tui_monitor.tui.detail.tabs import Tab

_SUFFIXES = {Tab.DIFF: ".diff", Tab.INPUT: ".json"}
_MAX_NAME = 60


class FileLocation(NamedTuple):
    """A line of a file, from 1; the path is as the agent recorded it."""

    path: str
    line: int = 1


def location_of(entry: Entry) -> FileLocation | None:
    """Return the file of an entry; None if it has none."""
    if isinstance(entry, Mark):
        return None
    if entry.changes:
        change = entry.changes[0]
        return FileLocation(change.path, change.lines[0] if change.lines else 1)
    if entry.kind in (ToolKind.READ, ToolKind.EDIT, ToolKind.WRITE) and entry.subject:
        return FileLocation(entry.subject, max(1, int(entry.note)) if re.fullmatch("[0-9]{1,9}", entry.note) else 1)
    return None


def file_name(entry: Entry, tab: Tab | None) -> str:
    """Return a harmless file name for the text of a tab, or of a mark."""
    name = f"{entry.tool}-{entry.id}" if isinstance(entry, Call) else entry.kind
    stem = re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")[:_MAX_NAME] or "call"
    return stem + (_SUFFIXES.get(tab, ".txt") if tab else ".txt")


def change_ordinal(entry: Entry | None, state: SessionState) -> tuple[int, int] | None:
    """Return ``(2, 4)`` for the second of four calls that changed the entry's first file; None for an entry without a
    change."""
    path = _changed_path(entry)
    if path is None:
        return None
    calls = [call for call in state.log.calls() if _changed_path(call) == path]
    ordinal = calls.index(entry) + 1 if isinstance(entry, Call) and entry in calls else len(calls)
    return ordinal, len(calls)


def _changed_path(entry: Entry | None) -> str | None:
    if not isinstance(entry, Call):
        return None
    return next((change.path for change in entry.changes if change.kind is not ChangeKind.READ), None)
