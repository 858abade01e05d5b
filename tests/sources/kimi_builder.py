"""Builders of Kimi's wire logs, record by record, by the published source of both programs, and helpers that parse
them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self, TypeVar

from tests.sources import support
from tui_monitor.events import Event
from tui_monitor.sources.base import Record
from tui_monitor.sources.kimi.adapter import Kimi

SESSION = "session_0d2c1a52"
OLDER_PATH = Path("/home/ada/.kimi/sessions/abc") / SESSION / "wire.jsonl"
OLDER_AGENT_PATH = OLDER_PATH.parent / "subagents/a1/wire.jsonl"
NEWER_PATH = Path("/home/ada/.kimi-code/sessions/wd_engine") / SESSION / "agents/main/wire.jsonl"
NEWER_AGENT_PATH = NEWER_PATH.parents[1] / "a1/wire.jsonl"
MODEL = "kimi-k2-0905-preview"
START = 1_772_359_200_000
"""2026-03-01T10:00:00Z."""

Kind = TypeVar("Kind", bound=Event)


class OlderLog:
    """Records of Kimi CLI, a second apart."""

    def __init__(self) -> None:
        self.records: list[Record] = [{"type": "metadata", "protocol_version": "1.10"}]

    def message(self, kind: str, /, **payload: Any) -> Self:
        """Add a message."""
        at = START / 1000 + len(self.records)
        self.records.append({"timestamp": at, "message": {"type": kind, "payload": payload}})
        return self

    def asks(self, prompt: str) -> Self:
        """Add a prompt."""
        return self.message("TurnBegin", user_input=[{"type": "text", "text": prompt}])

    def says(self, content: str) -> Self:
        """Add a text of the model."""
        return self.message("ContentPart", type="text", text=content)

    def spends(self, fresh: int, output: int = 0, read: int = 0, created: int = 0, **fields: Any) -> Self:
        """Add the status after a response."""
        counts = {
            "input_other": fresh,
            "output": output,
            "input_cache_read": read,
            "input_cache_creation": created,
        }
        return self.message("StatusUpdate", token_usage=counts, **fields)

    def calls(self, name: str, call: str = "call_1", /, **arguments: Any) -> Self:
        """Add a call."""
        return self.message(
            "ToolCall", type="function", id=call, function={"name": name, "arguments": json.dumps(arguments)}
        )

    def result(self, output: str, call: str = "call_1", /, **value: Any) -> Self:
        """Add the result of a call."""
        fixed = {"is_error": False, "output": output, "message": "", "display": []}
        return self.message("ToolResult", tool_call_id=call, return_value={**fixed, **value})


class NewerLog:
    """Records of Kimi Code, a second apart."""

    def __init__(self, agent: str = "main") -> None:
        self._agent = agent
        self.records: list[Record] = [{"type": "metadata", "protocol_version": "1.5", "created_at": START}]

    def record(self, kind: str, /, **fields: Any) -> Self:
        """Add a record."""
        at = START + len(self.records) * 1000
        self.records.append({"type": kind, "agentId": self._agent, **fields, "time": at})
        return self

    def event(self, kind: str, /, **fields: Any) -> Self:
        """Add an event of the loop."""
        return self.record("context.append_loop_event", event={"type": kind, **fields})

    def asks(self, prompt: str, kind: str = "user") -> Self:
        """Add a prompt."""
        return self.record("turn.prompt", input=[{"type": "text", "text": prompt}], origin={"kind": kind})

    def says(self, content: str) -> Self:
        """Add a text of the model."""
        return self.event("content.part", part={"type": "text", "text": content})

    def spends(self, fresh: int, output: int = 0, read: int = 0, created: int = 0) -> Self:
        """Add the request, the usage and the end of a response."""
        counts = {"inputOther": fresh, "output": output, "inputCacheRead": read, "inputCacheCreation": created}
        self.record("llm.request", kind="loop", model=MODEL, provider="kimi", turnStep="1.1")
        return self.record("usage.record", model="kimi-code/k", usage=counts).event("step.end", usage=counts)

    def calls(self, name: str, call: str = "call_1", /, **arguments: Any) -> Self:
        """Add a call."""
        return self.event("tool.call", toolCallId=call, name=name, args=arguments)

    def result(self, output: str, call: str = "call_1", /, **value: Any) -> Self:
        """Add the result of a call."""
        return self.event("tool.result", toolCallId=call, result={"output": output, **value})


def read(records: Iterable[Record], path: Path = NEWER_PATH) -> list[Event]:
    """Return the events of all records."""
    return support.read_records(Kimi(), records, path)


def events_of(log: OlderLog | NewerLog, kind: type[Kind], path: Path | None = None) -> list[Kind]:
    """Return the events of one kind in a log."""
    path = path or (OLDER_PATH if isinstance(log, OlderLog) else NEWER_PATH)
    return [event for event in read(log.records, path) if isinstance(event, kind)]
