"""Helpers for SQL statements, and values made to fit SQLite's types."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import lru_cache
from itertools import chain, islice
from typing import Any, TypeAlias, TypeVar, cast

SqlRow: TypeAlias = tuple[Any, ...]
"""A row as SQLite returns and takes it."""

MAX_INTEGER = 2**63 - 1
"""The largest integer that SQLite stores exactly: sums stop there."""

MAX_PLAUSIBLE = 2**61
"""No total of plausible counts comes near it."""

MAX_CACHED = 500
"""Merged records that a projection holds between batches."""

_MAX_COUNT = 2**53
"""Larger counts and times are nonsense, and the sum of many such still fits `MAX_INTEGER`."""

MAX_EXACT = 2**53
"""Below it a `sum_of` integers is exact."""

_CHUNK = 500

_ROWS_AT_ONCE = (32, 4, 1)
"""Numbers of rows for which there is a statement: few, so that they stay prepared."""
_VALUES = re.compile(r"VALUES (\([?, ]+\))")

_T = TypeVar("_T")


def saturate(number: int) -> int:
    """Return ``number``, or the nearest that SQLite can store."""
    return max(-MAX_INTEGER, min(MAX_INTEGER, number))


def sum_of(expression: str) -> str:
    """Return SQL for a sum of integers: 0 without rows, exact below 2⁵³, and never an overflow as that of ``sum``."""
    return f"CAST(total({expression}) AS INTEGER)"


def chunks(numbers: Iterable[int]) -> Iterator[str]:
    """Yield comma-separated lists of the numbers, each short enough for one statement."""
    remaining = iter(numbers)
    while chunk := list(islice(remaining, _CHUNK)):
        yield ",".join(map(str, chunk))


def id_list(numbers: Iterable[int]) -> str:
    """Return one comma-separated list of all numbers."""
    return ",".join(map(str, numbers))


def placeholders(columns: Sequence[object]) -> str:
    """Return one positional parameter per column, comma-separated."""
    return ", ".join("?" * len(columns))


def insert_rows(connection: sqlite3.Connection, statement: str, rows: Sequence[SqlRow]) -> None:
    """Execute a statement with one ``VALUES (?, …)`` for all rows in order, many at a time.

    ``executemany`` gives Python's lock away at each row, and gets it back late while other threads have work.
    """
    at = 0
    for count in _ROWS_AT_ONCE:
        while len(rows) - at >= count:
            values = tuple(chain.from_iterable(rows[at : at + count]))
            connection.execute(_for_rows(statement, count), values)
            at += count


@lru_cache(maxsize=128)
def _for_rows(statement: str, count: int) -> str:
    return _VALUES.sub(lambda values: "VALUES " + ", ".join([values[1]] * count), statement)


def clamp_values(value: _T) -> _T:
    """Return ``value`` with integers clamped to 53 bits and lone surrogates replaced, as deep as it goes."""
    return cast(_T, _clamp(value))


def _clamp(value: object) -> object:
    match value:
        case Enum() | bool():
            return value
        case int():
            return max(-_MAX_COUNT, min(_MAX_COUNT, value))
        case str():
            return value.encode("utf-8", "replace").decode()
        case tuple():
            make = getattr(value, "_make", tuple)  # a named tuple's constructor
            return make([_clamp(part) for part in value])
        case _ if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{field.name: _clamp(getattr(value, field.name)) for field in fields(value)})
    return value
