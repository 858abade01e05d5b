"""Tool calls: a part of a response, then a line with the result, and an event with the duration and the decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tui_monitor.events import (
    AgentStatus,
    AgentUpdate,
    CallFinished,
    CallStarted,
    CallState,
    Event,
    PlanUpdate,
)
from tui_monitor.sources.base import Record
from tui_monitor.sources.gemini.lines import GeminiLine
from tui_monitor.sources.gemini.qwen import background
from tui_monitor.sources.gemini.tools import call_outcome, call_request, proposed_changes
from tui_monitor.sources.shared.fields import as_json, number, table, tables, text
from tui_monitor.sources.shared.open_calls import OpenCalls
from tui_monitor.sources.shared.proposals import proposal_of

_TODOS = "todo_write"
_PATHS = ("file_path", "absolute_path", "path")
_NEEDED = (*_PATHS, "start_line", "end_line", "offset", "limit")
_TASK, _COMMAND = "task_execution", "shell_result"
_NOT_STARTED: Mapping[object, CallState] = {
    "invalid_tool_params": CallState.SLIPPED,
    "tool_not_registered": CallState.SLIPPED,
    "execution_denied": CallState.REFUSED,
}
"""States of calls that never ran, by the type of their error."""
_MAX_ID = 200
_STATES: Mapping[object, CallState] = {
    "success": CallState.OK,
    "error": CallState.FAILED,
    "cancelled": CallState.REJECTED,
}
_STATUSES: Mapping[object, AgentStatus] = {
    "completed": AgentStatus.COMPLETED,
    "failed": AgentStatus.FAILED,
    "cancelled": AgentStatus.TERMINATED,
}
_DECISIONS: Mapping[object, tuple[bool, str]] = {
    "accept": (True, "user"),
    "modify": (True, "user"),
    "auto_accept": (True, "auto"),
    "reject": (False, "user"),
}


class QwenCalls:
    """Reads calls and results; ``calls`` are the open ones, with the name and arguments that their results need."""

    def __init__(self, calls: OpenCalls[Record]) -> None:
        """Begin with open ``calls``."""
        self._calls = calls

    def start(self, part: Record, uuid: str, line: GeminiLine) -> Iterator[Event]:
        """Yield the start of the call in a ``functionCall``."""
        arguments, name = table(part.get("args")), str(part["name"])
        call = str(part.get("id") or f"{uuid}/{name}")[:_MAX_ID]
        needed = {key: value for key in _NEEDED if (value := arguments.get(key)) is not None}
        if not self._calls.add(call, {"name": name, "args": needed}):
            return
        request = call_request(name, arguments)
        yield CallStarted(
            session=line.session,
            agent=line.agent,
            at=line.at,
            call=call,
            uid=f"{uuid}/{call}",
            tool=request.tool,
            kind=request.kind,
            subject=request.subject,
            note=request.note,
            input=as_json(arguments),
            model=line.model,
            timeout_ms=number(arguments.get("timeout")),
            proposal=proposal_of(request.kind, arguments, proposed_changes(name, arguments)),
            ref=line.ref,
        )
        if name == _TODOS:
            yield from _plan(arguments, line)

    def finish(self, record: Record, line: GeminiLine) -> Iterator[Event]:
        """Yield the result in a ``tool_result`` line."""
        parts = [part for part in tables(table(record["message"]).get("parts")) if "functionResponse" in part]
        facts = table(record.get("toolCallResult"))
        response = table(parts[0]["functionResponse"]) if parts else {}
        call = str(facts.get("callId") or response["id"])[:_MAX_ID]
        if self._calls.is_answered(call):
            return
        opened = self._calls.answer(call) or {}
        error = table(response.get("response")).get("error")
        status = text(facts.get("status")) or ("error" if error else "success")
        display = _display(facts.get("resultDisplay"))
        name = text(opened.get("name")) or text(response.get("name"))
        outcome = call_outcome(
            {"name": name, "args": opened.get("args"), "status": status, "result": parts, "resultDisplay": display}
        )
        if outcome is None:
            return
        outcome = replace(outcome, state=_NOT_STARTED.get(facts.get("errorType"), outcome.state))
        if outcome.state is CallState.OK and background.is_launch(facts.get("resultDisplay")):
            outcome = replace(outcome, state=CallState.BACKGROUND)
            yield from background.launch(outcome.output, call, line)
        yield outcome.finished(call, line.fields, line.ref, number(facts.get("durationMs")))


def event_outcome(event: Record, line: GeminiLine) -> CallFinished:
    """Return what a ``tool_call`` event adds to a result: who let the call run, and the duration.

    That of an agent in the background is only how long its launch took.
    """
    approved, approval = _DECISIONS.get(event.get("decision"), (None, ""))
    is_background = table(event.get("function_args")).get("run_in_background") is True
    return CallFinished(
        session=line.session,
        agent=line.agent,
        at=line.at,
        call=str(event["call_id"])[:_MAX_ID],
        state=_STATES.get(event.get("status"), CallState.OK if event.get("success") is True else CallState.FAILED),
        error=text(event.get("error")),
        duration_ms=None if is_background else number(event.get("duration_ms")),
        approved=approved,
        approval=approval,
        exact=False,
    )


def agent_facts(metadata: Record, line: GeminiLine) -> AgentUpdate:
    """Return the update for the sub-agent of a file by the metadata beside it."""
    return AgentUpdate(
        session=line.session,
        agent=line.agent,
        at=line.at,
        parent=text(metadata.get("parentAgentId")),
        call=text(metadata.get("toolUseId")),
        type=text(metadata.get("agentType")),
        description=text(metadata.get("description")),
        status=_STATUSES.get(metadata.get("status")),
        started=line.at,
    )


def _display(value: object) -> object:
    """Return what the person saw in the form of Gemini CLI; a new file has no content before the change."""
    if isinstance(value, dict):
        if "originalContent" in value and value["originalContent"] is None:
            return {**value, "isNewFile": True}
        if value.get("type") == _TASK:
            return text(value.get("result"))
        if value.get("type") == _COMMAND:
            return text(value.get("output"))
    return value


def _plan(arguments: Record, line: GeminiLine) -> Iterator[Event]:
    steps = list(tables(arguments.get("todos")))
    completed = sum(step.get("status") == "completed" for step in steps)
    now = next((text(step.get("content")) for step in steps if step.get("status") == "in_progress"), "")
    yield PlanUpdate(session=line.session, agent=line.agent, at=line.at, completed=completed, total=len(steps), now=now)
