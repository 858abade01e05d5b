"""When sessions and their agents were heard of: first and last."""

from __future__ import annotations

from tui_monitor.events import Event, SessionKey
from tui_monitor.store.projection import Effects, Projection, ProjectionContext

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


class ActivityTimes(Projection[Event]):
    """Sees every event of a batch, so that its session and agent are known, and writes the times with `flush`."""

    reads = (Event,)

    def __init__(self, context: ProjectionContext) -> None:
        super().__init__(context)
        self._heard: dict[tuple[SessionKey, str], tuple[int, int]] = {}

    def apply(self, event: Event, order: int) -> None:
        """Take an event as a sign of life."""
        key, at = (event.session, event.agent), event.at
        first, last = self._heard.get(key, (at, at))
        self._heard[key] = (min(first or at, at or first), max(last, at))

    def flush(self, earlier: Effects) -> Effects:
        """Write the times. The effects are the agents with an event that has a time."""
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
        return Effects(agents=frozenset(row["agent"] for row in rows))
