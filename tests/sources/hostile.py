"""Arbitrary values in place of expected ones, as a hostile or broken writer may put them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from copy import deepcopy
from dataclasses import fields
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from tui_monitor.events import Event, SourceRef
from tui_monitor.sources.base import Parser, Record, UnknownRecord

UNHURRIED = settings(deadline=None, max_examples=60)
"""No deadline for slow machines, and few examples."""

_PLAIN: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.just(2**70) | st.floats(allow_nan=False) | st.text(max_size=9)
)

JSON: st.SearchStrategy[Any] = st.recursive(
    _PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)
"""Small JSON values of any shape."""


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths to everything inside a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way for key, inner in inside for way in ((*at, key), *places(inner, (*at, key)))]


def broken(record: Record, way: tuple[Any, ...], value: Any) -> Record:
    """Return the record with another value at one path."""
    copy = deepcopy(record)
    inner: Any = copy
    for key in way[:-1]:
        inner = inner[key]
    inner[way[-1]] = value
    return copy


@st.composite
def some_broken(draw: Callable[..., Any], records: Iterable[Record]) -> list[Record]:
    """Draw all these records, some of them with arbitrary values."""
    copies = list(records)
    for at in draw(st.sets(st.integers(0, len(copies) - 1), min_size=1, max_size=8)):
        copies[at] = broken(copies[at], draw(st.sampled_from(places(copies[at]))), draw(JSON))
    return copies


_EXPECTED = {"str": str, "int": int, "int | None": int, "bool": bool, "float": float}


def check(event: Event) -> None:
    """Assert that the fields of an event have their declared types."""
    for field in fields(event):
        value = getattr(event, field.name)
        kind = _EXPECTED.get(str(field.type))
        assert kind is None or value is None or isinstance(value, kind), (field.name, value)


def check_all(parser: Parser, records: Iterable[Record]) -> None:
    """Assert that each record is parsed or rejected, and that the parser can still save its state."""
    for at, record in enumerate(records):
        with suppress(UnknownRecord, KeyError, TypeError, ValueError, AttributeError):
            for event in parser.parse(record, SourceRef("f", at, 1)):
                check(event)
        assert isinstance(json.loads(parser.state()), dict)
