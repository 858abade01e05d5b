"""Builder of OpenCode databases, and helpers that read their sessions."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self, TypeVar

from tests.sources.support import ToyStore, batches
from tui_monitor.events import Event
from tui_monitor.sources.base import Record
from tui_monitor.sources.opencode.adapter import OpenCode

START = 1_772_359_200_000
CWD = "/home/ada/engine"
ROOT = "ses_root"
CHILD = "ses_child"

_TABLES = """
    CREATE TABLE session (
        id TEXT PRIMARY KEY, parent_id TEXT, directory TEXT NOT NULL, title TEXT NOT NULL, version TEXT NOT NULL,
        agent TEXT, time_created INTEGER NOT NULL, time_updated INTEGER NOT NULL
    );
    CREATE TABLE message (
        id TEXT PRIMARY KEY, session_id TEXT NOT NULL, time_created INTEGER NOT NULL, time_updated INTEGER NOT NULL,
        data TEXT NOT NULL
    );
    CREATE TABLE part (
        id TEXT PRIMARY KEY, message_id TEXT NOT NULL, session_id TEXT NOT NULL, time_created INTEGER NOT NULL,
        time_updated INTEGER NOT NULL, data TEXT NOT NULL
    );
    CREATE INDEX message_session ON message (session_id, time_created, id);
    CREATE INDEX part_message ON part (message_id, id);
    CREATE INDEX part_session ON part (session_id);
"""

Kind = TypeVar("Kind", bound=Event)


def tokens(
    input_tokens: int, output: int = 0, reasoning: int = 0, read: int = 0, cache_write: int = 0, **fields: Any
) -> Record:
    """Return counts as OpenCode writes them."""
    cache = {"read": read, "write": cache_write}
    return {"input": input_tokens, "output": output, "reasoning": reasoning, "cache": cache, **fields}


def completed(arguments: Record, output: str = "", /, **metadata: Any) -> Record:
    """Return the state of a completed call that took 50 ms."""
    time = {"start": START + 100, "end": START + 150}
    return {
        "status": "completed",
        "input": arguments,
        "output": output,
        "metadata": metadata,
        "title": "",
        "time": time,
    }


class Sessions:
    """A database with sessions; rows are a second apart."""

    tables = _TABLES

    def __init__(self, path: Path, mode: str = "delete", begin: int = START) -> None:
        self.path = path
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute(f"PRAGMA journal_mode = {mode}")
        self.connection.execute("PRAGMA synchronous = OFF")
        self.connection.executescript(self.tables)
        self._clock = begin

    def close(self) -> None:
        """Close the database, as the program does on exit."""
        self.connection.close()

    def session(self, id: str = ROOT, parent: str | None = None, title: str = "", **fields: Any) -> Self:  # noqa: A002
        """Add a session."""
        at = self._tick()
        facts = {"directory": CWD, "version": "1.18.0", "agent": "build", "time_updated": at, **fields}
        return self._insert("session", id=id, parent_id=parent, title=title, time_created=at, **facts)

    def message(self, role: str, id: str = "", session: str = ROOT, **fields: Any) -> str:  # noqa: A002
        """Add a message and return its id."""
        at = self._tick()
        name = id or f"msg_{at}"
        model = {"modelID": "claude-sonnet-4-5", "providerID": "anthropic"} if role == "assistant" else {}
        data = {"role": role, "time": {"created": at}, **model, **fields}
        self._insert("message", id=name, session_id=session, time_created=at, time_updated=at, data=json.dumps(data))
        return name

    def part(self, message: str, kind: str, session: str = ROOT, id: str = "", **fields: Any) -> str:  # noqa: A002
        """Add a part and return its id."""
        at = self._tick()
        name = id or f"prt_{at}"
        data = json.dumps({"type": kind, **fields})
        self._insert(
            "part", id=name, message_id=message, session_id=session, time_created=at, time_updated=at, data=data
        )
        return name

    def tool(self, message: str, tool: str, state: Record, session: str = ROOT) -> str:
        """Add a call."""
        return self.part(message, "tool", session, tool=tool, callID="call_1", state=state)

    def update(self, table: str, id: str, **fields: Any) -> Self:  # noqa: A002
        """Change fields in a row's data."""
        [text] = self.connection.execute(f"SELECT data FROM {table} WHERE id = ?", (id,)).fetchone()
        data = json.dumps({**json.loads(text), **fields})
        values = (data, self._tick(), id)
        self.connection.execute(f"UPDATE {table} SET data = ?, time_updated = ? WHERE id = ?", values)
        return self

    def created(self, message: str) -> int:
        """Return the time of a message."""
        query = "SELECT time_created FROM message WHERE id = ?"
        [created] = self.connection.execute(query, (message,)).fetchone()
        return int(created)

    def complete(self, message: str, finish: str = "stop", **fields: Any) -> Self:
        """Complete a message of the agent."""
        time = {"created": self.created(message), "completed": self._tick()}
        return self.update("message", message, time=time, finish=finish, **fields)

    def _insert(self, table: str, **values: Any) -> Self:
        places = ", ".join("?" * len(values))
        query = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})"
        self.connection.execute(query, tuple(values.values()))
        return self

    def _tick(self) -> int:
        self._clock += 1000
        return self._clock


def tool(name: str, arguments: Record, output: str = "", /, **metadata: Any) -> Record:
    """Return a completed call of OpenCode 2 that took 50 ms."""
    return {
        "type": "tool",
        "id": "call_1",
        "name": name,
        "state": {
            "status": "completed",
            "input": arguments,
            "content": [{"type": "text", "text": output}],
            "metadata": metadata,
        },
        "time": {"created": START + 90, "ran": START + 100, "completed": START + 150},
    }


class Steps(Sessions):
    """A database of OpenCode 2, or its tables beside older ones."""

    tables = """
        CREATE TABLE session_v2 (
            id TEXT PRIMARY KEY, parent_id TEXT, fork_session_id TEXT, directory TEXT NOT NULL, title TEXT,
            version TEXT NOT NULL, agent TEXT, time_created INTEGER NOT NULL, time_updated INTEGER NOT NULL
        );
        CREATE TABLE session_message (
            id TEXT PRIMARY KEY, session_id TEXT NOT NULL, type TEXT NOT NULL, seq INTEGER NOT NULL,
            time_created INTEGER NOT NULL, time_updated INTEGER NOT NULL, data TEXT NOT NULL
        );
    """

    def session(self, id: str = ROOT, parent: str | None = None, title: str = "", **fields: Any) -> Self:  # noqa: A002
        """Add a session."""
        at = self._tick()
        facts = {"directory": CWD, "version": "2.0.14", "agent": "build", "time_updated": at, **fields}
        return self._insert("session_v2", id=id, parent_id=parent, title=title, time_created=at, **facts)

    def step(self, kind: str, session: str = ROOT, created: int = 0, **fields: Any) -> str:
        """Add a row and return its id."""
        at = created or self._tick()
        [count] = self.connection.execute("SELECT count(*) FROM session_message").fetchone()
        name, data = f"msg_step{count}", {"time": {"created": at}, **fields}
        self._insert(
            "session_message",
            id=name,
            session_id=session,
            type=kind,
            seq=count + 1,
            time_created=at,
            time_updated=at,
            data=json.dumps(data),
        )
        return name

    def prompt(self, text: str, session: str = ROOT) -> str:
        """Add a person's message."""
        return self.step("user", session, text=text)

    def response(self, spent: Record, *content: Record, session: str = ROOT, created: int = 0, **fields: Any) -> str:
        """Add a complete response."""
        at = created or self._tick()
        model = {"id": "claude-sonnet-4-5", "providerID": "anthropic"}
        time = {"created": at, "completed": at + 500}
        facts = {"agent": "build", "model": model, "finish": "stop", "cost": 0, "time": time, **fields}
        return self.step("assistant", session, at, content=list(content), tokens=spent, **facts)


class EventStore(ToyStore):
    """A store that keeps the events of its batches."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []


def read(path: Path, session: str = ROOT, store: EventStore | None = None) -> list[Event]:
    """Return the new events of a session, those that ``store`` has not taken yet."""
    store = store or EventStore()
    source = OpenCode().open(path / session, store.checkpoints)
    events: list[Event] = []
    for batch in batches(source):
        assert store.take(batch)
        store.events += batch.events
        events += batch.events
    source.close()
    return events


def events_of(sessions: Sessions, kind: type[Kind], session: str = ROOT) -> list[Kind]:
    """Return the events of one kind in a session."""
    return list(only(read(sessions.path, session), kind))


def only(events: Iterable[Event], kind: type[Kind]) -> Iterator[Kind]:
    """Yield the events of one kind."""
    return (event for event in events if isinstance(event, kind))
