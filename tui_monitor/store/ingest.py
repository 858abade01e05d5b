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
from tui_monitor.store.agents import Agents
from tui_monitor.store.book import SqlBook
from tui_monitor.store.call_table import CallTable
from tui_monitor.store.forks import Forks
from tui_monitor.store.names import MAIN_NAME, Names
from tui_monitor.store.notes import KINDS, LATEST, Notes
from tui_monitor.store.presence import Presence
from tui_monitor.store.remainders import Remainders
from tui_monitor.store.sessions import Sessions


class Ingest:
    """Writes events inside a transaction of its caller.

    It remembers what it knows of the database: after a rollback, or when somebody else has written, take a new one.
    """

    def __init__(self, connection: sqlite3.Connection, bodies: bool) -> None:
        self._connection = connection
        self._names = Names(connection)
        self._presence = Presence(connection, self._names)
        self._sessions = Sessions(connection, self._names)
        self._agents = Agents(connection, self._names)
        self._notes = Notes(connection, self._names, bodies)
        self._calls = CallTable(connection, self._names, bodies)
        self._book = SqlBook(connection, self._names)
        self._ledger = Ledger(self._book)
        self._remainders = Remainders(connection, self._names)
        self._forks = Forks(connection, self._names, self._ledger)
        self._order: int = connection.execute("SELECT events FROM reading").fetchone()[0]
        self._takers = self._choose_takers()

    def take(self, events: Sequence[Event]) -> frozenset[SessionKey]:
        """Write these events, and answer with the sessions of which anything may have changed."""
        events = [_with_main_chain(event) for event in events]
        self._book.expect([event for event in events if isinstance(event, Usage)])
        self._calls.expect([event for event in events if isinstance(event, CallStarted | CallProgress | CallFinished)])
        for event in events:
            self._order += 1
            self._presence.hear(event)
            for taker in self._takers.get(type(event), ()):
                taker(event)
        touched = {event.session for event in events} | self._settle()
        self._connection.execute("UPDATE reading SET events = ?", (self._order,))
        self._book.forget()
        self._calls.forget()
        return frozenset(touched)

    def _settle(self) -> set[SessionKey]:
        moved = self._ledger.settle()
        self._book.flush()
        rollups.move(self._connection, self._names, moved, self._book.peaks())
        beyond = self._remainders.settle(self._ledger.concerned)
        rollups.move_remainders(self._connection, self._names, beyond)
        told = self._calls.flush()
        self._forks.settle(self._calls, told)
        self._calls.flush()
        self._notes.flush()
        self._sessions.flush()
        heard = self._presence.flush()
        self._agents.flush()
        booked = {self._names.agent(account.session, account.agent) for account in (*moved, *beyond)}
        self._agents.count_tokens(heard | booked)
        counted = {self._names.sessions.value(session) for session in self._calls.sessions}
        return {account.session for account in (*moved, *beyond)} | counted

    def _choose_takers(self) -> dict[type[Event], Sequence[Callable[[Any], None]]]:
        """Who learns what from which event."""
        keep = dict.fromkeys((*KINDS.values(), *LATEST.values()), (self._keep,))
        return keep | {
            Usage: (self._spend, self._sessions.run_on),
            CallStarted: (self._call,),
            CallProgress: (self._call,),
            CallFinished: (self._call,),
            SessionUpdate: (self._sessions.learn,),
            SessionTotalUpdate: (self._remainders.tell,),
            AgentUpdate: (self._agents.learn,),
            ContextUpdate: (self._keep, self._sessions.fill),
            Prompt: (self._keep, self._agents.live),
            TurnUpdate: (self._keep, self._agents.live),
        }

    def _spend(self, usage: Usage) -> None:
        self._ledger.record(usage)
        self._book.annotate(usage)

    def _call(self, event: CallStarted | CallProgress | CallFinished) -> None:
        self._calls.tell(event, self._order)

    def _keep(self, event: Event) -> None:
        self._notes.add(event, self._order)


def _with_main_chain(event: Event) -> Event:
    """A source may call the main chain by its documented name: from here on it has none."""
    if event.agent == MAIN_NAME:
        event = replace(event, agent=MAIN)
    if isinstance(event, AgentUpdate) and event.parent == MAIN_NAME:
        event = replace(event, parent=MAIN)
    return event
