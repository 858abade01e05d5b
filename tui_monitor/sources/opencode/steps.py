"""Messages of OpenCode 2: each row is a prompt, one response with its calls, a compaction, or the end of a turn.

A row is updated in place until it is complete. Calls have the same fields as in OpenCode 1 under other names, and are
read as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tui_monitor.events import (
    AgentMessage,
    CallFinished,
    CallStarted,
    CallState,
    CompactionUpdate,
    ContextUpdate,
    Event,
    Prompt,
    RetryUpdate,
    ToolKind,
    Turn,
    TurnUpdate,
)
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.opencode import calls
from tui_monitor.sources.opencode.database import OpenCodeRow, decode_record
from tui_monitor.sources.opencode.owner import SOURCE, EventOwner
from tui_monitor.sources.opencode.usage import completed_at, context_update, created_at, read_counts, read_usage
from tui_monitor.sources.shared.fields import count, number, table, tables, text, to_epoch_ms
from tui_monitor.sources.shared.tool_call import count_lines

_IGNORED = frozenset(("synthetic", "system", "skill", "agent-switched", "model-switched", "location-switched"))
_TURNS = {"succeeded": Turn.DONE, "failed": Turn.FAILED, "interrupted": Turn.INTERRUPTED}


def is_step_over(row: OpenCodeRow) -> bool:
    """Return True when the row is complete."""
    step = decode_record(row.data)
    if row.message == "compaction":
        return text(step.get("status")) != "running"
    return row.message not in ("assistant", "shell") or bool(completed_at(step))


def read_step(row: OpenCodeRow, owner: EventOwner) -> Iterable[Event]:
    """Return the events of a row in its current state.

    Raises:
        UnknownRecord: its type is unknown.
        UnreadableRecord: it is not JSON.
    """
    step = decode_record(row.data)
    at = created_at(step) or row.at
    match row.message:
        case "user":
            return _prompt(step, at, owner)
        case "assistant":
            return _response(step, at, row, owner)
        case "shell":
            return _shell(step, at, row, owner)
        case "compaction":
            return _compaction(step, at, row, owner)
        case "idle":
            turn = _TURNS.get(text(step.get("outcome")), Turn.DONE)
            return (TurnUpdate(**owner.fields, at=completed_at(step) or at, turn=turn),)
    if row.message in _IGNORED:
        return ()
    raise UnknownRecord(f"message of type {row.message}")


def _prompt(step: Record, at: int, owner: EventOwner) -> Iterator[Event]:
    yield TurnUpdate(**owner.fields, at=at, turn=Turn.STARTED)
    if (content := text(step.get("text"))).strip():
        yield Prompt(**owner.fields, at=at, text=content)


def _response(step: Record, created: int, row: OpenCodeRow, owner: EventOwner) -> Iterator[Event]:
    ended = completed_at(step)
    message = _message(step)
    for part in tables(step.get("content")):
        if part.get("type") == "tool":
            yield from _call(part, message, created, row, owner)
        elif ended and (content := text(part.get("text"))).strip():
            at = completed_at(part) or ended
            yield AgentMessage(**owner.fields, at=at, text=content, thinking=part.get("type") == "reasoning")
    if retry := table(step.get("retry")):
        yield _retry(retry, created, owner)
    if ended and (response := read_usage(row.id, step, message, owner, ended)):
        yield response
        yield context_update(read_counts(step.get("tokens")).total, message, ended, owner)


def _message(step: Record) -> Record:
    """Return the fields of a message of OpenCode 1."""
    model = table(step.get("model"))
    return {**step, "modelID": model.get("id"), "providerID": model.get("providerID")}


def _call(part: Record, message: Record, created: int, row: OpenCodeRow, owner: EventOwner) -> Iterator[Event]:
    state, time = table(part.get("state")), table(part.get("time"))
    output = "\n".join(text(one.get("text")) for one in tables(state.get("content")) if one.get("type") == "text")
    error = state.get("error")
    as_before = {
        "tool": part["name"],
        "callID": part["id"],
        "state": {
            "status": state.get("status"),
            "input": state.get("input"),
            "output": output,
            "error": text(table(error).get("message")) or text(error),
            "metadata": table(state.get("metadata")) or table(state.get("structured")),
            "time": {"start": time.get("ran") or time.get("created"), "end": time.get("completed")},
        },
    }
    call = row._replace(id=f"{row.id}:{part['id']}", at=to_epoch_ms(time.get("created")) or created)
    yield from calls.read_call(as_before, message, call, owner)


def _retry(retry: Record, created: int, owner: EventOwner) -> RetryUpdate:
    error = table(retry.get("error"))
    return RetryUpdate(
        **owner.fields,
        at=to_epoch_ms(retry.get("at")) or created,
        reason=text(error.get("message")),
        attempt=count(retry.get("attempt")),
        wait_ms=0,
        status=number(error.get("statusCode")) or number(error.get("status")),
    )


def _shell(step: Record, at: int, row: OpenCodeRow, owner: EventOwner) -> Iterator[Event]:
    """Yield a command of the person."""
    yield CallStarted(
        **owner.fields,
        at=at,
        call=row.id,
        uid=f"{SOURCE}:{at}:{row.id}",
        tool="user_shell",
        kind=ToolKind.SHELL,
        subject=text(step.get("command")),
    )
    if ended := completed_at(step):
        exit_code, output = number(step.get("exit")), step.get("output")
        content = text(output) or text(table(output).get("text")) or text(table(output).get("preview"))
        yield CallFinished(
            **owner.fields,
            at=ended,
            call=row.id,
            state=CallState.FAILED if exit_code else CallState.OK,
            output=content,
            exit_code=exit_code,
            duration_ms=max(0, ended - at),
            measure=count_lines(content),
        )


def _compaction(step: Record, at: int, row: OpenCodeRow, owner: EventOwner) -> Iterator[Event]:
    trigger, status = text(step.get("reason")), text(step.get("status"))
    yield CompactionUpdate(**owner.fields, at=at, finished=False, trigger=trigger)
    if status == "running":
        return
    if response := read_usage(row.id, step, {**_message(step), "summary": True}, owner, at):
        yield response
    if status != "failed":
        yield CompactionUpdate(**owner.fields, at=at, trigger=trigger)
        yield ContextUpdate(**owner.fields, at=at, tokens=None)
