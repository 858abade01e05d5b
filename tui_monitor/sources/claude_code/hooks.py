"""Payloads of hooks: starts and ends of turns, calls and agents, and waiting for a person.

Prompts and messages are left to the transcript, which has their times; hooks have none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from tui_monitor.events import (
    MAIN,
    AgentStatus,
    AgentUpdate,
    CallFinished,
    CallState,
    CompactionUpdate,
    Event,
    SourceRef,
    Turn,
    TurnUpdate,
    WaitUpdate,
)
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.claude_code.calls import OpenCall, ToolCalls
from tui_monitor.sources.claude_code.line import ClaudeLine
from tui_monitor.sources.claude_code.results import plain_text, result_of
from tui_monitor.sources.claude_code.session import SessionTracker
from tui_monitor.sources.claude_code.tools import needed_arguments
from tui_monitor.sources.claude_code.transcript import LineHandler
from tui_monitor.sources.shared.fields import as_json, number, put_bounded, table, text

_PERMISSION_NOTIFICATIONS = ("permission_prompt", "elicitation_dialog")
_PERMISSION_WORD = "permission"
_IDLE_NOTIFICATION = "idle_prompt"
_MAX_SESSIONS = 64

_IGNORED_HOOKS = frozenset(
    {
        "ConfigChange",
        "CwdChanged",
        "FileChanged",
        "InstructionsLoaded",
        "PostCompact",
        "PostToolBatch",
        "Setup",
        "TaskCompleted",
        "TaskCreated",
        "TeammateIdle",
        "UserPromptExpansion",
        "WorktreeCreate",
        "WorktreeRemove",
    }
)
"""Known hooks without events of their own."""


def is_hook(record: Record) -> bool:
    """Return True for the payload of a hook."""
    return "hook_event_name" in record and "session_id" in record


class HooksParser:
    """Parses payloads of hooks, of any number of sessions."""

    def __init__(self, path: Path, state: str) -> None:
        saved: Record = json.loads(state) if state else {}
        self._session = SessionTracker(**saved.get("session", {}))
        self._calls = ToolCalls(saved.get("calls"))
        self._waiting: dict[str, str] = saved.get("waiting", {})
        self._handlers: dict[str, LineHandler] = {
            "SessionStart": self._stop_waiting,
            "SessionEnd": lambda line: self._turn(line, Turn.SESSION_ENDED, "reason"),
            "UserPromptSubmit": lambda line: self._turn(line, Turn.STARTED),
            "Stop": lambda line: self._turn(line, Turn.DONE),
            "StopFailure": lambda line: self._turn(line, Turn.FAILED, "error"),
            "PreToolUse": self._call_started,
            "PostToolUse": self._call_answered,
            "PostToolUseFailure": self._call_failed,
            "PermissionRequest": lambda line: self._start_waiting(line, text(line.record.get("tool_name"))),
            "PermissionDenied": self._stop_waiting,
            "Elicitation": lambda line: self._start_waiting(line, text(line.record.get("message"))),
            "ElicitationResult": self._stop_waiting,
            "Notification": self._notification,
            "SubagentStart": lambda line: _agent(line, AgentStatus.RUNNING),
            "SubagentStop": lambda line: _agent(line, AgentStatus.COMPLETED),
            "PreCompact": _compaction,
        }

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """Yield the events of one payload; see `tui_monitor.sources.base.Parser`."""
        hook = text(record.get("hook_event_name"))
        handler = self._handlers.get(hook)
        if handler is None and hook not in _IGNORED_HOOKS:
            raise UnknownRecord(f"hook {hook}")
        line = self._session.payload_line(record, ref, text(record.get("agent_id")))
        yield from self._session.update(
            line.with_agent(MAIN),
            path=record.get("transcript_path"),
            cwd=record.get("cwd"),
            mode=record.get("permission_mode"),
        )
        yield from handler(line) if handler else ()

    def state(self) -> str:
        """Return everything needed to go on."""
        return as_json({"session": self._session, "calls": self._calls.state(), "waiting": self._waiting})

    def _turn(self, line: ClaudeLine, turn: Turn, reason: str = "") -> Iterator[Event]:
        yield from self._stop_waiting(line)
        yield TurnUpdate(**line.fields, turn=turn, reason=text(line.record.get(reason)))

    def _call_started(self, line: ClaudeLine) -> Iterable[Event]:
        record = line.record
        block = {"id": record["tool_use_id"], "name": record["tool_name"], "input": record.get("tool_input")}
        return self._calls.start(line, block, lambda task_id: "")

    def _call_answered(self, line: ClaudeLine) -> Iterator[Event]:
        call_id, response = line.record["tool_use_id"], line.record.get("tool_response")
        has_waited = self._waiting.get(line.session.id) == call_id
        yield from self._stop_waiting(line)
        for result in self._finish(line, {"tool_use_id": call_id, "content": _text_of(response)}, table(response)):
            yield replace(result, approved=True, approval="user") if has_waited else result

    def _call_failed(self, line: ClaudeLine) -> Iterator[Event]:
        yield from self._stop_waiting(line)
        block = {"tool_use_id": line.record["tool_use_id"], "content": line.record.get("error"), "is_error": True}
        for result in self._finish(line, block, {}):
            is_interrupted = line.record.get("is_interrupt") is True
            yield replace(result, state=CallState.INTERRUPTED) if is_interrupted else result

    def _finish(self, line: ClaudeLine, block: Record, structured: Record) -> Iterator[CallFinished]:
        call = self._calls.answer(block["tool_use_id"])
        if call is None:
            return
        tool = text(line.record.get("tool_name"))
        if not call.tool:
            call = OpenCall(tool, arguments=needed_arguments(tool, table(line.record.get("tool_input"))))
        result = result_of(line, block, call, structured)
        duration_ms = number(line.record.get("duration_ms"))
        has_ended = duration_ms is not None and result.state is not CallState.BACKGROUND
        yield replace(result, duration_ms=duration_ms) if has_ended else result

    def _notification(self, line: ClaudeLine) -> Iterable[Event]:
        kind, message = text(line.record.get("notification_type")), text(line.record.get("message"))
        if kind in _PERMISSION_NOTIFICATIONS or (not kind and _PERMISSION_WORD in message):
            return self._start_waiting(line, message)
        return self._turn(line, Turn.DONE) if kind == _IDLE_NOTIFICATION else ()

    def _start_waiting(self, line: ClaudeLine, reason: str) -> Iterator[Event]:
        call_id = self._waiting_call(line.record)
        put_bounded(self._waiting, line.session.id, call_id, _MAX_SESSIONS)
        yield WaitUpdate(**line.fields, waiting=True, reason=reason, call=call_id)

    def _waiting_call(self, record: Record) -> str:
        """Return the call that waits. Few payloads name it; else it is the newest open one (of the named tool)."""
        return text(record.get("tool_use_id")) or self._calls.newest(text(record.get("tool_name")))

    def _stop_waiting(self, line: ClaudeLine) -> Iterator[Event]:
        if line.session.id in self._waiting:
            del self._waiting[line.session.id]
            yield WaitUpdate(**line.fields, waiting=False)


def _agent(line: ClaudeLine, status: AgentStatus) -> Iterator[AgentUpdate]:
    """Yield the start or end of an agent. Agents without a type are internal ones."""
    has_ended = status is AgentStatus.COMPLETED
    yield AgentUpdate(
        **line.fields,
        type=text(line.record.get("agent_type")),
        status=status,
        ended=line.at or None if has_ended else None,
        log_file=text(line.record.get("agent_transcript_path")),
        internal=not line.record.get("agent_type"),
    )


def _compaction(line: ClaudeLine) -> Iterator[CompactionUpdate]:
    yield CompactionUpdate(**line.fields, finished=False, trigger=text(line.record.get("trigger")))


def _text_of(response: object) -> str:
    """Return the text of a tool's response; changes of files have none."""
    if isinstance(response, str | list):
        return plain_text(response)
    fields = table(response)
    if "structuredPatch" in fields:
        return ""
    filenames = fields.get("filenames")
    listing = "\n".join(map(text, filenames)) if isinstance(filenames, list) else ""
    content = plain_text(fields.get("content")) or text(table(fields.get("file")).get("content"))
    return content or text(fields.get("result")) or listing
