"""State shared by the conventions while they read one file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from tui_monitor.events import AgentUpdate, Event, SessionKey, SessionTotalUpdate, SessionUpdate, SourceRef
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex.calls import CodexCalls
from tui_monitor.sources.otlp.export import LogRecord, Span
from tui_monitor.sources.otlp.traces import Traces
from tui_monitor.sources.shared.fields import put_bounded
from tui_monitor.sources.shared.response_fingerprint import ResponseFingerprints

_MAX_FACTS = 256
_MAX_EARLY_ENDS = 64
_NO_REF = SourceRef("", 0, 0)

UNNAMED = "~"
"""Prefix for an agent without an id, followed by its kind; a source that knows the id takes precedence."""


@dataclass(slots=True)
class ParserState:
    """State of the parser, all bounded. ``ref``: the current line; ``emitted``: facts by session; ``fingerprints`` and
    ``span_fingerprints``: responses in log records and in spans, which repeat each other; ``early_ends``: ends of
    Claude Code's calls whose start, in an enclosing span, is exported later; ``calls`` and ``providers``: Codex's open
    calls, and the provider of each session."""

    path: str
    ref: SourceRef = _NO_REF
    emitted: dict[str, str] = field(default_factory=dict)
    fingerprints: ResponseFingerprints = field(default_factory=ResponseFingerprints)
    span_fingerprints: ResponseFingerprints = field(default_factory=ResponseFingerprints)
    early_ends: dict[str, Record] = field(default_factory=dict)
    calls: CodexCalls = field(default_factory=lambda: CodexCalls({}))
    providers: dict[str, str] = field(default_factory=dict)
    traces: Traces = field(default_factory=Traces)

    @classmethod
    def restore(cls, path: str, saved: dict[str, Any]) -> ParserState:
        """Return the saved state."""
        return cls(
            path,
            emitted=dict(saved["emitted"]),
            fingerprints=ResponseFingerprints(saved["fingerprints"]),
            span_fingerprints=ResponseFingerprints(saved["span_fingerprints"]),
            early_ends=dict(saved["early_ends"]),
            calls=CodexCalls(saved["calls"]),
            providers=dict(saved["providers"]),
            traces=Traces.restore(saved["traces"]),
        )

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return {
            "emitted": self.emitted,
            "fingerprints": self.fingerprints.names,
            "span_fingerprints": self.span_fingerprints.names,
            "early_ends": self.early_ends,
            "calls": self.calls.state(),
            "providers": self.providers,
            "traces": self.traces.state(),
        }

    def session_updates(self, session: SessionKey, **facts: str) -> Iterator[SessionUpdate]:
        """Yield facts about a session when they are new, without a time: those of the agent's own files take
        precedence, whichever is read first."""
        known_facts: dict[str, Any] = {name: fact for name, fact in facts.items() if fact}
        key, encoded = f"{session.source}/{session.id}", repr(sorted(known_facts.items()))
        if self.emitted.get(key) != encoded:
            put_bounded(self.emitted, key, encoded, _MAX_FACTS)
            yield replace(SessionUpdate(session=session, path=self.path), **known_facts)

    def coverage_updates(self, session: SessionKey, covered_by: SessionKey) -> Iterator[SessionTotalUpdate]:
        """Yield, once, that the totals of another session include what this one spends."""
        key = f"{session.source}/{session.id}<{covered_by.id}"
        if key not in self.emitted:
            put_bounded(self.emitted, key, "", _MAX_FACTS)
            yield SessionTotalUpdate(session=session, covered_by=covered_by)

    def add_early_end(self, call: str, attributes: Record) -> None:
        """Keep the end of a call until its start is read."""
        put_bounded(self.early_ends, call, attributes, _MAX_EARLY_ENDS)

    def unnamed_agent_updates(self, session: SessionKey, agent: str, at: int) -> Iterator[AgentUpdate]:
        """Yield an agent without an id, once: its usage counts, but it is not shown as an agent."""
        key = f"{session.source}/{session.id}/{agent}"
        if key not in self.emitted:
            put_bounded(self.emitted, key, "", _MAX_FACTS)
            yield AgentUpdate(session=session, agent=agent, at=at, type=agent.removeprefix(UNNAMED), internal=True)


LogReader: TypeAlias = Callable[[LogRecord, ParserState], Iterable[Event]]
SpanReader: TypeAlias = Callable[[Span, ParserState], Iterable[Event]]
