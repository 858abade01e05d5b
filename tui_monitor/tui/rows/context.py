"""The context in which rows are described: the session's folder, its agents, the time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import partial

from tui_monitor.ledger import ZERO, Amount
from tui_monitor.live.entries import Call
from tui_monitor.live.liveness import (
    NO_EVIDENCE,
    CallEvidence,
    Liveness,
    abandoned_before,
    call_evidence,
    is_abandoned,
    liveness,
)
from tui_monitor.live.session import SessionState
from tui_monitor.live.turn_times import turn_time
from tui_monitor.totals import AgentTotal
from tui_monitor.tui.rows.risks import RISKS
from tui_monitor.units import dollars


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """Facts about the agent behind a call. ``tokens``: size of its context, None if unknown."""

    calls: int = 0
    tokens: int | None = None
    cost: str = ""
    last_at: int = 0


NO_AGENT = AgentFacts()


@dataclass(frozen=True, slots=True)
class RowContext:
    """Context of all rows of one session at ``now`` (epoch ms); ``agents`` by the call that started them.

    ``evidence`` is what is known of open calls besides their events, ``abandoned_before`` the time before which open
    calls of the main chain were abandoned, ``ended`` the sub-agents that have ended, ``risks`` the commands to mark
    (see `risks`), ``prompt_amounts`` what was spent from a prompt at a time until the next, as far as it is known,
    ``turn_time`` returns how long the turn of that prompt took (ms).
    """

    cwd: str = ""
    now: int = 0
    tz: tzinfo | None = None
    agents: Mapping[str, AgentFacts] = field(default_factory=dict)
    evidence: CallEvidence = NO_EVIDENCE
    abandoned_before: int = 0
    ended: frozenset[str] = frozenset()
    risks: tuple[str, ...] = RISKS
    prompt_amounts: Mapping[int, Amount] = field(default_factory=dict)
    turn_time: Callable[[int], int] = field(default=lambda began: 0, compare=False)

    def prompt_cost(self, at: int) -> str:
        """Return the cost of the turn of the prompt at this time; empty if none is known."""
        return cost_text(self.prompt_amounts.get(at, ZERO))

    def liveness(self, call: Call) -> Liveness:
        """Classify an open call."""
        if is_abandoned(call, self.abandoned_before, self.ended):
            return Liveness.ABANDONED
        return liveness(call, self.now, self.agents.get(call.id, NO_AGENT).last_at, self.evidence)


def row_context(state: SessionState, now: int, tz: tzinfo | None = None, risks: tuple[str, ...] = RISKS) -> RowContext:
    """Return the context of a session at ``now``, with times of day in ``tz`` (None: local)."""
    totals = {total.agent: total for total in state.totals.agents}
    return RowContext(
        cwd=state.folder,
        now=now,
        tz=tz,
        agents={
            agent.call: _facts(totals.get(agent.id), agent.context.tokens, agent.last_at)
            for agent in state.agents.values()
            if agent.call
        },
        evidence=call_evidence(state),
        abandoned_before=abandoned_before(state),
        ended=frozenset(agent.id for agent in state.agents.values() if agent.ended),
        risks=risks,
        prompt_amounts=state.figures.prompt_amounts or {},
        turn_time=partial(turn_time, state, now=now),
    )


def _facts(total: AgentTotal | None, tokens: int | None, last_at: int) -> AgentFacts:
    if total is None:
        return AgentFacts(tokens=tokens, last_at=last_at)
    return AgentFacts(total.calls, tokens, cost_text(total.amount), last_at)


def cost_text(amount: Amount) -> str:
    """Return ``≥$0.45``, empty without a known cost."""
    at_least = bool(amount.lower_bound or amount.unpriced)
    return dollars(amount.cost, at_least=at_least) if amount.cost else ""
