"""The log of a session page by page: calls and events next to each other, however long it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from tui_monitor.events import CallState, Event, SessionKey, ToolKind
from tui_monitor.merge.history import HistoryPage, LogPlace, RecordedEvent
from tui_monitor.store.calls import COLUMNS, decode
from tui_monitor.store.database import StoreDatabase
from tui_monitor.store.event_log import KINDS, decode_event
from tui_monitor.store.history import recorded_calls
from tui_monitor.store.intern import InternTables
from tui_monitor.store.places import PLACE
from tui_monitor.store.sql import SqlRow

_PLACE_OF = f"SELECT {PLACE}, started_order FROM calls WHERE session = ? AND call = ? AND tool IS NOT NULL"
_NTH = f"SELECT {PLACE}, started_order FROM calls WHERE session = ? ORDER BY {PLACE}, started_order LIMIT 1 OFFSET ?"
_COUNT = f"SELECT count(*) FROM calls WHERE session = :session AND {PLACE} < :at"
_BAD = ", ".join(f"'{state}'" for state in CallState if state.failed or state.rejected)


class CallScope(StrEnum):
    """Which calls a page may need; those that it does not need cost nothing."""

    ANY = "1"
    NONE = "0"
    MAY_FAIL = f"(state IN ({_BAD}) OR kind = '{ToolKind.SHELL}')"
    CHANGING = "changes > 0"


@dataclass(frozen=True, slots=True)
class PageScope:
    """What is on a page: the calls, and the classes of the events."""

    calls: CallScope = CallScope.ANY
    events: Collection[type[Event]] = ()


class LogReader:
    """Reads the logs of sessions; every method may raise a `StoreError`."""

    def __init__(self, database: StoreDatabase, interned: InternTables) -> None:
        self._database = database
        self._interned = interned

    def page(self, session: SessionKey, place: LogPlace, count: int, scope: PageScope, *, back: bool) -> HistoryPage:
        """Return so many calls and events of a session after a place, or before it (``back``), in their order."""
        with self._database.reading() as connection:
            return _load(connection, self._interned, session, place, count, scope, back=back)

    def place_of(self, session: SessionKey, call: str) -> LogPlace | None:
        """Return the place of a call; None for an unknown one."""
        with self._database.reading() as connection:
            row = connection.execute(_PLACE_OF, (self._interned.sessions.find(session), call)).fetchone()
            return LogPlace(*row) if row else None

    def nth_place(self, session: SessionKey, number: int) -> LogPlace | None:
        """Return the place of the call with so many before it; None if there are not so many."""
        with self._database.reading() as connection:
            row = connection.execute(_NTH, (self._interned.sessions.find(session), number)).fetchone()
            return LogPlace(*row) if row else None

    def calls_before(self, session: SessionKey, place: LogPlace) -> int:
        """Return how many calls are before a place in time."""
        with self._database.reading() as connection:
            parameters = {"session": self._interned.sessions.find(session), "at": place.at}
            count: int = connection.execute(_COUNT, parameters).fetchone()[0]
            return count


def _load(
    connection: sqlite3.Connection,
    interned: InternTables,
    session: SessionKey,
    place: LogPlace,
    count: int,
    scope: PageScope,
    *,
    back: bool,
) -> HistoryPage:
    number = interned.sessions.find(session)
    parameters = {"session": number, "at": place.at, "order": place.order, "count": count + 1}
    found: list[tuple[LogPlace, str, SqlRow]] = []
    if scope.calls is not CallScope.NONE:
        rows = connection.execute(_calls(scope.calls, back=back), parameters)
        found += [(LogPlace(at, order), "", row) for at, order, *row in rows]
    for kind in (kind for kind, event in KINDS.items() if event in scope.events):
        rows = connection.execute(_events(back=back), {**parameters, "kind": kind})
        found += [(LogPlace(row[1], row[2]), kind, row) for row in rows]
    found.sort(key=lambda each: each[0], reverse=back)
    chosen = sorted(found[:count], key=lambda each: each[0])
    calls = [decode(tuple(row), interned) for _, kind, row in chosen if not kind]
    return HistoryPage(
        tuple(recorded_calls(connection, calls)),
        tuple(_event(interned, session, kind, row) for _, kind, row in chosen if kind),
        chosen[0][0] if chosen else None,
        chosen[-1][0] if chosen else None,
        is_whole=len(found) <= count,
    )


def _event(interned: InternTables, session: SessionKey, kind: str, row: SqlRow) -> RecordedEvent:
    agent, at, order, data = row
    return RecordedEvent(order, decode_event(kind, session, interned.agent_name(agent), at, data))


def _calls(scope: CallScope, *, back: bool) -> str:
    return f"""
        SELECT {PLACE}, started_order, {", ".join(COLUMNS)} FROM calls
        WHERE session = :session AND tool IS NOT NULL AND {scope} AND {_beyond(PLACE, "started_order", back=back)}
    """


def _events(*, back: bool) -> str:
    return f"""
        SELECT agent, at, id, data FROM event_log
        WHERE session = :session AND kind = :kind AND {_beyond("at", "id", back=back)}
    """


def _beyond(at: str, order: str, *, back: bool) -> str:
    than, direction = ("<", "DESC") if back else (">", "ASC")
    return f"""
        {at} {than}= :at AND ({at} {than} :at OR {order} {than} :order)
        ORDER BY {at} {direction}, {order} {direction} LIMIT :count
    """
