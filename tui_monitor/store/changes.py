"""Changes of files by calls, each with its diff, and the totals per file and session."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from operator import sub

from tui_monitor.events import UNCOUNTED_KINDS, Change, ChangeKind
from tui_monitor.store.intern import FileKey, InternTables
from tui_monitor.store.sql import MAX_INTEGER, SqlRow, chunks, id_list, insert_rows, sum_of
from tui_monitor.store.texts import DIFF_LIMIT, pack, truncate_diff, unpack

_INSERT = """
    INSERT INTO changes (call, position, file, kind, old_path, added, removed, first_line, last_line, diff, cut)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
IS_UNCOUNTED = f"""
    changes.kind IN ({", ".join(f"'{kind}'" for kind in UNCOUNTED_KINDS)}) AND changes.added = 0 AND changes.removed = 0
"""
"""The condition of `Change.is_uncounted`."""

SUM_CHANGES = f"""
    SELECT count(*) AS changes, {sum_of("changes.added")} AS added, {sum_of("changes.removed")} AS removed,
        {sum_of(IS_UNCOUNTED)} AS uncounted, coalesce(max(calls.finished), 0) AS changed_at {{}}
    FROM changes JOIN calls ON calls.id = changes.call
    WHERE calls.counted AND calls.tool IS NOT NULL AND changes.kind <> '{ChangeKind.READ}'
"""
"""The sums of the changes that count; with more columns before a further condition."""

_SUM_FILE = f"""
    UPDATE files SET (changes, added, removed, uncounted, changed_at) = (
        SELECT {sum_of("changes")}, {sum_of("added")}, {sum_of("removed")}, {sum_of("uncounted")}, max(changed_at)
        FROM (
            {SUM_CHANGES.format("")} AND changes.file = files.id
            UNION ALL SELECT changes, added, removed, uncounted, changed_at FROM rolled_changes WHERE file = files.id))
    WHERE id = ?
"""
_SUM_CALLS = f"{SUM_CHANGES.format(', changes.file')} AND changes.call IN ({{}}) GROUP BY changes.file"
_ADD_TO_FILE = f"""
    UPDATE files SET changes = changes + ?, added = min({MAX_INTEGER}, added + ?),
        removed = min({MAX_INTEGER}, removed + ?), uncounted = uncounted + ?, changed_at = max(changed_at, ?)
    WHERE id = ?
"""
_SESSIONS = f"""
    SELECT session, sum(changes > 0), {sum_of("added")}, {sum_of("removed")}, {sum_of("uncounted")} FROM files
    WHERE id IN ({{}}) GROUP BY session
"""
_CHANGES = """
    SELECT call, changes.kind, files.path, diff, changes.added, changes.removed, old_path, first_line, last_line
    FROM changes JOIN files ON files.id = changes.file WHERE call IN ({}) ORDER BY call, position
"""
_ADD_TO_SESSION = """
    UPDATE sessions SET files_changed = files_changed + ?, lines_added = lines_added + ?,
        lines_removed = lines_removed + ?, uncounted = uncounted + ? WHERE id = ?
"""


class ChangeTable:
    """The tables of changes and files. Without ``keep`` changes are counted, but their diffs are not stored."""

    def __init__(self, connection: sqlite3.Connection, interned: InternTables, keep: bool) -> None:
        self._connection = connection
        self._interned = interned
        self._keep = keep
        self._new: list[SqlRow] = []
        self._touched: set[int] = set()
        """Files that are summed again."""
        self._recounted: set[int] = set()
        self._added: set[int] = set()
        """Calls that had no changes before: theirs are added to the sums, which may be those of thousands."""

    def put(self, session: int, call: int, changes: Sequence[Change], existing: int, with_diffs: bool) -> None:
        """Replace the changes of a call, of which there are ``existing``."""
        is_added = call in self._added or not existing
        if is_added:
            self._added.add(call)
        else:
            self._touch_files([call])
        if existing:
            self._new = [row for row in self._new if row[0] != call]
            self._connection.execute("DELETE FROM changes WHERE call = ?", (call,))
        for position, change in enumerate(changes):
            file = self._interned.files.id_of(FileKey(session, change.path))
            if not is_added:
                self._touched.add(file)
            self._new.append(self._row(call, position, file, change, with_diffs))

    def recount(self, call: int) -> None:
        """Sum the files of this call again with the next `flush`: whether it counts may have changed."""
        self._recounted.add(call)

    def flush(self) -> None:
        """Write the changes and update the totals; the calls must have been written."""
        insert_rows(self._connection, _INSERT, self._new)
        self._new.clear()
        self._touch_files(self._recounted - self._added)
        sums = [row for row in self._sums_of_added() if row[-1] not in self._touched]
        if self._touched or sums:
            self._sum(sums)
        self._recounted.clear()
        self._added.clear()
        self._touched.clear()

    def _touch_files(self, calls: Collection[int]) -> None:
        for chunk in chunks(calls):
            rows = self._connection.execute(f"SELECT DISTINCT file FROM changes WHERE call IN ({chunk})")
            self._touched.update(file for (file,) in rows)

    def _sums_of_added(self) -> list[SqlRow]:
        """Return the sums of the added calls by file, the file last."""
        return [row for chunk in chunks(self._added) for row in self._connection.execute(_SUM_CALLS.format(chunk))]

    def _sum(self, sums: list[SqlRow]) -> None:
        files = self._touched.union(row[-1] for row in sums)
        before = self._by_session(files)
        self._connection.executemany(_SUM_FILE, [(file,) for file in self._touched])
        self._connection.executemany(_ADD_TO_FILE, sums)
        deltas = [(*map(sub, after, before[session]), session) for session, after in self._by_session(files).items()]
        self._connection.executemany(_ADD_TO_SESSION, deltas)

    def _by_session(self, files: Collection[int]) -> dict[int, tuple[int, ...]]:
        rows = self._connection.execute(_SESSIONS.format(id_list(files)))
        return {session: tuple(sums) for session, *sums in rows}

    def _row(self, call: int, position: int, file: int, change: Change, with_diffs: bool) -> SqlRow:
        first, last = change.lines or (None, None)
        diff = pack(truncate_diff(change.diff, DIFF_LIMIT)) if self._keep and with_diffs else None
        counts = (change.added, change.removed, first, last)
        return call, position, file, change.kind.value, change.old_path, *counts, diff, len(change.diff) > DIFF_LIMIT


def load_changes(connection: sqlite3.Connection, calls: Collection[int], limit: int) -> dict[int, tuple[Change, ...]]:
    """Load the changes of these calls, each diff truncated to ``limit`` characters."""
    changes: dict[int, tuple[Change, ...]] = {}
    for chunk in chunks(calls):
        rows = connection.execute(_CHANGES.format(chunk))
        for call, kind, path, diff, added, removed, old_path, first, last in rows:
            lines = None if first is None else (first, last)
            text = truncate_diff(unpack(diff), limit)
            change = Change(ChangeKind(kind), path, text, added, removed, old_path, lines)
            changes[call] = (*changes.get(call, ()), change)
    return changes
