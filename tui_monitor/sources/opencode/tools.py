"""Tools of OpenCode: the request of a call (kind, subject, note) and its outcome (state, output, changed files)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress

from tui_monitor.events import CallState, Change, ChangeKind, Measure, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared import diffs, tool_call
from tui_monitor.sources.shared.apply_patch import parse_changes
from tui_monitor.sources.shared.fields import number, table, tables, text
from tui_monitor.sources.shared.tool_call import CallOutcome, ToolRequest, count_lines

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
    """Return the kind of a tool. Names of MCP tools begin with the server's name; few others contain an underscore."""
    return _KINDS.get(name, ToolKind.MCP if "_" in name.strip("_") else ToolKind.OTHER)


def call_request(name: str, arguments: Record) -> ToolRequest:
    """Read the request of a tool call."""
    kind = kind_of(name)
    if kind is ToolKind.AGENT:
        return tool_call.tool_request(name, kind, arguments, ("description", "prompt"), ("subagent_type",))
    tool = name.replace("_", "·", 1) if kind is ToolKind.MCP else name
    return tool_call.tool_request(tool, kind, arguments, _SUBJECTS, _NOTES)


_ERRORS = [
    (state, re.compile(pattern, re.IGNORECASE))
    for state, pattern in (
        (CallState.INTERRUPTED, r"tool execution aborted|\babort(?:ed)?\b|interrupted"),
        (CallState.REJECTED, r"user rejected|user dismissed|rejected permission"),
        (CallState.REFUSED, r"rule which prevents"),
        (CallState.SLIPPED, r"invalid arguments|model tried to call unavailable tool"),
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


def call_outcome(tool: str, state: Record) -> CallOutcome | None:
    """Return the outcome in a call's state; None while it has none."""
    match state.get("status"):
        case "error":
            return _error_outcome(state)
        case "completed":
            return _completed_outcome(tool, state)
    return None


def _error_outcome(record: Record) -> CallOutcome:
    error, metadata = text(record.get("error")), table(record.get("metadata"))
    state = next((state for state, pattern in _ERRORS if pattern.search(error)), CallState.FAILED)
    state = CallState.INTERRUPTED if metadata.get("interrupted") is True else state
    return CallOutcome(state, text(metadata.get("output")), error)


def _completed_outcome(tool: str, state: Record) -> CallOutcome:
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
    counts = ((number(metadata.get(key)), unit) for key, unit in _COUNTS)
    return next((Measure(count, unit) for count, unit in counts if count is not None), None)


def _changes(tool: str, arguments: Record, metadata: Record) -> Iterator[Change]:
    path = text(arguments.get("filePath"))
    kind = kind_of(tool)
    if kind is ToolKind.READ and path:
        yield Change(ChangeKind.READ, path, lines=_requested_lines(arguments))
    elif kind is ToolKind.WRITE and path:
        yield _write_change(path, arguments, metadata)
    elif kind is ToolKind.EDIT:
        changes = [_patch_change(file) for file in tables(metadata.get("files"))]
        yield from filter(None, changes or [_edit_change(path, arguments, metadata)])


def proposed_changes(kind: ToolKind, arguments: Record) -> tuple[Change, ...]:
    """Return the changes that a call will make if it is allowed to: whether a file to be written exists is unknown."""
    path = text(arguments.get("filePath"))
    if kind is ToolKind.WRITE and path:
        return (diffs.change(ChangeKind.MODIFY, path, diffs.creation(text(arguments.get("content")))),)
    if kind is not ToolKind.EDIT:
        return ()
    if patch := text(arguments.get("patchText")):
        with suppress(ValueError):
            return parse_changes(patch)
    change = _edit_change(path, arguments, {})
    return (change,) if change else ()


def _requested_lines(arguments: Record) -> tuple[int, int] | None:
    """Return the requested lines; ``offset`` counts from 1."""
    first, limit = number(arguments.get("offset")) or 1, number(arguments.get("limit"))
    return (first, first + limit - 1) if limit else None


def _write_change(path: str, arguments: Record, metadata: Record) -> Change:
    """Return the change of a written file; the old content of an overwritten file is unknown without a diff."""
    if metadata.get("exists") is False:
        return diffs.change(ChangeKind.CREATE, path, diffs.creation(text(arguments.get("content"))))
    return diffs.change(ChangeKind.MODIFY, path, _patch(metadata))


def _edit_change(path: str, arguments: Record, metadata: Record) -> Change | None:
    if not path:
        return None
    edits = list(tables(arguments.get("edits"))) or [arguments]
    passages = [(text(edit.get("oldString")), text(edit.get("newString"))) for edit in edits]
    unplaced = (diffs.between_passages(old, new) for old, new in passages)
    kind = ChangeKind.MODIFY if passages[0][0] else ChangeKind.CREATE
    return diffs.change(kind, path, _patch(metadata) or "\n".join(filter(None, unplaced)))


def _patch_change(file: Record) -> Change | None:
    """Return the change of one file of a patch."""
    path, new_path = text(file.get("filePath")) or text(file.get("relativePath")), text(file.get("movePath"))
    kind = _VERBS.get(text(file.get("type")), ChangeKind.MODIFY)
    if not path:
        return None
    diff = diffs.extract_hunks(text(file.get("patch")) or text(file.get("diff"))) or _between(file)
    return diffs.change(kind, new_path or path, diff, path if new_path else "")


def _patch(metadata: Record) -> str:
    """Return the diff of one file, in its older or newer place."""
    file = table(metadata.get("filediff"))
    patch = text(file.get("patch")) or text(metadata.get("diff"))
    return diffs.extract_hunks(patch) if patch else _between(file)


def _between(file: Record) -> str:
    before, after = file.get("before"), file.get("after")
    return diffs.between(before, after) if isinstance(before, str) and isinstance(after, str) else ""
