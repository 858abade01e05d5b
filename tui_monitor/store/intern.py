"""Long names as small numbers: sessions, agents, models, paths, prices are kept once and pointed to."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import astuple
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from tui_monitor.events import Rates, SessionKey

MAIN_NAME = "main"
"""What the main chain is called in the agent ids of the documented tables."""

_KEPT = 20_000
"""How many numbers of one kind are remembered, so that memory does not grow with the history."""

_T = TypeVar("_T")


AgentKey: TypeAlias = tuple[SessionKey, str]
"""An agent: its session, and its id therein."""


class FileKey(NamedTuple):
    """A file that calls of a session have to do with."""

    session: int
    path: str


class InternTable(Generic[_T]):
    """One kind of name: its number by value, its value by number, and a new number where there is none."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        table: str,
        columns: str,
        make: Callable[..., _T],
        columns_of: Callable[[_T], tuple[Any, ...]],
        key: str = "id",
    ) -> None:
        names = columns.split()
        self._connection = connection
        self._make, self._columns_of = make, columns_of
        self._by_value = f"SELECT {key} FROM {table} WHERE {' AND '.join(f'{name} = ?' for name in names)}"
        self._by_number = f"SELECT {', '.join(names)} FROM {table} WHERE {key} = ?"
        self._new = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        self._numbers: dict[_T, int] = {}
        self._values: dict[int, _T] = {}

    def find(self, value: _T) -> int | None:
        """The number of ``value``; None where it has none."""
        if (number := self._numbers.get(value)) is not None:
            return number
        row = self._connection.execute(self._by_value, self._columns_of(value)).fetchone()
        return self._remember(value, row[0]) if row else None

    def id_of(self, value: _T) -> int:
        """The number of ``value``, which is given one where it has none."""
        number = self._numbers.get(value)
        if number is None:
            number = self.find(value)
        return self._remember(value, self.insert(value)) if number is None else number

    def insert(self, value: _T) -> int:
        """Keep a new value; the answer is its number."""
        number = self._connection.execute(self._new, self._columns_of(value)).lastrowid
        assert number is not None
        return number

    def value_of(self, number: int) -> _T:
        """What was given this number."""
        if number not in self._values:
            row = self._connection.execute(self._by_number, (number,)).fetchone()
            self._remember(self._make(*row), number)
        return self._values[number]

    def _remember(self, value: _T, number: int) -> int:
        if len(self._numbers) >= _KEPT:
            self._numbers.clear()
            self._values.clear()
        self._numbers[value] = number
        self._values[number] = value
        return number


class _Agents(InternTable[AgentKey]):
    """Agents are numbered beside their documented text id, and are running until something else is told."""

    _INSERT = """
        INSERT INTO agents (number, id, agent_type, status, start_time, session, agent)
        VALUES (?, ?, ?, 'running', 0, ?, ?)
    """

    def __init__(self, connection: sqlite3.Connection, sessions: InternTable[SessionKey]) -> None:
        super().__init__(
            connection,
            "agents",
            "session agent",
            lambda session, agent: (sessions.value_of(session), agent),
            lambda key: (sessions.id_of(key[0]), key[1]),
            key="number",
        )

    def insert(self, value: AgentKey) -> int:
        number: int = self._connection.execute("SELECT coalesce(max(number), 0) + 1 FROM agents").fetchone()[0]
        kind = "" if value[1] else MAIN_NAME
        self._connection.execute(self._INSERT, (number, document_id(value), kind, *self._columns_of(value)))
        return number


class InternTables:
    """All that is numbered in one database. After a rollback, or when somebody else has written, take a new one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.strings: InternTable[str] = InternTable(connection, "strings", "value", str, lambda text: (text,))
        self.sessions: InternTable[SessionKey] = InternTable(connection, "sessions", "source name", SessionKey, tuple)
        self.rates: InternTable[Rates] = InternTable(
            connection,
            "rates",
            "input output cache_read cache_creation cache_creation_1h web_search request searches_known",
            Rates,
            astuple,
        )
        self.files: InternTable[FileKey] = InternTable(connection, "files", "session path", FileKey, tuple)
        self.agents = _Agents(connection, self.sessions)

    def agent(self, session: SessionKey, agent: str) -> int:
        """The number of an agent."""
        return self.agents.id_of((session, agent))

    def agent_name(self, number: int) -> str:
        """The id of an agent in its session."""
        return self.agents.value_of(number)[1]

    def session_of(self, agent: int) -> int:
        """The number of the session of an agent."""
        return self.sessions.id_of(self.agents.value_of(agent)[0])

    def document_id(self, session: SessionKey, agent: str) -> str:
        """The id in the documented tables of an agent, which has a row there from now on."""
        return document_id(self.agents.value_of(self.agent(session, agent)))


def document_id(agent: AgentKey) -> str:
    """``<source>/<session>/<agent or main>``, in which the session's own slashes are escaped."""
    (source, session), name = agent
    escaped = session.replace("%", "%25").replace("/", "%2F")
    return f"{source}/{escaped}/{name or MAIN_NAME}"


@lru_cache(maxsize=8192)
def digest(text: str) -> int:
    """An 8-byte name for ``text``, as a signed number."""
    hashed = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(hashed, "big", signed=True)
