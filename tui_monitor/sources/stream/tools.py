"""``ToolExecution`` and ``FileChange`` objects: a call's request, its result, and the changed files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import cast

import orjson

from tui_monitor.events import (
    CallFinished,
    CallStarted,
    CallState,
    Change,
    ChangeKind,
    Event,
    Proposal,
    Tokens,
    ToolKind,
)
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared import diffs
from tui_monitor.sources.shared.fields import as_json, count, number, table, tables, text, to_epoch_ms
from tui_monitor.sources.shared.proposals import proposal_of
from tui_monitor.sources.shared.tool_call import first_text
from tui_monitor.sources.stream.origin import LineOrigin

_KINDS: Mapping[ToolKind, str] = {
    ToolKind.SHELL: "bash shell sh exec run command terminal run_command execute_command",
    ToolKind.READ: "read read_file view cat open view_image",
    ToolKind.EDIT: "edit confirm_edit multiedit multi_edit confirm_multiedit patch apply_patch replace str_replace",
    ToolKind.WRITE: "write write_file create create_file notebook_write",
    ToolKind.SEARCH: "grep glob search find ls list list_dir tree codesearch",
    ToolKind.WEB: "web webfetch web_fetch fetch websearch web_search browser",
}
"""The kinds of tools with common names. None is a question, a plan or a to-do list by its name: the ``ask`` of an agent
of one's own may ask a model."""
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names.split()}
_FILE_ARGUMENTS = frozenset(("path", "file_path", "file", "filename", "filepath", "notebook_path"))
_ARGUMENTS: Mapping[ToolKind, frozenset[str]] = {
    ToolKind.SHELL: frozenset(("command", "cmd", "script")),
    ToolKind.READ: _FILE_ARGUMENTS,
    ToolKind.EDIT: _FILE_ARGUMENTS | {"patch", "diff", "edits"},
    ToolKind.WRITE: _FILE_ARGUMENTS,
    ToolKind.SEARCH: _FILE_ARGUMENTS | {"pattern", "query", "regex", "directory", "dir", "folder"},
    ToolKind.WEB: frozenset(("url", "urls", "uri", "query")),
}
"""The arguments of which a tool of each kind has one: ``run`` of a workflow is no command."""
_SUBJECTS = ("command", "cmd", "file_path", "path", "file", "pattern", "query", "url", "question", "prompt")
_CHANGING = (ToolKind.EDIT, ToolKind.WRITE)
_OLD, _NEW = ("old_string", "old_str", "old", "search"), ("new_string", "new_str", "new", "replace")
_SEARCHED = ("pattern", "query", "regex")
"""What a search is about, wherever it looks."""


def started(record: Record, call: str, parent: str, origin: LineOrigin) -> CallStarted:
    """Return the start of a call, from a line written before or after it ran."""
    tool = text(record.get("tool_name"))
    kind = tool_kind(tool, record.get("input"))
    return CallStarted(
        session=origin.session,
        agent=origin.agent,
        at=to_epoch_ms(record.get("started_at")) or origin.at,
        call=call,
        uid=f"{origin.session.id}:{call}",
        tool=tool,
        kind=kind,
        subject=call_subject(record.get("input"), kind),
        input=_to_json_text(record.get("input")),
        parent=parent,
        model=text(record.get("model")),
        runs=True,
        proposal=_proposal(record, kind),
        ref=origin.ref,
    )


def _proposal(record: Record, kind: ToolKind) -> Proposal | None:
    """Return what a call asks for: questions in its arguments, the files it will affect, or a passage it replaces."""
    arguments = table(_decoded(record.get("input")))
    if "success" in record or "output" in record:
        return None
    if "questions" in arguments or ("question" in arguments and "options" in arguments):
        return proposal_of(ToolKind.ASK, arguments)
    if kind not in _CHANGING:
        return None
    affected = tuple(map(file_change, tables(record.get("files_affected"))))
    return proposal_of(kind, arguments, affected or tuple(_passage(arguments)))


def _passage(arguments: Record) -> Iterator[Change]:
    path = first_text(arguments, sorted(_FILE_ARGUMENTS))
    old, new = first_text(arguments, _OLD), first_text(arguments, _NEW)
    if patch := first_text(arguments, ("patch", "diff")):
        yield diffs.change(ChangeKind.MODIFY, path, diffs.extract_hunks(patch))
    elif content := text(arguments.get("content")):
        yield diffs.change(ChangeKind.MODIFY, path, diffs.creation(content))
    elif old or new:
        yield diffs.change(ChangeKind.MODIFY, path, diffs.between_passages(old, new))


def finished(record: Record, call: str, origin: LineOrigin) -> Event:
    """Return the result of a call; its end is its start plus its duration, which includes the time it waited."""
    started_at, duration_ms = to_epoch_ms(record.get("started_at")) or origin.at, number(record.get("duration_ms"))
    error, metadata = text(record.get("error")), table(record.get("metadata"))
    waited_ms, masked = number(record.get("waited_ms")), _masked(record)
    return CallFinished(
        session=origin.session,
        agent=origin.agent,
        at=started_at + (duration_ms or 0),
        call=call,
        state=_state(record.get("success"), error, is_approved(record)),
        output=_to_text(record.get("output")),
        error=error,
        duration_ms=None if duration_ms is None else max(0, duration_ms - (waited_ms or 0)),
        waited_ms=waited_ms,
        exit_code=metadata["exit_code"] if isinstance(metadata.get("exit_code"), int) else None,
        changes=tuple(file_change(file) for file in tables(record.get("files_affected"))),
        tokens=_tokens(record.get("tokens")),
        approved=is_approved(record),
        approval=text(record.get("tool_approval_type")),
        metadata=as_json(metadata | masked) if metadata or masked else "",
        ref=origin.ref,
    )


def _masked(record: Record) -> Record:
    """Return the fields of a line in which its recorder masked secrets, as metadata: whoever reads it should know."""
    fields = record.get("masked")
    names = [name for name in fields if isinstance(name, str)] if isinstance(fields, list) else []
    return {"masked": names} if names else {}


def tool_kind(tool: str, arguments: object = None) -> ToolKind:
    """Return the kind of a tool by its common name, in any case, unless its arguments are those of another kind."""
    if tool.startswith("mcp__"):
        return ToolKind.MCP
    kind = _KIND_OF.get(tool.lower(), ToolKind.OTHER)
    names = {str(name).lower() for name in table(_decoded(arguments))}
    return ToolKind.OTHER if names and kind in _ARGUMENTS and not names & _ARGUMENTS[kind] else kind


def call_subject(arguments: object, kind: ToolKind = ToolKind.OTHER) -> str:
    """Return the argument with the subject's name, else the first text; arguments may be JSON text."""
    arguments = _decoded(arguments)
    if isinstance(arguments, dict):
        names = (*_SEARCHED, *_SUBJECTS) if kind is ToolKind.SEARCH else _SUBJECTS
        candidates = [arguments.get(name) for name in names] + list(arguments.values())
    else:
        candidates = arguments if isinstance(arguments, list) else [arguments]
    return next((value for value in candidates if isinstance(value, str) and value.strip()), "")


def _decoded(arguments: object) -> object:
    """Return arguments that are JSON text as values, others as they are."""
    if isinstance(arguments, str) and arguments[:1] in ("{", "["):
        with suppress(ValueError):
            return cast(object, orjson.loads(arguments))
    return arguments


def is_approved(record: Record) -> bool | None:
    """Return True if the call was allowed, False if not; None when nobody was asked."""
    value = record.get("tool_approved")
    return bool(value) if isinstance(value, bool | int) else None


def file_change(record: Record) -> Change:
    """Read a file change; without a diff it is computed from the texts before and after."""
    change_type = text(record.get("change_type")).lower()
    kind = next((kind for kind in ChangeKind if kind == change_type), ChangeKind.MODIFY)
    hunks = _hunks(kind, record)
    added, removed = diffs.count_changes(hunks)
    lines = _lines(record.get("lines_affected")) or diffs.changed_range(hunks)
    line_range = lines if lines and lines[0] else None
    return Change(kind, text(record.get("path")), hunks, added, removed, text(record.get("old_path")), line_range)


def _state(success: object, error: str, approved: bool | None) -> CallState:
    """Return the state: not approved means rejected; without ``success``, an error means failed."""
    if approved is False:
        return CallState.REJECTED
    failed = success is False or (success is None and error)
    return CallState.FAILED if failed else CallState.OK


def _hunks(kind: ChangeKind, record: Record) -> str:
    before, after, diff = record.get("before"), record.get("after"), text(record.get("diff"))
    if diff:
        return diffs.extract_hunks(diff)
    if kind is ChangeKind.CREATE:
        return diffs.creation(text(after))
    if kind is ChangeKind.DELETE:
        return diffs.deletion(text(before))
    has_texts = isinstance(before, str) and isinstance(after, str) and kind is not ChangeKind.READ
    return diffs.between(text(before), text(after)) if has_texts else ""


def _lines(value: object) -> tuple[int, int] | None:
    """Return the first and last line of a change, from 1."""
    if isinstance(value, list) and len(value) == 2 and all(isinstance(number, int) for number in value):
        return value[0], value[1]
    return None


def _tokens(value: object) -> Tokens | None:
    fields = table(value)
    return Tokens(input=count(fields.get("input")), output=count(fields.get("output"))) if fields else None


def _to_text(value: object) -> str:
    return value if isinstance(value, str) else _to_json_text(value)


def _to_json_text(value: object) -> str:
    return "" if value is None else as_json(value)
