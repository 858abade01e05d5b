"""Tasks that a printed stream tells of: sub-agents and commands at work, and how they end."""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.events import AgentUpdate, CallFinished, CallProgress, CallState, Measure
from tui_monitor.sources.claude_code.background import ENDS, Ending
from tui_monitor.sources.claude_code.line import Line
from tui_monitor.sources.claude_code.state import State
from tui_monitor.sources.shared.fields import number, table, text


def started(state: State, line: Line) -> Iterator[AgentUpdate]:
    """A call has become a task; if an agent works on it, it is named."""
    call = text(line.record.get("tool_use_id"))
    if text(line.record.get("subagent_type")):
        yield from state.agents.link(line, text(line.record.get("task_id")), call, state.calls.get(call))


def progressed(line: Line) -> Iterator[CallProgress]:
    """What an agent at work is doing."""
    elapsed = number(table(line.record.get("usage")).get("duration_ms"))
    doing = text(line.record.get("description")) or text(line.record.get("last_tool_name"))
    yield CallProgress(**line.where, call=text(line.record.get("tool_use_id")), doing=doing, elapsed_ms=elapsed)


def tool_at_work(line: Line) -> Iterator[CallProgress]:
    """How long a call has run."""
    seconds = line.record.get("elapsed_time_seconds")
    elapsed = number(seconds * 1000) if isinstance(seconds, int | float) else None
    yield CallProgress(**line.where, call=text(line.record.get("tool_use_id")), doing="running", elapsed_ms=elapsed)


def ended(state: State, line: Line) -> Iterator[Ending]:
    """A task has ended. One that nobody waits for ends its call by this."""
    record, usage = line.record, table(line.record.get("usage"))
    end, summary = ENDS.get(text(record.get("status"))), text(record.get("summary"))
    if end is None:
        return
    uses = number(usage.get("tool_uses"))
    told = CallFinished(
        **line.where,
        call=text(record.get("tool_use_id")),
        state=end,
        output=summary if end is CallState.OK else "",
        error="" if end is CallState.OK else summary,
        duration_ms=number(usage.get("duration_ms")),
        measure=None if uses is None else Measure(uses, "calls"),
        ref=line.ref,
    )
    yield from state.background.end(line, text(record.get("task_id")), told)
