"""Tasks in printed output: sub-agents and commands at work, and their ends."""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.events import AgentUpdate, CallFinished, CallProgress, CallState, Measure
from tui_monitor.sources.claude_code.background import FINAL_STATES, TaskEnd
from tui_monitor.sources.claude_code.line import ClaudeLine
from tui_monitor.sources.claude_code.state import TranscriptState
from tui_monitor.sources.shared.fields import number, table, text


def task_started(state: TranscriptState, line: ClaudeLine) -> Iterator[AgentUpdate]:
    """Link the agent of a task, if it has one, to the call that has become the task."""
    call_id = text(line.record.get("tool_use_id"))
    if text(line.record.get("subagent_type")):
        yield from state.agents.link(line, text(line.record.get("task_id")), call_id, state.calls.get(call_id))


def task_progress(line: ClaudeLine) -> Iterator[CallProgress]:
    """Yield the progress of an agent."""
    elapsed_ms = number(table(line.record.get("usage")).get("duration_ms"))
    doing = text(line.record.get("description")) or text(line.record.get("last_tool_name"))
    call_id = text(line.record.get("tool_use_id"))
    yield CallProgress(**line.fields, call=call_id, doing=doing, elapsed_ms=elapsed_ms)


def tool_progress(line: ClaudeLine) -> Iterator[CallProgress]:
    """Yield the running time of a call."""
    seconds = line.record.get("elapsed_time_seconds")
    elapsed_ms = number(seconds * 1000) if isinstance(seconds, int | float) else None
    call_id = text(line.record.get("tool_use_id"))
    yield CallProgress(**line.fields, call=call_id, doing="running", elapsed_ms=elapsed_ms)


def task_ended(state: TranscriptState, line: ClaudeLine) -> Iterator[TaskEnd]:
    """End a background task, and with it the call that has become the task."""
    record, usage = line.record, table(line.record.get("usage"))
    final_state, summary = FINAL_STATES.get(text(record.get("status"))), text(record.get("summary"))
    if final_state is None:
        return
    uses = number(usage.get("tool_uses"))
    end = CallFinished(
        **line.fields,
        call=text(record.get("tool_use_id")),
        state=final_state,
        output=summary if final_state is CallState.OK else "",
        error="" if final_state is CallState.OK else summary,
        duration_ms=number(usage.get("duration_ms")),
        measure=None if uses is None else Measure(uses, "calls"),
        ref=line.ref,
    )
    yield from state.background.end(line, text(record.get("task_id")), end)
