"""Whose a call is that several sessions tell of: forks copy the history of their parent."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from tui_monitor.events import Event, SessionKey
from tui_monitor.store.call_table import CallTable
from tui_monitor.store.projection import Effects, Projection, ProjectionContext
from tui_monitor.store.responses import Responses
from tui_monitor.store.sql import chunks

_TOLD_AGAIN = """
    SELECT call FROM call_uids WHERE uid IN (
        SELECT uid FROM call_uids WHERE uid IN ({}) GROUP BY uid HAVING count(*) > 1)
"""
_SAME = "SELECT theirs.call FROM call_uids AS mine JOIN call_uids AS theirs USING (uid) WHERE mine.call IN ({})"
_TELLERS = """
    SELECT mine.call, calls.session
    FROM call_uids AS mine JOIN call_uids AS theirs USING (uid) JOIN calls ON calls.id = theirs.call
    WHERE mine.call IN ({})
"""
_SHARED = "SELECT id FROM calls WHERE session = ? AND shared = 1"


class Forks(Projection[Event]):
    """Lets every call count once: with the session that owns what is shared, by the ledger's order of sessions."""

    after = (Responses, CallTable)

    def __init__(self, context: ProjectionContext) -> None:
        super().__init__(context)
        self._ledger = context.get(Responses).ledger
        self._calls = context.get(CallTable)

    def flush(self, earlier: Effects) -> Effects:
        """Assign each shared call of the batch, and of reranked sessions, to its owning session."""
        disputed = self._numbers(_TOLD_AGAIN, self._calls.line_uids)
        for session in self._ledger.reranked:
            disputed |= self._shared_by(session)
        self._decide(self._numbers(_SAME, disputed))
        return self._calls.flush(earlier)

    def _decide(self, disputed: set[int]) -> None:
        tellers: dict[int, set[int]] = {}
        for some in chunks(disputed):
            for call, session in self._connection.execute(_TELLERS.format(some)):
                tellers.setdefault(call, set()).add(session)
        ownership_rank = cache(
            lambda session: self._ledger.ownership.ownership_rank(self._interned.sessions.value_of(session))
        )
        for one in self._calls.by_id(tellers):
            counted = min(tellers[one.id], key=ownership_rank) == one.session
            if not one.shared or one.counted != counted:
                self._calls.count(one, counted)

    def _numbers(self, question: str, numbers: Iterable[int]) -> set[int]:
        found: set[int] = set()
        for some in chunks(numbers):
            found.update(number for (number,) in self._connection.execute(question.format(some)))
        return found

    def _shared_by(self, session: SessionKey) -> set[int]:
        number = self._interned.sessions.id_of(session)
        return {call for (call,) in self._connection.execute(_SHARED, (number,))}
