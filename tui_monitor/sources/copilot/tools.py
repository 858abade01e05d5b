"""Tools of Copilot CLI: the request of a call (kind, subject, note) and its outcome (state, output, changed files)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tui_monitor.events import CallState, Change, ChangeKind, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared import diffs, tool_call
from tui_monitor.sources.shared.fields import number, table, text
from tui_monitor.sources.shared.tool_call import CallOutcome, ToolRequest, count_lines

_SHELLS = ("bash", "powershell")
_KINDS: Mapping[str, ToolKind] = {
    **dict.fromkeys(_SHELLS, ToolKind.SHELL),
    "write_bash": ToolKind.SHELL,
    "stop_bash": ToolKind.SHELL,
    "read_bash": ToolKind.WAIT,
    "read_powershell": ToolKind.WAIT,
    "read_agent": ToolKind.WAIT,
    "view": ToolKind.READ,
    "edit": ToolKind.EDIT,
    "str_replace_editor": ToolKind.EDIT,
    "apply_patch": ToolKind.EDIT,
    "create": ToolKind.WRITE,
    "glob": ToolKind.SEARCH,
    "grep": ToolKind.SEARCH,
    "rg": ToolKind.SEARCH,
    "web_fetch": ToolKind.WEB,
    "web_search": ToolKind.WEB,
    "task": ToolKind.AGENT,
    "update_todo": ToolKind.TODO,
    "ask_user": ToolKind.ASK,
    "exit_plan_mode": ToolKind.PLAN,
}
_SUBJECTS = ("command", "path", "pattern", "query", "url", "question", "intent", "description", "prompt", "name")
_NOTES = ("description", "agent_type", "path")
_NEEDED = ("command", "path", "view_range")
_MAX_NEEDED = 4096

_EXIT_CODE = re.compile(r"<exited with (?:exit code|error code):? (-?\d{1,10})>\s*\Z|exited with code (\d{1,10})\s*\Z")
_ENDING = re.compile(r"\n?<shellId: \S+ completed with exit code \d{1,10}>\s*\Z")
_REJECTED, _REFUSED_BY_RULE = "rejected", "denied"
_ABORTED = re.compile(r"\babort(?:ed)?\b|\bcancelled\b|\bcanceled\b|\binterrupted\b", re.IGNORECASE)
_REFUSED = re.compile(r"\b(?:rejected|denied|declined)\b.*\buser\b|\buser\b.*\b(?:rejected|denied|declined)\b", re.I)
_CREATED = re.compile(r"^(?:new file mode|--- /dev/null)", re.MULTILINE)


def call_request(data: Record) -> ToolRequest:
    """Read the request of a tool call."""
    name, arguments = str(data["toolName"]), table(data.get("arguments"))
    if server := text(data.get("mcpServerName")):
        tool = f"{server}·{text(data.get('mcpToolName')) or name}"
        return tool_call.tool_request(tool, ToolKind.MCP, arguments, _SUBJECTS, _NOTES)
    return tool_call.tool_request(name, _KINDS.get(name, ToolKind.OTHER), arguments, _SUBJECTS, _NOTES)


def needed_arguments(data: Record) -> Record:
    """Return what the outcome of a call needs of its request."""
    arguments = table(data.get("arguments"))
    needed = {key: value for key in _NEEDED if (value := arguments.get(key)) and len(str(value)) <= _MAX_NEEDED}
    return {"name": text(data.get("toolName")), **needed}


def call_outcome(data: Record, request: Record) -> CallOutcome:
    """Return the outcome in a ``tool.execution_complete``; ``request`` holds the needed arguments."""
    result, error, name = table(data.get("result")), table(data.get("error")), text(request.get("name"))
    output, message = text(result.get("content")), text(error.get("message"))
    code = _exit_code(data, output) if name in _SHELLS else None
    if name in _SHELLS:
        output = _ENDING.sub("", output)
    state = _state(data, text(error.get("code")), message, code)
    is_done = state is CallState.OK
    measure = count_lines(output) if name in _SHELLS else None
    changes = tuple(_changes(name, request, result)) if is_done else ()
    return CallOutcome(state, output, "" if is_done else message or output, code, measure, changes)


def _exit_code(data: Record, output: str) -> int | None:
    code = number(table(data.get("shellExecution")).get("exitCode"))
    match = _EXIT_CODE.search(output)
    return code if code is not None or match is None else abs(int(match[1] or match[2]))


def _state(data: Record, error: str, message: str, code: int | None) -> CallState:
    if data.get("success") is True:
        return CallState.FAILED if code else CallState.OK
    if error == _REFUSED_BY_RULE:  # or nobody could be asked
        return CallState.REFUSED
    if error == _REJECTED or _REFUSED.search(message):
        return CallState.REJECTED
    return CallState.INTERRUPTED if _ABORTED.search(f"{error} {message}") else CallState.FAILED


def _changes(name: str, request: Record, result: Record) -> Iterator[Change]:
    path, kind = text(request.get("path")), _KINDS.get(name)
    if kind is ToolKind.READ and path:
        yield Change(ChangeKind.READ, path, lines=_lines(request.get("view_range")))
    elif kind in (ToolKind.EDIT, ToolKind.WRITE) and path and request.get("command") != "view":
        shown = text(result.get("detailedContent"))
        created = kind is ToolKind.WRITE or request.get("command") == "create" or bool(_CREATED.search(shown))
        yield diffs.change(ChangeKind.CREATE if created else ChangeKind.MODIFY, path, diffs.extract_hunks(shown))


def _lines(value: object) -> tuple[int, int] | None:
    if not isinstance(value, list) or len(value) != 2:
        return None
    first, last = number(value[0]), number(value[1])
    return (first, max(first, last)) if first and last else None
