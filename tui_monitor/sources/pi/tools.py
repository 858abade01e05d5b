"""Tools: the request of a call (kind, subject, note) and its outcome (state, output, changed files)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from tui_monitor.events import CallState, Change, ChangeKind, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared import diffs, tool_call
from tui_monitor.sources.shared.diffs import Hunk
from tui_monitor.sources.shared.fields import number, table, tables, text
from tui_monitor.sources.shared.tool_call import CallOutcome, ToolRequest, count_lines

SHELL = "bash"

_KINDS: Mapping[str, ToolKind] = {
    SHELL: ToolKind.SHELL,
    "exec": ToolKind.SHELL,
    "python": ToolKind.SHELL,
    "read": ToolKind.READ,
    "edit": ToolKind.EDIT,
    "write": ToolKind.WRITE,
    "grep": ToolKind.SEARCH,
    "search": ToolKind.SEARCH,
    "find": ToolKind.SEARCH,
    "ls": ToolKind.SEARCH,
    "glob": ToolKind.SEARCH,
    "web_search": ToolKind.WEB,
    "web_fetch": ToolKind.WEB,
    "fetch": ToolKind.WEB,
    "task": ToolKind.AGENT,
    "subagent": ToolKind.AGENT,
    "todo": ToolKind.TODO,
    "todo_write": ToolKind.TODO,
    "ask": ToolKind.ASK,
    "question": ToolKind.ASK,
    "questionnaire": ToolKind.ASK,
}
_SUBJECTS = ("command", "pattern", "path", "query", "url", "task", "prompt", "name")
_NOTES = ("agent", "glob", "path", "description")
_MCP = "mcp__"

_EXIT_CODE = re.compile(r"\n*Command exited with code (\d{1,10})\s*\Z")
_ABORTED = re.compile(r"\b(?:Command|Operation) aborted\s*\Z|\bRequest was aborted\b|\A(?:Operation )?aborted\s*\Z")
_REFUSED = re.compile(r"\b(?:blocked|denied|rejected|declined) by (?:the )?user\b", re.IGNORECASE)
_INVALID = re.compile(r"\AValidation failed for tool|\ATool \S+ not found")
_SHOWN_LINE = re.compile(r"([-+ ]) *(\d+) (.*)", re.DOTALL)


def call_request(name: str, arguments: Record) -> ToolRequest:
    """Read the request of a tool call."""
    if name.startswith(_MCP):
        return tool_call.tool_request(
            name.removeprefix(_MCP).replace("__", "·", 1), ToolKind.MCP, arguments, _SUBJECTS, _NOTES
        )
    return tool_call.tool_request(name, _KINDS.get(name, ToolKind.OTHER), arguments, _SUBJECTS, _NOTES)


def needed_arguments(arguments: Record) -> Record:
    """Return the arguments that the outcome of a call needs."""
    return {key: value for key in ("path", "offset", "limit") if (value := arguments.get(key)) is not None}


def call_outcome(message: Record, arguments: Record) -> CallOutcome:
    """Return the outcome in a ``toolResult``; ``arguments`` are the needed ones of the call."""
    name, output = text(message.get("toolName")), content_text(message.get("content"))
    details = table(message.get("details"))
    code = _exit_code(output)
    state = _state(message, output, code)
    failed = state is not CallState.OK
    if name == SHELL:
        content = _EXIT_CODE.sub("", output)
        return CallOutcome(state, content, (content or output) if failed else "", code, count_lines(content))
    changes = () if failed else tuple(_changes(name, arguments, details))
    return CallOutcome(state, output, output if failed else "", changes=changes)


def content_text(content: object) -> str:
    """Return the text of a message: a string, or the text blocks of a list."""
    if isinstance(content, str):
        return content
    return "\n".join(filter(None, (text(block.get("text")) for block in tables(content))))


def _exit_code(output: str) -> int | None:
    match = _EXIT_CODE.search(output)
    return int(match[1]) if match else None


def _state(message: Record, output: str, code: int | None) -> CallState:
    if message.get("isError") is not True:
        return CallState.FAILED if code and message.get("toolName") == SHELL else CallState.OK
    if _ABORTED.search(output):
        return CallState.INTERRUPTED
    if _REFUSED.search(output):
        return CallState.REJECTED
    return CallState.SLIPPED if _INVALID.search(output) else CallState.FAILED


def _changes(name: str, arguments: Record, details: Record) -> Iterator[Change]:
    path = text(arguments.get("path"))
    if not path:
        return
    match name:
        case "edit":
            patch = text(details.get("patch"))
            hunks = diffs.extract_hunks(patch) if patch else hunks_shown(text(details.get("diff")))
            yield diffs.change(ChangeKind.MODIFY, path, hunks)
        case "write":  # whether the file existed is not in the result, so no line is known to be added or removed
            yield Change(ChangeKind.MODIFY, path)
        case "read":
            first, limit = number(arguments.get("offset")) or 1, number(arguments.get("limit"))
            yield Change(ChangeKind.READ, path, lines=(first, first + limit - 1) if limit else None)


def hunks_shown(shown: str) -> str:
    """Return the hunks of a diff as it is shown to a person: each line has its number after the sign, and dots stand
    for lines left out."""
    return diffs.format_hunks(_hunks(shown.split("\n")))


def _hunks(lines: Iterable[str]) -> Iterator[Hunk]:
    shift = 0
    group: list[tuple[str, int, str]] = []
    for line in (*lines, ""):
        if match := _SHOWN_LINE.fullmatch(line):
            group.append((match[1], int(match[2]), match[3]))
        elif group:
            hunk = _hunk(group, shift)
            if any(sign != " " for sign, _, _ in group):
                yield hunk
            shift += hunk.new_lines - hunk.old_lines
            group = []


def _hunk(group: list[tuple[str, int, str]], shift: int) -> Hunk:
    """Return a hunk of lines with their signs and numbers: old ones, but for added lines."""
    old, new = sum(sign != "+" for sign, _, _ in group), sum(sign != "-" for sign, _, _ in group)
    first = next((number for sign, number, _ in group if sign != "+"), group[0][1] - shift)
    return Hunk(first, old, first + shift, new, [f"{sign}{content}" for sign, _, content in group])
