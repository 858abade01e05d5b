"""The last test run of a session, and how much was changed since."""

from __future__ import annotations

from typing import NamedTuple

from tui_monitor.events import ToolKind
from tui_monitor.live.entries import Call
from tui_monitor.live.file_guard import changes_project
from tui_monitor.live.session import SessionState
from tui_monitor.merge.suite_result import SuiteResult


class LastSuite(NamedTuple):
    """The call that ran tests last, its result, and the number of edits of the project after it."""

    call: Call
    result: SuiteResult
    edits_since: int


def last_suite(state: SessionState) -> LastSuite | None:
    """Return the last test run of any agent of the session; None if there was none among its calls."""
    edits = 0
    for entry in reversed(state.log.entries):
        if not isinstance(entry, Call):
            continue
        if entry.suite:
            return LastSuite(entry, entry.suite, edits)
        edits += _is_edit(entry, state.folder)
    return None


def _is_edit(call: Call, folder: str) -> bool:
    """Return True for a change of the project; an agent's plans and notes are in no test."""
    has_changed = call.change_count and call.kind in (ToolKind.EDIT, ToolKind.WRITE) and not call.state.failed
    return bool(has_changed) and changes_project(call, folder)
