"""Items and events of a Codex rollout that tell of a call: a command that ran, files that changed, a server's answer.

Until 0.148 these are events of their own (``exec_command_end``, ``patch_apply_end`` …), since then ``item_completed``
with an item of a type (``CommandExecution``, ``FileChange`` …). Both carry the id of the request, if there was one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from tui_monitor.events import CallState, Change, ChangeKind, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex import apply_patch, tools
from tui_monitor.sources.codex.lines import first_text, millis, text_of
from tui_monitor.sources.codex.results import Outcome, exited, read
from tui_monitor.sources.codex.tools import Asked
from tui_monitor.sources.shared import diffs, unified_diff
from tui_monitor.sources.shared.fields import as_json, count, number, table, text


class Told(NamedTuple):
    """What one item or event tells of a call; ``outcome`` is None while it runs, ``began`` 0 where that is not told."""

    call: str
    asked: Asked
    outcome: Outcome | None
    began: int = 0


_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_STATES = {
    "declined": CallState.REJECTED,
    "failed": CallState.FAILED,
    "errored": CallState.FAILED,
    "interrupted": CallState.INTERRUPTED,
}


def of_item(payload: Record, cwd: str) -> Told | None:
    """The call that an ``item_completed`` tells of; None where its item is no call."""
    item = payload["item"]
    reader = _ITEMS.get(text(item.get("type")))
    if reader is None:
        return None
    told = reader(item, cwd)
    began, ended = count(payload.get("started_at_ms")), count(payload.get("completed_at_ms"))
    if told.outcome and told.outcome.duration_ms is None and began and ended:
        told = told._replace(outcome=replace(told.outcome, duration_ms=max(0, ended - began)))
    return told._replace(began=began)


def of_event(payload: Record, cwd: str) -> Told | None:
    """The call that an event tells of; None where the event is of another kind."""
    reader = _EVENTS.get(text(payload.get("type")))
    return reader(payload, cwd) if reader else None


def of_drawing(item: Record, cwd: str = "") -> Told:
    """A picture that was drawn."""
    subject = first_text([item.get("saved_path"), item.get("revised_prompt")])
    return Told(_id(item), Asked("image_generation", ToolKind.OTHER, subject), Outcome(_state(item)))


def patched(item: Record, changes: tuple[Change, ...]) -> Outcome:
    """What became of a patch of these files."""
    state = CallState.FAILED if item.get("success") is False else _state(item)
    output, error = text(item.get("stdout")), text(item.get("stderr"))
    if state.rejected:
        return Outcome(state, output, error, approved=False, approval="user")
    if state.failed:
        return Outcome(state, output, error)
    match item.get("auto_approved"):
        case True:
            return Outcome(state, output, changes=changes, approved=True, approval="auto")
        case False:
            return Outcome(state, output, changes=changes, approved=True, approval="user")
    return Outcome(state, output, changes=changes)


def _id(told: Record) -> str:
    return str(told.get("call_id") or told["id"])


def _state(told: Record) -> CallState:
    return _STATES.get(text(told.get("status")).lower(), CallState.OK)


def _path(told: object) -> str:
    return text(told).removeprefix("file://")


def _command(item: Record, cwd: str) -> Told:
    tool = "user_shell" if item.get("source") == "user_shell" else "exec_command"
    asked = tools.command(item["command"], _path(item.get("cwd")) or cwd, tool=tool)
    return Told(_id(item), asked, _ran(item))


def _ran(item: Record) -> Outcome:
    error, state = text(item.get("stderr")), _state(item)
    output = text(item.get("aggregated_output")) or text_of([item.get("stdout"), error])
    outcome = exited(output, item.get("exit_code"), millis(item.get("duration")), error)
    if state.rejected:
        return replace(outcome, state=state, approved=False, approval="user")
    return replace(outcome, state=state, error=error) if state.failed else outcome


def _patch(item: Record, cwd: str) -> Told:
    changes = _changes(item, cwd)
    return Told(_id(item), tools.changed(changes), patched(item, changes))


def _changes(item: Record, cwd: str) -> tuple[Change, ...]:
    """``{path: {"type": "add" | "delete" | "update", …}}``; older versions name the type by a key."""
    told = table(item.get("changes")).items()
    return tuple(_change(apply_patch.resolve(cwd, path), table(change), cwd) for path, change in told)


def _change(path: str, told: Record, cwd: str) -> Change:
    kind = told.get("type") or next(iter(told), "")
    body = told if "type" in told else table(told.get(kind))
    if kind == "add":
        return diffs.change(ChangeKind.CREATE, path, diffs.created(text(body.get("content"))))
    if kind == "delete":
        return diffs.change(ChangeKind.DELETE, path, diffs.deleted(text(body.get("content"))))
    hunks = unified_diff.hunks(text(body.get("unified_diff")))
    if moved := text(body.get("move_path")):
        return diffs.change(ChangeKind.RENAME, apply_patch.resolve(cwd, moved), hunks, path)
    return diffs.change(ChangeKind.MODIFY, path, hunks)


def _mcp(item: Record, cwd: str) -> Told:
    called = item.get("invocation") or item
    asked = tools.mcp(called["server"], called["tool"], table(called.get("arguments")))
    return Told(_id(item), asked, _served(item))


def _served(item: Record) -> Outcome:
    """The answer of a server: a result with ``content`` and ``is_error``, or an error; an event wraps either."""
    result = table(item.get("result"))
    error = result.get("Err") or item.get("error")
    result = table(result.get("Ok")) or result
    duration_ms = millis(item.get("duration"))
    if error:
        refused = read(error.get("message") if isinstance(error, dict) else error)
        state = CallState.FAILED if refused.state is CallState.OK else refused.state
        return Outcome(state, error=refused.error or refused.text, duration_ms=duration_ms)
    return _said(text_of(result.get("content")), result.get("is_error") or result.get("isError"), item)


def _said(words: str, failed: object, item: Record) -> Outcome:
    """What a tool answered in words, which tell the error if it failed."""
    state = CallState.FAILED if failed else _state(item)
    return Outcome(state, words, words if state.failed else "", duration_ms=millis(item.get("duration")))


def _search(item: Record, cwd: str) -> Told:
    asked = tools.search(table(item.get("action")), text(item.get("query")))
    return Told(_id(item), asked, Outcome(_state(item)))


def _viewed(item: Record, cwd: str) -> Told:
    path = apply_patch.resolve(cwd, _path(item["path"]))
    return Told(_id(item), Asked("view_image", ToolKind.READ, path), Outcome())


def _slept(item: Record, cwd: str) -> Told:
    return Told(_id(item), Asked("sleep", ToolKind.WAIT), Outcome(duration_ms=number(item.get("duration_ms"))))


def _dynamic(item: Record, cwd: str) -> Told:
    arguments = as_json(table(item.get("arguments")))
    asked = tools.function(str(item["tool"]), arguments, cwd, text(item.get("namespace")))
    words = first_text([item.get("error"), text_of(item.get("content_items"))])
    return Told(_id(item), asked, _said(words, item.get("success") is False, item))


def _collaborated(item: Record, cwd: str) -> Told:
    tool = _HUMPS.sub("_", item["tool"]).lower()
    subject = first_text([item.get("prompt"), *(item.get("receiver_thread_ids") or ())])
    kind = ToolKind.WAIT if tool == "wait" else ToolKind.AGENT
    return Told(_id(item), Asked(tool, kind, subject), Outcome(_state(item)))


def _extension(item: Record, cwd: str) -> Told:
    return Told(_id(item), Asked(text(item.get("kind")) or "extension", ToolKind.OTHER), Outcome(_state(item)))


def _begun(reader: _Reader) -> _Reader:
    """The same for the event that tells that it begins."""
    return lambda event, cwd: reader(event, cwd)._replace(outcome=None)


_Reader = Callable[[Record, str], Told]

_ITEMS: dict[str, _Reader] = {
    "CommandExecution": _command,
    "FileChange": _patch,
    "McpToolCall": _mcp,
    "DynamicToolCall": _dynamic,
    "WebSearch": _search,
    "ImageView": _viewed,
    "ImageGeneration": of_drawing,
    "Sleep": _slept,
    "CollabAgentToolCall": _collaborated,
    "Extension": _extension,
}

_EVENTS: dict[str, _Reader] = {
    "exec_command_begin": _begun(_command),
    "exec_command_end": _command,
    "patch_apply_begin": _begun(_patch),
    "patch_apply_end": _patch,
    "mcp_tool_call_begin": _begun(_mcp),
    "mcp_tool_call_end": _mcp,
    "web_search_end": _search,
    "view_image_tool_call": _viewed,
    "image_generation_end": of_drawing,
    "dynamic_tool_call_response": _dynamic,
}
