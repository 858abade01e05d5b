"""The agents of a session as a tree: the main chain and its sub-agents."""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.events import MAIN, AgentStatus
from tui_monitor.ledger import ZERO
from tui_monitor.live.agent import Agent
from tui_monitor.live.session import SessionState
from tui_monitor.totals import AgentTotal
from tui_monitor.tui.header.labels import cost_text, short_model
from tui_monitor.tui.panes.content import AgentTarget, PaneContent, PaneContext, PaneRow, Section
from tui_monitor.tui.spans import Spans, TextSpan, Tone, cut_end, one_line
from tui_monitor.units import compact, duration_forms, pluralize

_STATUS_MARKS = {
    AgentStatus.COMPLETED: ("✓", Tone.OK),
    AgentStatus.FAILED: ("✗", Tone.FAILED),
    AgentStatus.TERMINATED: ("⊘", Tone.REJECTED),
}
_RUNNING = ("▸", Tone.AGENT)
SHORT_NAME = 24
"""Cells of a name where all agents share a line: a description, which names an agent without a type, may be long."""


def agents_content(context: PaneContext) -> PaneContent:
    """Return the agents of a session, each below its parent."""
    state = context.state
    rows = [_row(agent, depth, state, context.now) for agent, depth in _tree(state)]
    return [Section(rows, ("agent", "calls", "context", "cost", "time"))]


def agents_short(state: SessionState) -> list[Spans]:
    """Return each agent for a single line: the main chain, then the newest first."""
    totals = {total.agent: total for total in state.totals.agents}
    newest = sorted(state.children(), key=lambda agent: agent.last_at, reverse=True)
    return [_short(agent, totals.get(agent.id, AgentTotal(agent.id))) for agent in (state.agents[MAIN], *newest)]


def _tree(state: SessionState) -> Iterator[tuple[Agent, int]]:
    yield state.agents[MAIN], 0
    depths = {MAIN: 0}
    for agent in state.children():
        depths[agent.id] = depths.get(agent.parent or MAIN, 0) + 1
        yield agent, depths[agent.id]


def _row(agent: Agent, depth: int, state: SessionState, now: int) -> PaneRow:
    total = next((total for total in state.totals.agents if total.agent == agent.id), AgentTotal(agent.id))
    tokens = agent.context.tokens
    cells: tuple[Spans, ...] = (
        (TextSpan("  " * depth), *_mark(agent), TextSpan(_name(agent)), TextSpan(_about(agent), Tone.DIM)),
        (TextSpan(f"{total.calls:,}" if total.calls else "", Tone.DIM),),
        (TextSpan(compact(tokens) if tokens is not None else "", Tone.DIM),),
        (TextSpan(cost_text(total.amount) if total.amount != ZERO else ""),),
        (TextSpan("".join(_duration(agent, state, now)), Tone.DIM),),
    )
    return PaneRow(agent.id, cells, AgentTarget(agent.id), agent.id)


def _duration(agent: Agent, state: SessionState, now: int) -> tuple[str, ...]:
    """Return how long a sub-agent worked: the duration of the call that started it, if both ended together; else the
    time since that call, or since its first event."""
    if agent.id == MAIN:
        return ()
    call = state.log.get(agent.call)
    if call and call.duration_ms is not None and call.ended == agent.ended:
        return duration_forms(call.duration_ms)[-1:]
    started = call.started if call else agent.started
    return duration_forms(max(0, (agent.ended or now) - started))[-1:] if started else ()


def _short(agent: Agent, total: AgentTotal) -> Spans:
    tokens = agent.context.tokens
    facts = [pluralize(total.calls, "call")] if total.calls else []
    facts += [f"{compact(tokens)} ctx"] if tokens is not None else []
    facts += [cost_text(total.amount)] if total.amount.cost and agent.id != MAIN else []
    return (
        *_mark(agent),
        TextSpan(cut_end(_name(agent), SHORT_NAME)),
        TextSpan(f" {' · '.join(facts)}" if facts else "", Tone.DIM),
    )


def _mark(agent: Agent) -> Spans:
    """Return the state of a sub-agent; the status bar shows that of the main chain."""
    if agent.id == MAIN:
        return ()
    glyph, tone = _STATUS_MARKS.get(agent.status, _RUNNING) if agent.status else _RUNNING
    return (TextSpan(f"{glyph} ", tone),)


def _name(agent: Agent) -> str:
    if agent.id == MAIN:
        return "main"
    return one_line(agent.type) or one_line(agent.description) or one_line(agent.id)[:8]


def _about(agent: Agent) -> str:
    description = one_line(agent.description) if agent.type else ""  # without a type it is the name
    parts = [description, short_model(one_line(agent.model))]
    return "".join(f" · {part}" for part in parts if part)
