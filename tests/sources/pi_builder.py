"""Builder of Pi sessions, entry by entry, and helpers that parse them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self, TypeVar

from tests.sources import support
from tui_monitor.events import Event
from tui_monitor.sources.base import Record
from tui_monitor.sources.pi.adapter import Pi

SESSION = "0d2c1a52-1111-4222-8333-444455556666"
SESSIONS = Path("/home/ada/.pi/agent/sessions/--home-ada-engine--")
NAME = f"2026-03-01T10-00-00-000Z_{SESSION}.jsonl"
PATH = SESSIONS / NAME
AGENT_PATH = PATH.with_suffix("") / "1-Scout.jsonl"
CWD = "/home/ada/engine"
START = 1_772_359_200_000
"""2026-03-01T10:00:00Z."""

Kind = TypeVar("Kind", bound=Event)


def counts(fresh: int = 0, output: int = 0, read: int = 0, write: int = 0, cost: float = 0, **fields: Any) -> Record:
    """Return the usage of a response as Pi writes it."""
    kinds = {"input": fresh, "output": output, "cacheRead": read, "cacheWrite": write}
    return {**kinds, "totalTokens": sum(kinds.values()), "cost": {"total": cost}, **fields}


def call(name: str, call: str = "call_1", **arguments: Any) -> Record:
    """Return the block of a call."""
    return {"type": "toolCall", "id": call, "name": name, "arguments": arguments}


class PiSession:
    """Entries of one session, a second apart, each following the one before."""

    def __init__(self, **header: Any) -> None:
        self.records: list[Record] = []
        fixed = {"type": "session", "version": 3, "id": SESSION, "timestamp": self._time(), "cwd": CWD}
        self.records.append({**fixed, **header})

    def line(self, record: Record) -> Self:
        """Add any record."""
        self.records.append(record)
        return self

    def entry(self, kind: str, /, **fields: Any) -> Self:
        """Add an entry that follows the one before."""
        number = len(self.records)
        fixed = {"type": kind, "id": f"e{number}", "parentId": f"e{number - 1}" if number > 1 else None}
        return self.line({**fixed, "timestamp": self._time(), **fields})

    def message(self, role: str, content: Any, **fields: Any) -> Self:
        """Add a message."""
        at = START + len(self.records) * 1000
        return self.entry("message", message={"role": role, "content": content, "timestamp": at - 400, **fields})

    def asks(self, prompt: str) -> Self:
        """Add a person's prompt."""
        return self.message("user", [{"type": "text", "text": prompt}])

    def responds(self, *blocks: Record | str, usage: Record | None = None, stop: str = "stop", **fields: Any) -> Self:
        """Add a response of texts and calls."""
        content = [{"type": "text", "text": block} if isinstance(block, str) else block for block in blocks]
        model = {"provider": "anthropic", "model": "claude-sonnet-4-5"}
        return self.message("assistant", content, **{**model, "usage": usage or counts(), "stopReason": stop, **fields})

    def result(self, name: str, output: str, call: str = "call_1", *, is_error: bool = False, **fields: Any) -> Self:
        """Add the result of a call."""
        content = [{"type": "text", "text": output}]
        return self.message("toolResult", content, toolCallId=call, toolName=name, isError=is_error, **fields)

    def _time(self) -> str:
        return f"2026-03-01T10:{len(self.records) // 60:02}:{len(self.records) % 60:02}.000Z"


def read(records: Iterable[Record], path: Path = PATH, adapter: Pi | None = None) -> list[Event]:
    """Return the events of all records."""
    return support.read_records(adapter or Pi(), records, path)


def events_of(session: PiSession, kind: type[Kind], path: Path = PATH, adapter: Pi | None = None) -> list[Kind]:
    """Return the events of one kind in a session."""
    return [event for event in read(session.records, path, adapter) if isinstance(event, kind)]
