"""The content of another program's store, as lines of our stream."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from tui_monitor.sources.base import Record


class UnknownStore(ValueError):
    """A file that is no store of a known program. The message says what it is, without its path."""


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """A line of a stream, as JSON, and its id, which is the same in every copy of the store."""

    uid: str
    json: bytes


@dataclass(frozen=True, slots=True)
class ForeignStore:
    """The ``lines`` of a stream. ``name`` is that of the program, ``notes`` say what is missing."""

    name: str
    lines: Sequence[ImportedLine]
    notes: Sequence[str] = ()


def foreign_store(name: str, lines: Iterable[Record], notes: Sequence[str] = ()) -> ForeignStore:
    """Return a store whose lines have a ``uid`` each."""
    made = [ImportedLine(line["uid"], _as_json({"v": 1, **line})) for line in lines]
    return ForeignStore(name, made, notes)


def _as_json(line: Record) -> bytes:
    try:
        return orjson.dumps(line, default=str)
    except TypeError:  # integers beyond 64 bits, lone surrogates
        return json.dumps(line, default=str).encode()
