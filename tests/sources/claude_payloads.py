"""Builds what Claude Code prints, and what it hands to hooks and statuslines; reads what the parsers make of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.sources.claude_builder import ID, MODEL, ref, usage
from tui_monitor.events import Event
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.adapter import ClaudeCode

NOWHERE = Path("/home/ada/printed.jsonl")
"""A file that is not there: its lines count as written when they are read."""


class Printed:
    """The lines of ``claude -p --output-format stream-json``."""

    def __init__(self, session: str = ID) -> None:
        self.records: list[Record] = []
        self._session = session
        self._messages = 0

    def line(self, kind: str, **fields: object) -> Record:
        """Any line."""
        uuid = f"{len(self.records):08x}-0000-4000-8000-{self._session[:12]}"
        record: Record = {"type": kind, "session_id": self._session, "uuid": uuid, **fields}
        self.records.append(record)
        return record

    def system(self, subtype: str, **fields: object) -> Record:
        """A line of the program's own."""
        return self.line("system", subtype=subtype, **fields)

    def init(self) -> Record:
        """The first line of a turn."""
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
        """A part of a response, told before its counts are final; ``call`` is the one that asked its agent."""
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
        """A line in the person's name, or the asking agent's."""
        message = {"role": "user", "content": content}
        return self.line("user", message=message, parent_tool_use_id=call, **fields)

    def answer(self, content: str, structured: object = None, call: str = "call_1", asker: str | None = None) -> Record:
        """The result of a call."""
        block = {"type": "tool_result", "tool_use_id": call, "content": content}
        return self.user([block], asker, timestamp="2026-03-01T10:00:09.000Z", tool_use_result=structured)

    def streams(self, output: int, call: str | None = None, stop: str = "end_turn") -> None:
        """The deltas of the next response."""
        message = {"id": f"msg_{self._messages + 1}", "model": MODEL, "usage": usage(output=1)}
        for event in (
            {"type": "message_start", "message": message},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hm."}},
            {"type": "message_delta", "delta": {"stop_reason": stop}, "usage": {"output_tokens": output}},
            {"type": "message_stop"},
        ):
            self.line("stream_event", event=event, parent_tool_use_id=call)

    def result(self, dollars: float, **fields: object) -> Record:
        """The end of a turn, with what the run has cost so far."""
        told = {"inputTokens": 3, "outputTokens": 20, "cacheReadInputTokens": 15_000, "cacheCreationInputTokens": 400}
        end = {"subtype": "success", "is_error": False, "duration_ms": 1200, "result": "Done."}
        models = {MODEL: told | {"contextWindow": 200_000}}
        return self.line("result", **{**end, "total_cost_usd": dollars, "modelUsage": models, **fields})

    def events(self) -> list[Event]:
        """What all lines tell."""
        return told_by(self.records)


def hook(name: str, session: str = ID, **fields: object) -> Record:
    """The payload of a hook."""
    return {
        "session_id": session,
        "transcript_path": f"/home/ada/.claude/projects/-home-ada-engine/{session}.jsonl",
        "cwd": "/home/ada/engine",
        "hook_event_name": name,
        **fields,
    }


def tool_hook(name: str, tool: str, call: str = "call_1", **fields: object) -> Record:
    """The payload of a hook that runs beside a call."""
    beside = {"tool_name": tool, "tool_use_id": call, "tool_input": {}, "permission_mode": "default"}
    return hook(name) | beside | fields


def statusline(
    dollars: float | None, session: str = ID, sent: Record | None = None, window: int = 200_000, **fields: object
) -> Record:
    """The payload of a statusline."""
    return {
        "session_id": session,
        "transcript_path": f"/home/ada/.claude/projects/-home-ada-engine/{session}.jsonl",
        "cwd": "/home/ada/engine",
        "model": {"id": MODEL, "display_name": "Opus"},
        "version": "2.1.197",
        "cost": {"total_cost_usd": dollars, "total_duration_ms": 10},
        "context_window": {"context_window_size": window, "current_usage": sent},
        **fields,
    }


def told_by(records: Iterable[Record], path: Path = NOWHERE) -> list[Event]:
    """What the records of a file tell."""
    parser = ClaudeCode().parser(path, "")
    return [event for index, record in enumerate(records) for event in parser.parse(record, ref(index, path))]


def told_resuming(records: Sequence[Record], path: Path = NOWHERE) -> list[Event]:
    """The same, but each record is read by a new parser that goes on from the state of the one before."""
    events: list[Event] = []
    state = ""
    for index, record in enumerate(records):
        parser = ClaudeCode().parser(path, state)
        events += parser.parse(record, ref(index, path))
        state = parser.state()
    return events
