"""Access to decoded JSON of any shape: values of an unexpected type count as absent."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, MutableMapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import orjson

from tui_monitor.events import PICO
from tui_monitor.sources.base import Record, UnreadableRecord

MAX_COUNT = 2**53
"""The largest number that is read: it stands for larger ones, which are nonsense and would not fit into the store."""

LATEST_MS = 4_102_444_800_000
"""The beginning of the year 2100: later times are nonsense, also those of what is to come."""

AHEAD_MS = 86_400_000
"""A day: how far the clock of a writer may be ahead of ours."""

WRITTEN_MS = 1_796_083_200_000
"""The beginning of December 2026. A clock that shows an earlier time is wrong, and no time is judged by it."""

LARGEST_COST = 9 * 10**6 * PICO
"""The largest cost that is read, in picodollars: it stands for larger ones, which would not fit into the store."""

_LEAST_MS = 10**11
"""As seconds, three thousand years ahead; as milliseconds, 1973. Smaller numbers are seconds."""

_NUMBER = (int, float)

Key = TypeVar("Key")
Value = TypeVar("Value")


def text(value: object) -> str:
    """Return the text, or an empty one."""
    return value if isinstance(value, str) else ""


def number(value: object) -> int | None:
    """Return a number as an integer from 0 to `MAX_COUNT`, that is as the nearest; None for less and for no number."""
    if value is None:
        return None
    if type(value) is int:  # nearly always
        return None if value < 0 else value if value < MAX_COUNT else MAX_COUNT
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        return None
    return int(min(value, MAX_COUNT))


def count(value: object) -> int:
    """Return the number, or 0."""
    if type(value) is int and 0 <= value <= MAX_COUNT:  # nearly always
        return value
    return number(value) or 0


def table(value: object) -> Record:
    """Return the JSON object, or an empty one."""
    return value if isinstance(value, dict) else {}


def tables(value: object) -> Iterator[Record]:
    """Return the JSON objects in a list, or none."""
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def plausible_time(at: int) -> int:
    """Return epoch milliseconds; 0, for unknown, if they are negative or more than `AHEAD_MS` in the future.

    What is stated to have happened then would be the newest for ever, and be going on until then.
    """
    return at if 0 <= at <= max(time.time_ns() // 1_000_000, WRITTEN_MS) + AHEAD_MS else 0


def iso_to_epoch_ms(value: object) -> int:
    """Return epoch milliseconds of an ISO 8601 time, UTC where it names no zone; 0 for anything else."""
    at = stated_time(value)
    return at if 0 <= at <= WRITTEN_MS else plausible_time(at)


def stated_time(value: object) -> int:
    """Return the same of times in the future, too: only differences of them mean something."""
    try:
        when = datetime.fromisoformat(value)  # type: ignore[arg-type]
        return round((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() * 1000)
    except (TypeError, ValueError, OverflowError):  # no time, or beyond the years 1 to 9999
        return 0


def to_epoch_ms(value: object) -> int:
    """Return epoch milliseconds of epoch milliseconds or an ISO 8601 time; 0 for anything else."""
    if isinstance(value, str):
        return iso_to_epoch_ms(value)
    return plausible_time(round(value)) if isinstance(value, _NUMBER) and 0 <= value <= MAX_COUNT else 0


def seconds_to_epoch_ms(value: object) -> int:
    """Return epoch milliseconds of epoch seconds, or of what `to_epoch_ms` reads: some writers mix the units."""
    return plausible_time(_seconds_to_ms(value)) or to_epoch_ms(value)


def reset_to_epoch_ms(value: object) -> int | None:
    """Return epoch milliseconds of a time in the future, in epoch seconds or milliseconds; None for anything else."""
    at = _seconds_to_ms(value) or number(value) or 0
    return at if 0 < at <= LATEST_MS else None


def _seconds_to_ms(value: object) -> int:
    """Return epoch milliseconds of epoch seconds; 0 for numbers that are no seconds."""
    return (
        round(value * 1000)
        if isinstance(value, _NUMBER) and not isinstance(value, bool) and 0 <= value < _LEAST_MS
        else 0
    )


def to_picodollars(dollars: object) -> int | None:
    """Return picodollars of dollars, the largest that can be stored for more; None for less than 0 and no number."""
    if isinstance(dollars, bool) or not isinstance(dollars, int | float) or not dollars >= 0:
        return None
    return round(min(dollars, LARGEST_COST // PICO) * PICO)


def path_text(path: Path | str) -> str:
    """Return the path as text that can be stored and shown: U+FFFD stands for bytes that are not UTF-8."""
    return os.fsencode(path).decode("utf-8", "replace")


def as_json(value: object) -> str:
    """Return JSON text without spaces; dataclasses become objects.

    Raises:
        UnreadableRecord: the value is nested too deeply.
    """
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # integers beyond 64 bits, and deeply nested values
        pass
    try:
        return json.dumps(value, separators=(",", ":"), default=asdict)
    except RecursionError:
        raise UnreadableRecord("nested too deeply") from None


def put_bounded(mapping: MutableMapping[Key, Value], key: Key, value: Value, most: int) -> None:
    """Set ``value`` under ``key`` as the newest entry, and remove the oldest ones beyond ``most``."""
    if key in mapping:
        del mapping[key]
    mapping[key] = value
    while len(mapping) > most:
        del mapping[next(iter(mapping))]
