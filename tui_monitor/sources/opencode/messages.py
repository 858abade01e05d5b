"""x"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tui_monitor.events import (
    AgentMessage,
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
from tui_monitor.sources.opencode.database import Database, Row, record
from tui_monitor.sources.opencode.owner import Chain
from tui_monitor.sources.opencode.usage import began, counts, ended, is_compaction, usage
from tui_monitor.sources.shared.fields import count, number, table, text

_ABORTED = "MessageAbortedError"
_GOES_ON = ("tool-calls", "unknown", "")


def is_message_over(row: Row) -> bool:
    """Whether nothing more will be told of the message."""
    told = record(row.data)
    return told.get("role") != "assistant" or bool(ended(told))


def read_message(row: Row, of: Chain, database: Database) -> Iterator[Event]:
    """The events of a message: of the agent's when it is complete.

    Raises:
        UnknownRecord: its role is not known.
        UnreadableRecord: it is no JSON.
    """
    told = record(row.data)
    role = told.get("role")
    if role == "user":
        yield TurnUpdate(session=of.session, agent=of.agent, at=began(told) or row.at, turn=Turn.STARTED)
    elif role != "assistant":
        raise UnknownRecord(f"message of {role}")
    elif at := ended(told):
        yield from _spent(row, told, of, at, database)
        yield from _ended(told, of, at)


def _spent(row: Row, told: Record, of: Chain, at: int, database: Database) -> Iterator[Event]:
    """The message's own counts, which are those of its last step, where no step tells its own."""
    if (response := usage(row.id, told, told, of, at)) and not database.has_steps(row.id):
        yield response


def _ended(told: Record, of: Chain, at: int) -> Iterator[Event]:
    error = table(told.get("error"))
    finish = text(told.get("finish"))
    if error:
        turn = Turn.INTERRUPTED if error.get("name") == _ABORTED else Turn.FAILED
        reason = text(table(error.get("data")).get("message")) or text(error.get("name"))
        yield TurnUpdate(session=of.session, agent=of.agent, at=at, turn=turn, reason=reason)
    elif is_compaction(told):
        yield CompactionUpdate(session=of.session, agent=of.agent, at=at)
        yield ContextUpdate(session=of.session, agent=of.agent, at=at, tokens=None)
    elif finish not in _GOES_ON:
        yield TurnUpdate(session=of.session, agent=of.agent, at=at, turn=Turn.DONE)


_SILENT = frozenset(("step-start", "snapshot", "patch", "file", "agent", "subtask"))
_WORDS = ("text", "reasoning")


def is_part_over(row: Row) -> bool:
    """Whether nothing more will be told of the part: its words are complete, its call has ended."""
    part, message = record(row.data), _message(row)
    if part.get("type") == "tool":
        return calls.is_over(part)
    if part.get("type") in _WORDS and message.get("role") == "assistant":
        time = table(part.get("time"))
        return not time or bool(time.get("end") or ended(message))
    return True


def read_part(row: Row, of: Chain) -> Iterable[Event]:
    """The events of a part as it now is: of words when they are complete.

    Raises:
        UnknownRecord: its type is not known.
        UnreadableRecord: it is no JSON.
    """
    part, message = record(row.data), _message(row)
    kind = text(part.get("type"))
    match kind:
        case "text" | "reasoning":
            return _words(part, message, row, of)
        case "tool":
            return calls.tell(part, message, row, of)
        case "step-finish":
            return _response(part, message, row, of)
        case "retry":
            return _retry(part, row, of)
        case "compaction":
            trigger = "auto" if part.get("auto") is True else "manual"
            return (CompactionUpdate(session=of.session, agent=of.agent, at=row.at, done=False, trigger=trigger),)
    if kind in _SILENT:
        return ()
    raise UnknownRecord(f"part {kind}")


def _message(row: Row) -> Record:
    return record(row.message) if row.message else {}


def _words(part: Record, message: Record, row: Row, of: Chain) -> Iterator[Event]:
    words = text(part.get("text"))
    added = part.get("synthetic") is True or part.get("ignored") is True
    if not words.strip() or added or not is_part_over(row):
        return
    time = table(part.get("time"))
    if message.get("role") == "user":
        yield Prompt(session=of.session, agent=of.agent, at=began(message) or row.at, text=words)
    else:
        at = count(time.get("end")) or count(time.get("start")) or row.at
        thinking = part.get("type") == "reasoning"
        yield AgentMessage(session=of.session, agent=of.agent, at=at, text=words, thinking=thinking)


def _response(part: Record, message: Record, row: Row, of: Chain) -> Iterator[Event]:
    response = usage(row.id, part, message, of, row.at)
    if response is None:
        return
    yield response
    if not is_compaction(message):
        tokens = counts(part.get("tokens")).total
        yield ContextUpdate(session=of.session, agent=of.agent, at=row.at, tokens=tokens, model=response.model)


def _retry(part: Record, row: Row, of: Chain) -> Iterator[Event]:
    error = table(table(part.get("error")).get("data"))
    yield RetryUpdate(
        session=of.session,
        agent=of.agent,
        at=count(table(part.get("time")).get("created")) or row.at,
        reason=text(error.get("message")),
        attempt=count(part.get("attempt")),
        wait_ms=0,
        status=number(error.get("statusCode")),
    )
