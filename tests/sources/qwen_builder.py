"""Builder of Qwen Code chats, line by line, by the published source of its recorder, and helpers that parse them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self, TypeVar

from tests.sources import support
from tui_monitor.events import Event
from tui_monitor.sources.base import Record
from tui_monitor.sources.gemini.qwen.adapter import Qwen

SESSION = "0d2c1a52-1111-4222-8333-444455556666"
AGENT = "scout-1a2b3c4d"
PROJECT = Path("/home/ada/.qwen/projects/-home-ada-engine")
PATH = PROJECT / "chats" / f"{SESSION}.jsonl"
AGENT_PATH = PROJECT / "subagents" / SESSION / f"agent-{AGENT}.jsonl"
CWD = "/home/ada/engine"
MODEL = "qwen3-coder-plus"
START = 1_772_359_200_000
"""2026-03-01T10:00:00Z."""

Kind = TypeVar("Kind", bound=Event)


def counts(prompt: int, output: int = 0, cached: int = 0, thoughts: int = 0, total: int | None = None) -> Record:
    """Return counts as Qwen Code writes them; without ``total`` the output includes the thoughts."""
    return {
        "promptTokenCount": prompt,
        "candidatesTokenCount": output,
        "cachedContentTokenCount": cached,
        "thoughtsTokenCount": thoughts,
        "totalTokenCount": prompt + output if total is None else total,
    }


def call(name: str, call: str = "call_1", **arguments: Any) -> Record:
    """Return the part of a call."""
    return {"functionCall": {"id": call, "name": name, "args": arguments}}


class QwenChat:
    """Lines of one chat, a second apart."""

    def __init__(self, session: str = SESSION, **envelope: Any) -> None:
        self.session = session
        self.envelope = {"cwd": CWD, "version": "0.24.4", "gitBranch": "main", **envelope}
        self.records: list[Record] = []

    def line(self, kind: str, /, **fields: Any) -> Self:
        """Add a line."""
        number = len(self.records)
        chat = self.envelope.get("agentId", self.session)
        parent = f"{chat}-{number - 1}" if number else None
        fixed = {"uuid": f"{chat}-{number}", "parentUuid": parent, "sessionId": self.session}
        time = f"2026-03-01T10:{number // 60:02}:{number % 60:02}.000Z"
        self.records.append({**fixed, "timestamp": time, "type": kind, **self.envelope, **fields})
        return self

    def asks(self, prompt: str, **fields: Any) -> Self:
        """Add a prompt."""
        return self.line("user", message={"role": "user", "parts": [{"text": prompt}]}, **fields)

    def responds(self, *parts: Record | str, usage: Record | None = None, **fields: Any) -> Self:
        """Add a response of texts and calls."""
        content = [{"text": part} if isinstance(part, str) else part for part in parts]
        if usage is not None:
            fields = {"usageMetadata": usage, "contextWindowSize": 1_000_000, **fields}
        return self.line("assistant", model=MODEL, message={"role": "model", "parts": content}, **fields)

    def result(self, name: str, response: Record, call: str = "call_1", /, **facts: Any) -> Self:
        """Add the result of a call."""
        part = {"functionResponse": {"id": call, "name": name, "response": response}}
        facts = {"callId": call, "status": "success", **facts}
        return self.line("tool_result", message={"role": "user", "parts": [part]}, toolCallResult=facts)

    def system(self, subtype: str, **payload: Any) -> Self:
        """Add a record of the program."""
        return self.line("system", subtype=subtype, systemPayload=payload)

    def event(self, name: str, **fields: Any) -> Self:
        """Add a telemetry event."""
        return self.system("ui_telemetry", uiEvent={"event.name": f"qwen-code.{name}", **fields})


def read(records: Iterable[Record], path: Path = PATH) -> list[Event]:
    """Return the events of all records."""
    return support.read_records(Qwen(), records, path)


def events_of(chat: QwenChat, kind: type[Kind], path: Path = PATH) -> list[Kind]:
    """Return the events of one kind in a chat."""
    return [event for event in read(chat.records, path) if isinstance(event, kind)]
