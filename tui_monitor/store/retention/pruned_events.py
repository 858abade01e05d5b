"""Recognition of events whose rows are rolled up: a transcript that is read again brings nothing back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from tui_monitor.events import (
    AgentUpdate,
    CallFinished,
    CallProgress,
    CallStarted,
    Event,
    SessionKey,
    SessionUpdate,
    Usage,
)
from tui_monitor.store.intern import InternTables, digest
from tui_monitor.store.retention.prunings import PrunedId, call_key
from tui_monitor.store.sql import chunks

_UNTIL = """
    SELECT source, name, max(until), max(iif(kind = 'rows', until, 0))
    FROM prunings JOIN sessions ON sessions.id = prunings.session GROUP BY session
"""
_KNOWN = "SELECT kind, digest FROM pruned_ids WHERE digest IN ({})"
_ADD_COPY = "INSERT OR IGNORE INTO pruned_copies (session) VALUES (?)"
_NEVER = (-1, -1)


class PrunedEvents:
    """What is pruned of all sessions. Once another process has pruned, or after a rollback, make a new one."""

    def __init__(self, connection: sqlite3.Connection, interned: InternTables) -> None:
        self._connection = connection
        self._interned = interned
        self._until: dict[SessionKey, tuple[int, int]] = {
            SessionKey(source, name): (bodies, rows) for source, name, bodies, rows in connection.execute(_UNTIL)
        }
        self._has_rows = any(rows for _, rows in self._until.values())

    def keeps_body(self, event: Event) -> bool:
        """Return True if the texts and diffs of a call's event are to be stored."""
        bodies, _ = self._until.get(event.session, _NEVER)
        return event.at > bodies

    def without_known(self, events: Sequence[Event]) -> Sequence[Event]:
        """Return the events without those whose rows are rolled up.

        A response or a call is known by its ids, in whatever session, so that one that was never read still counts.
        What has no id is known by its time. Facts of sessions and agents are kept in their rows.
        """
        if not self._has_rows:
            return events
        known = self._look_up({one for event in events for one in _digests(event)})
        copies = {event.session for event in events if isinstance(event, Usage) and self._is_copy(event, known)}
        self._connection.executemany(_ADD_COPY, [(self._interned.sessions.id_of(session),) for session in copies])
        return [event for event in events if not self._is_known(event, known)]

    def lines(self, uids: Sequence[int]) -> set[int]:
        """Return those of the digests of lines whose calls are rolled up."""
        if not self._has_rows:
            return set()
        return {number for kind, number in self._look_up(set(uids)) if kind == PrunedId.LINE}

    def _is_known(self, event: Event, known: set[tuple[str, int]]) -> bool:
        match event:
            case Usage() if event.strong_ids or event.weak_ids:
                return _is_known_response(event, known)
            case CallStarted() | CallProgress() | CallFinished():
                return (PrunedId.CALL, digest(call_key(event.session, event.call))) in known
            case SessionUpdate() | AgentUpdate():
                return False
        _, rows = self._until.get(event.session, _NEVER)
        return event.at <= rows

    def _is_copy(self, usage: Usage, known: set[tuple[str, int]]) -> bool:
        _, rows = self._until.get(usage.session, _NEVER)
        return not rows > 0 and _is_known_response(usage, known)

    def _look_up(self, digests: set[int]) -> set[tuple[str, int]]:
        return {row for chunk in chunks(digests) for row in self._connection.execute(_KNOWN.format(chunk))}


def _is_known_response(usage: Usage, known: set[tuple[str, int]]) -> bool:
    """Return True if an id of a response is known; a weak one is nothing against two strong ones."""
    if any((kind, digest(one)) in known for one in usage.strong_ids for kind in (PrunedId.STRONG, PrunedId.WEAK)):
        return True
    kinds = (PrunedId.WEAK,) if usage.has_strong_id else (PrunedId.STRONG, PrunedId.WEAK)
    return any((kind, digest(one)) in known for one in usage.weak_ids for kind in kinds)


def _digests(event: Event) -> Iterator[int]:
    match event:
        case Usage():
            yield from map(digest, (*event.strong_ids, *event.weak_ids))
        case CallStarted() | CallProgress() | CallFinished():
            yield digest(call_key(event.session, event.call))
