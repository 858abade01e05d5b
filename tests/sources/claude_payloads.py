"""Builder of Claude Code's printed output and payloads of hooks and statuslines, and helpers that parse them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.sources.claude_builder import ID, MODEL, ref, usage
from tui_monitor.events import Event
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.adapter import ClaudeCode

NOWHERE = Path("/home/ada/printed.jsonl")
"""A missing file: its lines count as written when they are read."""


class Printed:
    """The lines of ``claude -p --output-format stream-json``."""

    def __init__(self, session: str = ID) -> None:
        self.records: list[Record] = []
        self._session = session
        self._messages = 0

    def line(self, kind: str, **fields: object) -> Record:
        """Add a line."""
        uuid = f"{len(self.records):08x}-0000-4000-8000-{self._session[:12]}"
        record: Record = {"type": kind, "session_id": self._session, "uuid": uuid, **fields}
        self.records.append(record)
        return record

    def system(self, subtype: str, **fields: object) -> Record:
        """Add a ``system`` line."""
        return self.line("system", subtype=subtype, **fields)

    def init(self) -> Record:
        """Add the first line of a turn."""
        return self.system(
            "init",
            cwd="/home/ada/engine",
            model=MODEL,
            permissionMode="acceptEdits",
            claude_code_version="2.1.197",
            tools=["Bash"],
            mcp_servers=[],
        )

    def assistant(
        self, *blocks: Record, counts: Record | None = None, call: str | None = None, model: str = MODEL
    ) -> Record:
        """Add a part of a response, before its counts are final; ``call`` is the one that started its agent."""
        self._messages += 1
        message = {
            "id": f"msg_{self._messages}",
            "model": model,
            "role": "assistant",
            "content": list(blocks),
            "stop_reason": None,
            "usage": usage(output=1) if counts is None else counts,
        }
        return self.line("assistant", message=message, parent_tool_use_id=call, request_id=f"req_{self._messages}")

    def user(self, content: str | list[Record], call: str | None = None, **fields: object) -> Record:
        """Add a line of the person, or of the calling agent."""
        message = {"role": "user", "content": content}
        return self.line("user", message=message, parent_tool_use_id=call, **fields)

    def answer(self, content: str, structured: object = None, call: str = "call_1", asker: str | None = None) -> Record:
        """Add the result of a call."""
        block = {"type": "tool_result", "tool_use_id": call, "content": content}
        return self.user([block], asker, timestamp="2026-03-01T10:00:09.000Z", tool_use_result=structured)

    def streams(self, output: int, call: str | None = None, stop: str = "end_turn") -> None:
        """Add the deltas of the next response."""
        message = {"id": f"msg_{self._messages + 1}", "model": MODEL, "usage": usage(output=1)}
        for event in (
            {"type": "message_start", "message": message},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hm."}},
            {"type": "message_delta", "delta": {"stop_reason": stop}, "usage": {"output_tokens": output}},
            {"type": "message_stop"},
        ):
            self.line("stream_event", event=event, parent_tool_use_id=call)

    def result(self, dollars: float, **fields: object) -> Record:
        """Add the end of a turn, with the total of the run."""
        usage_by_model = {
            "inputTokens": 3,
            "outputTokens": 20,
            "cacheReadInputTokens": 15_000,
            "cacheCreationInputTokens": 400,
        }
        end = {"subtype": "success", "is_error": False, "duration_ms": 1200, "result": "Done."}
        models = {MODEL: usage_by_model | {"contextWindow": 200_000}}
        return self.line("result", **{**end, "total_cost_usd": dollars, "modelUsage": models, **fields})

    def events(self) -> list[Event]:
        """Return the events of all lines."""
        return events_of(self.records)


def hook(name: str, session: str = ID, **fields: object) -> Record:
    """Return the payload of a hook."""
    return {
        "session_id": session,
        "transcript_path": f"/home/ada/.claude/projects/-home-ada-engine/{session}.jsonl",
        "cwd": "/home/ada/engine",
        "hook_event_name": name,
        **fields,
    }


def tool_hook(name: str, tool: str, call: str = "call_1", **fields: object) -> Record:
    """Return the payload of a hook of a call."""
    beside = {"tool_name": tool, "tool_use_id": call, "tool_input": {}, "permission_mode": "default"}
    return hook(name) | beside | fields


def statusline(
    dollars: float | None,
    session: str = ID,
    current_usage: Record | None = None,
    window: int = 200_000,
    **fields: object,
) -> Record:
    """Return the payload of a statusline."""
    return {
        "session_id": session,
        "transcript_path": f"/home/ada/.claude/projects/-home-ada-engine/{session}.jsonl",
        "cwd": "/home/ada/engine",
        "model": {"id": MODEL, "display_name": "Opus"},
        "version": "2.1.197",
        "cost": {"total_cost_usd": dollars, "total_duration_ms": 10},
        "context_window": {"context_window_size": window, "current_usage": current_usage},
        **fields,
    }


def events_of(records: Iterable[Record], path: Path = NOWHERE) -> list[Event]:
    """Return the events of the records of a file."""
    parser = ClaudeCode().parser(path, "")
    return [event for index, record in enumerate(records) for event in parser.parse(record, ref(index, path))]


def resumed_events_of(records: Sequence[Record], path: Path = NOWHERE) -> list[Event]:
    """Return the same, parsing each record by a new parser that resumes from the state of the last one."""
    events: list[Event] = []
    state = ""
    for index, record in enumerate(records):
        parser = ClaudeCode().parser(path, state)
        events += parser.parse(record, ref(index, path))
        state = parser.state()
    return events
