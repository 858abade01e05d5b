"""The facts in the rows of ``sessions``."""

from __future__ import annotations

import json
import sqlite3

from tui_monitor.events import Event, SessionKey
from tui_monitor.merge.session_facts import FACTS, SessionFacts
from tui_monitor.store.projection import Effects, Projection, ProjectionContext
from tui_monitor.store.sql import SqlRow

_COLUMNS = (*FACTS, "facts_rank", "model", "model_at", "started", "ended", "last_response_at", "lower_ranks")
_LOAD = f"SELECT {', '.join(_COLUMNS)} FROM sessions WHERE id = ?"
_SAVE = f"UPDATE sessions SET {', '.join(f'{column} = ?' for column in _COLUMNS)} WHERE id = ?"

MAX_CACHED = 500
"""Records that are kept between batches."""


class Sessions(Projection[Event]):
    """The facts of sessions: every event extends the times of its session."""

    reads = (Event,)

    def __init__(self, context: ProjectionContext) -> None:
        super().__init__(context)
        self._cache: dict[SessionKey, SessionFacts] = {}
        self._unsaved: dict[SessionKey, SessionFacts] = {}
        self._latest: tuple[SessionKey | None, SessionFacts] = (None, SessionFacts())

    def apply(self, event: Event, order: int) -> None:
        """Merge an event into the facts of its session."""
        if event.session is not self._latest[0]:  # most events follow one of the same session
            self._latest = event.session, self._facts_of(event.session)
        self._latest[1].apply(event)

    def flush(self, earlier: Effects) -> Effects:
        """Write the facts that may have changed."""
        rows = [(*_encode(facts), self._interned.sessions.id_of(key)) for key, facts in self._unsaved.items()]
        self._connection.executemany(_SAVE, rows)
        self._unsaved.clear()
        self._latest = None, SessionFacts()
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
        json.dumps(facts.lower_ranks) if facts.lower_ranks else None,
    )
