"""Values that a hostile or broken writer may put anywhere."""

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
"""A slow machine is no failure, and all tests together are to be quick."""

_PLAIN: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.just(2**70) | st.floats(allow_nan=False) | st.text(max_size=9)
)

JSON: st.SearchStrategy[Any] = st.recursive(
    _PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)
"""Any JSON value, small."""


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to everything inside a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way for key, inner in inside for way in ((*at, key), *places(inner, (*at, key)))]


def broken(record: Record, way: tuple[Any, ...], value: Any) -> Record:
    """The record with another value there."""
    copy = deepcopy(record)
    inner: Any = copy
    for key in way[:-1]:
        inner = inner[key]
    inner[way[-1]] = value
    return copy


@st.composite
def some_broken(draw: Callable[..., Any], records: Iterable[Record]) -> list[Record]:
    """All these records, with anything anywhere in some of them."""
    told = list(records)
    for at in draw(st.sets(st.integers(0, len(told) - 1), min_size=1, max_size=8)):
        told[at] = broken(told[at], draw(st.sampled_from(places(told[at]))), draw(JSON))
    return told


_EXPECTED = {"str": str, "int": int, "int | None": int, "bool": bool, "float": float}


def check(event: Event) -> None:
    """Each field is of the kind that it is declared to be."""
    for field in fields(event):
        value = getattr(event, field.name)
        kind = _EXPECTED.get(str(field.type))
        assert kind is None or value is None or isinstance(value, kind), (field.name, value)


def check_all(parser: Parser, records: Iterable[Record]) -> None:
    """Each record is read or refused, and the parser can still keep what it knows."""
    for at, record in enumerate(records):
        with suppress(UnknownRecord, KeyError, TypeError, ValueError, AttributeError):
            for event in parser.parse(record, SourceRef("f", at, 1)):
                check(event)
        assert isinstance(json.loads(parser.state()), dict)
