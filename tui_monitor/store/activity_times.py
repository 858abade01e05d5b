"""When sessions and their agents were heard of: first and last."""

from __future__ import annotations

import sqlite3

from tui_monitor.events import Event, SessionKey
from tui_monitor.store.intern import InternTables

_SESSION = """
    UPDATE sessions SET started = min(coalesce(started, :first), :first), ended = max(coalesce(ended, :last), :last)
    WHERE id = :session
"""
_AGENT = """
    UPDATE agents SET first_ms = min(coalesce(first_ms, :first), :first),
        last_ms = max(coalesce(last_ms, :last), :last),
        start_time = coalesce(started_ms, min(coalesce(first_ms, :first), :first)) / 1000
    WHERE number = :agent
"""


class ActivityTimes:
    """Sees every event of a batch, so that its session and agent are known, and writes the times with `flush`."""

    def __init__(self, connection: sqlite3.Connection, interned: InternTables) -> None:
        self._connection = connection
        self._interned = interned
        self._heard: dict[tuple[SessionKey, str], tuple[int, int]] = {}

    def hear(self, event: Event) -> None:
        """Take an event as a sign of life."""
        key, at = (event.session, event.agent), event.at
        first, last = self._heard.get(key, (at, at))
        self._heard[key] = (min(first or at, at or first), max(last, at))

    def flush(self) -> set[int]:
        """Write the times, and answer with the numbers of the agents that were heard of."""
        rows = [
            {
                "first": first,
                "last": last,
                "agent": self._interned.agent(*key),
                "session": self._interned.sessions.id_of(key[0]),
            }
            for key, (first, last) in self._heard.items()
            if last
        ]
        self._connection.executemany(_AGENT, rows)
        self._connection.executemany(_SESSION, rows)
        self._heard.clear()
        return {row["agent"] for row in rows}
