"""Small helpers for talking SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeAlias, TypeVar

SqlRow: TypeAlias = tuple[Any, ...]
"""A row as SQLite gives and takes it."""

MAX_INTEGER = 2**63 - 1
"""The largest number SQLite keeps exactly: sums stop there."""

_CHUNK = 500

_T = TypeVar("_T")


def saturate(number: int) -> int:
    """``number``, or the nearest that SQLite can keep."""
    return max(-MAX_INTEGER, min(MAX_INTEGER, number))


def chunks(numbers: Iterable[int]) -> Iterator[str]:
    """Comma-separated lists of the numbers, each short enough for one statement."""
    remaining = iter(numbers)
    while chunk := list(islice(remaining, _CHUNK)):
        yield ",".join(map(str, chunk))


def id_list(numbers: Iterable[int]) -> str:
    """One comma-separated list of all numbers."""
    return ",".join(map(str, numbers))


def placeholders(columns: Sequence[_T]) -> str:
    """As many parameters as there are columns."""
    return ", ".join("?" * len(columns))
