"""Whose a call is that several sessions tell of: forks copy the history of their parent."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import cache

from tui_monitor.events import SessionKey
from tui_monitor.ledger import Ledger
from tui_monitor.store.call_table import CallTable
from tui_monitor.store.intern import InternTables
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


class Forks:
    """Lets every call count once: with the session that owns what is shared, by the ledger's order of sessions."""

    def __init__(self, connection: sqlite3.Connection, interned: InternTables, ledger: Ledger) -> None:
        self._connection = connection
        self._interned = interned
        self._ledger = ledger

    def reconcile(self, calls: CallTable, told: Iterable[int]) -> None:
        """Decide who owns the calls that the lines ``told`` tell of, and all that sessions share whose place in the
        order has changed: the ledger must have settled. Calls must have been flushed, and are to be flushed again."""
        disputed = self._numbers(_TOLD_AGAIN, told)
        for session in self._ledger.reranked:
            disputed |= self._shared_by(session)
        self._decide(calls, self._numbers(_SAME, disputed))

    def _decide(self, calls: CallTable, disputed: set[int]) -> None:
        tellers: dict[int, set[int]] = {}
        for some in chunks(disputed):
            for call, session in self._connection.execute(_TELLERS.format(some)):
                tellers.setdefault(call, set()).add(session)
        ownership_rank = cache(
            lambda session: self._ledger.ownership.ownership_rank(self._interned.sessions.value_of(session))
        )
        for one in calls.by_id(tellers):
            counted = min(tellers[one.id], key=ownership_rank) == one.session
            if not one.shared or one.counted != counted:
                calls.count(one, counted)

    def _numbers(self, question: str, numbers: Iterable[int]) -> set[int]:
        found: set[int] = set()
        for some in chunks(numbers):
            found.update(number for (number,) in self._connection.execute(question.format(some)))
        return found

    def _shared_by(self, session: SessionKey) -> set[int]:
        number = self._interned.sessions.id_of(session)
        return {call for (call,) in self._connection.execute(_SHARED, (number,))}
