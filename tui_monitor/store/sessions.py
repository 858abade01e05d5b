"""The facts in the rows of ``sessions``."""

from __future__ import annotations

import json
import sqlite3

from tui_monitor.events import ContextUpdate, SessionKey, SessionUpdate, Usage
from tui_monitor.merge.session_facts import FACTS, SessionFacts
from tui_monitor.store.agents import Agents
from tui_monitor.store.projection import Effects, Projection, ProjectionContext
from tui_monitor.store.sql import MAX_CACHED, SqlRow

_COLUMNS = (
    *FACTS,
    "facts_rank",
    "model",
    "model_at",
    "started",
    "ended",
    "last_response_at",
    "root",
    "root_at",
    "lower_ranks",
)
_LOAD = f"SELECT {', '.join(_COLUMNS)} FROM sessions WHERE id = ?"
_SAVE = f"UPDATE sessions SET {', '.join(f'{column} = ?' for column in _COLUMNS)} WHERE id = ?"


class Sessions(Projection[SessionUpdate | Usage | ContextUpdate]):
    """The facts of sessions; their times are those of their agents."""

    reads = (SessionUpdate, Usage, ContextUpdate)
    after = (Agents,)

    def __init__(self, context: ProjectionContext) -> None:
        super().__init__(context)
        self._agents = context.get(Agents)
        self._cache: dict[SessionKey, SessionFacts] = {}
        self._unsaved: dict[SessionKey, SessionFacts] = {}

    def apply(self, event: SessionUpdate | Usage | ContextUpdate, order: int) -> None:
        """Merge an event into the facts of its session."""
        self._facts_of(event.session).apply(event)

    def flush(self, earlier: Effects) -> Effects:
        """Write the facts that may have changed."""
        for (session, _), agent in self._agents.changed.items():
            facts = self._facts_of(session)
            facts.observe(agent.first_at)
            facts.observe(agent.last_at)
        rows = [(*_encode(facts), self._interned.sessions.id_of(key)) for key, facts in self._unsaved.items()]
        self._connection.executemany(_SAVE, rows)
        self._unsaved.clear()
        return Effects()

    def reset(self) -> None:
        """Bound the cache."""
        if len(self._cache) > MAX_CACHED:
            self._cache.clear()

    def _facts_of(self, session: SessionKey) -> SessionFacts:
        facts = self._cache.get(session)
        if facts is None:
            facts = self._cache[session] = load_facts(self._connection, self._interned.sessions.id_of(session))
        self._unsaved[session] = facts
        return facts


def load_facts(connection: sqlite3.Connection, session: int) -> SessionFacts:
    """Load the facts of the session with this id."""
    row = dict(zip(_COLUMNS, connection.execute(_LOAD, (session,)).fetchone(), strict=True))
    row["last_at"] = row.pop("ended") or 0
    row["started"] = row["started"] or 0
    row["lower_ranks"] = json.loads(row["lower_ranks"]) if row["lower_ranks"] else None
    return SessionFacts(**row)


def _encode(facts: SessionFacts) -> SqlRow:
    return (
        *(getattr(facts, name) for name in FACTS),
        facts.facts_rank,
        facts.model,
        facts.model_at,
        facts.started or None,
        facts.last_at or None,
        facts.last_response_at,
        facts.root,
        facts.root_at,
        json.dumps(facts.lower_ranks) if facts.lower_ranks else None,
    )
