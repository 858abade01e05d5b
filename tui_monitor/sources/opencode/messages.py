"""The messages of a session: they frame turns. What is said and done in them stands in their parts."""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.events import CompactionUpdate, ContextUpdate, Event, Turn, TurnUpdate
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.fields import table, text
from tui_monitor.sources.opencode.chain import Chain
from tui_monitor.sources.opencode.database import Database, Row, record
from tui_monitor.sources.opencode.usage import began, ended, is_compaction, usage

_ABORTED = "MessageAbortedError"
_GOES_ON = ("tool-calls", "unknown", "")


def is_over(row: Row) -> bool:
    """Whether nothing more will be told of the message."""
    told = record(row.data)
    return told.get("role") != "assistant" or bool(ended(told))


def tell(row: Row, of: Chain, database: Database) -> Iterator[Event]:
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
