"""The calls of tools: each is one part, whose state goes from pending over running to completed or error."""

from __future__ import annotations

from collections.abc import Iterator

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
from tui_monitor.sources.opencode.database import Row
from tui_monitor.sources.opencode.owner import SOURCE, Chain
from tui_monitor.sources.opencode.tools import TODOS, asked, outcome
from tui_monitor.sources.opencode.usage import began
from tui_monitor.sources.shared.fields import as_json, count, number, table, tables, text
from tui_monitor.sources.shared.tool_call import CallOutcome

_OVER = ("completed", "error")
_STATUSES = {CallState.OK: AgentStatus.COMPLETED, CallState.FAILED: AgentStatus.FAILED}


def is_over(part: Record) -> bool:
    """Whether the call has ended."""
    return table(part.get("state")).get("status") in _OVER


def tell(part: Record, message: Record, row: Row, of: Chain) -> Iterator[Event]:
    """The events of a call as it now is."""
    state = table(part.get("state"))
    yield _started(part, state, message, row, of)
    result = outcome(text(part.get("tool")), state)
    ended_at = count(table(state.get("time")).get("end"))
    if result:
        yield _finished(row.id, result, state, ended_at or row.at, of)
    elif state.get("status") == "running":
        yield from _progress(state, row, of)
    yield from _agent(state, result, row, ended_at, of)
    if part.get("tool") == TODOS and result:
        yield _plan(table(state.get("input")), ended_at or row.at, of)


def _started(part: Record, state: Record, message: Record, row: Row, of: Chain) -> CallStarted:
    given, created = table(state.get("input")), began(message)
    told = asked(str(part["tool"]), given)
    return CallStarted(
        session=of.session,
        agent=of.agent,
        at=count(table(state.get("time")).get("start")) or row.at,
        call=row.id,
        uid=f"{SOURCE}:{created}:{part['callID']}" if created else row.id,
        tool=told.tool,
        kind=told.kind,
        subject=told.subject,
        note=told.note,
        input=as_json(given) if given else "",
        model=text(message.get("modelID")),
        timeout_ms=number(given.get("timeout")),
    )


def _finished(call: str, result: CallOutcome, state: Record, at: int, of: Chain) -> CallFinished:
    began_at = count(table(state.get("time")).get("start"))
    return CallFinished(
        session=of.session,
        agent=of.agent,
        at=at,
        call=call,
        state=result.state,
        output=result.output,
        error=result.error,
        duration_ms=max(0, at - began_at) if began_at else None,
        exit_code=result.exit_code,
        measure=result.measure,
        changes=result.changes,
    )


def _progress(state: Record, row: Row, of: Chain) -> Iterator[Event]:
    """What a running command has written so far."""
    written = text(table(state.get("metadata")).get("output")).rstrip()
    if written:
        began_at = count(table(state.get("time")).get("start")) or row.at
        last = written[written.rfind("\n") + 1 :]
        yield CallProgress(
            session=of.session,
            agent=of.agent,
            at=began_at,
            call=row.id,
            doing=last,
            lines=written.count("\n") + 1,
        )


def _agent(state: Record, result: CallOutcome | None, row: Row, ended_at: int, of: Chain) -> Iterator[Event]:
    """The sub-agent that a call started: a session of its own, which the call's metadata names."""
    agent = text(table(state.get("metadata")).get("sessionId"))
    if not agent:
        return
    given = table(state.get("input"))
    yield AgentUpdate(
        session=of.session,
        agent=agent,
        at=ended_at or row.at,
        parent=of.agent,
        call=row.id,
        type=text(given.get("subagent_type")),
        description=text(given.get("description")),
        status=_STATUSES.get(result.state, AgentStatus.TERMINATED) if result else AgentStatus.RUNNING,
        ended=ended_at or None,
    )


def _plan(given: Record, at: int, of: Chain) -> PlanUpdate:
    steps = list(tables(given.get("todos")))
    done = sum(step.get("status") == "completed" for step in steps)
    now = next((text(step.get("content")) for step in steps if step.get("status") == "in_progress"), "")
    return PlanUpdate(session=of.session, agent=of.agent, at=at, done=done, total=len(steps), now=now)
