"""Tool calls: each is one part, whose state goes from pending to running to completed or error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tui_monitor.events import (
    AgentStatus,
    AgentUpdate,
    CallFinished,
    CallProgress,
    CallStarted,
    CallState,
    Event,
    PlanUpdate,
)
from tui_monitor.sources.base import Record
from tui_monitor.sources.opencode.database import OpenCodeRow
from tui_monitor.sources.opencode.owner import SOURCE, EventOwner
from tui_monitor.sources.opencode.tools import TODOS, call_outcome, call_request, proposed_changes
from tui_monitor.sources.opencode.usage import created_at
from tui_monitor.sources.shared.event_line import EventFields
from tui_monitor.sources.shared.fields import as_json, number, table, tables, text, to_epoch_ms
from tui_monitor.sources.shared.proposals import answers_in_order, proposal_of
from tui_monitor.sources.shared.tool_call import CallOutcome

_MAX_OUTPUT = 16 * 1024
"""Characters of the output of a running command that are shown, the last ones."""
_FINAL_STATUSES = ("completed", "error")
_STATUSES = {CallState.OK: AgentStatus.COMPLETED, CallState.FAILED: AgentStatus.FAILED}


def is_call_over(part: Record) -> bool:
    """Return True when the call has ended."""
    return table(part.get("state")).get("status") in _FINAL_STATUSES


def read_call(part: Record, message: Record, row: OpenCodeRow, owner: EventOwner) -> Iterator[Event]:
    """Yield the events of a call in its current state."""
    state = table(part.get("state"))
    yield _started(part, state, message, row, owner)
    result = call_outcome(text(part.get("tool")), state)
    ended_at = to_epoch_ms(table(state.get("time")).get("end"))
    if result:
        yield _finished(row.id, result, state, ended_at or row.at, owner)
    elif state.get("status") == "running":
        yield from _progress(state, row, owner)
    yield from _agent(state, result, row, ended_at, owner)
    if part.get("tool") == TODOS and result:
        yield _plan(table(state.get("input")), ended_at or row.at, owner)


def _started(part: Record, state: Record, message: Record, row: OpenCodeRow, owner: EventOwner) -> CallStarted:
    arguments, created = table(state.get("input")), created_at(message)
    request = call_request(str(part["tool"]), arguments)
    return CallStarted(
        **owner.fields,
        at=to_epoch_ms(table(state.get("time")).get("start")) or row.at,
        call=row.id,
        uid=f"{SOURCE}:{created}:{part['callID']}" if created else row.id,
        tool=request.tool,
        kind=request.kind,
        subject=request.subject,
        note=request.note,
        input=as_json(arguments) if arguments else "",
        model=text(message.get("modelID")),
        timeout_ms=number(arguments.get("timeout")),
        proposal=proposal_of(request.kind, arguments, proposed_changes(request.kind, arguments)),
    )


def _finished(call: str, result: CallOutcome, state: Record, at: int, owner: EventOwner) -> CallFinished:
    started_at = to_epoch_ms(table(state.get("time")).get("start"))
    duration_ms = max(0, at - started_at) if started_at else None
    finished = result.finished(call, EventFields(**owner.fields, at=at), duration_ms=duration_ms)
    answers = answers_in_order(table(state.get("metadata")).get("answers"), table(state.get("input")))
    return replace(finished, answers=answers) if answers else finished


def _progress(state: Record, row: OpenCodeRow, owner: EventOwner) -> Iterator[Event]:
    """Yield the output of a running command so far."""
    output = text(table(state.get("metadata")).get("output")).rstrip()
    if output:
        started_at = to_epoch_ms(table(state.get("time")).get("start")) or row.at
        last = output[output.rfind("\n") + 1 :]
        yield CallProgress(
            **owner.fields,
            at=started_at,
            call=row.id,
            doing=last,
            lines=output.count("\n") + 1,
            output=output[-_MAX_OUTPUT:],
        )


def _agent(
    state: Record, result: CallOutcome | None, row: OpenCodeRow, ended_at: int, owner: EventOwner
) -> Iterator[Event]:
    """Yield the sub-agent that a call started: a session of its own, named in the call's metadata."""
    agent = text(table(state.get("metadata")).get("sessionId"))
    if not agent:
        return
    arguments = table(state.get("input"))
    yield AgentUpdate(
        session=owner.session,
        agent=agent,
        at=ended_at or row.at,
        parent=owner.agent,
        call=row.id,
        type=text(arguments.get("subagent_type")),
        description=text(arguments.get("description")),
        status=_STATUSES.get(result.state, AgentStatus.TERMINATED) if result else AgentStatus.RUNNING,
        ended=ended_at or None,
    )


def _plan(arguments: Record, at: int, owner: EventOwner) -> PlanUpdate:
    steps = list(tables(arguments.get("todos")))
    completed = sum(step.get("status") == "completed" for step in steps)
    now = next((text(step.get("content")) for step in steps if step.get("status") == "in_progress"), "")
    return PlanUpdate(**owner.fields, at=at, completed=completed, total=len(steps), now=now)
