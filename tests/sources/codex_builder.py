"""Builder of Codex rollouts, line by line, and helpers that parse them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from tests.sources import support
from tui_monitor.events import Event
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex.adapter import Codex

THREAD = "0199aaaa-0000-7000-8000-000000000001"
PATH = Path("/tmp/rollouts/rollout-2026-03-01T10-00-00-0199aaaa-0000-7000-8000-000000000001.jsonl")
CWD = "/home/ada/engine"

BEGIN_MS = 1_772_359_200_000
"""Time of the first line of a rollout: 2026-03-01T10:00Z."""

Kind = TypeVar("Kind", bound=Event)


def iso(epoch_ms: int) -> str:
    """Return the time as Codex writes it."""
    return f"{datetime.fromtimestamp(epoch_ms / 1000, UTC):%Y-%m-%dT%H:%M:%S}.{epoch_ms % 1000:03}Z"


def usage(
    fresh: int, cached: int = 0, output: int = 0, reasoning: int = 0, cache_write: int = 0, total: int | None = None
) -> Record:
    """Return counts as Codex writes them; ``fresh`` input tokens are neither cached nor written to the cache."""
    input_tokens = fresh + cached + cache_write
    return {
        "input_tokens": input_tokens,
        "cached_input_tokens": cached,
        "cache_write_input_tokens": cache_write,
        "output_tokens": output,
        "reasoning_output_tokens": reasoning,
        "total_tokens": input_tokens + output if total is None else total,
    }


def plus(one: Record, other: Record) -> Record:
    """Return the sum of two counts."""
    return {name: one[name] + other[name] for name in one}


class Rollout:
    """Lines of one rollout, a second apart; ``step_ms`` sets another step for the lines to come."""

    def __init__(self, thread: str = THREAD, *, begin_ms: int = BEGIN_MS, **meta: Any) -> None:
        self.records: list[Record] = []
        self.sum = usage(0)
        self.now_ms, self.step_ms = begin_ms, 1000
        self.meta(thread, **meta)

    def line(self, kind: str, payload: Record, /, **envelope: Any) -> Self:
        """Add a line of any type."""
        self.records.append({"timestamp": iso(self.now_ms), "type": kind, "payload": payload, **envelope})
        self.now_ms += self.step_ms
        return self

    def copy(self, records: Iterable[Record], step_ms: int = 1, **envelope: Any) -> Self:
        """Add copies of another rollout's lines, as a fork does: at once, under times of its own."""
        own_step, self.step_ms = self.step_ms, step_ms
        for record in records:
            self.line(record["type"], record["payload"], **envelope)
        self.step_ms = own_step
        return self

    def meta(self, thread: str = THREAD, **fields: Any) -> Self:
        """Add a ``session_meta``."""
        facts = {"cwd": CWD, "cli_version": "0.104.0", "originator": "codex_cli_rs", "model_provider": "openai"}
        return self.line("session_meta", {"id": thread, **facts, "git": {"branch": "main"}, **fields})

    def context(self, model: str = "gpt-5.3-codex", **fields: Any) -> Self:
        """Add a ``turn_context``."""
        return self.line("turn_context", {"model": model, "cwd": CWD, "approval_policy": "on-request", **fields})

    def event(self, kind: str, /, **fields: Any) -> Self:
        """Add an ``event_msg``."""
        return self.line("event_msg", {"type": kind, **fields})

    def item(self, kind: str, /, **fields: Any) -> Self:
        """Add an ``item_completed``; the times go into its envelope."""
        times = {name: fields.pop(name) for name in ("started_at_ms", "completed_at_ms") if name in fields}
        return self.event("item_completed", item={"type": kind, **fields}, **times)

    def call(self, name: str, arguments: Any, call: str = "call_1", **fields: Any) -> Self:
        """Add a ``function_call``; arguments are encoded as JSON unless they are text."""
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        return self.line(
            "response_item", {"type": "function_call", "name": name, "arguments": text, "call_id": call, **fields}
        )

    def custom(self, name: str, text: str, call: str = "call_1") -> Self:
        """Add a ``custom_tool_call``."""
        return self.line("response_item", {"type": "custom_tool_call", "name": name, "input": text, "call_id": call})

    def answer(self, output: Any, call: str = "call_1") -> Self:
        """Add a ``function_call_output``."""
        return self.line("response_item", {"type": "function_call_output", "call_id": call, "output": output})

    def responds(self, counts: Record, *, window: int | None = 258_400, times: int = 1) -> Self:
        """Add a response, as this number of ``token_count`` lines."""
        self.sum = plus(self.sum, counts)
        for _ in range(times):
            self.count(self.sum, counts, window)
        return self

    def count(self, total: Record, last: Record | None, window: int | None = 258_400, **more: Any) -> Self:
        """Add a ``token_count`` with this sum and last response."""
        info = {"total_token_usage": total, "last_token_usage": last, "model_context_window": window}
        return self.event("token_count", info=info, **more)

    def record(self, response: str, counts: Record, thread: str = THREAD) -> Self:
        """Add a ``token_usage_record`` and add its counts to the sum."""
        self.sum = plus(self.sum, counts)
        payload = {"thread_id": thread, "response_id": response, "usage": counts, "thread_token_usage": self.sum}
        return self.line("token_usage_record", payload)


def read(records: Iterable[Record], path: Path = PATH) -> list[Event]:
    """Return the events of all lines."""
    return support.read_records(Codex(), records, path)


def read_resuming(records: Iterable[Record], path: Path = PATH) -> list[Event]:
    """Return the events of all lines, each read by a new parser with the state of the one before."""
    return support.read_resuming(Codex(), records, path)


def events_of(rollout: Rollout, kind: type[Kind]) -> list[Kind]:
    """Return the events of one kind in a rollout."""
    return only(read(rollout.records), kind)


def only(events: Iterable[Event], kind: type[Kind]) -> list[Kind]:
    """Return the events of one kind."""
    return [event for event in events if isinstance(event, kind)]
