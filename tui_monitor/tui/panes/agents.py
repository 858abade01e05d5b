"""The agents of a session as a tree: the main chain and its sub-agents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tui_monitor.events import MAIN, AgentStatus, CallState
from tui_monitor.ledger import ZERO
from tui_monitor.live.agent import Agent
from tui_monitor.live.session import SessionState
from tui_monitor.totals import AgentTotal
from tui_monitor.tui.header.labels import agent_name, cost_text, short_model
from tui_monitor.tui.panes.content import AgentTarget, PaneContent, PaneContext, PaneRow, Section
from tui_monitor.tui.spans import Spans, TextSpan, Tone, cut_end, cut_start, one_line
from tui_monitor.units import compact, duration_forms, pluralize

_STATUS_MARKS = {
    AgentStatus.COMPLETED: ("✓", Tone.OK),
    AgentStatus.FAILED: ("✗", Tone.FAILED),
    AgentStatus.TERMINATED: ("⊘", Tone.REJECTED),
}
_RUNNING = ("▸", Tone.AGENT)
_STATUS_WORDS = {
    AgentStatus.STARTING: ("starting", Tone.RUNNING),
    AgentStatus.COMPLETED: ("done", Tone.DIM),
    AgentStatus.FAILED: ("failed", Tone.FAILED),
    AgentStatus.TERMINATED: ("stopped", Tone.REJECTED),
}
_COLUMNS = ("agent", "", "context", "cost", "calls", "failed", "time", "plan · task", "exit", "log")
MAX_LABELS = 30
"""Cells of plan, task and category together."""
MAX_LOG = 40
"""Cells of the path of a log, of which the end is shown."""
SHORT_NAME = 24
"""Cells of a name where all agents share a line: a description, which names an agent without a type, may be long."""


def agents_content(context: PaneContext) -> PaneContent:
    """Return the agents of a session, each below its parent."""
    state = context.state
    totals = {total.agent: total for total in state.totals.agents}
    failures = Counter(call.agent for call in state.log.calls() if call.state.failed)
    rows = [
        _row(agent, depth, totals.get(agent.id, AgentTotal(agent.id)), failures[agent.id], context)
        for agent, depth in _tree(state)
    ]
    return [Section(rows, _COLUMNS, left=(1, 7, 9))]


def agents_short(state: SessionState) -> list[Spans]:
    """Return each agent for a single line: the main chain, then the newest first."""
    totals = {total.agent: total for total in state.totals.agents}
    newest = sorted(state.children(), key=lambda agent: agent.last_at, reverse=True)
    return [_short(agent, totals.get(agent.id, AgentTotal(agent.id))) for agent in (state.agents[MAIN], *newest)]


def _tree(state: SessionState) -> Iterator[tuple[Agent, int]]:
    """Yield each agent after its parent, with its depth; one whose parent is not known is a child of the main chain."""
    below: dict[str, list[Agent]] = {}
    children = state.children()
    known = {MAIN, *(agent.id for agent in children)}
    for agent in children:
        parent = agent.parent or MAIN
        below.setdefault(parent if parent in known and parent != agent.id else MAIN, []).append(agent)
    waiting, visited = [(state.agents[MAIN], 0)], set[str]()
    while waiting:
        agent, depth = waiting.pop()
        if agent.id not in visited:
            visited.add(agent.id)
            yield agent, depth
            waiting += [(child, depth + 1) for child in reversed(below.get(agent.id, ()))]
    yield from ((agent, 1) for agent in children if agent.id not in visited)  # parents of each other


def _row(agent: Agent, depth: int, total: AgentTotal, failures: int, context: PaneContext) -> PaneRow:
    tokens = agent.context.tokens
    cells: tuple[Spans, ...] = (
        (TextSpan("  " * depth), *_mark(agent), TextSpan(agent_name(agent)), *_about(agent)),
        (_state_word(agent, context.state),),
        (TextSpan(compact(tokens) if tokens is not None else "", Tone.DIM),),
        (TextSpan(cost_text(total.amount) if total.amount != ZERO else ""),),
        (TextSpan(f"{total.calls:,}" if total.calls else "", Tone.DIM),),
        (TextSpan(f"{failures:,} ✗" if failures else "", Tone.FAILED),),
        (TextSpan("".join(_duration(agent, context.state, context.now)), Tone.DIM),),
        (TextSpan(_labels(agent), Tone.DIM),),
        (TextSpan(str(agent.exit_code) if agent.exit_code is not None else "", Tone.DIM),),
        (TextSpan(cut_start(one_line(agent.log_file), MAX_LOG), Tone.DIM),),
    )
    return PaneRow(agent.id, cells, AgentTarget(agent.id, agent.log_file), agent.id or "main")


def _state_word(agent: Agent, state: SessionState) -> TextSpan:
    """Return what a sub-agent is at; the status bar shows the state of the main chain."""
    if agent.id == MAIN:
        return TextSpan("")
    if agent.status in _STATUS_WORDS:
        return TextSpan(*_STATUS_WORDS[agent.status])
    call = state.log.get(agent.call)
    if call and call.state is CallState.BACKGROUND:
        return TextSpan("in background", Tone.RUNNING)
    return TextSpan("ended", Tone.DIM) if agent.ended else TextSpan("works", Tone.RUNNING)


def _labels(agent: Agent) -> str:
    """Return plan, task and category, as the agent's program names them."""
    parts = (one_line(agent.plan), one_line(agent.task), one_line(agent.category))
    return cut_end(" · ".join(filter(None, parts)), MAX_LABELS)


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
        TextSpan(cut_end(agent_name(agent), SHORT_NAME)),
        TextSpan(f" {' · '.join(facts)}" if facts else "", Tone.DIM),
    )


def _mark(agent: Agent) -> Spans:
    """Return the state of a sub-agent; the status bar shows that of the main chain."""
    if agent.id == MAIN:
        return ()
    glyph, tone = _STATUS_MARKS.get(agent.status, _RUNNING) if agent.status else _RUNNING
    return (TextSpan(f"{glyph} ", tone),)


def _about(agent: Agent) -> Iterator[TextSpan]:
    """Yield what an agent was given to do, its model, and its error."""
    description = one_line(agent.description) if agent.type else ""  # without a type it is the name
    if error := one_line(agent.error):
        yield TextSpan(f" · {error}", Tone.FAILED)
    for part in (description, short_model(one_line(agent.model))):
        if part:
            yield TextSpan(f" · {part}", Tone.DIM)
