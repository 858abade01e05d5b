"""The values of OTLP JSON, which writers spell in several ways: 64-bit integers as text or number, numbers as text."""

from __future__ import annotations

from contextlib import suppress

from tui_monitor.events import PICO
from tui_monitor.sources.base import Record
from tui_monitor.sources.fields import number, table, tables, text

_MOST_DOLLARS = 1_000_000
"""Larger sums are nonsense, and would not fit where money is kept."""


def attributes(told: object) -> Record:
    """A list of keys and values as one object."""
    return {text(pair.get("key")): plain(pair.get("value")) for pair in tables(told)}


def plain(value: object) -> object:
    """What an ``AnyValue`` holds; None where it holds nothing."""
    for kind, held in value.items() if isinstance(value, dict) else ():
        if kind == "stringValue":
            return held
        if kind == "arrayValue":
            return [plain(item) for item in tables(table(held).get("values"))]
        if kind == "kvlistValue":
            return attributes(table(held).get("values"))
        return whole(held) if kind == "intValue" else held
    return None


def real(value: object) -> float | None:
    """The number, also where it is told as text."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        with suppress(ValueError, OverflowError):
            return float(value)
    return None


def whole(value: object) -> int | None:
    """The number as a whole one, also where it is told as text, if it is a sane one (never negative)."""
    if isinstance(value, str):
        value = int(value) if value.isdecimal() and value.isascii() and len(value) < 20 else real(value)
    return number(value)


def amount(value: object) -> int:
    """The number, else 0."""
    return whole(value) or 0


def is_true(value: object) -> bool:
    """Whether it is true, also where that is told as text."""
    return value is True or value == "true"


def picodollars(dollars: object) -> int | None:
    """Money; None where nothing is told, or 0: so a writer tells that it knows no price."""
    told = real(dollars)
    return round(told * PICO) if told is not None and 0 < told < _MOST_DOLLARS else None


def milliseconds(nanoseconds: object) -> int:
    """Epoch milliseconds of epoch nanoseconds; 0 where none are told."""
    if isinstance(nanoseconds, str):
        nanoseconds = int(nanoseconds) if nanoseconds.isdecimal() and len(nanoseconds) < 20 else 0
    return number(nanoseconds // 1_000_000) or 0 if isinstance(nanoseconds, int) else 0
