"""Builder of Claude Code transcripts, line by line, and helpers that parse them."""

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
    """Return the path of a sub-agent's file."""
    return FOLDER / ID / "subagents" / f"agent-{agent}.jsonl"


def usage(fresh: int = 3, output: int = 20, read: int = 15_000, cache_creation: int = 400, hour: int = 0) -> Record:
    """Return usage as the API reports it."""
    return {
        "input_tokens": fresh,
        "output_tokens": output,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": cache_creation,
        "cache_creation": {"ephemeral_5m_input_tokens": cache_creation - hour, "ephemeral_1h_input_tokens": hour},
        "service_tier": "standard",
    }


def text_block(text: str) -> Record:
    """Return a text block."""
    return {"type": "text", "text": text}


def tool_use(call: str, name: str, **arguments: object) -> Record:
    """Return a block that requests a tool."""
    return {"type": "tool_use", "id": call, "name": name, "input": arguments}


class Transcript:
    """The lines of one file, one second apart, each the child of the one before."""

    def __init__(self, agent: str = "", session: str = ID) -> None:
        self.path = agent_path(agent) if agent else PATH
        self.records: list[Record] = []
        self._session = session
        self._agent = agent
        self._last: str | None = None
        self._messages = 0

    def line(self, kind: str, **fields: object) -> Record:
        """Add a line in the usual envelope; ``fields`` add to it, replace fields, or (None) remove them."""
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
        """Add a line with only its type and these fields."""
        record: Record = {"type": kind, **fields}
        self.records.append(record)
        return record

    def user(self, content: str | list[Record], **fields: object) -> Record:
        """Add a line of the person."""
        return self.line("user", message={"role": "user", "content": content}, **fields)

    def assistant(
        self, *blocks: Record, stop: str | None = None, counts: Record | None = None, **fields: object
    ) -> Record:
        """Add a whole response in one line."""
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
        """Add a response that requests one tool."""
        return self.assistant(tool_use(call, name, **arguments))

    def result(
        self, content: object = "", structured: object = None, call: str = "call_1", error: bool | None = None
    ) -> Record:
        """Add the result of a call."""
        block = {"type": "tool_result", "tool_use_id": call, "content": content}
        if error is not None:
            block["is_error"] = error
        return self.user([block], toolUseResult=structured)

    def progress(self, call: str = "call_1", **data: object) -> Record:
        """Add progress of a call."""
        return self.line("progress", parentToolUseID=call, toolUseID="progress", data=data)

    def system(self, subtype: str, **fields: object) -> Record:
        """Add a ``system`` line."""
        return self.line("system", subtype=subtype, **fields)

    def notification(self, task: str, status: str, summary: str = "", extra: str = "") -> str:
        """Return the program's notification of the end of a background task."""
        return (
            f"<task-notification>\n<task-id>{task}</task-id>\n{extra}"
            f"<status>{status}</status>\n<summary>{summary}</summary>\n</task-notification>"
        )

    def parser(self, state: str = "") -> TranscriptParser:
        """Return a parser of the file."""
        return TranscriptParser(self.path, state)

    def events(self) -> list[Event]:
        """Return the events of all lines."""
        return read(self.parser(), self.records, self.path)

    def of(self, kind: type[Kind]) -> list[Kind]:
        """Return the events of one type."""
        return only(kind, self.events())

    def one(self, kind: type[Kind]) -> Kind:
        """Return the only event of a type."""
        (event,) = self.of(kind)
        return event


def read(parser: TranscriptParser, records: Sequence[Record], path: Path = PATH) -> list[Event]:
    """Return the events of these records."""
    return [event for index, record in enumerate(records) for event in parser.parse(record, ref(index, path))]


def ref(index: int, path: Path = PATH) -> SourceRef:
    """Return the ref of the record with this index."""
    return SourceRef(str(path), 100 * index, 100)


def only(kind: type[Kind], events: Iterable[Event]) -> list[Kind]:
    """Return the events of one type."""
    return [event for event in events if isinstance(event, kind)]


def at(index: int) -> int:
    """Return the time of the line with this index."""
    return START_MS + index * SECOND
