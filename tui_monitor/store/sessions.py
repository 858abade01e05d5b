"""The rows of sessions: what is known of each, and what it runs on now."""

from __future__ import annotations

from tui_monitor.events import ASSUMED_LIMIT_SOURCES, MAIN, ContextUpdate, SessionUpdate, Usage
from tui_monitor.store.projection import Effects, Projection, ProjectionContext

FACTS = ("cwd", "branch", "version", "title", "path", "mode", "client", "forked_from")
"""The columns that a `SessionUpdate` tells."""


def _fact(column: str) -> str:
    """The later telling of the main chain stands; what is earlier, or told by another agent, fills what is empty."""
    return f"""{column} = CASE WHEN :main AND :at >= coalesce(facts_at, 0)
        THEN coalesce(nullif(:{column}, ''), {column}) ELSE coalesce(nullif({column}, ''), :{column}) END"""


_LEARN = f"""
    UPDATE sessions SET {", ".join(map(_fact, FACTS))},
        facts_at = CASE WHEN :main THEN max(coalesce(facts_at, 0), :at) ELSE facts_at END
    WHERE id = :session
"""
_CONTEXT = """
    UPDATE sessions SET context_at = :at, context = :tokens
    WHERE id = :session AND coalesce(context_at, 0) <= :at
"""
_WINDOW = """
    INSERT INTO windows (session, model, is_reported, at, size) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET at = excluded.at, size = excluded.size WHERE (excluded.at, excluded.size) > (at, size)
"""
_MODEL = "UPDATE sessions SET model_at = :at, model = :model WHERE id = :session AND coalesce(model_at, 0) <= :at"


class Sessions(Projection[SessionUpdate | ContextUpdate | Usage]):
    """Learns from events what their sessions are, and writes it with `flush`."""

    reads = (SessionUpdate, ContextUpdate, Usage)

    def __init__(self, context: ProjectionContext) -> None:
        super().__init__(context)
        self._facts: list[dict[str, int | str]] = []
        self._contexts: list[dict[str, int | None]] = []
        self._windows: list[tuple[int, str, bool, int, int]] = []
        self._models: dict[int, tuple[int, str]] = {}

    def apply(self, event: SessionUpdate | ContextUpdate | Usage, order: int) -> None:
        """Take facts about a session, the fill of its context or the model of a response."""
        match event:
            case SessionUpdate():
                self._learn(event)
            case ContextUpdate():
                self._fill(event)
            case Usage():
                self._run_on(event)

    def _learn(self, told: SessionUpdate) -> None:
        facts: dict[str, int | str] = {column: getattr(told, column) for column in FACTS}
        session = self._interned.sessions.id_of(told.session)
        self._facts.append({**facts, "main": told.agent == MAIN, "at": told.at, "session": session})

    def _run_on(self, usage: Usage) -> None:
        """Take the model of a response in the main chain for the session's."""
        session = self._interned.sessions.id_of(usage.session)
        if usage.agent == MAIN and usage.model and usage.at >= self._models.get(session, (0, ""))[0]:
            self._models[session] = (usage.at, usage.model)

    def _fill(self, context: ContextUpdate) -> None:
        """Take the fill of the main chain's context for the session's. A guess at its window takes back none that was
        told of the same model."""
        if context.agent == MAIN:
            session = self._interned.sessions.id_of(context.session)
            self._contexts.append({"at": context.at, "tokens": context.tokens, "session": session})
            if context.limit is not None:
                told = context.limit_source not in ASSUMED_LIMIT_SOURCES
                self._windows.append((session, context.model, told, context.at, context.limit))

    def flush(self, earlier: Effects) -> Effects:
        """Write what was learnt."""
        self._connection.executemany(_LEARN, self._facts)
        self._connection.executemany(_CONTEXT, self._contexts)
        self._connection.executemany(_WINDOW, self._windows)
        models = [{"at": at, "model": model, "session": session} for session, (at, model) in self._models.items()]
        self._connection.executemany(_MODEL, models)
        self._facts.clear()
        self._contexts.clear()
        self._windows.clear()
        self._models.clear()
        return Effects()
