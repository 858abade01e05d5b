"""Messages and their parts: prompts, responses with text, calls and usage, retries, compactions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tui_monitor.events import (
    AgentMessage,
    AgentUpdate,
    CallFinished,
    CallState,
    CompactionUpdate,
    ContextUpdate,
    Event,
    Prompt,
    RetryUpdate,
    Turn,
    TurnUpdate,
)
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.opencode import calls
from tui_monitor.sources.opencode.database import OpenCodeDatabase, OpenCodeRow, decode_record
from tui_monitor.sources.opencode.owner import EventOwner
from tui_monitor.sources.opencode.usage import (
    completed_at,
    context_update,
    created_at,
    is_compaction,
    read_counts,
    read_usage,
)
from tui_monitor.sources.shared.fields import count, number, table, text, to_epoch_ms

_ABORTED = "MessageAbortedError"
_FEEDBACK = "with the following feedback"
_UNFINISHED = ("tool-calls", "unknown", "")


def is_message_over(row: OpenCodeRow) -> bool:
    """Return True when the message is complete."""
    message = decode_record(row.data)
    return message.get("role") != "assistant" or bool(completed_at(message))


def agent_of(row: OpenCodeRow, owner: EventOwner) -> AgentUpdate:
    """Return the update for the sub-agent inside a session that a message is of."""
    kind = text(decode_record(row.data).get("agent"))
    return AgentUpdate(**owner.of(row.agent).fields, at=row.at, parent=owner.agent, type=kind)


def read_message(row: OpenCodeRow, owner: EventOwner, database: OpenCodeDatabase) -> Iterator[Event]:
    """Yield the events of a message; those of the agent's once it is complete.

    Raises:
        UnknownRecord: its role is unknown.
        UnreadableRecord: it is not JSON.
    """
    message = decode_record(row.data)
    role = message.get("role")
    if role == "user":
        yield TurnUpdate(**owner.fields, at=created_at(message) or row.at, turn=Turn.STARTED)
    elif role != "assistant":
        raise UnknownRecord(f"message of {role}")
    elif at := completed_at(message):
        yield from _message_usage(row, message, owner, at, database)
        yield from _message_end(message, owner, at)


def _message_usage(
    row: OpenCodeRow, message: Record, owner: EventOwner, at: int, database: OpenCodeDatabase
) -> Iterator[Event]:
    """Yield the message's own counts, those of its last step, unless its steps have counts."""
    if (response := read_usage(row.id, message, message, owner, at)) and not database.has_steps(row.id):
        yield response


def _message_end(message: Record, owner: EventOwner, at: int) -> Iterator[Event]:
    error = table(message.get("error"))
    finish = text(message.get("finish"))
    if error:
        yield end_of_error(error, at, owner)
    elif is_compaction(message):
        yield CompactionUpdate(**owner.fields, at=at)
        yield ContextUpdate(**owner.fields, at=at, tokens=None)
    elif not is_unfinished(finish):
        yield TurnUpdate(**owner.fields, at=at, turn=Turn.DONE)


def end_of_error(error: Record, at: int, owner: EventOwner) -> TurnUpdate:
    """Return the end of a turn by an error."""
    turn = Turn.INTERRUPTED if error.get("name") == _ABORTED else Turn.FAILED
    reason = text(table(error.get("data")).get("message")) or text(error.get("name"))
    return TurnUpdate(**owner.fields, at=at, turn=turn, reason=reason)


def is_unfinished(reason: object) -> bool:
    """Return True if a response ended for this reason and others follow in its turn."""
    return text(reason) in _UNFINISHED


_IGNORED_PARTS = frozenset(("step-start", "snapshot", "patch", "file", "agent", "subtask"))
_TEXT_PARTS = ("text", "reasoning")


def is_part_over(row: OpenCodeRow) -> bool:
    """Return True when the part is complete: its text has an end, its call has ended."""
    part, message = decode_record(row.data), _message(row)
    if part.get("type") == "tool":
        return calls.is_call_over(part)
    if part.get("type") in _TEXT_PARTS and message.get("role") == "assistant":
        time = table(part.get("time"))
        return not time or bool(time.get("end") or completed_at(message))
    return True


def read_part(row: OpenCodeRow, owner: EventOwner) -> Iterable[Event]:
    """Return the events of a part in its current state; text once it is complete.

    Raises:
        UnknownRecord: its type is unknown.
        UnreadableRecord: it is not JSON.
    """
    part, message = decode_record(row.data), _message(row)
    kind = text(part.get("type"))
    match kind:
        case "text" | "reasoning":
            return _text(part, message, row, owner)
        case "tool":
            return _call(part, message, row, owner)
        case "step-finish":
            return _response(part, message, row, owner)
        case "retry":
            return _retry(part, row, owner)
        case "compaction":
            trigger = "auto" if part.get("auto") is True else "manual"
            return (CompactionUpdate(**owner.fields, at=row.at, finished=False, trigger=trigger),)
    if kind in _IGNORED_PARTS:
        return ()
    raise UnknownRecord(f"part {kind}")


def _message(row: OpenCodeRow) -> Record:
    return decode_record(row.message) if row.message else {}


def _text(part: Record, message: Record, row: OpenCodeRow, owner: EventOwner) -> Iterator[Event]:
    content = text(part.get("text"))
    is_generated = part.get("synthetic") is True or part.get("ignored") is True
    if not content.strip() or is_generated or not is_part_over(row):
        return
    time = table(part.get("time"))
    if message.get("role") == "user":
        yield Prompt(**owner.fields, at=created_at(message) or row.at, text=content)
    else:
        at = to_epoch_ms(time.get("end")) or to_epoch_ms(time.get("start")) or row.at
        thinking = part.get("type") == "reasoning"
        yield AgentMessage(**owner.fields, at=at, text=content, thinking=thinking)


def _call(part: Record, message: Record, row: OpenCodeRow, owner: EventOwner) -> Iterator[Event]:
    """Yield the events of a call. A refusal ends the turn, unless the person has said what to do instead."""
    for event in calls.read_call(part, message, row, owner):
        yield event
        if isinstance(event, CallFinished) and event.state is CallState.REJECTED and _FEEDBACK not in event.error:
            yield TurnUpdate(**owner.fields, at=event.at, turn=Turn.INTERRUPTED, reason=event.error)


def _response(part: Record, message: Record, row: OpenCodeRow, owner: EventOwner) -> Iterator[Event]:
    response = read_usage(row.id, part, message, owner, row.at)
    if response is None:
        return
    yield response
    if not is_compaction(message):
        yield context_update(read_counts(part.get("tokens")).total, message, row.at, owner)


def _retry(part: Record, row: OpenCodeRow, owner: EventOwner) -> Iterator[Event]:
    error = table(table(part.get("error")).get("data"))
    yield RetryUpdate(
        **owner.fields,
        at=to_epoch_ms(table(part.get("time")).get("created")) or row.at,
        reason=text(error.get("message")),
        attempt=count(part.get("attempt")),
        wait_ms=0,
        status=number(error.get("statusCode")),
    )
