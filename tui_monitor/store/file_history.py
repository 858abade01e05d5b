"""The changes of one file of a session, from the first to the last."""

from __future__ import annotations

import sqlite3

from tui_monitor.events import CallState, Change, ChangeKind, SessionKey
from tui_monitor.merge.file_history import FileHistory, HistoryChange
from tui_monitor.store.intern import InternTables
from tui_monitor.store.texts import unpack

_CHANGES = f"""
    SELECT calls.call, tools.value, agents.agent, max(calls.finished, calls.started), calls.state,
        changes.kind, diff, changes.added, changes.removed, old_path, first_line, last_line, cut
    FROM files JOIN changes ON changes.file = files.id JOIN calls ON calls.id = changes.call
        JOIN agents ON agents.number = calls.agent JOIN strings AS tools ON tools.id = calls.tool
    WHERE files.session = ? AND files.path = ?
        AND counted AND changes.kind <> '{ChangeKind.READ}'
    ORDER BY max(calls.finished, calls.started), started_order, position
"""
_MAX_NAMES = 20
"""Earlier names that are followed."""


def load_file_history(
    connection: sqlite3.Connection, interned: InternTables, session: SessionKey, path: str
) -> FileHistory:
    """Load the changes of a file, and those from before it was renamed."""
    number = interned.sessions.find(session)
    if number is None:
        return FileHistory(session, path)
    changes: list[HistoryChange] = []
    names = [path]
    until = None
    while len(names) <= _MAX_NAMES:
        of_name = [each for each in _load(connection, number, names[-1]) if until is None or each.at <= until]
        changes = [*of_name, *changes]
        first = next((each for each in of_name if each.change.kind is ChangeKind.RENAME), None)
        if first is None or not first.change.old_path or first.change.old_path in names:
            break
        names.append(first.change.old_path)
        until = first.at
    return FileHistory(session, path, tuple(changes))


def _load(connection: sqlite3.Connection, session: int, path: str) -> list[HistoryChange]:
    rows = connection.execute(_CHANGES, (session, path))
    return [
        HistoryChange(
            call,
            tool,
            agent,
            at,
            CallState(state),
            Change(
                ChangeKind(kind),
                path,
                unpack(diff),
                added,
                removed,
                old_path,
                None if first is None else (first, last),
            ),
            is_whole=not cut,
        )
        for call, tool, agent, at, state, kind, diff, added, removed, old_path, first, last, cut in rows
    ]
