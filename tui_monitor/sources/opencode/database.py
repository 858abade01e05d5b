"""Queries of OpenCode's SQLite database."""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from tui_monitor.sources.base import Record
from tui_monitor.sources.files.decode import decode
from tui_monitor.sources.files.readonly_sqlite import connect, wal_of
from tui_monitor.sources.shared.fields import text, to_epoch_ms

_MESSAGES = "SELECT rowid, id, time_created, data, NULL FROM message"
_PARTS = """
    SELECT part.rowid, part.id, part.time_created, part.data, message.data
    FROM part LEFT JOIN message ON message.id = part.message_id
"""
_DESCENDANTS = """
    WITH RECURSIVE below(id) AS (
        SELECT id FROM session WHERE parent_id = ?
        UNION SELECT session.id FROM session JOIN below ON session.parent_id = below.id
    ) SELECT id FROM below
"""


class RowidTable(NamedTuple):
    """A table that is read by row ids: its name, and the query for its rows."""

    name: str
    rows: str


MESSAGES = RowidTable("message", _MESSAGES)
PARTS = RowidTable("part", _PARTS)


class OpenCodeRow(NamedTuple):
    """A message, or a part with its ``message``; times in epoch milliseconds."""

    rowid: int
    id: str
    at: int
    data: str
    message: str = ""


class SessionRow(NamedTuple):
    """A row of the session table; missing values are empty."""

    id: str
    parent: str
    directory: str
    title: str
    version: str
    agent: str
    created: int
    updated: int


class OpenCodeDatabase:
    """A snapshot of the database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def sessions(self) -> list[SessionRow]:
        """Return all sessions, the last changed first."""
        return [_session(row) for row in self._rows("SELECT * FROM session ORDER BY time_updated DESC, id")]

    def session(self, session: str) -> SessionRow | None:
        """Return one session."""
        return next((_session(row) for row in self._rows("SELECT * FROM session WHERE id = ?", session)), None)

    def root(self, session: str) -> str:
        """Return the session that a person started: this one, or an ancestor of a sub-agent's session."""
        visited = {session}
        while (row := self.session(session)) and row.parent and row.parent not in visited:
            if self.session(row.parent) is None:
                break
            session = row.parent
            visited.add(session)
        return session

    def descendants(self, session: str) -> list[str]:
        """Return the sessions of its sub-agents, at any depth."""
        return [str(row[0]) for row in self._rows(_DESCENDANTS, session)]

    def count_rows(self, session: str) -> int:
        """Return the number of rows of a session."""
        counts = (f"(SELECT count(*) FROM {table.name} WHERE session_id = :session)" for table in (MESSAGES, PARTS))
        row = self._connection.execute(f"SELECT {' + '.join(counts)}", {"session": session}).fetchone()
        return int(row[0])

    def rows_after(self, table: RowidTable, session: str, rowid: int, limit: int) -> list[OpenCodeRow]:
        """Return the rows of a session after ``rowid``, in the order in which they were written."""
        name = table.name
        query = f"{table.rows} WHERE {name}.session_id = ? AND {name}.rowid > ? ORDER BY {name}.rowid LIMIT ?"
        return [_row(row) for row in self._rows(query, session, rowid, limit)]

    def rows_by_id(self, table: RowidTable, ids: Iterable[str]) -> list[OpenCodeRow]:
        """Return the existing rows with these ids."""
        query = f"{table.rows} WHERE {table.name}.id IN (SELECT value FROM json_each(?)) ORDER BY {table.name}.rowid"
        return [_row(row) for row in self._rows(query, json.dumps(list(ids)))]

    def has_steps(self, message: str) -> bool:
        """Return True if the responses of a message have parts of their own."""
        query = "SELECT 1 FROM part WHERE message_id = ? AND data LIKE '%\"step-finish\"%'"
        return self._connection.execute(query, (message,)).fetchone() is not None

    def resume_rowid(self, table: RowidTable, session: str, rowid: int, last: str) -> int:
        """Return the row id to continue after: that of the ``last`` row read, or, if it was deleted, of the one before.

        Row ids of deleted rows are reused for rows with greater ids.
        """
        exists = f"SELECT 1 FROM {table.name} WHERE rowid = ? AND id = ?"
        if not rowid or self._connection.execute(exists, (rowid, last)).fetchone():
            return rowid
        previous = f"SELECT max(rowid) FROM {table.name} WHERE session_id = ? AND rowid < ? AND id < ?"
        return int(self._connection.execute(previous, (session, rowid, last)).fetchone()[0] or 0)

    def _rows(self, query: str, *values: object) -> Iterator[sqlite3.Row]:
        return iter(self._connection.execute(query, values))


@contextmanager
def open_database(path: Path) -> Iterator[OpenCodeDatabase]:
    """Open a snapshot of the database at ``path``: all queries see the same moment.

    Raises:
        OSError: it cannot be read now, or lacks the expected tables; the text says why.
    """
    try:
        with closing(connect(path)) as connection:
            connection.execute("BEGIN")
            yield OpenCodeDatabase(connection)
    except sqlite3.Error as error:
        raise OSError(errno.EIO, str(error), str(path)) from error


def is_opencode(path: Path) -> bool:
    """Return True if the database at ``path`` has OpenCode's tables."""
    try:
        with open_database(path) as database:
            for table in (MESSAGES, PARTS):
                database.rows_after(table, "", 0, 0)
            database.session("")
            return True
    except OSError:
        return False


def watched_paths(path: Path) -> tuple[Path, Path]:
    """Return the files that change with the database at ``path``: itself and its WAL."""
    return path, wal_of(path)


@lru_cache(maxsize=16)
def decode_record(data: str) -> Record:
    """Decode the JSON object in a column. It is cached and shared by the parts of a message: do not change it.

    Raises:
        UnreadableRecord: the column holds something else.
    """
    return next(decode(data.encode("utf-8", "surrogatepass")), {})


def _row(row: sqlite3.Row) -> OpenCodeRow:
    return OpenCodeRow(int(row[0]), text(row[1]), to_epoch_ms(row[2]), text(row[3]), text(row[4]))


def _session(row: sqlite3.Row) -> SessionRow:
    columns: dict[str, Any] = {name: row[name] for name in row.keys()}  # noqa: SIM118  (a Row is no mapping)
    return SessionRow(
        id=text(columns["id"]),
        parent=text(columns.get("parent_id")),
        directory=text(columns.get("directory")),
        title=text(columns.get("title")),
        version=text(columns.get("version")),
        agent=text(columns.get("agent")),
        created=to_epoch_ms(columns.get("time_created")),
        updated=to_epoch_ms(columns.get("time_updated")),
    )
