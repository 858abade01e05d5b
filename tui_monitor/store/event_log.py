"""The log of events that have no key of their own: prompts, messages, turns, context updates … A copy is recognised by
its content."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

from tui_monitor.events import (
    AgentMessage,
    CompactionRule,
    CompactionSummary,
    CompactionUpdate,
    ContextPart,
    ContextUpdate,
    CustomFields,
    EndpointRequest,
    Event,
    HookFailure,
    HookSuccess,
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
from tui_monitor.store.projection import Effects, Pricing, Projection, ProjectionContext
from tui_monitor.store.sql import SqlRow, insert_rows
from tui_monitor.store.texts import PLAIN_CONTEXT, TEXT_LIMIT, Packed, pack, truncate, unpack

KINDS: dict[str, type[Event]] = {
    "prompt": Prompt,
    "said": AgentMessage,
    "turn": TurnUpdate,
    "context": ContextUpdate,
    "compaction": CompactionUpdate,
    "summary": CompactionSummary,
    "retry": RetryUpdate,
    "hook": HookFailure,
    "request": EndpointRequest,
    "metric": MetricSample,
    "log": LogLine,
    "custom": CustomFields,
}
"""The events that are all kept, by the name of their kind."""

LATEST: dict[str, type[Event]] = {
    "plan": PlanUpdate,
    "limit": RateLimitUpdate,
    "hook ok": HookSuccess,
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
_DELETE = "DELETE FROM event_log WHERE id = ?"
_CONTEXT = "context"
_CONTEXTS = f"""
    SELECT id, session, at, agent, data FROM event_log WHERE kind = '{_CONTEXT}' AND id > ? ORDER BY id LIMIT 5000
"""
_CONTEXTS_OF = f"""
    SELECT at, data FROM event_log
    WHERE session = (SELECT session FROM agents WHERE number = :agent) AND kind = '{_CONTEXT}' AND agent = :agent
    ORDER BY id
"""
_CONTEXTS_AT = f"""
    SELECT at, data FROM event_log
    WHERE session = (SELECT session FROM agents WHERE number = :agent) AND kind = '{_CONTEXT}' AND at = :at
        AND agent = :agent
"""
_REPLACE = """
    INSERT INTO latest_events (agent, kind, name, at, event_order, data) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (agent, kind, name) DO UPDATE SET
        at = excluded.at, event_order = excluded.event_order, data = excluded.data
    WHERE excluded.at >= at
"""


class EventLog(Projection[Event]):
    """The tables of these events. Unless bodies are kept, texts are cut to their beginnings.

    ``rewindowed`` are the numbers of the agents whose contexts were given other windows by `reprice`.
    """

    reads = (*KINDS.values(), *LATEST.values())

    def __init__(self, context: ProjectionContext) -> None:
        super().__init__(context)
        self._limit = TEXT_LIMIT if context.keep_bodies else _BRIEF
        self._new: list[SqlRow] = []
        self._latest: list[SqlRow] = []
        self.rewindowed: set[int] = set()

    def apply(self, event: Event, order: int) -> None:
        """Add an event to the log, or replace the latest of its kind."""
        kind, agent = _KIND_OF[type(event)], self._interned.agent(event.session, event.agent)
        data = self._data(event)
        if kind in LATEST:
            self._latest.append((agent, kind, _name(event), event.at, order, pack(data)))
        else:
            session = self._interned.sessions.id_of(event.session)
            packed = pack(data, PLAIN_CONTEXT) if kind == _CONTEXT else pack(data)
            self._new.append((order, session, kind, event.at, digest(f"{agent} {data}"), agent, packed))

    def reprice(self, pricing: Pricing) -> Iterator[Effects]:
        """Replace the windows of contexts that no source reports; see `rewindowed`."""
        last = 0
        while pricing.has_other_windows and (rows := self._connection.execute(_CONTEXTS, (last,)).fetchall()):
            changes = [change for row in rows if (change := self._with_other_window(row, pricing))]
            self._connection.executemany(_DELETE, [(change[0],) for change in changes])
            insert_rows(self._connection, _ADD, changes)
            self.rewindowed.update(agent for *_, agent, _ in changes)
            last = rows[-1][0]
        yield Effects()

    def _with_other_window(self, row: SqlRow, pricing: Pricing) -> SqlRow | None:
        """Return the row of a context with its window by ``pricing``; None if it is the same."""
        number, session, at, agent, packed = row
        key, name = self._interned.agents.value_of(agent)
        update = _decode_context(key, name, at, packed)
        other = pricing.with_window(update.as_read)
        if other == update:
            return None
        data = self._data(other)
        return number, session, _CONTEXT, at, digest(f"{agent} {data}"), agent, pack(data, PLAIN_CONTEXT)

    def flush(self, earlier: Effects) -> Effects:
        """Write the events."""
        insert_rows(self._connection, _ADD, self._new)
        insert_rows(self._connection, _REPLACE, self._latest)
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
        case RateLimitUpdate():
            return event.name
        case ContextPart():
            return event.key
        case HookSuccess():
            return f"{event.occasion} {event.hook}".strip()
        case ModelRequest():
            return event.operation
    return ""


def load_contexts(
    connection: sqlite3.Connection, session: SessionKey, agent: str, number: int
) -> Iterator[ContextUpdate]:
    """Yield the context updates of the agent with this number, in order of reading."""
    rows = connection.execute(_CONTEXTS_OF, {"agent": number}).fetchall()
    return (_decode_context(session, agent, at, data) for at, data in rows)


def load_contexts_at(
    connection: sqlite3.Connection, session: SessionKey, agent: str, number: int, at: int
) -> Iterator[ContextUpdate]:
    """Yield the context updates of one instant of the agent with this number."""
    rows = connection.execute(_CONTEXTS_AT, {"agent": number, "at": at}).fetchall()
    return (_decode_context(session, agent, at, data) for at, data in rows)


def _decode_context(session: SessionKey, agent: str, at: int, data: Packed) -> ContextUpdate:
    event = decode_event(_CONTEXT, session, agent, at, data)
    assert isinstance(event, ContextUpdate)
    return event


def text_of(data: Packed) -> str:
    """Return the text of a prompt or message with this column."""
    text: str = json.loads(unpack(data)).get("text", "")
    return text


def decode_event(kind: str, session: SessionKey, agent: str, at: int, data: Packed) -> Event:
    """Return the event with these columns."""
    values: dict[str, object] = json.loads(unpack(data))
    own = {name: _DECODERS[name](value) if name in _DECODERS else value for name, value in values.items()}
    return (KINDS | LATEST)[kind](session=session, agent=agent, at=at, **own)
