"""Items and events of a Codex rollout that report a call: a command, changed files, an MCP tool.

Until 0.148 these are separate events (``exec_command_end``, ``patch_apply_end`` …), since then ``item_completed`` with
a typed item (``CommandExecution``, ``FileChange`` …). Both carry the id of the request, if there was one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from tui_monitor.events import CallState, Change, ChangeKind, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex import tools
from tui_monitor.sources.codex.lines import duration_ms_of, first_text, text_of
from tui_monitor.sources.codex.results import CodexToolResult, exit_result, read_result
from tui_monitor.sources.codex.tools import CodexToolRequest
from tui_monitor.sources.shared import apply_patch, diffs
from tui_monitor.sources.shared.fields import as_json, number, table, text, to_epoch_ms


class CallReport(NamedTuple):
    """A call as one item or event reports it. ``result`` is None while it runs, ``started_at`` 0 when unknown."""

    call: str
    request: CodexToolRequest
    result: CodexToolResult | None
    started_at: int = 0


_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_STATES = {
    "declined": CallState.REJECTED,
    "failed": CallState.FAILED,
    "errored": CallState.FAILED,
    "interrupted": CallState.INTERRUPTED,
}


def report_of_item(payload: Record, cwd: str) -> CallReport | None:
    """Return the call in an ``item_completed``; None when its item is not a call."""
    item = payload["item"]
    reader = _ITEMS.get(text(item.get("type")))
    if reader is None:
        return None
    report = reader(item, cwd)
    started_at, ended_at = to_epoch_ms(payload.get("started_at_ms")), to_epoch_ms(payload.get("completed_at_ms"))
    if report.result and report.result.duration_ms is None and started_at and ended_at:
        report = report._replace(result=replace(report.result, duration_ms=max(0, ended_at - started_at)))
    return report._replace(started_at=started_at)


def report_of_event(payload: Record, cwd: str) -> CallReport | None:
    """Return the call in an event; None for other events."""
    reader = _EVENTS.get(text(payload.get("type")))
    return reader(payload, cwd) if reader else None


def image_report(item: Record, cwd: str = "") -> CallReport:
    """Return the report of a generated image."""
    subject = first_text([item.get("saved_path"), item.get("revised_prompt")])
    return CallReport(
        _id(item), CodexToolRequest("image_generation", ToolKind.OTHER, subject), CodexToolResult(_state(item))
    )


def patch_result(item: Record, changes: tuple[Change, ...]) -> CodexToolResult:
    """Return the result of a patch with these changes."""
    state = CallState.FAILED if item.get("success") is False else _state(item)
    output, error = text(item.get("stdout")), text(item.get("stderr"))
    if state.rejected:
        return CodexToolResult(state, output, error, approved=False, approval="user")
    if state.failed:
        return CodexToolResult(state, output, error)
    match item.get("auto_approved"):
        case True:
            return CodexToolResult(state, output, changes=changes, approved=True, approval="auto")
        case False:
            return CodexToolResult(state, output, changes=changes, approved=True, approval="user")
    return CodexToolResult(state, output, changes=changes)


def _id(item: Record) -> str:
    return str(item.get("call_id") or item["id"])


def _state(item: Record) -> CallState:
    return _STATES.get(text(item.get("status")).lower(), CallState.OK)


def _path(value: object) -> str:
    return text(value).removeprefix("file://")


def _command(item: Record, cwd: str) -> CallReport:
    tool = "user_shell" if item.get("source") == "user_shell" else "exec_command"
    request = tools.command_request(item["command"], _path(item.get("cwd")) or cwd, tool=tool)
    return CallReport(_id(item), request, _command_result(item))


def _command_result(item: Record) -> CodexToolResult:
    error, state = text(item.get("stderr")), _state(item)
    output = text(item.get("aggregated_output")) or text_of([item.get("stdout"), error])
    result = exit_result(output, item.get("exit_code"), duration_ms_of(item.get("duration")), error)
    if state.rejected:
        return replace(result, state=state, approved=False, approval="user")
    return replace(result, state=state, error=error) if state.failed else result


def _patch(item: Record, cwd: str) -> CallReport:
    changes = _changes(item, cwd)
    return CallReport(_id(item), tools.change_request(changes), patch_result(item, changes))


def _changes(item: Record, cwd: str) -> tuple[Change, ...]:
    """Read ``{path: {"type": "add" | "delete" | "update", …}}``; older versions have the type as a key."""
    files = table(item.get("changes")).items()
    return tuple(_change(apply_patch.resolve_path(cwd, path), table(change), cwd) for path, change in files)


def _change(path: str, details: Record, cwd: str) -> Change:
    kind = details.get("type") or next(iter(details), "")
    body = details if "type" in details else table(details.get(kind))
    if kind == "add":
        return diffs.change(ChangeKind.CREATE, path, diffs.creation(text(body.get("content"))))
    if kind == "delete":
        return diffs.change(ChangeKind.DELETE, path, diffs.deletion(text(body.get("content"))))
    hunks = diffs.extract_hunks(text(body.get("unified_diff")))
    if new_path := text(body.get("move_path")):
        return diffs.change(ChangeKind.RENAME, apply_patch.resolve_path(cwd, new_path), hunks, path)
    return diffs.change(ChangeKind.MODIFY, path, hunks)


def _mcp(item: Record, cwd: str) -> CallReport:
    invocation = item.get("invocation") or item
    request = tools.mcp_request(invocation["server"], invocation["tool"], table(invocation.get("arguments")))
    return CallReport(_id(item), request, _mcp_result(item))


def _mcp_result(item: Record) -> CodexToolResult:
    """Read the answer of an MCP server: ``content`` and ``is_error``, or an error; events wrap either."""
    result = table(item.get("result"))
    error = result.get("Err") or item.get("error")
    result = table(result.get("Ok")) or result
    duration_ms = duration_ms_of(item.get("duration"))
    if error:
        refusal = read_result(error.get("message") if isinstance(error, dict) else error)
        state = CallState.FAILED if refusal.state is CallState.OK else refusal.state
        return CodexToolResult(state, error=refusal.error or refusal.text, duration_ms=duration_ms)
    return _text_result(text_of(result.get("content")), result.get("is_error") or result.get("isError"), item)


def _text_result(content: str, is_error: object, item: Record) -> CodexToolResult:
    """Return a result in text form; on failure the text is the error."""
    state = CallState.FAILED if is_error else _state(item)
    return CodexToolResult(
        state, content, content if state.failed else "", duration_ms=duration_ms_of(item.get("duration"))
    )


def _search(item: Record, cwd: str) -> CallReport:
    request = tools.search_request(table(item.get("action")), text(item.get("query")))
    return CallReport(_id(item), request, CodexToolResult(_state(item)))


def _image_view(item: Record, cwd: str) -> CallReport:
    path = apply_patch.resolve_path(cwd, _path(item["path"]))
    return CallReport(_id(item), CodexToolRequest("view_image", ToolKind.READ, path), CodexToolResult())


def _sleep(item: Record, cwd: str) -> CallReport:
    return CallReport(
        _id(item),
        CodexToolRequest("sleep", ToolKind.WAIT),
        CodexToolResult(duration_ms=number(item.get("duration_ms"))),
    )


def _dynamic(item: Record, cwd: str) -> CallReport:
    arguments = as_json(table(item.get("arguments")))
    request = tools.function_request(str(item["tool"]), arguments, cwd, text(item.get("namespace")))
    content = first_text([item.get("error"), text_of(item.get("content_items"))])
    return CallReport(_id(item), request, _text_result(content, item.get("success") is False, item))


def _collaboration(item: Record, cwd: str) -> CallReport:
    tool = _CAMEL_CASE.sub("_", item["tool"]).lower()
    subject = first_text([item.get("prompt"), *(item.get("receiver_thread_ids") or ())])
    kind = ToolKind.WAIT if tool == "wait" else ToolKind.AGENT
    return CallReport(_id(item), CodexToolRequest(tool, kind, subject), CodexToolResult(_state(item)))


def _extension(item: Record, cwd: str) -> CallReport:
    return CallReport(
        _id(item),
        CodexToolRequest(text(item.get("kind")) or "extension", ToolKind.OTHER),
        CodexToolResult(_state(item)),
    )


def _without_result(reader: _Reader) -> _Reader:
    """Return the reader for the event that begins the call."""
    return lambda event, cwd: reader(event, cwd)._replace(result=None)


_Reader = Callable[[Record, str], CallReport]

_ITEMS: dict[str, _Reader] = {
    "CommandExecution": _command,
    "FileChange": _patch,
    "McpToolCall": _mcp,
    "DynamicToolCall": _dynamic,
    "WebSearch": _search,
    "ImageView": _image_view,
    "ImageGeneration": image_report,
    "Sleep": _sleep,
    "CollabAgentToolCall": _collaboration,
    "Extension": _extension,
}

_EVENTS: dict[str, _Reader] = {
    "exec_command_begin": _without_result(_command),
    "exec_command_end": _command,
    "patch_apply_begin": _without_result(_patch),
    "patch_apply_end": _patch,
    "mcp_tool_call_begin": _without_result(_mcp),
    "mcp_tool_call_end": _mcp,
    "web_search_end": _search,
    "view_image_tool_call": _image_view,
    "image_generation_end": image_report,
    "dynamic_tool_call_response": _dynamic,
}
