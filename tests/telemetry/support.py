"""Readers of recorded streams: as JSON lines that the published schema allows, and as the monitor's events."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from jsonschema import Draft202012Validator

from tui_monitor.events import Event
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.live.status import Status, status
from tui_monitor.sources.base import Record
from tui_monitor.sources.files.line_source import LineSource
from tui_monitor.sources.stream.adapter import Stream, schema

E = TypeVar("E")

_VALIDATOR = Draft202012Validator(json.loads(schema()))


def read_lines(stream: Path) -> list[Record]:
    """Return all lines of a stream, each checked against the schema."""
    lines: list[dict[str, Any]] = [json.loads(line) for line in stream.read_bytes().splitlines()]
    for line in lines:
        _VALIDATOR.validate(line)
    return lines


def read_line(stream: Path, line_type: str) -> Record:
    """Return the only line of this type."""
    (line,) = [line for line in read_lines(stream) if line["type"] == line_type]
    return line


def read_events(stream: Path) -> list[Event]:
    """Return the events that the monitor reads; it must know every line."""
    source = LineSource(Stream(), stream)
    events: list[Event] = []
    while batch := source.read():
        assert (batch.health.skipped, batch.health.unknown) == (0, 0)
        events.extend(batch.events)
    source.close()
    return events


def only(events: Iterable[object], event_type: type[E]) -> E:
    """Return the only event of this type."""
    (event,) = of_type(events, event_type)
    return event


def of_type(events: Iterable[object], event_type: type[E]) -> list[E]:
    """Return the events of this type."""
    return [event for event in events if isinstance(event, event_type)]


def live_session(stream: Path, events: Iterable[Event] | None = None) -> SessionState:
    """Return the only session of a stream as the running monitor has it."""
    state = LiveState()
    state.apply(read_events(stream) if events is None else events, Changes())
    (session,) = state.sessions.values()
    return session


def status_after(stream: Path, seconds: float = 0, events: Iterable[Event] | None = None) -> Status:
    """Return the status that the monitor shows of the only session so long after its last event."""
    state = live_session(stream, events)
    return status(state, state.last_at + round(seconds * 1000))
