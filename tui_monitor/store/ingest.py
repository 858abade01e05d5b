"""Writes events into the database: each once, through the projections."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from tui_monitor.events import MAIN, AgentUpdate, Event, SessionKey
from tui_monitor.store.agent_tokens import AgentTokens
from tui_monitor.store.agents import Agents
from tui_monitor.store.call_table import CallTable
from tui_monitor.store.contexts import Contexts
from tui_monitor.store.damage import MissingRowError
from tui_monitor.store.event_log import EventLog
from tui_monitor.store.forks import Forks
from tui_monitor.store.intern import MAIN_NAME
from tui_monitor.store.projection import Effects, Pricing, Projection, ProjectionContext
from tui_monitor.store.responses import Responses
from tui_monitor.store.search_entries import SearchEntries
from tui_monitor.store.sessions import Sessions
from tui_monitor.store.unattributed import Unattributed

_Handler: TypeAlias = Callable[[Any, int], None]

PROJECTIONS: tuple[type[Projection[Any]], ...] = (
    AgentTokens,
    Agents,
    CallTable,
    Contexts,
    EventLog,
    Forks,
    Responses,
    SearchEntries,
    Sessions,
    Unattributed,
)
"""All projections, in any order: `Projection.after` decides in which they are flushed."""


class Ingest:
    """Writes batches of events inside a transaction of its caller.

    Rows are cached between batches: after a rollback, or when another process has written, make a new one.
    """

    def __init__(self, connection: sqlite3.Connection, *, keep_bodies: bool) -> None:
        self._connection = connection
        context = ProjectionContext(connection, keep_bodies=keep_bodies)
        self._pruned = context.pruned
        self._projections = context.build(PROJECTIONS)
        self._prefetching = [one for one in self._projections if type(one).prefetch is not Projection.prefetch]
        self._handlers: dict[type[Event], tuple[_Handler, ...]] = {}
        self._order = _event_count(connection)

    def write(self, events: Sequence[Event]) -> frozenset[SessionKey]:
        """Write these events, and return the sessions of which any total may have changed."""
        events = [
            _with_main_chain(event) if event.agent == MAIN_NAME or isinstance(event, AgentUpdate) else event
            for event in self._pruned.without_known(events)
        ]
        self._prefetch(events)
        handlers = self._handlers
        for event in events:
            self._order += 1
            for handler in handlers.get(type(event)) or self._handlers_of(type(event)):
                handler(event, self._order)
        effects = self._flush(Effects(frozenset({event.session for event in events})))
        self._connection.execute("UPDATE event_counter SET events = ?", (self._order,))
        return effects.sessions

    def reprice(self, pricing: Pricing) -> frozenset[SessionKey]:
        """Apply other prices and windows to everything; return the sessions of which any total may have changed."""
        effects = Effects()
        for projection in self._projections:
            for step in projection.reprice(pricing):
                effects = effects.union(self._flush(step))
        return effects.sessions

    def _flush(self, effects: Effects) -> Effects:
        """Write what the projections hold; return all effects, of which some are known before."""
        for projection in self._projections:
            effects = effects.union(projection.flush(effects))
        for projection in self._projections:
            projection.reset()
        return effects

    def _prefetch(self, events: Sequence[Event]) -> None:
        by_type = defaultdict[type[Event], list[Event]](list)
        for event in events:
            by_type[type(event)].append(event)
        for projection in self._prefetching:
            read = [
                event for kind, of_kind in by_type.items() if issubclass(kind, projection.reads) for event in of_kind
            ]
            projection.prefetch(read)

    def _handlers_of(self, kind: type[Event]) -> tuple[_Handler, ...]:
        if kind not in self._handlers:
            self._handlers[kind] = tuple(one.apply for one in self._projections if issubclass(kind, one.reads))
        return self._handlers[kind]


def _with_main_chain(event: Event) -> Event:
    """Return the event with the main chain's documented name, which a source may use, replaced by the empty id."""
    if event.agent == MAIN_NAME:
        event = replace(event, agent=MAIN)
    if isinstance(event, AgentUpdate) and event.parent == MAIN_NAME:
        event = replace(event, parent=MAIN)
    return event


def _event_count(connection: sqlite3.Connection) -> int:
    row: tuple[int] | None = connection.execute("SELECT events FROM event_counter").fetchone()
    if row is None:
        raise MissingRowError("event_counter")
    return row[0]
