"""Results of calls, read from the result block and the structured copy beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath

from tui_monitor.events import CallFinished, CallState, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.calls import OpenCall
from tui_monitor.sources.claude_code.changes import changes, command_changes
from tui_monitor.sources.claude_code.decisions import decision_of, refusal_state
from tui_monitor.sources.claude_code.line import ClaudeLine
from tui_monitor.sources.claude_code.measures import measure
from tui_monitor.sources.claude_code.tools import kind_of
from tui_monitor.sources.shared.fields import as_json, number, table, tables, text
from tui_monitor.sources.shared.proposals import answers_by_question

INTERRUPTION = "[Request interrupted by user"
_INTERRUPTED = (INTERRUPTION, "The user doesn't want to take this action right now", "Permission prompt was aborted")
_REJECTED = (
    "The user doesn't want to proceed with this tool use",
    "The agent proposed a plan that was rejected by the user",
    "Permission for this tool use was denied. The tool use was rejected",
    "User rejected",
)
_DENIED = ("Claude requested permissions to ", "Permission to use ", "Permission for this action has been denied")
"""Refusals by permission rules, without a person."""
_ABORTED = "<error>Command was aborted before completion</error>"
_TOOL_USE_ERROR = "<tool_use_error>"
_SIBLING_FAILED = f"{_TOOL_USE_ERROR}Sibling tool call errored"
_EXIT_CODE = re.compile(r"\AExit code (\d{1,9})\n?")
_BACKGROUND_NOTE = re.compile(
    r"\A(?:Command .{0,80}?\bbackground.{0,40}?\bID|Async agent launched.{0,40}?\bagentId): ?([\w@-]+)", re.DOTALL
)
_NOTES = ("Command ", "Async agent launched")
_OUTPUT_FILE = re.compile(r"is being written to: ([^\n]{1,1000}?\.output)(?=\.?(?:\s|\Z))")
_PLAN_TOOLS = ("ExitPlanMode", "exit_plan_mode")
_LAUNCHED = ("async_launched", "remote_launched")
_SPAWNED = "teammate_spawned"


def is_result(block: Record) -> bool:
    """Return True for a content block that is the result of a call."""
    return text(block.get("type")).endswith("tool_result")


def structured_result(line: ClaudeLine) -> Record:
    """Return the structured copy of a result; empty if it is missing or the line has several results."""
    results = [block for block in tables(line.message.get("content")) if is_result(block)]
    return table(line.record.get("toolUseResult")) if len(results) == 1 else {}


def plain_text(content: object) -> str:
    """Return the text of a result; other blocks are named in brackets."""
    return content if isinstance(content, str) else "\n".join(_passages(content))


def background_task(structured: Record, output: str) -> str:
    """Return the background task that a call has become; empty if it has not."""
    if task := text(structured.get("backgroundTaskId")):
        return task
    if structured.get("status") in _LAUNCHED:
        return text(structured.get("agentId")) or text(structured.get("taskId"))
    note = None if structured or not output.startswith(_NOTES) else _BACKGROUND_NOTE.match(output)
    return note[1] if note else ""


def output_file(task: str, output: str) -> str:
    """Return the file to which a background task writes what it prints; empty unless it has the name of its task."""
    named = _OUTPUT_FILE.search(output)
    path = PurePath(named[1]) if named else PurePath()
    return str(path) if path.is_absolute() and path.parts[-2:] == ("tasks", f"{task}.output") else ""


def spawned_teammate(structured: Record) -> str:
    """Return the teammate that a call has started, which works on for itself; empty if it has started none."""
    is_spawned = structured.get("status") == _SPAWNED
    return text(structured.get("agent_id")) or text(structured.get("teammate_id")) if is_spawned else ""


def polled_status(structured: Record, output: str) -> str:
    """Return the status of the background task that a call polled; empty if it polled none."""
    if structured:
        return text(structured.get("status") if "shellId" in structured else _task(structured).get("status"))
    return tag_content(output.partition("<output>")[0].partition("<stdout>")[0], "status")


def tag_content(passage: str, tag: str) -> str:
    """Return the text between the first ``<tag>`` and its end."""
    return passage.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0].strip()


def result_of(line: ClaudeLine, block: Record, call: OpenCall, structured: Record) -> CallFinished:
    """Return the end of ``call``, or its move to the background, from its result block."""
    content = plain_text(block.get("content"))
    state = _state(line, block, structured, content)
    call_id, (approved, approval) = text(block.get("tool_use_id")), decision_of(line.record)
    if state is not CallState.OK or background_task(structured, content):
        result = CallFinished(
            session=line.session,
            agent=line.agent,
            at=line.at,
            call=call_id,
            state=state,
            approved=approved,
            approval=approval,
            ref=line.ref,
        )
        if state is CallState.OK:
            return replace(result, state=CallState.BACKGROUND, output=content)
        changed = command_changes(structured)
        return _with_error(replace(result, changes=changed) if changed else result, content)
    output = _output(structured, content)
    status = polled_status(structured, output) if kind_of(call.tool) is ToolKind.WAIT else ""
    is_plan = call.tool in _PLAN_TOOLS
    return CallFinished(
        session=line.session,
        agent=line.agent,
        at=line.at,
        call=call_id,
        state=state,
        ref=line.ref,
        output=output,
        duration_ms=_duration(structured),
        exit_code=_exit_code(structured),
        measure=measure(call.tool, structured, output),
        changes=changes(call.tool, call.arguments, structured, content),
        approved=True if is_plan else approved,
        approval="user" if is_plan else approval,
        metadata=as_json({"status": status}) if status else "",
        answers=answers_by_question(structured["answers"]) if "answers" in structured else (),
    )


def _state(line: ClaudeLine, block: Record, structured: Record, content: str) -> CallState:
    if structured.get("interrupted") is True:
        return CallState.INTERRUPTED
    if block.get("is_error") is not True:
        return CallState.OK
    if (refusal := refusal_state(line.record)) is not None:
        return refusal
    if content.startswith(_INTERRUPTED) or content.endswith(_ABORTED):
        return CallState.INTERRUPTED
    if content.startswith(_REJECTED):
        return CallState.REJECTED
    if content.startswith(_DENIED):
        return CallState.REFUSED
    if content.startswith(_SIBLING_FAILED):
        return CallState.SKIPPED
    if content.startswith(_TOOL_USE_ERROR):
        return CallState.SLIPPED
    return CallState.FAILED


def _with_error(result: CallFinished, content: str) -> CallFinished:
    if content.startswith(_TOOL_USE_ERROR):
        return replace(result, error=content.removeprefix(_TOOL_USE_ERROR).removesuffix("</tool_use_error>"))
    if result.state is CallState.REJECTED:
        return replace(result, error=content, approved=False, approval="user")
    if result.state is CallState.REFUSED:
        return replace(result, error=content, approved=False, approval=result.approval or "policy")
    if code := _EXIT_CODE.match(content):
        return replace(result, error=content[code.end() :] or content, exit_code=int(code[1]))
    return replace(result, error=content)


def _output(structured: Record, content: str) -> str:
    """Return the output of the tool, without the frame in which the agent gets it."""
    if "stdout" in structured and structured.get("isImage") is not True:
        return "\n".join(filter(None, (text(structured["stdout"]), text(structured.get("stderr")))))
    return (text(_task(structured).get("output")) if "task" in structured else "") or content


def _passages(content: object) -> Iterator[str]:
    for block in tables(content):
        kind = text(block.get("type"))
        yield text(block.get("text")) if kind == "text" else f"[{kind.replace('_', ' ')}]"


def _duration(structured: Record) -> int | None:
    seconds = structured.get("durationSeconds")
    if seconds is not None and isinstance(seconds, int | float):
        return number(seconds * 1000)
    total = number(structured.get("totalDurationMs"))
    return number(structured.get("durationMs")) if total is None else total


def _exit_code(structured: Record) -> int | None:
    holder = structured if "exitCode" in structured or "task" not in structured else _task(structured)
    return number(holder.get("exitCode"))


def _task(structured: Record) -> Record:
    return table(structured.get("task"))
