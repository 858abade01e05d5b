"""Builds Claude Code transcripts line by line, and reads what a parser makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from tui_monitor.events import Event, SessionKey, SourceRef
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.transcript import TranscriptParser

ID = "11111111-2222-4333-8444-555555555555"
SESSION = SessionKey("claude-code", ID)
FOLDER = Path("/home/ada/.claude/projects/-home-ada-engine")
PATH = FOLDER / f"{ID}.jsonl"
MODEL = "claude-opus-4-6"
START = datetime(2026, 3, 1, 10, tzinfo=UTC)
START_MS = int(START.timestamp() * 1000)
SECOND = 1000

Kind = TypeVar("Kind", bound=Event)


def agent_path(agent: str) -> Path:
    """Where the file of a sub-agent stands."""
    return FOLDER / ID / "subagents" / f"agent-{agent}.jsonl"


def usage(fresh: int = 3, output: int = 20, read: int = 15_000, written: int = 400, hour: int = 0) -> Record:
    """Counts as the API gives them."""
    return {
        "input_tokens": fresh,
        "output_tokens": output,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": written,
        "cache_creation": {"ephemeral_5m_input_tokens": written - hour, "ephemeral_1h_input_tokens": hour},
        "service_tier": "standard",
    }


def said(text: str) -> Record:
    """A block of text."""
    return {"type": "text", "text": text}


def tool_use(call: str, name: str, **arguments: object) -> Record:
    """A block that asks for a tool."""
    return {"type": "tool_use", "id": call, "name": name, "input": arguments}


class Transcript:
    """The lines of one file. Each stands a second after the one before, and under it in the chain."""

    def __init__(self, agent: str = "", session: str = ID) -> None:
        self.path = agent_path(agent) if agent else PATH
        self.records: list[Record] = []
        self._session = session
        self._agent = agent
        self._last: str | None = None
        self._messages = 0

    def line(self, kind: str, **fields: object) -> Record:
        """A line with the usual fields around it; ``fields`` add to them, replace them, or (None) leave them out."""
        at = START + timedelta(seconds=len(self.records))
        uuid = f"{len(self.records):08x}-0000-4000-8000-{self._agent or 'main':0>12}"
        record: Record = {
            "type": kind,
            "uuid": uuid,
            "parentUuid": self._last,
            "sessionId": self._session,
            "timestamp": at.isoformat().replace("+00:00", "Z"),
            "isSidechain": bool(self._agent),
            "cwd": "/home/ada/engine",
            "version": "2.1.39",
            "gitBranch": "main",
            **({"agentId": self._agent} if self._agent else {}),
        }
        record = {key: value for key, value in (record | fields).items() if value is not None or key == "parentUuid"}
        self._last = record.get("uuid", self._last)
        self.records.append(record)
        return record

    def bare(self, kind: str, **fields: object) -> Record:
        """A line that has only its type and the given fields."""
        record: Record = {"type": kind, **fields}
        self.records.append(record)
        return record

    def user(self, content: str | list[Record], **fields: object) -> Record:
        """A line in the person's name."""
        return self.line("user", message={"role": "user", "content": content}, **fields)

    def assistant(
        self, *blocks: Record, stop: str | None = None, counts: Record | None = None, **fields: object
    ) -> Record:
        """A whole response in one line."""
        self._messages += 1
        message = {
            "id": f"msg_{self._messages}{self._agent}",
            "model": fields.pop("model", MODEL),
            "role": "assistant",
            "content": list(blocks),
            "stop_reason": stop,
            "usage": usage() if counts is None else counts,
        }
        return self.line(
            "assistant", **{"requestId": f"req_{self._messages}{self._agent}", "message": message} | fields
        )

    def calls(self, name: str, call: str = "call_1", **arguments: object) -> Record:
        """A response that asks for one tool."""
        return self.assistant(tool_use(call, name, **arguments))

    def result(
        self, content: object = "", structured: object = None, call: str = "call_1", error: bool | None = None
    ) -> Record:
        """The result of a call."""
        block = {"type": "tool_result", "tool_use_id": call, "content": content}
        if error is not None:
            block["is_error"] = error
        return self.user([block], toolUseResult=structured)

    def progress(self, call: str = "call_1", **data: object) -> Record:
        """A sign of life."""
        return self.line("progress", parentToolUseID=call, toolUseID="progress", data=data)

    def system(self, subtype: str, **fields: object) -> Record:
        """A line of the program's own."""
        return self.line("system", subtype=subtype, **fields)

    def notification(self, task: str, status: str, summary: str = "", extra: str = "") -> str:
        """The text by which the program tells that a task in the background has ended."""
        return (
            f"<task-notification>\n<task-id>{task}</task-id>\n{extra}"
            f"<status>{status}</status>\n<summary>{summary}</summary>\n</task-notification>"
        )

    def parser(self, state: str = "") -> TranscriptParser:
        """A parser of this file."""
        return TranscriptParser(self.path, state)

    def events(self) -> list[Event]:
        """What all lines tell."""
        return read(self.parser(), self.records, self.path)

    def of(self, kind: type[Kind]) -> list[Kind]:
        """The events of one kind."""
        return only(kind, self.events())

    def one(self, kind: type[Kind]) -> Kind:
        """The single event of its kind."""
        (event,) = self.of(kind)
        return event


def read(parser: TranscriptParser, records: Sequence[Record], path: Path = PATH) -> list[Event]:
    """The events of these records."""
    return [event for index, record in enumerate(records) for event in parser.parse(record, ref(index, path))]


def ref(index: int, path: Path = PATH) -> SourceRef:
    """Where the record of this index is said to stand."""
    return SourceRef(str(path), 100 * index, 100)


def only(kind: type[Kind], events: Iterable[Event]) -> list[Kind]:
    """Those of one kind."""
    return [event for event in events if isinstance(event, kind)]


def at(index: int) -> int:
    """The time of the line of this index."""
    return START_MS + index * SECOND
