"""The context of each session's main chain, and the windows of all agents."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from tui_monitor.events import MAIN, ContextUpdate
from tui_monitor.merge.context_fill import ContextFill
from tui_monitor.merge.context_limits import ContextLimits, LimitReport
from tui_monitor.store.event_log import EventLog, load_contexts, load_contexts_at
from tui_monitor.store.projection import Effects, Pricing, Projection, ProjectionContext

_SAVE_FILL = """
    UPDATE sessions SET context_at = :at, context = :tokens
    WHERE id = :session AND coalesce(context_at, 0) <= :at
"""
_SAVE_LIMIT = "UPDATE sessions SET context_limit = ? WHERE id = ?"
_SAVE_WINDOW = "REPLACE INTO windows (agent, model, is_reported, at, size, source) VALUES (?, ?, ?, ?, ?, ?)"
_DELETE_WINDOWS = "DELETE FROM windows WHERE agent = ?"
_AGENTS_AT_ONCE = 1000
_LOAD_WINDOWS = "SELECT at, size, source, model FROM windows WHERE agent = ?"


class Contexts(Projection[ContextUpdate]):
    """The last fill of main chains, and of each agent the window sizes by model."""

    reads = (ContextUpdate,)
    after = (EventLog,)

    def __init__(self, context: ProjectionContext) -> None:
        super().__init__(context)
        self._log = context.get(EventLog)
        self._filled_at: dict[int, int] = {}
        self.reset()

    def reset(self) -> None:
        """Drop the windows held for the batch."""
        self._limits: dict[int, ContextLimits] = {}
        self._sessions: dict[int, int] = {}

    def apply(self, event: ContextUpdate, order: int) -> None:
        """Merge an update of a context."""
        session, agent = self._interned.sessions.id_of(event.session), self._interned.agent(event.session, event.agent)
        if event.agent == MAIN:
            self._filled_at[agent] = max(event.at, self._filled_at.get(agent, event.at))
        if agent not in self._limits:
            self._limits[agent] = ContextLimits()
            for limit in load_limits(self._connection, agent):
                self._limits[agent].add(limit)
        if self._limits[agent].apply(event) and event.agent == MAIN:
            self._sessions[agent] = session

    def reprice(self, pricing: Pricing) -> Iterator[Effects]:
        """Derive the windows anew from contexts that were given others."""
        for agent in sorted(self._log.rewindowed):
            self._rebuild(agent)
            if len(self._limits) >= _AGENTS_AT_ONCE:
                yield Effects()
        agents = map(self._interned.agents.value_of, self._log.rewindowed)
        yield Effects(frozenset(session for session, _ in agents))
        self._log.rewindowed.clear()

    def _rebuild(self, agent: int) -> None:
        session, name = self._interned.agents.value_of(agent)
        self._connection.execute(_DELETE_WINDOWS, (agent,))
        limits = self._limits[agent] = ContextLimits()
        for event in load_contexts(self._connection, session, name, agent):
            limits.apply(event)
        if name == MAIN:
            self._sessions[agent] = self._interned.sessions.id_of(session)

    def _fills(self) -> Iterator[dict[str, int | None]]:
        """Yield the last fill in the batch of each main chain; its instant may have others, from earlier batches."""
        for agent, at in self._filled_at.items():
            key, name = self._interned.agents.value_of(agent)
            fill = max(map(ContextFill.of, load_contexts_at(self._connection, key, name, agent, at)))
            yield {"at": at, "tokens": fill.tokens, "session": self._interned.sessions.id_of(key)}

    def flush(self, earlier: Effects) -> Effects:
        """Write fills and windows."""
        self._connection.executemany(_SAVE_FILL, list(self._fills()))
        windows = [
            (agent, limit.model, limit.is_reported, limit.at, limit.size, limit.source)
            for agent, limits in self._limits.items()
            for limit in limits
        ]
        self._connection.executemany(_SAVE_WINDOW, windows)
        current = [(self._limits[agent].current(), session) for agent, session in self._sessions.items()]
        sizes = [(limit.size if limit else None, session) for limit, session in current]
        self._connection.executemany(_SAVE_LIMIT, sizes)
        self._filled_at.clear()
        return Effects()


def load_limits(connection: sqlite3.Connection, agent: int) -> Iterator[LimitReport]:
    """Load the windows of the agent with this number."""
    return map(LimitReport._make, connection.execute(_LOAD_WINDOWS, (agent,)).fetchall())
