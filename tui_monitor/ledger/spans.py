"""The spans of one trace: which of them describe the same response, and what the sums of agents add to responses.

A span with usage is a response, or the run of an agent, which repeats what was spent inside it. Which span is inside
which is known as far as the spans around it are; a lost one leaves its times, and that a trace has one root.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import astuple, dataclass, field

from tui_monitor.events import Tokens


@dataclass(frozen=True, slots=True)
class TracedSpan:
    """A span: the id of the one around it (empty for a root), its times, and what it spent if it has usage.

    ``is_sum``: that of an agent, which stands for what is inside it.
    """

    parent: str = ""
    start: int = 0
    end: int = 0
    tokens: Tokens | None = None
    is_sum: bool = False

    @property
    def counts(self) -> tuple[int, int]:
        """Tokens of the prompt and the output: not all instrumentations divide them by class."""
        return (self.tokens.prompt, self.tokens.output) if self.tokens else (0, 0)

    def encloses(self, other: TracedSpan) -> bool:
        """Return True if the other one began and ended while this one lasted."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Trace:
    """The known spans of a trace by id."""

    spans: Mapping[str, TracedSpan]
    _chains: dict[str, list[str]] = field(default_factory=dict)

    def same_responses(self) -> Iterator[tuple[str, str]]:
        """Yield pairs that describe the same response: one inside the other, of equal counts."""
        for name, span in self.spans.items():
            for outer in self._around(name) if span.tokens and not span.is_sum else ():
                other = self.spans.get(outer)
                if other and not other.is_sum and other.counts == span.counts:
                    yield outer, name

    def remaining_sums(self) -> Iterator[tuple[str, Tokens]]:
        """Yield each agent with what its sum adds: nothing if responses are inside it, else what is beyond the agents
        directly inside it."""
        inside: dict[str, list[str]] = {name: [] for name, span in self.spans.items() if span.is_sum and span.tokens}
        repeated: set[str] = set()
        for name, span in self.spans.items() if inside else ():
            if span.tokens and (around := self._agents_around(name, inside)):
                if span.is_sum:
                    inside[min(around, key=self._extent)].append(name)
                else:
                    repeated.update(around)
        for name, agents in inside.items():
            yield name, Tokens() if name in repeated else self._beyond(name, agents)

    def _beyond(self, name: str, inside: list[str]) -> Tokens:
        counts = list(astuple(self.spans[name].tokens or Tokens()))
        for agent in inside:
            others = astuple(self.spans[agent].tokens or Tokens())
            counts = [max(0, count - other) for count, other in zip(counts, others, strict=True)]
        return Tokens(*counts)

    def _extent(self, name: str) -> tuple[int, int, str]:
        """Return what is smallest for the innermost of the spans around another."""
        span = self.spans[name]
        return span.end - span.start, -len(self._around(name)), name

    def _agents_around(self, name: str, agents: Collection[str]) -> list[str]:
        """Return those of the agents that a span is inside, as far as it is known."""
        around = self._around(name)
        known = [outer for outer in around if outer in agents]
        is_lost = around[-1] not in self.spans if around else not self.spans[name].is_sum
        return known + [agent for agent in agents if is_lost and self._may_enclose(agent, name)]

    def _may_enclose(self, agent: str, lost: str) -> bool:
        """Return True if a span that lost the one around it, or one of those, is inside an agent by their times."""
        around, above = self._around(lost), self._around(agent)
        if lost == agent or agent in around or lost in above or (around and around[-1] in above):
            return False
        span = self.spans[agent]
        return not span.parent or span.encloses(self.spans[lost])

    def _around(self, name: str) -> list[str]:
        """Return the ids of the spans around one, as far as they are known: the last one may be lost."""
        if name not in self._chains:
            chain: list[str] = []
            parent = self.spans[name].parent
            while parent and parent not in chain:
                chain.append(parent)
                parent = self.spans[parent].parent if parent in self.spans else ""
            self._chains[name] = chain
        return self._chains[name]
