"""Long values stored once and referred to by small numbers: strings, sessions, agents, rates, files."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import astuple
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from tui_monitor.events import Rates, SessionKey
from tui_monitor.ledger import BilledTerms
from tui_monitor.store.sql import placeholders

MAIN_NAME = "main"
"""The main chain's name in the agent ids of the documented tables."""

_CACHE_SIZE = 20_000
"""Numbers of one kind that are cached, so that memory does not grow with the history."""

_T = TypeVar("_T")


AgentKey: TypeAlias = tuple[SessionKey, str]
"""An agent: its session, and its id within it."""


class FileKey(NamedTuple):
    """A file changed or read by calls of a session."""

    session: int
    path: str


class InternTable(Generic[_T]):
    """A table that gives each value a number, and the cache of both directions."""

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
        self._insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({placeholders(names)})"
        self._numbers: dict[_T, int] = {}
        self._values: dict[int, _T] = {}

    def find(self, value: _T) -> int | None:
        """Return the number of ``value``; None if it has none."""
        if (number := self._numbers.get(value)) is not None:
            return number
        row = self._connection.execute(self._by_value, self._columns_of(value)).fetchone()
        return self._cache(value, row[0]) if row else None

    def id_of(self, value: _T) -> int:
        """Return the number of ``value``, inserting it if it has none."""
        number = self._numbers.get(value)
        if number is None:
            number = self.find(value)
        return self._cache(value, self.insert(value)) if number is None else number

    def insert(self, value: _T) -> int:
        """Insert a new value and return its number."""
        number = self._connection.execute(self._insert, self._columns_of(value)).lastrowid
        assert number is not None
        return number

    def value_of(self, number: int) -> _T:
        """Return the value with this number, which must exist."""
        if number not in self._values:
            row = self._connection.execute(self._by_number, (number,)).fetchone()
            self._cache(self._make(*row), number)
        return self._values[number]

    def _cache(self, value: _T, number: int) -> int:
        if len(self._numbers) >= _CACHE_SIZE:
            self._numbers.clear()
            self._values.clear()
        self._numbers[value] = number
        self._values[number] = value
        return number


class _AgentTable(InternTable[AgentKey]):
    """The table of agents, whose rows have a documented text id beside the number, and begin as running."""

    _INSERT_AGENT = """
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
        self._connection.execute(self._INSERT_AGENT, (number, document_id(value), kind, *self._columns_of(value)))
        return number


class InternTables:
    """All intern tables of one database. After a rollback, or when another process has written, make new ones."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.strings: InternTable[str] = InternTable(connection, "strings", "value", str, lambda text: (text,))
        self.sessions: InternTable[SessionKey] = InternTable(connection, "sessions", "source name", SessionKey, tuple)
        self.rates: InternTable[Rates] = InternTable(
            connection,
            "rates",
            "input output cache_read cache_creation cache_creation_1h web_search request searches_known terms_known",
            Rates,
            astuple,
        )
        self.terms: InternTable[BilledTerms] = InternTable(
            connection, "terms", "model provider engine service_tier speed region", BilledTerms, tuple
        )
        self.files: InternTable[FileKey] = InternTable(connection, "files", "session path", FileKey, tuple)
        self.agents = _AgentTable(connection, self.sessions)

    def agent(self, session: SessionKey, agent: str) -> int:
        """Return the number of an agent."""
        return self.agents.id_of((session, agent))

    def agent_name(self, number: int) -> str:
        """Return the id of an agent within its session."""
        return self.agents.value_of(number)[1]

    def session_of(self, agent: int) -> int:
        """Return the number of an agent's session."""
        return self.sessions.id_of(self.agents.value_of(agent)[0])

    def document_id(self, session: SessionKey, agent: str) -> str:
        """Return the id of an agent in the documented tables, inserting it there if it is missing."""
        return document_id(self.agents.value_of(self.agent(session, agent)))


def document_id(agent: AgentKey) -> str:
    """Return ``<source>/<session>/<agent or main>``, in which the session's own slashes are escaped."""
    (source, session), name = agent
    escaped = session.replace("%", "%25").replace("/", "%2F")
    return f"{source}/{escaped}/{name or MAIN_NAME}"


_DIGEST = "digest:"


def digest_text(number: int) -> str:
    """Return a digest as a text that has the same `digest`: for who hands on an id of which only this is known."""
    return f"{_DIGEST}{number.to_bytes(8, 'big', signed=True).hex()}"


@lru_cache(maxsize=8192)
def digest(text: str) -> int:
    """Return an 8-byte hash of ``text`` as a signed integer; of a `digest_text` its number."""
    if text.startswith(_DIGEST) and len(text) == len(_DIGEST) + 16:
        with suppress(ValueError):
            return int.from_bytes(bytes.fromhex(text.removeprefix(_DIGEST)), "big", signed=True)
    hashed = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(hashed, "big", signed=True)
