"""What OpenCode's SQLite database is asked."""

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
from tui_monitor.sources.shared.fields import count, text

_MESSAGES = "SELECT rowid, id, time_created, data, NULL FROM message"
_PARTS = """
    SELECT part.rowid, part.id, part.time_created, part.data, message.data
    FROM part LEFT JOIN message ON message.id = part.message_id
"""
_BELOW = """
    WITH RECURSIVE below(id) AS (
        SELECT id FROM session WHERE parent_id = ?
        UNION SELECT session.id FROM session JOIN below ON session.parent_id = below.id
    ) SELECT id FROM below
"""


class Table(NamedTuple):
    """One of the tables that are read by their row ids: its name, and the query of its rows."""

    name: str
    rows: str


MESSAGES = Table("message", _MESSAGES)
PARTS = Table("part", _PARTS)


class Row(NamedTuple):
    """A message, or a part with the ``message`` that it belongs to; times in epoch milliseconds."""

    rowid: int
    id: str
    at: int
    data: str
    message: str = ""


class Session(NamedTuple):
    """What the database says of a session; empty where it says nothing."""

    id: str
    parent: str
    directory: str
    title: str
    version: str
    agent: str
    created: int
    updated: int


class Database:
    """The database as it is at one moment."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def sessions(self) -> list[Session]:
        """All sessions, the one that changed last first."""
        return [_session(row) for row in self._rows("SELECT * FROM session ORDER BY time_updated DESC, id")]

    def session(self, session: str) -> Session | None:
        """One of them."""
        return next((_session(row) for row in self._rows("SELECT * FROM session WHERE id = ?", session)), None)

    def root(self, session: str) -> str:
        """The session that a person began, of which this one is a sub-agent's, or which it is itself."""
        seen = {session}
        while (told := self.session(session)) and told.parent and told.parent not in seen:
            if self.session(told.parent) is None:
                break
            session = told.parent
            seen.add(session)
        return session

    def below(self, session: str) -> list[str]:
        """The sessions of its sub-agents, and of theirs."""
        return [str(row[0]) for row in self._rows(_BELOW, session)]

    def count(self, session: str) -> int:
        """How many rows tell of a session."""
        counts = (f"(SELECT count(*) FROM {table.name} WHERE session_id = :session)" for table in (MESSAGES, PARTS))
        row = self._connection.execute(f"SELECT {' + '.join(counts)}", {"session": session}).fetchone()
        return int(row[0])

    def after(self, table: Table, session: str, rowid: int, most: int) -> list[Row]:
        """The rows of a session that follow this one, in the order in which they were written."""
        name = table.name
        query = f"{table.rows} WHERE {name}.session_id = ? AND {name}.rowid > ? ORDER BY {name}.rowid LIMIT ?"
        return [_row(row) for row in self._rows(query, session, rowid, most)]

    def named(self, table: Table, ids: Iterable[str]) -> list[Row]:
        """The rows with these ids, as far as they are there."""
        query = f"{table.rows} WHERE {table.name}.id IN (SELECT value FROM json_each(?)) ORDER BY {table.name}.rowid"
        return [_row(row) for row in self._rows(query, json.dumps(list(ids)))]

    def has_steps(self, message: str) -> bool:
        """Whether the responses of a message are told one by one."""
        query = "SELECT 1 FROM part WHERE message_id = ? AND data LIKE '%\"step-finish\"%'"
        return self._connection.execute(query, (message,)).fetchone() is not None

    def left_at(self, table: Table, session: str, rowid: int, last: str) -> int:
        """The row after which to read on: the ``last`` one that was read, or where it was deleted the last before it.

        The row ids of what was deleted are given out anew, to rows whose ids are greater.
        """
        known = f"SELECT 1 FROM {table.name} WHERE rowid = ? AND id = ?"
        if not rowid or self._connection.execute(known, (rowid, last)).fetchone():
            return rowid
        before = f"SELECT max(rowid) FROM {table.name} WHERE session_id = ? AND rowid < ? AND id < ?"
        return int(self._connection.execute(before, (session, rowid, last)).fetchone()[0] or 0)

    def _rows(self, query: str, *values: object) -> Iterator[sqlite3.Row]:
        return iter(self._connection.execute(query, values))


@contextmanager
def opened(path: Path) -> Iterator[Database]:
    """One look at the database at ``path``; all that is asked is answered as of one moment.

    Raises:
        OSError: it cannot be read just now, or has not the tables that are expected; the text says why.
    """
    try:
        with closing(connect(path)) as connection:
            connection.execute("BEGIN")
            yield Database(connection)
    except sqlite3.Error as error:
        raise OSError(errno.EIO, str(error), str(path)) from error


def is_opencode(path: Path) -> bool:
    """Whether the database at ``path`` has the tables of OpenCode's."""
    try:
        with opened(path) as database:
            for table in (MESSAGES, PARTS):
                database.after(table, "", 0, 0)
            database.session("")
            return True
    except OSError:
        return False


def watched_paths(path: Path) -> tuple[Path, Path]:
    """The files that change when the database at ``path`` does: itself, and what is to be written to it."""
    return path, wal_of(path)


@lru_cache(maxsize=16)
def record(data: str) -> Record:
    """The JSON object in a column; the parts of a message share that of the message, so nobody may change it.

    Raises:
        UnreadableRecord: it holds something else.
    """
    return next(decode(data.encode("utf-8", "surrogatepass")), {})


def _row(row: sqlite3.Row) -> Row:
    return Row(int(row[0]), text(row[1]), count(row[2]), text(row[3]), text(row[4]))


def _session(row: sqlite3.Row) -> Session:
    told: dict[str, Any] = {name: row[name] for name in row.keys()}  # noqa: SIM118  (a Row is no mapping)
    return Session(
        id=text(told["id"]),
        parent=text(told.get("parent_id")),
        directory=text(told.get("directory")),
        title=text(told.get("title")),
        version=text(told.get("version")),
        agent=text(told.get("agent")),
        created=count(told.get("time_created")),
        updated=count(told.get("time_updated")),
    )
