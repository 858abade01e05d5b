"""Builds databases as OpenCode writes them, and reads what its sessions tell."""

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


def tokens(given: int, output: int = 0, reasoning: int = 0, read: int = 0, written: int = 0, **told: Any) -> Record:
    """Counts as OpenCode writes them."""
    cache = {"read": read, "write": written}
    return {"input": given, "output": output, "reasoning": reasoning, "cache": cache, **told}


def done(given: Record, output: str = "", /, **metadata: Any) -> Record:
    """The state of a call that was completed: it took 50 ms."""
    time = {"start": START + 100, "end": START + 150}
    return {"status": "completed", "input": given, "output": output, "metadata": metadata, "title": "", "time": time}


class Sessions:
    """A database with sessions; rows are a second apart."""

    def __init__(self, path: Path, mode: str = "delete") -> None:
        self.path = path
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute(f"PRAGMA journal_mode = {mode}")
        self.connection.execute("PRAGMA synchronous = OFF")
        self.connection.executescript(_TABLES)
        self._clock = START

    def close(self) -> None:
        """The program ends."""
        self.connection.close()

    def session(self, id: str = ROOT, parent: str | None = None, title: str = "", **told: Any) -> Self:  # noqa: A002
        """A session."""
        at = self._tick()
        facts = {"directory": CWD, "version": "1.18.0", "agent": "build", "time_updated": at, **told}
        return self._insert("session", id=id, parent_id=parent, title=title, time_created=at, **facts)

    def message(self, role: str, id: str = "", session: str = ROOT, **told: Any) -> str:  # noqa: A002
        """A message; its id is the answer."""
        at = self._tick()
        name = id or f"msg_{at}"
        model = {"modelID": "claude-sonnet-4-5", "providerID": "anthropic"} if role == "assistant" else {}
        data = {"role": role, "time": {"created": at}, **model, **told}
        self._insert("message", id=name, session_id=session, time_created=at, time_updated=at, data=json.dumps(data))
        return name

    def part(self, message: str, kind: str, session: str = ROOT, id: str = "", **told: Any) -> str:  # noqa: A002
        """A part; its id is the answer."""
        at = self._tick()
        name = id or f"prt_{at}"
        data = json.dumps({"type": kind, **told})
        self._insert(
            "part", id=name, message_id=message, session_id=session, time_created=at, time_updated=at, data=data
        )
        return name

    def tool(self, message: str, tool: str, state: Record, session: str = ROOT) -> str:
        """A call."""
        return self.part(message, "tool", session, tool=tool, callID="call_1", state=state)

    def update(self, table: str, id: str, **told: Any) -> Self:  # noqa: A002
        """Change fields of a row's data."""
        [text] = self.connection.execute(f"SELECT data FROM {table} WHERE id = ?", (id,)).fetchone()
        data = json.dumps({**json.loads(text), **told})
        values = (data, self._tick(), id)
        self.connection.execute(f"UPDATE {table} SET data = ?, time_updated = ? WHERE id = ?", values)
        return self

    def complete(self, message: str, finish: str = "stop", **told: Any) -> Self:
        """A message of the agent's is complete."""
        query = "SELECT time_created FROM message WHERE id = ?"
        [created] = self.connection.execute(query, (message,)).fetchone()
        time = {"created": created, "completed": self._tick()}
        return self.update("message", message, time=time, finish=finish, **told)

    def _insert(self, table: str, **values: Any) -> Self:
        places = ", ".join("?" * len(values))
        query = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})"
        self.connection.execute(query, tuple(values.values()))
        return self

    def _tick(self) -> int:
        self._clock += 1000
        return self._clock


class EventStore(ToyStore):
    """Keeps the events of what it takes."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []


def read(path: Path, session: str = ROOT, store: EventStore | None = None) -> list[Event]:
    """All that is new of a session: of what ``store`` has not taken yet."""
    store = store or EventStore()
    source = OpenCode().open(path / session, store.checkpoints)
    events: list[Event] = []
    for batch in batches(source):
        assert store.take(batch)
        store.events += batch.events
        events += batch.events
    source.close()
    return events


def told(sessions: Sessions, kind: type[Kind], session: str = ROOT) -> list[Kind]:
    """The events of one kind that a session tells."""
    return list(only(read(sessions.path, session), kind))


def only(events: Iterable[Event], kind: type[Kind]) -> Iterator[Kind]:
    """The events of one kind."""
    return (event for event in events if isinstance(event, kind))
