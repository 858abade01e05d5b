"""The last spans of a file: which are inside which, and what those with usage spent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass, field
from typing import Any, Self

from tui_monitor.events import Tokens
from tui_monitor.sources.otlp.export import Span
from tui_monitor.sources.shared.fields import put_bounded

_MAX_SPANS = 256
_MAX_LINKS = 512


@dataclass(slots=True)
class SpanTree:
    """Spans by uid, bounded: ``parents`` is the id of the span around each (empty for a root), ``responses`` are the
    tokens of the prompt and the output of each response, ``agents`` the counts that were booked for an agent itself."""

    parents: dict[str, str] = field(default_factory=dict)
    responses: dict[str, list[int]] = field(default_factory=dict)
    agents: dict[str, list[int]] = field(default_factory=dict)

    @classmethod
    def restore(cls, saved: dict[str, Any]) -> Self:
        """Return the saved tree."""
        return cls(dict(saved["parents"]), dict(saved["responses"]), dict(saved["agents"]))

    def state(self) -> dict[str, Any]:
        """Return the tree as JSON values."""
        return {"parents": self.parents, "responses": self.responses, "agents": self.agents}

    def add(self, span: Span) -> None:
        """Add a span of any kind."""
        put_bounded(self.parents, span.uid, span.parent, _MAX_LINKS)

    def add_response(self, span: Span, tokens: Tokens) -> list[str]:
        """Add a response and return the spans around it or inside it that describe the same one: of equal counts.

        Not all instrumentations divide the prompt, or the output, by class.
        """
        counts = [tokens.prompt, tokens.output]
        same = [
            uid
            for uid, other in self.responses.items()
            if other == counts
            and uid != span.uid
            and (self._is_inside(uid, span.uid) or self._is_inside(span.uid, uid))
        ]
        put_bounded(self.responses, span.uid, counts, _MAX_SPANS)
        return same

    def add_agent(self, span: Span, tokens: Tokens) -> Tokens:
        """Add the run of an agent and return what was not booked for agents inside or around it: nothing if responses
        are inside.

        A response that is a root of the agent's trace has lost the span around it.
        """
        responses = self._of_trace(self.responses, span)
        if any(not self.parents.get(uid) or self._is_inside(uid, span.uid, unknown=True) for uid in responses):
            return Tokens()
        rest = list(astuple(tokens))
        for uid in self._of_trace(self.agents, span):
            if uid != span.uid and self._is_inside(uid, span.uid):
                rest = _less(rest, self.agents[uid])
            elif uid != span.uid and self._is_inside(span.uid, uid):
                rest, self.agents[uid] = _less(rest, self.agents[uid]), _less(self.agents[uid], rest)
        put_bounded(self.agents, span.uid, rest, _MAX_SPANS)
        return Tokens(*rest)

    def sums_of(self, span: Span) -> tuple[str, ...]:
        """Return the ids of the sums that repeat a response: of the spans around it, as far as they are known, and of
        agents that may be; of the whole trace if it has lost the span around it."""
        if not span.parent:
            return (trace_sum(span),)
        around = dict.fromkeys(self._around(span))
        agents = self._of_trace(self.agents, span)
        may_be = (uid for uid in agents if self._is_inside(span.uid, uid, unknown=True))
        return tuple(map(agent_sum, around | dict.fromkeys(may_be)))

    def _around(self, span: Span) -> Iterator[str]:
        uid, parent = "", span.parent
        for _ in range(_MAX_LINKS):
            if not parent:
                return
            yield (uid := f"{span.trace}+{parent}")
            parent = self.parents.get(uid, "")

    def _of_trace(self, spans: dict[str, list[int]], span: Span) -> Iterator[str]:
        return (uid for uid in spans if uid.startswith(f"{span.trace}+"))

    def _is_inside(self, uid: str, outer: str, unknown: bool = False) -> bool:
        """Return True if a span is inside another; ``unknown`` if a span between them was not read."""
        trace = uid.partition("+")[0]
        for _ in range(len(self.parents)):
            if uid not in self.parents:
                return unknown
            if not (parent := self.parents[uid]):
                return False
            if (uid := f"{trace}+{parent}") == outer:
                return True
        return unknown


def agent_sum(uid: str) -> str:
    """Return the id of the sum that an agent's span reports."""
    return f"agent:{uid}"


def trace_sum(span: Span) -> str:
    """Return the id that all sums of a trace have."""
    return f"trace:{span.trace}"


def _less(counts: list[int], others: list[int]) -> list[int]:
    return [max(0, count - other) for count, other in zip(counts, others, strict=True)]
