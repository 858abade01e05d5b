"""Builder of Copilot CLI sessions, event by event, by the published schema of events, and of its session store, by what
others report of its columns; and helpers that parse them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, Self, TypeVar

from tests.sources import support
from tui_monitor.events import Event
from tui_monitor.sources.base import Record
from tui_monitor.sources.copilot.adapter import Copilot

SESSION = "0d2c1a52-1111-4222-8333-444455556666"
PATH = Path("/home/ada/.copilot/session-state") / SESSION / "events.jsonl"
CWD = "/home/ada/engine"
MODEL = "claude-sonnet-4.5"
START = 1_772_359_200_000
"""2026-03-01T10:00:00Z."""

_COLUMNS = (
    *("id INTEGER PRIMARY KEY AUTOINCREMENT", "session_id TEXT", "turn_index INTEGER", "model TEXT", "agent_id TEXT"),
    *("parent_tool_call_id TEXT", "input_tokens INTEGER", "output_tokens INTEGER", "cache_read_tokens INTEGER"),
    *("cache_write_tokens INTEGER", "reasoning_tokens INTEGER", "duration_ms REAL", "time_to_first_token_ms REAL"),
    "created_at TEXT",
)

Kind = TypeVar("Kind", bound=Event)


class CopilotSession:
    """Events of one session, a second apart."""

    def __init__(self, **fields: Any) -> None:
        self.records: list[Record] = []
        context = {"cwd": CWD, "branch": "main"}
        fixed = {"sessionId": SESSION, "producer": "copilot-agent", "copilotVersion": "1.0.91", "context": context}
        self.event("session.start", **{**fixed, **fields})

    def event(self, kind: str, agent: str = "", /, **data: Any) -> Self:
        """Add an event."""
        number = len(self.records)
        parent = f"e{number - 1}" if number else None
        record = {"type": kind, "data": data, "id": f"e{number}", "timestamp": self._time(), "parentId": parent}
        self.records.append({**record, "agentId": agent} if agent else record)
        return self

    def asks(self, prompt: str, **data: Any) -> Self:
        """Add a prompt."""
        return self.event("user.message", content=prompt, **data)

    def responds(self, content: str = "", output: int = 0, **data: Any) -> Self:
        """Add a response."""
        counted = {"outputTokens": output} if output else {}
        message = {"messageId": f"m{len(self.records)}", "content": content, "model": MODEL}
        return self.event("assistant.message", **{**message, **counted, **data})

    def calls(self, name: str, call: str = "call_1", agent: str = "", /, **arguments: Any) -> Self:
        """Add the start of a call."""
        return self.event("tool.execution_start", agent, toolCallId=call, toolName=name, arguments=arguments)

    def result(self, output: str, call: str = "call_1", /, **data: Any) -> Self:
        """Add the end of a call."""
        fixed = {"toolCallId": call, "success": True, "result": {"content": output}}
        return self.event("tool.execution_complete", **{**fixed, **data})

    def _time(self) -> str:
        number = len(self.records)
        return f"2026-03-01T10:{number // 60:02}:{number % 60:02}.000Z"


def write_store(path: Path, *rows: Record) -> None:
    """Write a session store, or add rows to it."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"CREATE TABLE IF NOT EXISTS assistant_usage_events ({', '.join(_COLUMNS)})")
        for row in rows:
            names = ", ".join(row)
            marks = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO assistant_usage_events ({names}) VALUES ({marks})", tuple(row.values()))


def usage_row(prompt: int, output: int = 0, read: int = 0, write: int = 0, second: int = 0, **fields: Any) -> Record:
    """Return a row of the session store; its input includes the cache."""
    counts = {"input_tokens": prompt, "output_tokens": output, "cache_read_tokens": read, "cache_write_tokens": write}
    fixed = {"session_id": SESSION, "model": MODEL, "created_at": f"2026-03-01 10:00:{second:02}"}
    return {**fixed, **counts, **fields}


def read(records: Iterable[Record], path: Path = PATH) -> list[Event]:
    """Return the events of all records."""
    return support.read_records(Copilot(), records, path)


def events_of(session: CopilotSession, kind: type[Kind]) -> list[Kind]:
    """Return the events of one kind in a session."""
    return [event for event in read(session.records) if isinstance(event, kind)]
