"""What became of a call: its state, output and error, read from the result block and the structured copy beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tui_monitor.events import CallFinished, CallState, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.changes import changes
from tui_monitor.sources.claude_code.line import Line
from tui_monitor.sources.claude_code.measures import measure
from tui_monitor.sources.claude_code.tools import kind_of
from tui_monitor.sources.shared.fields import as_json, number, table, tables, text

INTERRUPTION = "[Request interrupted by user"
_INTERRUPTED = (INTERRUPTION, "The user doesn't want to take this action right now", "Permission prompt was aborted")
_REJECTED = (
    "The user doesn't want to proceed with this tool use",
    "The agent proposed a plan that was rejected by the user",
    "Permission for this tool use was denied. The tool use was rejected",
    "User rejected",
)
_DENIED = ("Claude requested permissions to ", "Permission to use ", "Permission for this action has been denied")
"""Refusals by the rules of permission, without a person."""
_ABORTED = "<error>Command was aborted before completion</error>"
_SLIP = "<tool_use_error>"
_EXIT_CODE = re.compile(r"\AExit code (\d{1,9})\n?")
_SENT_TO_BACKGROUND = re.compile(
    r"\A(?:Command .{0,80}?\bbackground.{0,40}?\bID|Async agent launched.{0,40}?\bagentId): ?([\w@-]+)", re.DOTALL
)
_PLANS = ("ExitPlanMode", "exit_plan_mode")
_LAUNCHED = ("async_launched", "remote_launched")


@dataclass(slots=True)
class OpenCall:
    """What finishing a call needs to know of how it began. ``prompt`` is the digest of what an agent was asked."""

    tool: str = ""
    subject: str = ""
    note: str = ""
    prompt: str = ""
    arguments: Record = field(default_factory=dict)


def is_result(block: Record) -> bool:
    """Whether a content block is the result of a call, whoever ran it."""
    return text(block.get("type")).endswith("tool_result")


def structured_result(line: Line) -> Record:
    """The structured copy of the result; empty where it is left out, or stands beside several results."""
    results = [block for block in tables(line.message.get("content")) if is_result(block)]
    return table(line.record.get("toolUseResult")) if len(results) == 1 else {}


def plain_text(content: object) -> str:
    """A result's text; what is no text is named in brackets."""
    return content if isinstance(content, str) else "\n".join(_passages(content))


def background_task(structured: Record, answer: str) -> str:
    """The task that a call has become, when it goes on by itself; empty for all others."""
    if task := text(structured.get("backgroundTaskId")):
        return task
    if structured.get("status") in _LAUNCHED:
        return text(structured.get("agentId")) or text(structured.get("taskId"))
    sent = None if structured else _SENT_TO_BACKGROUND.match(answer)
    return sent[1] if sent else ""


def awaited_status(structured: Record, output: str) -> str:
    """How a background task is that a call looked at; empty where the call looked at none."""
    if structured:
        return text(structured.get("status") if "shellId" in structured else _task(structured).get("status"))
    return tagged(output.partition("<output>")[0].partition("<stdout>")[0], "status")


def tagged(answer: str, tag: str) -> str:
    """What stands between the first ``<tag>`` and its end."""
    return answer.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0].strip()


def finished(line: Line, block: Record, call: OpenCall, structured: Record) -> CallFinished:
    """The end of ``call``, or its going to the background, as its result block tells it."""
    answer = plain_text(block.get("content"))
    state = _state(block, structured, answer)
    told = CallFinished(**line.where, call=text(block.get("tool_use_id")), state=state, ref=line.ref)
    if state is not CallState.OK:
        return _refused(told, answer)
    if background_task(structured, answer):
        return replace(told, state=CallState.BACKGROUND, output=answer)
    output = _output(structured, answer)
    status = awaited_status(structured, output) if kind_of(call.tool) is ToolKind.WAIT else ""
    plan = call.tool in _PLANS
    return replace(
        told,
        output=output,
        duration_ms=_duration(structured),
        exit_code=_exit_code(structured),
        measure=measure(call.tool, structured, output),
        changes=changes(call.tool, call.arguments, structured, answer),
        approved=True if plan else None,
        approval="user" if plan else "",
        metadata=as_json({"status": status}) if status else "",
    )


def _state(block: Record, structured: Record, answer: str) -> CallState:
    if structured.get("interrupted") is True:
        return CallState.INTERRUPTED
    if block.get("is_error") is not True:
        return CallState.OK
    if answer.startswith(_INTERRUPTED) or answer.endswith(_ABORTED):
        return CallState.INTERRUPTED
    if answer.startswith(_REJECTED):
        return CallState.REJECTED
    if answer.startswith((_SLIP, *_DENIED)):
        return CallState.SLIPPED
    return CallState.FAILED


def _refused(told: CallFinished, answer: str) -> CallFinished:
    if answer.startswith(_SLIP):
        return replace(told, error=answer.removeprefix(_SLIP).removesuffix("</tool_use_error>"))
    if told.state is CallState.REJECTED:
        return replace(told, error=answer, approved=False, approval="user")
    if told.state is CallState.SLIPPED:
        return replace(told, error=answer, approved=False, approval="policy")
    if code := _EXIT_CODE.match(answer):
        return replace(told, error=answer[code.end() :] or answer, exit_code=int(code[1]))
    return replace(told, error=answer)


def _output(structured: Record, answer: str) -> str:
    """What the tool printed, without the frame in which the agent is given it."""
    if "stdout" in structured and structured.get("isImage") is not True:
        return "\n".join(filter(None, (text(structured["stdout"]), text(structured.get("stderr")))))
    return text(table(structured.get("task")).get("output")) or answer


def _passages(content: object) -> Iterator[str]:
    for block in tables(content):
        kind = text(block.get("type"))
        yield text(block.get("text")) if kind == "text" else f"[{kind.replace('_', ' ')}]"


def _duration(structured: Record) -> int | None:
    seconds = structured.get("durationSeconds")
    if isinstance(seconds, int | float):
        return number(seconds * 1000)
    told = number(structured.get("totalDurationMs"))
    return number(structured.get("durationMs")) if told is None else told


def _exit_code(structured: Record) -> int | None:
    return number(structured.get("exitCode")) if "exitCode" in structured else number(_task(structured).get("exitCode"))


def _task(structured: Record) -> Record:
    return table(structured.get("task"))
