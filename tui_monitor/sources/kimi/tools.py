"""Tools: the request of a call (kind, subject, note), and the changes and the state in its result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tui_monitor.events import CallState, Change, ChangeKind, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared import diffs, tool_call
from tui_monitor.sources.shared.diffs import Hunk
from tui_monitor.sources.shared.fields import count, number, tables, text
from tui_monitor.sources.shared.tool_call import ToolRequest

SHELLS = ("Bash", "Shell")
TODOS = ("SetTodoList", "TodoList", "TodoWrite")
_READS = ("ReadFile", "Read", "ReadMediaFile")
_EDITS = ("StrReplaceFile", "Edit")
_WRITES = ("WriteFile", "Write")
_KINDS: Mapping[str, ToolKind] = {
    **dict.fromkeys(SHELLS, ToolKind.SHELL),
    **dict.fromkeys(TODOS, ToolKind.TODO),
    **dict.fromkeys(_READS, ToolKind.READ),
    **dict.fromkeys(_EDITS, ToolKind.EDIT),
    **dict.fromkeys(_WRITES, ToolKind.WRITE),
    **dict.fromkeys(("Glob", "Grep"), ToolKind.SEARCH),
    **dict.fromkeys(("FetchURL", "SearchWeb", "WebSearch", "WebFetch"), ToolKind.WEB),
    **dict.fromkeys(("Agent", "Task", "CreateSubagent", "AgentSwarm"), ToolKind.AGENT),
    **dict.fromkeys(("TaskOutput", "WaitTask"), ToolKind.WAIT),
    **dict.fromkeys(("EnterPlanMode", "ExitPlanMode"), ToolKind.PLAN),
    "AskUserQuestion": ToolKind.ASK,
}
_SUBJECTS = ("command", "path", "pattern", "query", "url", "description", "prompt", "name", "task_id")
_NOTES = ("description", "subagent_type", "subagent_name", "path")
_NEEDED = ("path", "line_offset", "n_lines", "offset", "limit", "old_string", "new_string", "mode")
_MAX_PASSAGE = 16_384
"""Longer arguments, in characters, are not kept for the result."""

_REJECTED = re.compile(r"\b(?:rejected|denied|declined)\b.*\buser\b|\buser\b.*\b(?:rejected|denied|declined)\b", re.I)
_ABORTED = re.compile(r"\b(?:aborted|interrupted|cancelled|canceled)\b", re.IGNORECASE)
_INVALID = re.compile(r"\AError (?:parsing|validating) JSON arguments|\ATool `[^`]*` not found")
_EXIT_CODE = re.compile(r"\b(?:exit|return) code:? (\d{1,10})\b", re.IGNORECASE)


def call_request(name: str, arguments: Record) -> ToolRequest:
    """Read the request of a tool call."""
    if name.startswith("mcp__"):
        tool = name.removeprefix("mcp__").replace("__", "·", 1)
        return tool_call.tool_request(tool, ToolKind.MCP, arguments, _SUBJECTS, _NOTES)
    return tool_call.tool_request(name, _KINDS.get(name, ToolKind.OTHER), arguments, _SUBJECTS, _NOTES)


def needed_arguments(name: str, arguments: Record) -> Record:
    """Return what the outcome of a call needs of its request."""
    needed = {key: value for key in _NEEDED if (value := arguments.get(key)) is not None}
    return {"name": name, **{key: value for key, value in needed.items() if len(str(value)) <= _MAX_PASSAGE}}


def call_state(name: str, *, is_error: bool, output: str) -> tuple[CallState, int | None]:
    """Return the state of a call and its exit code by what its result says."""
    match = _EXIT_CODE.search(output) if name in SHELLS else None
    code = int(match[1]) if match else None
    if not is_error:
        return CallState.FAILED if code else CallState.OK, code
    first = output[:300]
    if _REJECTED.search(first):
        return CallState.REJECTED, code
    if _INVALID.search(first):
        return CallState.SLIPPED, code
    return (CallState.INTERRUPTED if _ABORTED.search(first) and not code else CallState.FAILED), code


def changes(request: Record, display: object) -> Iterator[Change]:
    """Yield the changes of a successful call: the diffs that were shown, else those in its arguments."""
    shown = [block for block in tables(display) if block.get("type") == "diff" and text(block.get("path"))]
    if shown:
        yield from _shown_changes(shown)
        return
    name, path = text(request.get("name")), text(request.get("path"))
    if name in _READS and path:
        first = number(request.get("line_offset")) or number(request.get("offset")) or 1
        lines = number(request.get("n_lines")) or number(request.get("limit"))
        yield Change(ChangeKind.READ, path, lines=(first, first + lines - 1) if lines else None)
    elif name in _EDITS and path:
        hunks = diffs.between_passages(text(request.get("old_string")), text(request.get("new_string")))
        yield diffs.change(ChangeKind.MODIFY, path, hunks)
    elif name in _WRITES and path:  # what it replaced is not in the result
        yield Change(ChangeKind.MODIFY, path)


def _shown_changes(blocks: list[Record]) -> Iterator[Change]:
    """Yield a change for each file; a file may be shown in several blocks, and a long one as a summary."""
    for path in dict.fromkeys(text(block["path"]) for block in blocks):
        own = [block for block in blocks if block["path"] == path]
        if any(block.get("is_summary") is True for block in own):
            yield Change(ChangeKind.MODIFY, path)
            continue
        created = len(own) == 1 and not text(own[0].get("old_text"))
        hunks = "\n".join(filter(None, map(_hunks, own)))
        yield diffs.change(ChangeKind.CREATE if created else ChangeKind.MODIFY, path, hunks)


def _hunks(block: Record) -> str:
    old, new = _lines(block.get("old_text")), _lines(block.get("new_text"))
    hunk = Hunk(
        count(block.get("old_start")) if old else 0,
        len(old),
        count(block.get("new_start")) if new else 0,
        len(new),
        _marked(old, new),
    )
    return diffs.format_hunks([hunk]) if old or new else ""


def _marked(old: list[str], new: list[str]) -> list[str]:
    """Return the lines with their signs: what both begin and end with is unchanged."""
    least = min(len(old), len(new))
    head = next((at for at in range(least) if old[at] != new[at]), least)
    tail = next((at for at in range(least - head) if old[-1 - at] != new[-1 - at]), least - head)
    removed, added = old[head : len(old) - tail], new[head : len(new) - tail]
    return [
        *(f" {line}" for line in old[:head]),
        *(f"-{line}" for line in removed),
        *(f"+{line}" for line in added),
        *(f" {line}" for line in old[len(old) - tail :]),
    ]


def _lines(value: object) -> list[str]:
    return text(value).removesuffix("\n").split("\n") if text(value) else []
