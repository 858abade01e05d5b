"""The log of events that have no key of their own: prompts, messages, turns, context updates … A copy is recognised by
its content."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from tui_monitor.events import (
    AgentMessage,
    CompactionRule,
    CompactionUpdate,
    ContextPart,
    ContextUpdate,
    EndpointRequest,
    Event,
    LogLine,
    MetricSample,
    ModelRequest,
    PlanUpdate,
    Prompt,
    RateLimitUpdate,
    RetryUpdate,
    SessionKey,
    Turn,
    TurnUpdate,
    WaitUpdate,
)
from tui_monitor.store.intern import digest
from tui_monitor.store.projection import Effects, Projection, ProjectionContext
from tui_monitor.store.sql import SqlRow
from tui_monitor.store.texts import TEXT_LIMIT, Packed, pack, truncate, unpack

KINDS: dict[str, type[Event]] = {
    "prompt": Prompt,
    "said": AgentMessage,
    "turn": TurnUpdate,
    "context": ContextUpdate,
    "compaction": CompactionUpdate,
    "retry": RetryUpdate,
    "request": EndpointRequest,
    "metric": MetricSample,
    "log": LogLine,
}
"""The events that are all kept, by the name of their kind."""

LATEST: dict[str, type[Event]] = {
    "plan": PlanUpdate,
    "limit": RateLimitUpdate,
    "wait": WaitUpdate,
    "sent": ModelRequest,
    "part": ContextPart,
}
"""The events of which only the latest is kept."""

_BRIEF = 256
_KIND_OF = {event: kind for kind, event in (KINDS | LATEST).items()}
_OWN = {
    event: [(field.name, field.default) for field in fields(event) if field.name not in ("session", "agent", "at")]
    for event in _KIND_OF
}
_DECODERS: dict[str, Callable[[Any], object]] = {
    "turn": Turn,
    "compaction_rule": lambda parts: CompactionRule(*parts),
    "tags": lambda pairs: tuple((name, value) for name, value in pairs),
}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

_ADD = "INSERT OR IGNORE INTO event_log (id, session, kind, at, digest, agent, data) VALUES (?, ?, ?, ?, ?, ?, ?)"
_REPLACE = """
    INSERT INTO latest_events (agent, kind, name, at, event_order, data) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (agent, kind, name) DO UPDATE SET
        at = excluded.at, event_order = excluded.event_order, data = excluded.data
    WHERE excluded.at >= at
"""


class EventLog(Projection[Event]):
    """The tables of these events. Unless bodies are kept, texts are cut to their beginnings."""

    reads = (*KINDS.values(), *LATEST.values())

    def __init__(self, context: ProjectionContext) -> None:
        super().__init__(context)
        self._limit = TEXT_LIMIT if context.keep_bodies else _BRIEF
        self._new: list[SqlRow] = []
        self._latest: list[SqlRow] = []

    def apply(self, event: Event, order: int) -> None:
        """Add an event to the log, or replace the latest of its kind."""
        kind, agent = _KIND_OF[type(event)], self._interned.agent(event.session, event.agent)
        data = self._data(event)
        if kind in LATEST:
            self._latest.append((agent, kind, _name(event), event.at, order, pack(data)))
        else:
            session = self._interned.sessions.id_of(event.session)
            self._new.append((order, session, kind, event.at, digest(f"{agent} {data}"), agent, pack(data)))

    def flush(self, earlier: Effects) -> Effects:
        """Write the events."""
        self._connection.executemany(_ADD, self._new)
        self._connection.executemany(_REPLACE, self._latest)
        self._new.clear()
        self._latest.clear()
        return Effects()

    def _data(self, event: Event) -> str:
        own = {}
        for name, default in _OWN[type(event)]:
            value = getattr(event, name)
            if value != default:
                own[name] = truncate(value, self._limit) if isinstance(value, str) else value
        return _encode(own)


def _name(event: Event) -> str:
    """Return the name under which the latest of an event's kind is kept."""
    match event:
        case RateLimitUpdate() | ContextPart():
            return event.name
        case ModelRequest():
            return event.operation
    return ""


def decode_event(kind: str, session: SessionKey, agent: str, at: int, data: Packed) -> Event:
    """Return the event with these columns."""
    values: dict[str, object] = json.loads(unpack(data))
    own = {name: _DECODERS[name](value) if name in _DECODERS else value for name, value in values.items()}
    return (KINDS | LATEST)[kind](session=session, agent=agent, at=at, **own)
