"""Reading decoded JSON that may hold anything: what is not of the expected type counts as absent."""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from dataclasses import asdict
from typing import TypeVar

import orjson

from tui_monitor.sources import times
from tui_monitor.sources.base import Record, UnreadableRecord

MAX_COUNT = 2**53
"""Larger numbers are nonsense, and would not fit where counts are kept."""

Key = TypeVar("Key")
Value = TypeVar("Value")


def text(value: object) -> str:
    """The text, else the empty string."""
    return value if isinstance(value, str) else ""


def number(value: object) -> int | None:
    """The number as a whole one, if it is a sane one (a count or a duration is never negative)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_COUNT:
        return None
    return int(value)


def count(value: object) -> int:
    """The number, else 0."""
    return number(value) or 0


def table(value: object) -> Record:
    """The JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def tables(value: object) -> Iterator[Record]:
    """The JSON objects in a list, else none."""
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def milliseconds(timestamp: object) -> int:
    """An ISO 8601 time as epoch milliseconds; UTC where it names no zone; 0 when it is none."""
    return times.of_millis(text(timestamp))


def as_json(value: object) -> str:
    """JSON text without spaces; dataclasses as objects.

    Raises:
        UnreadableRecord: it is nested too deeply.
    """
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # integers beyond 64 bits, and what is nested deeply
        pass
    try:
        return json.dumps(value, separators=(",", ":"), default=asdict)
    except RecursionError:
        raise UnreadableRecord("nested too deeply") from None


def remember(known: MutableMapping[Key, Value], key: Key, value: Value, most: int) -> None:
    """Put ``value`` under ``key``, as the newest; the oldest goes when there are more than ``most``."""
    known.pop(key, None)
    known[key] = value
    while len(known) > most:
        del known[next(iter(known))]
