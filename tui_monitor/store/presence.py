"""When sessions and their agents were heard of: first and last."""

from __future__ import annotations

import sqlite3

from tui_monitor.events import Event, SessionKey
from tui_monitor.store.names import Names

_SESSION = """
    UPDATE sessions SET started = min(coalesce(started, ?1), ?1), ended = max(coalesce(ended, ?2), ?2) WHERE id = ?3
"""
_AGENT = """
    UPDATE agents SET first_ms = min(coalesce(first_ms, ?1), ?1), last_ms = max(coalesce(last_ms, ?2), ?2),
        start_time = coalesce(started_ms, min(coalesce(first_ms, ?1), ?1)) / 1000
    WHERE number = ?3
"""


class Presence:
    """Sees every event of a batch, so that its session and agent are known, and writes the times with `flush`."""

    def __init__(self, connection: sqlite3.Connection, names: Names) -> None:
        self._connection = connection
        self._names = names
        self._heard: dict[tuple[SessionKey, str], tuple[int, int]] = {}

    def hear(self, event: Event) -> None:
        """Take an event as a sign of life."""
        key, at = (event.session, event.agent), event.at
        first, last = self._heard.get(key, (at, at))
        self._heard[key] = (min(first or at, at or first), max(last, at))

    def flush(self) -> set[int]:
        """Write the times, and answer with the numbers of the agents that were heard of."""
        agents = [(first, last, self._names.agent(*key)) for key, (first, last) in self._heard.items() if last]
        self._connection.executemany(_AGENT, agents)
        self._connection.executemany(
            _SESSION, [(first, last, self._names.session_of(agent)) for first, last, agent in agents]
        )
        self._heard.clear()
        return {agent for _, _, agent in agents}
