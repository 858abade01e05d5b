"""Builds Codex rollouts line by line, and reads what a parser makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TypeVar

from tui_monitor.events import Event, SourceRef
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.codex.adapter import Codex

THREAD = "0199aaaa-0000-7000-8000-000000000001"
PATH = Path("/tmp/rollouts/rollout-2026-03-01T10-00-00-0199aaaa-0000-7000-8000-000000000001.jsonl")
CWD = "/home/ada/engine"

Kind = TypeVar("Kind", bound=Event)


def usage(
    fresh: int, cached: int = 0, output: int = 0, reasoning: int = 0, written: int = 0, total: int | None = None
) -> Record:
    """Counts as Codex writes them; ``fresh`` input tokens are those that are neither cached nor written."""
    told = fresh + cached + written
    return {
        "input_tokens": told,
        "cached_input_tokens": cached,
        "cache_write_input_tokens": written,
        "output_tokens": output,
        "reasoning_output_tokens": reasoning,
        "total_tokens": told + output if total is None else total,
    }


def plus(one: Record, other: Record) -> Record:
    """The sum of two counts."""
    return {name: one[name] + other[name] for name in one}


class Rollout:
    """The lines of one rollout; each is a second later than the one before."""

    def __init__(self, thread: str = THREAD, **meta: Any) -> None:
        self.records: list[Record] = []
        self.sum = usage(0)
        self.meta(thread, **meta)

    def line(self, kind: str, payload: Record, /, **envelope: Any) -> Self:
        """Any line."""
        seconds = len(self.records)
        timestamp = f"2026-03-01T10:{seconds // 60:02}:{seconds % 60:02}.000Z"
        self.records.append({"timestamp": timestamp, "type": kind, "payload": payload, **envelope})
        return self

    def meta(self, thread: str = THREAD, **told: Any) -> Self:
        """A ``session_meta``."""
        facts = {"cwd": CWD, "cli_version": "0.104.0", "originator": "codex_cli_rs", "model_provider": "openai"}
        return self.line("session_meta", {"id": thread, **facts, "git": {"branch": "main"}, **told})

    def context(self, model: str = "gpt-5.3-codex", **told: Any) -> Self:
        """A ``turn_context``."""
        return self.line("turn_context", {"model": model, "cwd": CWD, "approval_policy": "on-request", **told})

    def event(self, kind: str, /, **told: Any) -> Self:
        """An ``event_msg``."""
        return self.line("event_msg", {"type": kind, **told})

    def item(self, kind: str, /, **told: Any) -> Self:
        """An ``item_completed``; times are those of its envelope."""
        times = {name: told.pop(name) for name in ("started_at_ms", "completed_at_ms") if name in told}
        return self.event("item_completed", item={"type": kind, **told}, **times)

    def call(self, name: str, arguments: Any, call: str = "call_1", **told: Any) -> Self:
        """A ``function_call``; arguments that are no text are written as JSON."""
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        return self.line(
            "response_item", {"type": "function_call", "name": name, "arguments": text, "call_id": call, **told}
        )

    def custom(self, name: str, text: str, call: str = "call_1") -> Self:
        """A ``custom_tool_call``."""
        return self.line("response_item", {"type": "custom_tool_call", "name": name, "input": text, "call_id": call})

    def answer(self, output: Any, call: str = "call_1") -> Self:
        """A ``function_call_output``."""
        return self.line("response_item", {"type": "function_call_output", "call_id": call, "output": output})

    def responds(self, spent: Record, *, window: int | None = 258_400, times: int = 1) -> Self:
        """A response, told by so many ``token_count`` lines."""
        self.sum = plus(self.sum, spent)
        for _ in range(times):
            self.count(self.sum, spent, window)
        return self

    def count(self, told: Record, last: Record | None, window: int | None = 258_400, **more: Any) -> Self:
        """A ``token_count`` with this sum and last response."""
        info = {"total_token_usage": told, "last_token_usage": last, "model_context_window": window}
        return self.event("token_count", info=info, **more)

    def record(self, response: str, spent: Record, thread: str = THREAD) -> Self:
        """A ``token_usage_record``; what it adds is in the sum from then on."""
        self.sum = plus(self.sum, spent)
        told = {"thread_id": thread, "response_id": response, "usage": spent, "thread_token_usage": self.sum}
        return self.line("token_usage_record", told)


def read(records: Iterable[Record], path: Path = PATH) -> list[Event]:
    """All that the lines tell, each line read as the one at the byte of its number."""
    parser = Codex().parser(path, "")
    return [event for at, record in enumerate(records) for event in parser.parse(record, SourceRef(str(path), at, 1))]


def read_resuming(records: Iterable[Record], path: Path = PATH) -> list[Event]:
    """The same, but each line is read by a new parser that goes on from the state of the one before."""
    events: list[Event] = []
    state = ""
    for at, record in enumerate(records):
        parser = Codex().parser(path, state)
        with suppress(UnknownRecord):
            events.extend(parser.parse(record, SourceRef(str(path), at, 1)))
        state = parser.state()
    return events


def told(rollout: Rollout, kind: type[Kind]) -> list[Kind]:
    """The events of one kind that a rollout tells."""
    return only(read(rollout.records), kind)


def only(events: Iterable[Event], kind: type[Kind]) -> list[Kind]:
    """The events of one kind."""
    return [event for event in events if isinstance(event, kind)]
