"""What passes between a person and an agent: prompts, messages, questions, the list of steps, the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tui_monitor.events import (
    MAIN,
    AgentMessage,
    AgentStatus,
    AgentUpdate,
    Event,
    PlanUpdate,
    Prompt,
    Turn,
    TurnUpdate,
    WaitUpdate,
)
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import number, put_bounded, tables, text
from tui_monitor.sources.stream.origin import MAX_ENTRIES, LineOrigin


@dataclass(slots=True)
class OpenWaits:
    """The questions that a person has not answered, by session and id: each with its reason, call and agent."""

    waits: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def apply(self, record: Record, origin: LineOrigin) -> Iterator[Event]:
        """Yield the start or end of waiting for a person. An end leaves the oldest of the other questions open."""
        owner, key = f"{origin.session.id}\n", _wait_key(record, origin)
        if record.get("waiting") is not False:
            wait = (text(record.get("reason")), _call(record), origin.agent)
            put_bounded(self.waits, key, wait, MAX_ENTRIES)
            yield _wait_update(origin, *wait)
            return
        _, call, agent = self.waits.pop(key, ("", _call(record), origin.agent))
        others = [wait for other, wait in self.waits.items() if other.startswith(owner)]
        yield _wait_update(origin, *others[0]) if others else _wait_update(origin, "", call, agent, waiting=False)


def prompt(record: Record, origin: LineOrigin) -> Iterator[Event]:
    """Yield a prompt of a person or of the parent agent."""
    yield Prompt(session=origin.session, agent=origin.agent, at=origin.at, text=text(record.get("text")))


def message(record: Record, origin: LineOrigin) -> Iterator[Event]:
    """Yield what an agent said or thought."""
    yield AgentMessage(
        session=origin.session,
        agent=origin.agent,
        at=origin.at,
        text=text(record.get("text")),
        thinking=record.get("thinking") is True,
    )


def todos(record: Record, origin: LineOrigin) -> Iterator[Event]:
    """Yield the agent's list of steps: how many are completed, and the one under way."""
    items = list(tables(record.get("items")))
    current = next((item for item in items if item.get("status") == "in_progress"), {})
    yield PlanUpdate(
        session=origin.session,
        agent=origin.agent,
        at=origin.at,
        completed=sum(item.get("status") == "completed" for item in items),
        total=len(items),
        now=text(current.get("text")),
    )


def end(record: Record, origin: LineOrigin) -> Iterator[Event]:
    """Yield the end of the process that ran a session."""
    reason = text(record.get("reason"))
    yield TurnUpdate(session=origin.session, at=origin.at, turn=Turn.SESSION_ENDED, reason=reason)
    status = next((status for status in AgentStatus if status == record.get("status")), None)
    yield AgentUpdate(
        session=origin.session,
        agent=MAIN,
        at=origin.at,
        status=status,
        ended=origin.at or None,
        exit_code=number(record.get("exit_code")),
        process_id=number(record.get("process_id")),
    )


def _wait_update(origin: LineOrigin, reason: str, call: str, agent: str, *, waiting: bool = True) -> WaitUpdate:
    return WaitUpdate(
        session=origin.session, agent=agent, at=origin.at, waiting=waiting, reason=reason, call=call, lasts=True
    )


def _wait_key(record: Record, origin: LineOrigin) -> str:
    """Return the key of a question: its own id, else its call, else its agent, each unique within the session."""
    name = record.get("id") or record.get("call_id") or origin.agent
    return f"{origin.session.id}\n{name}"


def _call(record: Record) -> str:
    call = record.get("call_id")
    return "" if call is None else str(call)
