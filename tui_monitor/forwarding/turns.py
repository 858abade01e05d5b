"""The turns of a session, each a trace of its own, and the place of everything else in them.

What the main chain does belongs to the turn of its latest prompt. An agent and all that it does belong to the turn in
which it began, whenever that ends.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from tui_monitor.events import MAIN
from tui_monitor.forwarding.model import stable_id
from tui_monitor.merge.agents import MergedAgent
from tui_monitor.merge.calls import CallRecord
from tui_monitor.store import SessionRecords

_DEPTH = 64


@dataclass(slots=True)
class TurnTrace:
    """A turn from its prompt (0: before the first one) on; ``first_at`` and ``last_at`` are those of what is in it."""

    prompt_at: int
    text: str = ""
    first_at: int = 0
    last_at: int = 0

    def extend(self, start: int, end: int) -> None:
        """Take in something of these times."""
        self.first_at = min(self.first_at or start, start)
        self.last_at = max(self.last_at, end)


@dataclass(slots=True)
class Turns:
    """The turns of one session, in order of time."""

    records: SessionRecords
    _all: list[TurnTrace] = field(init=False)
    _times: list[int] = field(init=False)

    def __post_init__(self) -> None:
        prompts = dict(self.records.prompts)
        self._all = [TurnTrace(0), *(TurnTrace(at, text, at, at) for at, text in sorted(prompts.items()) if at)]
        self._times = [turn.prompt_at for turn in self._all]
        for response in self.records.responses:
            self.of(response.agent, response.at).extend(response.at - (response.duration_ms or 0), response.at)
        for call in self.records.calls.values():
            self.of(call.agent, call.started).extend(call.started, max(call.started, call.ended))
        for agent, record in self.records.agents.items():
            if agent != MAIN and record.started:
                self.of(agent, record.started).extend(record.started, max(record.started, record.ended_at))

    @property
    def turns(self) -> list[TurnTrace]:
        """The turns in which something has happened."""
        return [turn for turn in self._all if turn.prompt_at or turn.first_at]

    @property
    def last(self) -> TurnTrace:
        """The turn that may go on."""
        return self._all[-1]

    def of(self, agent: str, at: int) -> TurnTrace:
        """Return the turn of what an agent did at a time."""
        first = self._outermost(agent)
        began = at if first is None else first.started
        return self._all[bisect_right(self._times, began) - 1]

    def trace(self, turn: TurnTrace) -> int:
        """Return the id of a turn's trace."""
        return stable_id(16, "trace", *self.records.session, turn.prompt_at)

    def root(self, turn: TurnTrace) -> int:
        """Return the id of the span of a turn."""
        return stable_id(8, "turn", *self.records.session, turn.prompt_at)

    def parent_of(self, agent: str, call: str, turn: TurnTrace) -> int:
        """Return the id of the span around what an agent did, which is ``call`` if that is known."""
        if call in self.records.calls:
            return self.call_span(call)
        return self.root(turn) if agent not in self._agents else self.agent_span(agent)

    def agent_span(self, agent: str) -> int:
        """Return the id of the span of an agent's run."""
        return stable_id(8, "agent", *self.records.session, agent)

    def call_span(self, call: str) -> int:
        """Return the id of a call's span."""
        return stable_id(8, "call", *self.records.session, call)

    @property
    def _agents(self) -> Mapping[str, MergedAgent]:
        return {agent: record for agent, record in self.records.agents.items() if agent != MAIN and record.started}

    def _outermost(self, agent: str) -> MergedAgent | None:
        """Return the agent of the main chain that an agent belongs to; None for the main chain itself."""
        first, agents = None, self.records.agents
        for _ in range(_DEPTH):
            if agent == MAIN or agent not in agents or not agents[agent].started:
                break
            first = agents[agent]
            agent = first.parent or MAIN
        return first


def ended_at(call: CallRecord) -> int:
    """Return the end of a call; its start where it has none."""
    return max(call.started, call.ended)
