"""The documents' ``ToolExecution`` and ``FileChange`` objects → what a call asked for, became, and changed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import orjson

from tui_monitor.events import CallFinished, CallStarted, CallState, Change, ChangeKind, Event, Tokens, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared import diffs
from tui_monitor.sources.shared.fields import as_json, count, number, table, tables, text, to_epoch_ms
from tui_monitor.sources.stream.origin import Place

_KINDS: Mapping[ToolKind, str] = {
    ToolKind.SHELL: "bash shell sh exec run command terminal run_command execute_command",
    ToolKind.READ: "read read_file view cat open view_image",
    ToolKind.EDIT: "edit confirm_edit multiedit multi_edit confirm_multiedit patch apply_patch replace str_replace",
    ToolKind.WRITE: "write write_file create create_file notebook_write",
    ToolKind.SEARCH: "grep glob search find ls list list_dir tree codesearch",
    ToolKind.WEB: "web webfetch web_fetch fetch websearch web_search browser",
    ToolKind.AGENT: "task agent spawn_agent subagent delegate",
    ToolKind.TODO: "todo todowrite todo_write todoread todo_read update_plan",
    ToolKind.ASK: "ask ask_user question askuserquestion",
    ToolKind.PLAN: "plan plan_enter plan_exit exitplanmode",
    ToolKind.WAIT: "wait sleep",
}
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names.split()}
_SUBJECTS = ("command", "cmd", "file_path", "path", "file", "pattern", "query", "url", "question", "prompt")


def started(record: Record, call: str, parent: str, place: Place) -> CallStarted:
    """That a tool was called, as a line tells it that was written before it ran or after."""
    tool = text(record.get("tool_name"))
    return CallStarted(
        session=place.session,
        agent=place.agent,
        at=to_epoch_ms(record.get("started_at")) or place.at,
        call=call,
        uid=f"{place.session.id}:{call}",
        tool=tool,
        kind=kind(tool),
        subject=subject(record.get("input")),
        input=_json(record.get("input")),
        parent=parent,
        model=text(record.get("model")),
        ref=place.ref,
    )


def finished(record: Record, call: str, place: Place) -> Event:
    """What became of it. Its end is its beginning and its duration."""
    began, duration_ms = to_epoch_ms(record.get("started_at")) or place.at, number(record.get("duration_ms"))
    error, metadata = text(record.get("error")), table(record.get("metadata"))
    return CallFinished(
        session=place.session,
        agent=place.agent,
        at=began + (duration_ms or 0),
        call=call,
        state=_state(record.get("success"), error, approved(record)),
        output=_words(record.get("output")),
        error=error,
        duration_ms=duration_ms,
        exit_code=metadata["exit_code"] if isinstance(metadata.get("exit_code"), int) else None,
        changes=tuple(change(told) for told in tables(record.get("files_affected"))),
        tokens=_tokens(record.get("tokens")),
        approved=approved(record),
        approval=text(record.get("tool_approval_type")),
        metadata=as_json(metadata) if metadata else "",
        ref=place.ref,
    )


def kind(tool: str) -> ToolKind:
    """What a tool of this name does; names are the common ones, in any case."""
    if tool.startswith("mcp__"):
        return ToolKind.MCP
    return _KIND_OF.get(tool.lower(), ToolKind.OTHER)


def subject(given: object) -> str:
    """What a call acts on: the argument that says it by its name, else the first text. Also of JSON as text."""
    if isinstance(given, str) and given[:1] in ("{", "["):
        with suppress(ValueError):
            given = orjson.loads(given)
    if isinstance(given, dict):
        told = [given.get(name) for name in _SUBJECTS] + list(given.values())
    else:
        told = given if isinstance(given, list) else [given]
    return next((value for value in told if isinstance(value, str) and value.strip()), "")


def approved(record: Record) -> bool | None:
    """Whether the call was allowed; None where that was never asked."""
    told = record.get("tool_approved")
    return bool(told) if isinstance(told, bool | int) else None


def change(told: Record) -> Change:
    """One file change; its diff is reckoned where the texts before and after are there and none was given."""
    named = text(told.get("change_type")).lower()
    kind = next((kind for kind in ChangeKind if kind == named), ChangeKind.MODIFY)
    hunks = _hunks(kind, told)
    added, removed = diffs.count_changes(hunks)
    lines = _lines(told.get("lines_affected")) or diffs.changed_range(hunks)
    known = lines if lines and lines[0] else None
    return Change(kind, text(told.get("path")), hunks, added, removed, text(told.get("old_path")), known)


def _state(success: object, error: str, allowed: bool | None) -> CallState:
    """Not allowed is rejected; without a word on success, an error is a failure."""
    if allowed is False:
        return CallState.REJECTED
    failed = success is False or (success is None and error)
    return CallState.FAILED if failed else CallState.OK


def _hunks(kind: ChangeKind, told: Record) -> str:
    before, after, given = told.get("before"), told.get("after"), text(told.get("diff"))
    if given:
        return diffs.extract_hunks(given)
    if kind is ChangeKind.CREATE:
        return diffs.creation(text(after))
    if kind is ChangeKind.DELETE:
        return diffs.deletion(text(before))
    known = isinstance(before, str) and isinstance(after, str) and kind is not ChangeKind.READ
    return diffs.between(text(before), text(after)) if known else ""


def _lines(told: object) -> tuple[int, int] | None:
    """The lines a change is about, first and last, from 1."""
    if isinstance(told, list) and len(told) == 2 and all(isinstance(number, int) for number in told):
        return told[0], told[1]
    return None


def _tokens(told: object) -> Tokens | None:
    given = table(told)
    return Tokens(input=count(given.get("input")), output=count(given.get("output"))) if given else None


def _words(told: object) -> str:
    return told if isinstance(told, str) else _json(told)


def _json(told: object) -> str:
    return "" if told is None else as_json(told)
