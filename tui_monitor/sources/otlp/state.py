"""What all conventions need while they read the exports of one file: its place, and what was told already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from tui_monitor.events import AgentUpdate, Event, SessionKey, SessionUpdate, SourceRef
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex.calls import CodexCalls
from tui_monitor.sources.otlp.export import Log, Span
from tui_monitor.sources.shared.fields import put_bounded
from tui_monitor.sources.shared.response_fingerprint import ResponseFingerprints

_MAX_TOLD = 256
_MAX_ENDED = 64
_NOWHERE = SourceRef("", 0, 0)

UNNAMED = "~"
"""An agent of which only the kind is told is called by this and its kind: a source that knows its id is believed."""


@dataclass(slots=True)
class Desk:
    """The parser's memory: which facts of which session were told, which responses look alike (spans and log records
    tell of the same ones), of Claude Code the calls that ended before they began (a span is told after those inside
    it), and of Codex the open calls and each session's provider; all bounded. ``ref`` is the place of the line that
    is read."""

    path: str
    ref: SourceRef = _NOWHERE
    told: dict[str, str] = field(default_factory=dict)
    likenesses: ResponseFingerprints = field(default_factory=ResponseFingerprints)
    in_spans: ResponseFingerprints = field(default_factory=ResponseFingerprints)
    ended: dict[str, Record] = field(default_factory=dict)
    calls: CodexCalls = field(default_factory=lambda: CodexCalls({}))
    providers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def restored(cls, path: str, state: dict[str, Any]) -> Desk:
        """As it was left."""
        return cls(
            path,
            told=dict(state["told"]),
            likenesses=ResponseFingerprints(state["alike"]),
            in_spans=ResponseFingerprints(state["in_spans"]),
            ended=dict(state["ended"]),
            calls=CodexCalls(state["calls"]),
            providers=dict(state["providers"]),
        )

    def state(self) -> dict[str, Any]:
        """Everything needed to go on."""
        return {
            "told": self.told,
            "alike": self.likenesses.names,
            "in_spans": self.in_spans.names,
            "ended": self.ended,
            "calls": self.calls.state(),
            "providers": self.providers,
        }

    def meet(self, session: SessionKey, **facts: str) -> Iterator[SessionUpdate]:
        """Facts about a session, if they are news. They bear no time: what the agent's own files tell stands over
        them, whichever is read first."""
        told: dict[str, Any] = {name: fact for name, fact in facts.items() if fact}
        key, news = f"{session.source}/{session.id}", repr(sorted(told.items()))
        if self.told.get(key) != news:
            put_bounded(self.told, key, news, _MAX_TOLD)
            yield replace(SessionUpdate(session=session, path=self.path), **told)

    def end(self, call: str, told: Record) -> None:
        """A call ended; ``told`` tells of its end when it has begun."""
        put_bounded(self.ended, call, told, _MAX_ENDED)

    def meet_unnamed(self, session: SessionKey, agent: str, at: int) -> Iterator[AgentUpdate]:
        """An agent whose id is not told: its spend counts, it is not shown as one of the agents."""
        key = f"{session.source}/{session.id}/{agent}"
        if key not in self.told:
            put_bounded(self.told, key, "", _MAX_TOLD)
            yield AgentUpdate(session=session, agent=agent, at=at, type=agent.removeprefix(UNNAMED), internal=True)


LogReader: TypeAlias = Callable[[Log, Desk], Iterable[Event]]
SpanReader: TypeAlias = Callable[[Span, Desk], Iterable[Event]]
