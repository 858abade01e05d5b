"""Ownership of calls that several sessions share, because a fork copies its parent's history."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from tui_monitor.events import Event, SessionKey
from tui_monitor.store.call_table import CallTable
from tui_monitor.store.projection import Effects, Projection, ProjectionContext
from tui_monitor.store.responses import Responses
from tui_monitor.store.retention.prunings import PrunedId
from tui_monitor.store.sql import chunks

_COPIED = """
    SELECT call FROM call_uids WHERE uid IN (
        SELECT uid FROM call_uids WHERE uid IN ({}) GROUP BY uid HAVING count(*) > 1)
"""
_COPIES = "SELECT theirs.call FROM call_uids AS mine JOIN call_uids AS theirs USING (uid) WHERE mine.call IN ({})"
_SESSIONS = """
    SELECT mine.call, calls.session
    FROM call_uids AS mine JOIN call_uids AS theirs USING (uid) JOIN calls ON calls.id = theirs.call
    WHERE mine.call IN ({})
"""
_ISSUED = "SELECT call FROM call_uids WHERE uid IN ({})"
_PRUNED = f"""
    SELECT call FROM call_uids JOIN pruned_ids ON digest = uid AND kind = '{PrunedId.LINE}' WHERE call IN ({{}})
"""
_SHARED = "SELECT id FROM calls WHERE session = ? AND shared = 1"


class Forks(Projection[Event]):
    """Counts every shared call once, for the session that comes first in the ledger's order of ownership; a copy of one
    whose row is rolled up does not count."""

    after = (Responses, CallTable)

    def __init__(self, context: ProjectionContext) -> None:
        super().__init__(context)
        self._ledger = context.get(Responses).ledger
        self._calls = context.get(CallTable)
        self._pruned = context.pruned

    def flush(self, earlier: Effects) -> Effects:
        """Assign each shared call of the batch, and of reranked sessions, to its owning session."""
        shared = self._ids(_COPIED, self._calls.line_uids)
        shared |= self._ids(_ISSUED, self._pruned.lines(self._calls.line_uids))
        for session in self._ledger.reranked:
            shared |= self._shared_by(session)
        self._assign(self._ids(_COPIES, shared))
        return self._calls.flush(earlier)

    def _assign(self, shared: set[int]) -> None:
        sessions: dict[int, set[int]] = {}
        for chunk in chunks(shared):
            for call, session in self._connection.execute(_SESSIONS.format(chunk)):
                sessions.setdefault(call, set()).add(session)
        pruned = self._ids(_PRUNED, sessions)
        rank = cache(lambda session: self._ledger.ownership.ownership_rank(self._interned.sessions.value_of(session)))
        for one in self._calls.by_id(sessions):
            counted = one.id not in pruned and min(sessions[one.id], key=rank) == one.session
            if not one.shared or one.counted != counted:
                self._calls.set_counted(one, counted)

    def _ids(self, query: str, numbers: Iterable[int]) -> set[int]:
        ids: set[int] = set()
        for chunk in chunks(numbers):
            ids.update(number for (number,) in self._connection.execute(query.format(chunk)))
        return ids

    def _shared_by(self, session: SessionKey) -> set[int]:
        number = self._interned.sessions.id_of(session)
        return {call for (call,) in self._connection.execute(_SHARED, (number,))}
