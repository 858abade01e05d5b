"""Builder of lines of the project's stream, and helpers that parse them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from tui_monitor.events import Event, SourceRef
from tui_monitor.sources.base import Record
from tui_monitor.sources.stream.adapter import Stream

PATH = Path("/tmp/streams/s1.jsonl")
SECONDS = 1_767_225_600
MILLIS = SECONDS * 1000

Kind = TypeVar("Kind", bound=Event)


def line(kind: str, /, uid: str = "u1", **fields: Any) -> Record:
    """Return a line with its envelope."""
    return {"v": 1, "type": kind, "uid": uid, "timestamp": SECONDS, "session_id": "s1", **fields}


def execution(**fields: Any) -> Record:
    """Return a bare ToolExecution, as its own library writes it."""
    defaults: Record = {
        "id": 1,
        "tool_name": "bash",
        "input": {"command": "make test"},
        "output": "exit_code=0, output_len=2",
        "success": True,
        "error": None,
        "started_at": MILLIS,
        "duration_ms": 1500,
        "files_affected": [],
        "tokens": None,
        "parent_id": None,
        "session_id": None,
        "model": None,
        "metadata": {},
    }
    return {**defaults, **fields}


def telemetry(**fields: Any) -> Record:
    """Return a bare TelemetryRecord."""
    defaults: Record = {
        "agent_id": "a1",
        "timestamp": SECONDS,
        "input_tokens": 100,
        "output_tokens": 20,
        "cached_tokens": 0,
        "cache_creation_tokens": 0,
        "cache_read_tokens": 0,
        "total_tokens": 120,
        "estimated_cost": 0.0,
        "model": "claude-sonnet-4-5",
        "provider": "anthropic",
        "tool_name": None,
        "tool_args": None,
        "tool_approved": None,
        "tool_approval_type": None,
        "engine_id": "claude",
    }
    return {**defaults, **fields}


EVERYTHING: list[Record] = [
    line("agent", "u0", id="s1", status="running", cwd="/w"),
    line("agent", "u1", session_id=None, id="child", parent_id="s1"),
    line("tool_start", "u2", id="t1", tool_name="bash", input={"command": "ls"}, started_at=MILLIS),
    line("output", "u2o", id="t1", text="quay.py\n"),
    line("tool", "u3", **execution(id="t1", session_id="s1")),
    line("usage", "u4", input_tokens=1, output_tokens=2, agent_id="child"),
    line("context", "u5", current=1, limit=2),
    line("request", "u6", endpoint="/"),
    line("metric", "u7", name="n", value=1),
    line("log", "u8", message="m"),
    line("prompt", "u9", text="Mend the tide table"),
    line("message", "u10", text="I will look at it", thinking=True),
    line("generation_start", "u11", id="g1", model="m"),
    line("generation", "u12", id="g1", model="m", input_tokens=3, output_tokens=1, ttft_ms=20, streaming=True),
    line("wait", "u13", waiting=True, reason="Which table?"),
    line("wait", "u14", waiting=False),
    line("retry", "u15", reason="overloaded", wait_ms=2000, attempt=1, attempts=3, status_code=529),
    line("compaction", "u16", finished=False, trigger="auto"),
    line("compaction", "u17", before=900, after=100, duration_ms=5000, trigger="auto"),
    line("todos", "u18", items=[{"text": "read", "status": "completed"}, {"text": "mend", "status": "in_progress"}]),
    line("end", "u19", process_id=4711, status="completed"),
    execution(),
    execution(id=2, parent_id=1),
    telemetry(),
    telemetry(),
    telemetry(timestamp=None),
]
"""Lines of every type, and bare objects of both kinds."""


def read(*records: Record, path: Path = PATH) -> list[Event]:
    """Return the events of all lines; the offset of each line is its number."""
    parser = Stream().parser(path, "")
    return [event for at, record in enumerate(records) for event in parser.parse(record, SourceRef(str(path), at, 1))]


def read_resuming(records: Iterable[Record], path: Path = PATH) -> list[Event]:
    """Return the events of all lines, each read by a new parser with the state of the one before."""
    events: list[Event] = []
    state = ""
    for at, record in enumerate(records):
        parser = Stream().parser(path, state)
        events.extend(parser.parse(record, SourceRef(str(path), at, 1)))
        state = parser.state()
        json.loads(state)
    return events


def only(events: Iterable[Event], kind: type[Kind]) -> list[Kind]:
    """Return the events of one kind."""
    return [event for event in events if isinstance(event, kind)]
