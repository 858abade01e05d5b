"""Queries of OpenCode's SQLite database.

OpenCode 1 has the tables ``session``, ``message`` and ``part``. OpenCode 2 writes ``session_v2`` and
``session_message``, in the same database: the old tables remain there, unchanged, next to what was copied of them.
"""

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
from tui_monitor.sources.files.readonly_sqlite import connect, reason, wal_of
from tui_monitor.sources.shared.fields import text, to_epoch_ms

_MESSAGES = "SELECT rowid, id, time_created, data, NULL, {agent} FROM message"
_PARTS = """
    SELECT part.rowid, part.id, part.time_created, part.data, message.data, {agent}
    FROM part LEFT JOIN message ON message.id = part.message_id
"""
_STEPS = "SELECT rowid, id, time_created, data, type, NULL FROM session_message"
_HAS_AGENTS = "SELECT 1 FROM pragma_table_info('message') WHERE name = 'agent_id'"
_MAIN_AGENT = "main"
_FIRST_STEP = """
    SELECT min(min(time_created, COALESCE(CASE WHEN json_valid(data) THEN json_extract(data, '$.time.created') END,
                                          time_created)))
    FROM session_message WHERE session_id = ?
"""
_DESCENDANTS = """
    WITH RECURSIVE sessions(id, parent_id) AS ({}), below(id) AS (
        SELECT id FROM sessions WHERE parent_id = ?
        UNION SELECT sessions.id FROM sessions JOIN below ON sessions.parent_id = below.id
    ) SELECT id FROM below
"""
_LAST_TIME = 2**62
_SESSION_TABLES = ("session_v2", "session")
_TABLES_1 = frozenset(("session", "message", "part"))
_TABLES_2 = frozenset(("session_v2", "session_message"))


class RowidTable(NamedTuple):
    """A table that is read by row ids: its name, the query for its rows, and the column with the time of a message."""

    name: str
    rows: str
    time: str


MESSAGES = RowidTable("message", _MESSAGES, "message.time_created")
PARTS = RowidTable("part", _PARTS, "COALESCE(message.time_created, part.time_created)")
STEPS = RowidTable("session_message", _STEPS, "session_message.time_created")
"""The messages of OpenCode 2, one for each response."""


class OpenCodeRow(NamedTuple):
    """A message, a part with its ``message``, or a step of the type ``message``; times in epoch milliseconds. ``agent``
    is a sub-agent inside the session, empty for the session's own agent."""

    rowid: int
    id: str
    at: int
    data: str
    message: str = ""
    agent: str = ""


class SessionRow(NamedTuple):
    """A row of the session table; missing values are empty."""

    id: str
    parent: str
    directory: str
    title: str
    version: str
    agent: str
    fork_of: str
    created: int
    updated: int


class OpenCodeDatabase:
    """A snapshot of the database. ``tables`` are those with messages that it has."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        names = {text(row[0]) for row in self._rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
        groups = [(_TABLES_1, (MESSAGES, PARTS)), (_TABLES_2, (STEPS,))]
        self.tables = [table for needed, tables in groups if needed <= names for table in tables]
        self._session_tables = [name for name in _SESSION_TABLES if name in names]
        self._agent = "message.agent_id" if next(self._rows(_HAS_AGENTS), None) else "NULL"

    def sessions(self) -> list[SessionRow]:
        """Return all sessions, each once, the last changed first."""
        sessions: dict[str, SessionRow] = {}
        for table in self._session_tables:
            for row in map(_session, self._rows(f"SELECT * FROM {table}")):
                sessions.setdefault(row.id, row)
        return sorted(sessions.values(), key=lambda row: (-row.updated, row.id))

    def session(self, session: str) -> SessionRow | None:
        """Return one session."""
        for table in self._session_tables:
            for row in self._rows(f"SELECT * FROM {table} WHERE id = ?", session):
                return _session(row)
        return None

    def first_step(self, session: str) -> int | None:
        """Return the time of a session's first message in the table of OpenCode 2, if it has one: the messages from
        then on are read there."""
        if STEPS not in self.tables:
            return None
        row = self._connection.execute(_FIRST_STEP, (session,)).fetchone()
        return None if row[0] is None else to_epoch_ms(row[0])

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
        sessions = " UNION ".join(f"SELECT id, parent_id FROM {table}" for table in self._session_tables)
        return [str(row[0]) for row in self._rows(_DESCENDANTS.format(sessions), session)] if sessions else []

    def count_rows(self, session: str) -> int:
        """Return the number of rows of a session."""
        counts = (f"(SELECT count(*) FROM {table.name} WHERE session_id = :session)" for table in self.tables)
        row = self._connection.execute(f"SELECT {' + '.join(counts) or 0}", {"session": session}).fetchone()
        return int(row[0])

    def rows_after(
        self, table: RowidTable, session: str, rowid: int, limit: int, before: int | None = None
    ) -> list[OpenCodeRow]:
        """Return the rows of a session after ``rowid``, in the order in which they were written; those of messages
        ``before`` a time (epoch milliseconds) alone, if it is given."""
        name, until = table.name, _LAST_TIME if before is None else before
        where = f"{name}.session_id = ? AND {name}.rowid > ? AND {table.time} < ?"
        query = f"{self._select(table)} WHERE {where} ORDER BY {name}.rowid LIMIT ?"
        return [_row(row) for row in self._rows(query, session, rowid, until, limit)]

    def rows_by_id(self, table: RowidTable, ids: Iterable[str]) -> list[OpenCodeRow]:
        """Return the existing rows with these ids."""
        where = f"{table.name}.id IN (SELECT value FROM json_each(?))"
        query = f"{self._select(table)} WHERE {where} ORDER BY {table.name}.rowid"
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

    def _select(self, table: RowidTable) -> str:
        return table.rows.format(agent=self._agent)

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
            database = OpenCodeDatabase(connection)
            if not database.tables:
                raise OSError(errno.EIO, "has no sessions of OpenCode", str(path))
            yield database
    except sqlite3.Error as error:
        raise OSError(errno.EIO, reason(error), str(path)) from error


def is_opencode(path: Path) -> bool:
    """Return True if the database at ``path`` has OpenCode's tables."""
    try:
        with open_database(path) as database:
            for table in database.tables:
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
    agent = text(row[5])
    own = "" if agent == _MAIN_AGENT else agent
    return OpenCodeRow(int(row[0]), text(row[1]), to_epoch_ms(row[2]), text(row[3]), text(row[4]), own)


def _session(row: sqlite3.Row) -> SessionRow:
    columns: dict[str, Any] = {name: row[name] for name in row.keys()}  # noqa: SIM118  (a Row is no mapping)
    return SessionRow(
        id=text(columns["id"]),
        parent=text(columns.get("parent_id")),
        directory=text(columns.get("directory")),
        title=text(columns.get("title")),
        version=text(columns.get("version")),
        agent=text(columns.get("agent")),
        fork_of=text(columns.get("fork_session_id")),
        created=to_epoch_ms(columns.get("time_created")),
        updated=to_epoch_ms(columns.get("time_updated")),
    )
