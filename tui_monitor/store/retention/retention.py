"""What is kept of a store: pruning, archives, and the room that its file takes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial

from tui_monitor.events import SessionKey
from tui_monitor.store.damage import has_damage, has_wrong_types
from tui_monitor.store.database import StoreDatabase
from tui_monitor.store.errors import error_code, explain
from tui_monitor.store.intern import InternTables
from tui_monitor.store.retention.archive import ArchivedSession, Restored, group_lines, restore_group
from tui_monitor.store.retention.groups import SessionGroup, prunable
from tui_monitor.store.retention.prunings import Pruning, PruningKind, prunings_of
from tui_monitor.store.retention.roll_up import PrunedCounts, count_pruned, remove
from tui_monitor.store.schema import migrations

_CLEAR_INDEX = ("DROP TABLE IF EXISTS search_index", "UPDATE search_entries SET is_indexed = 0 WHERE is_indexed")


class Retention:
    """Removes rows from a store and puts them back; totals stay the same.

    Each call is one transaction: other programs may read and write between two of them. ``on_change`` is called after
    rows have changed, ``check_rows`` on the sessions whose rows come from an archive. Every method may raise a
    `StoreError`.
    """

    def __init__(
        self,
        database: StoreDatabase,
        interned: InternTables,
        on_change: Callable[[], None],
        check_rows: Callable[[sqlite3.Connection, Sequence[int]], None],
    ) -> None:
        self._database = database
        self._interned = interned
        self._on_change = on_change
        self._check_rows = check_rows
        self.version = migrations()[-1].version

    def prunings(self, session: SessionKey) -> tuple[Pruning, ...]:
        """Return what is no longer kept of a session, the earliest part first."""
        with self._database.reading() as connection:
            return prunings_of(connection, self._interned.sessions.find(session))

    def prunable(self, kind: PruningKind, before: int) -> list[SessionGroup]:
        """Return the groups of sessions that ended before a time (epoch ms), the earliest end first."""
        with self._database.reading() as connection:
            return prunable(connection, kind, before)

    def count(self, groups: Iterable[SessionGroup], kind: PruningKind) -> PrunedCounts:
        """Return what there is to remove of these groups."""
        sessions = [session for group in groups for session in group.sessions]
        with self._database.reading() as connection:
            return count_pruned(connection, sessions, kind)

    def prune(
        self, groups: Sequence[SessionGroup], rule: Pruning, write: Callable[[Iterable[bytes]], None] | None = None
    ) -> PrunedCounts:
        """Remove what a rule says of those of these groups that are still as they were; return what that was.

        With ``write`` each group's lines for an archive are written before anything is removed.
        """
        with self._database.writing() as connection:
            current = set(prunable(connection, rule.kind, rule.until)).intersection(groups)
            if write:
                for group in sorted(current, key=groups.index):
                    write(group_lines(connection, group.sessions, self.version))
            counts = remove(connection, [session for group in current for session in group.sessions], rule)
        self._on_change()
        return counts

    def restore(self, sessions: Sequence[ArchivedSession], lines: Iterable[bytes]) -> Restored:
        """Put the rows of an archived group back; ``lines`` are read up to its end.

        Raises:
            ArchiveError: the end is missing, or a line is damaged; nothing is changed.
        """
        try:
            with self._database.writing() as connection:
                return restore_group(connection, sessions, lines, partial(self._check_rows, connection))
        finally:
            self._on_change()

    def clear_search_index(self) -> None:
        """Remove the index of texts, which may have those of pruned ones; what is kept waits to be indexed again."""
        with self._database.writing() as connection:
            for statement in _CLEAR_INDEX:
                connection.execute(statement)

    def used_bytes(self) -> int:
        """Return the bytes of the file that are in use."""
        with self._database.reading() as connection:
            pages, free, size = (_pragma(connection, name) for name in ("page_count", "freelist_count", "page_size"))
            return (pages - free) * size

    def file_bytes(self) -> int:
        """Return the bytes of the file, without the log beside it."""
        with self._database.reading() as connection:
            return _pragma(connection, "page_count") * _pragma(connection, "page_size")

    def vacuum(self) -> bool:
        """Rewrite the file without the room that is free; return False if another program works on it just now, or the
        disk has no room for both."""
        connection = self._database.connection
        try:
            connection.execute("VACUUM")
        except sqlite3.Error as error:
            if error_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL):
                return False
            raise explain(error, self._database.path) from error
        self.shrink_log()
        return True

    def shrink_log(self) -> None:
        """Let SQLite's log beside the file take no room, if nobody reads it just now."""
        with suppress(sqlite3.Error):
            self._database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def check(self) -> None:
        """Read the whole file.

        Raises:
            DamagedStoreError: it is damaged.
        """
        with self._database.reading() as connection:
            if has_damage(connection) or has_wrong_types(connection):
                raise self._database.damaged()


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value
