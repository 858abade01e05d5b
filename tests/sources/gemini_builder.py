"""Builder of Gemini CLI chats, record by record, and helpers that parse them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self, TypeVar

from tests.sources import support
from tui_monitor.events import Event
from tui_monitor.sources.base import Record
from tui_monitor.sources.gemini.adapter import Gemini

SESSION = "0d2c1a52-1111-4222-8333-444455556666"
AGENT = "7e57a6e7-1111-4222-8333-444455556666"
CHATS = Path("/home/ada/.gemini/tmp/engine/chats")
PATH = CHATS / "session-2026-03-01T10-00-0d2c1a52.jsonl"
AGENT_PATH = CHATS / SESSION / f"{AGENT}.jsonl"
CWD = "/home/ada/engine"

Kind = TypeVar("Kind", bound=Event)


def tokens(input_tokens: int, output: int = 0, cached: int = 0, thoughts: int = 0, tool: int = 0) -> Record:
    """Return counts as Gemini CLI writes them."""
    total = input_tokens + output + thoughts + tool
    fields = {"input": input_tokens, "output": output, "cached": cached, "thoughts": thoughts, "tool": tool}
    return {**fields, "total": total}


def call(name: str, args: Record, output: str = "", call: str = "call_1", **fields: Any) -> Record:
    """Return a finished call, as it is in a message."""
    response = {"error": fields.pop("error")} if "error" in fields else {"output": output}
    answer = {"functionResponse": {"id": call, "name": name, "response": response}}
    fixed = {"id": call, "name": name, "args": args, "result": [answer], "status": "success"}
    return {**fixed, "timestamp": "2026-03-01T11:00:00.000Z", **fields}


def diff_of(path: str, diff: str, **fields: Any) -> Record:
    """Return the display of a changed file."""
    name = path.rpartition("/")[2]
    head = f"Index: {name}\n{'=' * 67}\n--- {name}\tCurrent\n+++ {name}\tProposed\n"
    return {"fileDiff": head + diff, "fileName": name, "filePath": path, **fields}


class Chat:
    """Records of one chat, a second apart."""

    def __init__(self, session: str = SESSION, **header: Any) -> None:
        self.records: list[Record] = []
        self.header = {"sessionId": session, "projectHash": "abc", "startTime": self._time(), "kind": "main", **header}
        self.records.append(self.header)

    @property
    def messages(self) -> list[Record]:
        """The messages after the last change of each, in order."""
        return list({record["id"]: record for record in self.records if "type" in record}.values())

    def line(self, record: Record) -> Self:
        """Add any record."""
        self.records.append(record)
        return self

    def message(self, kind: str, content: Any, name: str = "", **fields: Any) -> Self:
        """Add a message."""
        record = {"id": name or f"m{len(self.records)}", "timestamp": self._time(), "type": kind, "content": content}
        return self.line({**record, **fields})

    def asks(self, text: str, **fields: Any) -> Self:
        """Add a person's prompt."""
        return self.message("user", [{"text": text}], **fields)

    def responds(self, content: Any = "", counts: Record | None = None, **fields: Any) -> Self:
        """Add a response."""
        if counts is not None:
            fields["tokens"] = counts
        return self.message("gemini", content, **{"model": "gemini-2.5-pro", **fields})

    def calls(self, *calls: Record) -> Self:
        """Add the last message again, with calls."""
        return self.line({**self.records[-1], "toolCalls": list(calls)})

    def sets(self, **facts: Any) -> Self:
        """Add a change of the header."""
        return self.line({"$set": {"lastUpdated": self._time(), **facts}})

    def lines(self) -> bytes:
        """Return the chat as a file of lines."""
        return b"".join(json.dumps(record).encode() + b"\n" for record in self.records)

    def document(self, most: int | None = None) -> bytes:
        """Return the chat as the one document of older versions, with its first ``most`` messages."""
        return json.dumps({**self.header, "messages": self.messages[:most]}, indent=2).encode()

    def _time(self) -> str:
        return f"2026-03-01T10:{len(self.records) // 60:02}:{len(self.records) % 60:02}.000Z"


def read(records: Iterable[Record], path: Path = PATH) -> list[Event]:
    """Return the events of all records."""
    return support.read_records(Gemini(), records, path)


def read_resuming(records: Iterable[Record], path: Path = PATH) -> list[Event]:
    """Return the events of all records, each read by a new parser with the state of the one before."""
    return support.read_resuming(Gemini(), records, path)


def events_of(chat: Chat, kind: type[Kind], path: Path = PATH) -> list[Kind]:
    """Return the events of one kind in a chat."""
    return only(read(chat.records, path), kind)


def only(events: Iterable[Event], kind: type[Kind]) -> list[Kind]:
    """Return the events of one kind."""
    return [event for event in events if isinstance(event, kind)]
