"""x"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tui_monitor.events import CallState, Change, ChangeKind, Measure, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared import diffs, tool_call
from tui_monitor.sources.shared.fields import number, table, tables, text
from tui_monitor.sources.shared.tool_call import CallOutcome, ToolRequest, count_lines
from tui_monitor.sources.shared.unified_diff import hunks

TODOS = "todowrite"

_KINDS: Mapping[str, ToolKind] = {
    "bash": ToolKind.SHELL,
    "read": ToolKind.READ,
    "edit": ToolKind.EDIT,
    "multiedit": ToolKind.EDIT,
    "patch": ToolKind.EDIT,
    "apply_patch": ToolKind.EDIT,
    "write": ToolKind.WRITE,
    "grep": ToolKind.SEARCH,
    "glob": ToolKind.SEARCH,
    "list": ToolKind.SEARCH,
    "codesearch": ToolKind.SEARCH,
    "lsp": ToolKind.SEARCH,
    "webfetch": ToolKind.WEB,
    "websearch": ToolKind.WEB,
    "task": ToolKind.AGENT,
    TODOS: ToolKind.TODO,
    "todoread": ToolKind.TODO,
    "question": ToolKind.ASK,
    "plan_enter": ToolKind.PLAN,
    "plan_exit": ToolKind.PLAN,
}
_SUBJECTS = ("command", "filePath", "pattern", "url", "query", "prompt", "path", "name")
_NOTES = ("description", "include", "path")


def kind_of(name: str) -> ToolKind:
    """The kind of a tool. One of an MCP server bears the server's name first; so do few others."""
    return _KINDS.get(name, ToolKind.MCP if "_" in name.strip("_") else ToolKind.OTHER)


def asked(name: str, given: Record) -> ToolRequest:
    """The call of this tool with these arguments."""
    kind = kind_of(name)
    if kind is ToolKind.AGENT:
        return tool_call.tool_request(name, kind, given, ("description", "prompt"), ("subagent_type",))
    tool = name.replace("_", "·", 1) if kind is ToolKind.MCP else name
    return tool_call.tool_request(tool, kind, given, _SUBJECTS, _NOTES)


_ERRORS = [
    (state, re.compile(pattern, re.IGNORECASE))
    for state, pattern in (
        (CallState.INTERRUPTED, r"tool execution aborted|\babort(?:ed)?\b|interrupted"),
        (CallState.REJECTED, r"user rejected|user dismissed|rejected permission"),
        (CallState.SLIPPED, r"rule which prevents|invalid arguments|model tried to call unavailable tool"),
    )
]
_INVALID = "invalid"
_COUNTS = (("matches", "matches"), ("count", "files"))
_VERBS = {
    "add": ChangeKind.CREATE,
    "update": ChangeKind.MODIFY,
    "delete": ChangeKind.DELETE,
    "move": ChangeKind.RENAME,
}


def outcome(tool: str, state: Record) -> CallOutcome | None:
    """The result that a call's state tells; None while it has none."""
    match state.get("status"):
        case "error":
            return _failed(state)
        case "completed":
            return _completed(tool, state)
    return None


def _failed(state: Record) -> CallOutcome:
    error, metadata = text(state.get("error")), table(state.get("metadata"))
    found = next((found for found, pattern in _ERRORS if pattern.search(error)), CallState.FAILED)
    found = CallState.INTERRUPTED if metadata.get("interrupted") is True else found
    return CallOutcome(found, text(metadata.get("output")), error)


def _completed(tool: str, state: Record) -> CallOutcome:
    output, metadata = text(state.get("output")), table(state.get("metadata"))
    if tool == _INVALID:
        return CallOutcome(CallState.SLIPPED, output, output)
    if kind_of(tool) is ToolKind.SHELL:
        code = number(metadata.get("exit"))
        measure = count_lines(text(metadata.get("output")) or output)
        return CallOutcome(CallState.FAILED if code else CallState.OK, output, output if code else "", code, measure)
    changes = tuple(_changes(tool, table(state.get("input")), metadata))
    return CallOutcome(CallState.OK, output, measure=_measure(metadata), changes=changes)


def _measure(metadata: Record) -> Measure | None:
    told = ((number(metadata.get(key)), unit) for key, unit in _COUNTS)
    return next((Measure(found, unit) for found, unit in told if found is not None), None)


def _changes(tool: str, given: Record, metadata: Record) -> Iterator[Change]:
    path = text(given.get("filePath"))
    kind = kind_of(tool)
    if kind is ToolKind.READ and path:
        yield Change(ChangeKind.READ, path, lines=_lines_read(given))
    elif kind is ToolKind.WRITE and path:
        yield _written(path, given, metadata)
    elif kind is ToolKind.EDIT:
        patched = [_patched(file) for file in tables(metadata.get("files"))]
        yield from filter(None, patched or [_edited(path, given, metadata)])


def _lines_read(given: Record) -> tuple[int, int] | None:
    """The lines asked for: ``offset`` counts from 1."""
    first, limit = number(given.get("offset")) or 1, number(given.get("limit"))
    return (first, first + limit - 1) if limit else None


def _written(path: str, given: Record, metadata: Record) -> Change:
    """A file that was written: of one that was overwritten its diff is told, or nobody tells what was there."""
    if metadata.get("exists") is False:
        return diffs.change(ChangeKind.CREATE, path, diffs.created(text(given.get("content"))))
    return diffs.change(ChangeKind.MODIFY, path, _patch(metadata))


def _edited(path: str, given: Record, metadata: Record) -> Change | None:
    if not path:
        return None
    edits = list(tables(given.get("edits"))) or [given]
    passages = [(text(edit.get("oldString")), text(edit.get("newString"))) for edit in edits]
    unplaced = (diffs.unplaced(old, new) for old, new in passages)
    kind = ChangeKind.MODIFY if passages[0][0] else ChangeKind.CREATE
    return diffs.change(kind, path, _patch(metadata) or "\n".join(filter(None, unplaced)))


def _patched(file: Record) -> Change | None:
    """One of the files that a patch changes."""
    path, moved = text(file.get("filePath")) or text(file.get("relativePath")), text(file.get("movePath"))
    kind = _VERBS.get(text(file.get("type")), ChangeKind.MODIFY)
    if not path:
        return None
    diff = hunks(text(file.get("patch")) or text(file.get("diff"))) or _between(file)
    return diffs.change(kind, moved or path, diff, path if moved else "")


def _patch(metadata: Record) -> str:
    """The diff of one file, as older and newer versions tell it."""
    file = table(metadata.get("filediff"))
    patch = text(file.get("patch")) or text(metadata.get("diff"))
    return hunks(patch) if patch else _between(file)


def _between(file: Record) -> str:
    before, after = file.get("before"), file.get("after")
    return diffs.between(before, after) if isinstance(before, str) and isinstance(after, str) else ""
