"""The rows of a group of sessions as JSON objects, and back into a store in which numbers have other meanings.

Which numbers refer to which table is read from the schema, where foreign keys are declared for the reader.
"""

from __future__ import annotations

import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import TypeAlias

from tui_monitor.store.sql import id_list, placeholders

DumpedValue: TypeAlias = int | float | str | dict[str, str] | None
StoredValue: TypeAlias = int | float | str | bytes | None
DumpedRow: TypeAlias = dict[str, DumpedValue]
"""A row by its columns, with its table as ``table``. Bytes are an object with their ``base64``."""

_SESSIONS = "session IN ({sessions})"
_AGENTS = "agent IN (SELECT number FROM agents WHERE session IN ({sessions}))"
_RESPONSES = "response IN (SELECT id FROM responses WHERE session IN ({sessions}))"
_CALLS = "call IN (SELECT id FROM calls WHERE session IN ({sessions}) AND tool IS NOT NULL)"

KEPT = {
    "sessions": "id IN ({sessions})",
    "agents": _SESSIONS,
    "files": _SESSIONS,
    "agent_usage": "agent_id IN (SELECT id FROM agents WHERE session IN ({sessions}))",
    "windows": _AGENTS,
    "latest_events": _AGENTS,
    "totals": _SESSIONS,
    "rollups": _SESSIONS,
    "covered_sessions": _SESSIONS,
    "prunings": _SESSIONS,
    "pruned_ids": "pruning IN (SELECT id FROM prunings WHERE session IN ({sessions}))",
    "pruned_copies": _SESSIONS,
    "rolled_amounts": _SESSIONS,
    "rolled_calls": _SESSIONS,
    "rolled_changes": "file IN (SELECT id FROM files WHERE session IN ({sessions}))",
}
"""The tables whose rows stay, each with the condition on its rows: parents come before their children."""

SINGLE = {
    "responses": _SESSIONS,
    "observations": _SESSIONS,
    "reported_totals": _SESSIONS,
    "unattributed": _SESSIONS,
    "calls": f"{_SESSIONS} AND tool IS NOT NULL",
    "call_uids": _CALLS,
    "bodies": _CALLS,
    "changes": _CALLS,
    "event_log": _SESSIONS,
}
"""The tables whose rows are rolled up."""

_ALIASES = """
    SELECT DISTINCT alias, coalesce(merged_responses.response, aliases.response) AS response
    FROM aliases LEFT JOIN merged_responses ON merged_responses.merged = aliases.response
    WHERE coalesce(merged_responses.response, aliases.response) IN (
        SELECT id FROM responses WHERE session IN ({sessions}))
"""
_NATURAL_KEYS = {
    "strings": ("value",),
    "sessions": ("source", "name"),
    "agents": ("session", "agent"),
    "files": ("session", "path"),
    "rates": (),
    "terms": (),
}
"""The columns by which a row is the same in another store; none for all but the number."""

_NUMBERS = {
    **dict.fromkeys(("strings", "sessions", "rates", "terms", "files", "responses", "calls", "prunings"), "id"),
    "agents": "number",
    "event_log": "id",
}
"""The column with the number of a row, which is another one in another store."""

_VALUES = ("strings", "rates", "terms")
_TABLES = frozenset({*KEPT, *SINGLE, *_VALUES, "aliases"})
_MAY_EXIST = ("event_log", "covered_sessions", "pruned_ids")
_TYPES = {"INTEGER": (int, float), "TEXT": (str,), "BLOB": (str, bytes)}
"""The types of values in columns: those that are too large are floats, and short texts are not compressed."""

_NEXT_NUMBER = {
    "agents": "SELECT coalesce(max(number), 0) + 1 FROM agents",
    "event_log": "UPDATE event_counter SET events = events + 1 RETURNING events",
}


class _References:
    """Which columns hold the number of a row in which table."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.of = cache(self._of)

    def _of(self, table: str) -> dict[str, str]:
        keys = self._connection.execute('SELECT "from", "table", "to" FROM pragma_foreign_key_list(?)', (table,))
        return {column: other for column, other, number in keys if _NUMBERS.get(other) == number}


def dump_rows(connection: sqlite3.Connection, sessions: Collection[int]) -> Iterator[DumpedRow]:
    """Yield all rows of these sessions, each after those that it refers to."""
    references, dumped = _References(connection), set[tuple[str, int]]()
    queries = {table: f"SELECT * FROM {table} WHERE {rows}" for table, rows in (KEPT | SINGLE).items()}
    numbers = id_list(sessions)
    for table, query in (queries | {"aliases": _ALIASES}).items():
        order = f" ORDER BY {_NUMBERS[table]}" if table in _NUMBERS else ""
        for row in _rows(connection, table, query.format(sessions=numbers) + order):
            for column, other in references.of(table).items():
                number = row[column]
                if other in _VALUES and isinstance(number, int) and (other, number) not in dumped:
                    dumped.add((other, number))
                    yield from _rows(connection, other, f"SELECT * FROM {other} WHERE id = {number}")
            yield row


def _rows(connection: sqlite3.Connection, table: str, query: str) -> Iterator[DumpedRow]:
    cursor = connection.execute(query)
    columns = [column[0] for column in cursor.description]
    for values in cursor:
        yield {"table": table, **dict(zip(columns, map(_to_json, values), strict=True))}


def _to_json(value: StoredValue) -> DumpedValue:
    return {"base64": b64encode(value).decode()} if isinstance(value, bytes) else value


def _checked(dumped: DumpedValue, kind: str) -> StoredValue:
    """Return the value for a column of this type.

    Raises:
        ValueError: such a column never has it.
    """
    value = b64decode(dumped["base64"], validate=True) if isinstance(dumped, dict) else dumped
    if value is not None and not isinstance(value, _TYPES[kind]):
        raise ValueError("wrong type")
    return value


class RowRestorer:
    """Inserts dumped rows. Rows of ``tables`` are only looked up if their sessions are in the store already."""

    def __init__(self, connection: sqlite3.Connection, tables: Collection[str]) -> None:
        self._connection = connection
        self._tables = tables
        self._references = _References(connection)
        self._columns = cache(self._columns_of)
        self._numbers: dict[tuple[str, int], int] = {}

    def add(self, dumped: Mapping[str, DumpedValue]) -> None:
        """Insert a row, after those that it refers to.

        Raises:
            KeyError: it refers to a row that was not added.
            ValueError: it is of no table that is dumped.
        """
        table = dumped["table"]
        if not isinstance(table, str) or table not in _TABLES:
            raise ValueError("unknown table")
        number_column, natural = _NUMBERS.get(table), _NATURAL_KEYS.get(table)
        if natural is None and table not in self._tables:
            return
        references = self._references.of(table)
        row = {
            column: self._mapped(references.get(column), _checked(dumped[column], kind))
            for column, kind in self._columns(table).items()
            if column != number_column and column in dumped
        }
        if number_column is None:
            self._insert(table, row)
            return
        if not row:
            raise ValueError("row without values")
        number = self._find(table, {column: row[column] for column in natural or row}) if natural is not None else None
        if number is None:
            number = self._insert(table, self._numbered(table, number_column, row))
        old = dumped[number_column]
        assert isinstance(old, int)
        self._numbers[table, old] = number

    def _mapped(self, other: str | None, value: StoredValue) -> StoredValue:
        if other is None or value is None:
            return value
        assert isinstance(value, int)
        return self._numbers[other, value]

    def _columns_of(self, table: str) -> dict[str, str]:
        return dict(self._connection.execute("SELECT name, type FROM pragma_table_info(?)", (table,)))

    def _find(self, table: str, key: Mapping[str, object]) -> int | None:
        where = " AND ".join(f"{column} IS ?" for column in key)
        query = f"SELECT {_NUMBERS[table]} FROM {table} WHERE {where}"
        row = self._connection.execute(query, tuple(key.values())).fetchone()
        return row[0] if row else None

    def _numbered(self, table: str, column: str, row: Mapping[str, object]) -> Mapping[str, object]:
        if query := _NEXT_NUMBER.get(table):
            return {column: self._connection.execute(query).fetchone()[0], **row}
        return row

    def _insert(self, table: str, row: Mapping[str, object]) -> int:
        names = ", ".join(row)
        verb = "INSERT OR IGNORE" if table in _MAY_EXIST else "INSERT"
        statement = f"{verb} INTO {table} ({names}) VALUES ({placeholders(list(row))})"
        number = self._connection.execute(statement, tuple(row.values())).lastrowid
        column = _NUMBERS.get(table)
        value = row.get(column, number) if column else number
        assert isinstance(value, int)
        return value
