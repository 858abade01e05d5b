"""Changes of files by a call, from the structured result or else from the call's arguments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from tui_monitor.events import Change, ChangeKind, ProposedChanges
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared import diffs
from tui_monitor.sources.shared.diffs import Hunk
from tui_monitor.sources.shared.fields import count, number, table, tables, text


def changes(tool: str, arguments: Record, structured: Record, output: str) -> tuple[Change, ...]:
    """Return the changes of a successful call. ``output`` is the result as the agent got it."""
    if by_command := command_changes(structured):
        return by_command
    match tool or _tool_of(structured):
        case "Read" | "NotebookRead":
            return tuple(_read(arguments, structured))
        case "Edit" | "MultiEdit":
            return tuple(_edit(arguments, structured))
        case "Write":
            return tuple(_write(arguments, structured, output))
        case "NotebookEdit":
            return tuple(_notebook(arguments, structured))
    return ()


def proposed_changes(tool: str, arguments: Record) -> Sequence[Change]:
    """Return the changes that a call of an editing tool will make if it is allowed to."""
    path = text(arguments.get("notebook_path" if tool == "NotebookEdit" else "file_path"))
    return ProposedChanges(partial(_proposed, tool, arguments)) if path else ()


def _proposed(tool: str, arguments: Record) -> tuple[Change, ...]:
    """Return the changes by arguments that name a file. Whether a file to be written exists is unknown."""
    if tool == "Write":
        hunks = diffs.creation(text(arguments.get("content")))
        return (diffs.change(ChangeKind.MODIFY, arguments["file_path"], hunks),)
    return changes(tool, arguments, {}, "")


def command_changes(structured: Record) -> tuple[Change, ...]:
    """Return the changes by a command, which the program finds out by comparing the files before and after it."""
    if "bashEditDiff" not in structured:
        return ()
    difference = table(structured.get("bashEditDiff"))
    changed = tuple(_command_change(file) for file in tables(difference.get("files")) if text(file.get("filePath")))
    paths, others = {change.path for change in changed}, difference.get("changedFiles")
    unlisted = dict.fromkeys(map(text, others)) if isinstance(others, list) else {}
    return (*changed, *(Change(ChangeKind.MODIFY, path) for path in unlisted if path and path not in paths))


def _command_change(file: Record) -> Change:
    kind = ChangeKind.MODIFY
    if file.get("created") is True:
        kind = ChangeKind.CREATE
    elif file.get("deleted") is True:
        kind = ChangeKind.DELETE
    return diffs.change(kind, file["filePath"], _hunks(file.get("hunks")))


def _tool_of(structured: Record) -> str:
    """Return the tool of a result, for a call whose start is unknown."""
    if "structuredPatch" not in structured:
        return ""
    return "Write" if "content" in structured else "Edit"


def _read(arguments: Record, structured: Record) -> Iterator[Change]:
    file = table(structured.get("file"))
    path = text(file.get("filePath")) or text(arguments.get("file_path")) or text(arguments.get("notebook_path"))
    start = number(file.get("startLine")) or number(arguments.get("offset")) or 1
    lines = number(file.get("numLines")) or number(arguments.get("limit"))
    if path:
        yield Change(ChangeKind.READ, path, lines=(start, start + lines - 1) if lines else None)


def _edit(arguments: Record, structured: Record) -> Iterator[Change]:
    path = _path(arguments, structured)
    passages = list(_passages(arguments, structured))
    hunks = _patch(structured)
    if path and len(passages) == 1 and not passages[0][0] and not structured.get("originalFile"):
        yield diffs.change(ChangeKind.CREATE, path, hunks or diffs.creation(passages[0][1]))
    elif path:
        hunks_of_passages = (diffs.between_passages(old, new) for old, new in passages)
        yield diffs.change(ChangeKind.MODIFY, path, hunks or "\n".join(filter(None, hunks_of_passages)))


def _write(arguments: Record, structured: Record, output: str) -> Iterator[Change]:
    path = _path(arguments, structured)
    content = text(structured.get("content")) or text(arguments.get("content"))
    before = structured.get("originalFile")
    if not path:
        return
    if structured.get("type") == "create" or (not structured and output.startswith("File created")):
        yield diffs.change(ChangeKind.CREATE, path, diffs.creation(content))
    elif hunks := _patch(structured):
        yield diffs.change(ChangeKind.MODIFY, path, hunks)
    elif isinstance(before, str):
        yield diffs.change(ChangeKind.MODIFY, path, diffs.between(before, content))
    else:  # overwritten, with unknown earlier content: no line is known to be added or removed
        yield Change(ChangeKind.MODIFY, path)


def _notebook(arguments: Record, structured: Record) -> Iterator[Change]:
    path = text(arguments.get("notebook_path")) or text(structured.get("notebook_path"))
    before, after = structured.get("original_file"), structured.get("updated_file")
    if not path:
        return
    if isinstance(before, str) and isinstance(after, str):
        yield diffs.change(ChangeKind.MODIFY, path, diffs.between(before, after))
    elif arguments.get("edit_mode") == "delete":
        yield Change(ChangeKind.MODIFY, path)
    else:
        source = text(arguments.get("new_source")) or text(structured.get("new_source"))
        yield diffs.change(ChangeKind.MODIFY, path, diffs.between_passages(text(structured.get("old_source")), source))


def _path(arguments: Record, structured: Record) -> str:
    return text(structured.get("filePath")) or text(arguments.get("file_path"))


def _passages(arguments: Record, structured: Record) -> Iterator[tuple[str, str]]:
    """Yield each replaced passage with its replacement."""
    if edits := list(tables(structured.get("edits"))) or list(tables(arguments.get("edits"))):
        yield from ((text(edit.get("old_string")), text(edit.get("new_string"))) for edit in edits)
    elif "newString" in structured:
        yield text(structured.get("oldString")), text(structured.get("newString"))
    elif "new_string" in arguments:
        yield text(arguments.get("old_string")), text(arguments.get("new_string"))


def _patch(structured: Record) -> str:
    return _hunks(structured.get("structuredPatch"))


def _hunks(hunks: object) -> str:
    return diffs.format_hunks(map(_hunk, tables(hunks))) if hunks else ""


def _hunk(hunk: Record) -> Hunk:
    lines = hunk.get("lines")
    return Hunk(
        count(hunk.get("oldStart")),
        count(hunk.get("oldLines")),
        count(hunk.get("newStart")),
        count(hunk.get("newLines")),
        [text(line) for line in lines] if isinstance(lines, list) else [],
    )
