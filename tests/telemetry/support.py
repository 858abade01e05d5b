"""Reads what was recorded: as JSON lines that the published schema allows, and as the events that the monitor sees."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from jsonschema import Draft202012Validator

from tui_monitor.events import Event
from tui_monitor.sources.base import Record
from tui_monitor.sources.files.line_source import LineSource
from tui_monitor.sources.stream.adapter import Stream, schema

Kind = TypeVar("Kind", bound=Event)

_VALIDATOR = Draft202012Validator(json.loads(schema()))


def lines(stream: Path) -> list[Record]:
    """All lines, each a valid one."""
    told: list[dict[str, Any]] = [json.loads(line) for line in stream.read_bytes().splitlines()]
    for line in told:
        _VALIDATOR.validate(line)
    return told


def line(stream: Path, kind: str) -> Record:
    """The only line of this type."""
    (only,) = [line for line in lines(stream) if line["type"] == kind]
    return only


def events(stream: Path) -> list[Event]:
    """What the monitor reads; nothing in the stream may be unknown to it."""
    source = LineSource(Stream(), stream)
    found: list[Event] = []
    while batch := source.read():
        assert (batch.health.skipped, batch.health.unknown) == (0, 0)
        found.extend(batch.events)
    source.close()
    return found


def only(told: Iterable[Event], kind: type[Kind]) -> Kind:
    """The only event of this kind."""
    (one,) = [event for event in told if isinstance(event, kind)]
    return one


def of_type(told: Iterable[Event], kind: type[Kind]) -> list[Kind]:
    """The events of this kind."""
    return [event for event in told if isinstance(event, kind)]
