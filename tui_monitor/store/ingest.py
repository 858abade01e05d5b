"""Takes events into the database: each once, and the sums after them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tui_monitor.events import (
    MAIN,
    AgentUpdate,
    CallFinished,
    CallProgress,
    CallStarted,
    ContextUpdate,
    Event,
    Prompt,
    SessionKey,
    SessionTotalUpdate,
    SessionUpdate,
    TurnUpdate,
    Usage,
)
from tui_monitor.ledger import Ledger
from tui_monitor.store import rollups
from tui_monitor.store.activity_times import ActivityTimes
from tui_monitor.store.agents import Agents
from tui_monitor.store.call_table import CallTable
from tui_monitor.store.event_log import KINDS, LATEST, EventLog
from tui_monitor.store.forks import Forks
from tui_monitor.store.intern import MAIN_NAME, InternTables
from tui_monitor.store.sessions import Sessions
from tui_monitor.store.sqlite_ledger import SqliteLedger
from tui_monitor.store.unattributed import UnattributedTable


class Ingest:
    """Writes events inside a transaction of its caller.

    It remembers what it knows of the database: after a rollback, or when somebody else has written, take a new one.
    """

    def __init__(self, connection: sqlite3.Connection, bodies: bool) -> None:
        self._connection = connection
        self._interned = InternTables(connection)
        self._activity_times = ActivityTimes(connection, self._interned)
        self._sessions = Sessions(connection, self._interned)
        self._agents = Agents(connection, self._interned)
        self._event_log = EventLog(connection, self._interned, bodies)
        self._calls = CallTable(connection, self._interned, bodies)
        self._repository = SqliteLedger(connection, self._interned)
        self._ledger = Ledger(self._repository)
        self._unattributed = UnattributedTable(connection, self._interned)
        self._forks = Forks(connection, self._interned, self._ledger)
        self._order: int = connection.execute("SELECT events FROM event_counter").fetchone()[0]
        self._handlers = self._handlers_by_type()

    def take(self, events: Sequence[Event]) -> frozenset[SessionKey]:
        """Write these events, and answer with the sessions of which anything may have changed."""
        events = [_with_main_chain(event) for event in events]
        self._repository.prefetch([event for event in events if isinstance(event, Usage)])
        self._calls.prefetch(
            [event for event in events if isinstance(event, CallStarted | CallProgress | CallFinished)]
        )
        for event in events:
            self._order += 1
            self._activity_times.hear(event)
            for taker in self._handlers.get(type(event), ()):
                taker(event)
        touched = {event.session for event in events} | self._settle()
        self._connection.execute("UPDATE event_counter SET events = ?", (self._order,))
        self._repository.reset()
        self._calls.reset()
        return frozenset(touched)

    def _settle(self) -> set[SessionKey]:
        moved = self._ledger.reconcile()
        self._repository.flush()
        rollups.move(self._connection, self._interned, moved, self._repository.max_sizes())
        beyond = self._unattributed.reconcile(self._ledger.affected)
        rollups.apply_unattributed(self._connection, self._interned, beyond)
        told = self._calls.flush()
        self._forks.reconcile(self._calls, told)
        self._calls.flush()
        self._event_log.flush()
        self._sessions.flush()
        heard = self._activity_times.flush()
        self._agents.flush()
        booked = {self._interned.agent(account.session, account.agent) for account in (*moved, *beyond)}
        self._agents.count_tokens(heard | booked)
        counted = {self._interned.sessions.value_of(session) for session in self._calls.sessions}
        return {account.session for account in (*moved, *beyond)} | counted

    def _handlers_by_type(self) -> dict[type[Event], Sequence[Callable[[Any], None]]]:
        """Who learns what from which event."""
        keep = dict.fromkeys((*KINDS.values(), *LATEST.values()), (self._keep,))
        return keep | {
            Usage: (self._record_usage, self._sessions.run_on),
            CallStarted: (self._call,),
            CallProgress: (self._call,),
            CallFinished: (self._call,),
            SessionUpdate: (self._sessions.learn,),
            SessionTotalUpdate: (self._unattributed.tell,),
            AgentUpdate: (self._agents.learn,),
            ContextUpdate: (self._keep, self._sessions.fill),
            Prompt: (self._keep, self._agents.live),
            TurnUpdate: (self._keep, self._agents.live),
        }

    def _record_usage(self, usage: Usage) -> None:
        self._ledger.record(usage)
        self._repository.annotate(usage)

    def _call(self, event: CallStarted | CallProgress | CallFinished) -> None:
        self._calls.tell(event, self._order)

    def _keep(self, event: Event) -> None:
        self._event_log.add(event, self._order)


def _with_main_chain(event: Event) -> Event:
    """A source may call the main chain by its documented name: from here on it has none."""
    if event.agent == MAIN_NAME:
        event = replace(event, agent=MAIN)
    if isinstance(event, AgentUpdate) and event.parent == MAIN_NAME:
        event = replace(event, parent=MAIN)
    return event
