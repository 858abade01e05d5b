"""What Claude Code hands to hooks: when a turn, a call or an agent begins and ends, and when it waits for a person.

Prompts and words are left out: the transcript tells them, with the times that hooks lack.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

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
from tui_monitor.sources.claude_code.background import Background
from tui_monitor.sources.claude_code.calls import Calls
from tui_monitor.sources.claude_code.kinds import SILENT_HOOKS
from tui_monitor.sources.claude_code.line import Line
from tui_monitor.sources.claude_code.results import OpenCall, finished, plain_text
from tui_monitor.sources.claude_code.session import Facts
from tui_monitor.sources.claude_code.tools import kept
from tui_monitor.sources.shared.fields import as_json, number, put_bounded, table, text

_ASKS_FOR_PERMISSION = ("permission_prompt", "elicitation_dialog")
_SAYS_PERMISSION = "permission"
_IS_IDLE = "idle_prompt"
_MAX_SESSIONS = 64

Handler: TypeAlias = Callable[[Line], Iterable[Event]]


def is_hook(record: Record) -> bool:
    """Whether a record is the payload of a hook."""
    return "hook_event_name" in record and "session_id" in record


class HooksParser:
    """Reads payloads of hooks, of any number of sessions."""

    def __init__(self, path: Path, state: str) -> None:
        told: Record = json.loads(state) if state else {}
        self._facts = Facts(**told.get("facts", {}))
        self._calls = Calls(told.get("calls"))
        self._waiting: dict[str, None] = told.get("waiting", {})
        self._handlers: dict[str, Handler] = {
            "SessionStart": self._goes_on,
            "SessionEnd": lambda line: self._turn(line, Turn.SESSION_ENDED, "reason"),
            "UserPromptSubmit": lambda line: self._turn(line, Turn.STARTED),
            "Stop": lambda line: self._turn(line, Turn.DONE),
            "StopFailure": lambda line: self._turn(line, Turn.FAILED, "error"),
            "PreToolUse": self._asked,
            "PostToolUse": self._answered,
            "PostToolUseFailure": self._failed,
            "PermissionRequest": lambda line: self._waits(line, text(line.record.get("tool_name"))),
            "PermissionDenied": self._goes_on,
            "Elicitation": lambda line: self._waits(line, text(line.record.get("message"))),
            "ElicitationResult": self._goes_on,
            "Notification": self._notified,
            "SubagentStart": lambda line: _agent(line, AgentStatus.RUNNING),
            "SubagentStop": lambda line: _agent(line, AgentStatus.COMPLETED),
            "PreCompact": lambda line: [
                CompactionUpdate(**line.where, finished=False, trigger=text(line.record.get("trigger")))
            ],
        }

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """The events of one payload; see `tui_monitor.sources.base.Parser`."""
        hook = text(record.get("hook_event_name"))
        handler = self._handlers.get(hook)
        if handler is None and hook not in SILENT_HOOKS:
            raise UnknownRecord(f"hook {hook}")
        line = self._facts.receive(record, ref, text(record.get("agent_id")))
        yield from self._facts.tell(
            line.by(MAIN),
            path=record.get("transcript_path"),
            cwd=record.get("cwd"),
            mode=record.get("permission_mode"),
        )
        yield from handler(line) if handler else ()

    def state(self) -> str:
        """What is needed to go on from here."""
        return as_json({"facts": self._facts, "calls": self._calls.state(), "waiting": self._waiting})

    def _turn(self, line: Line, turn: Turn, reason: str = "") -> Iterator[Event]:
        yield from self._goes_on(line)
        yield TurnUpdate(**line.where, turn=turn, reason=text(line.record.get(reason)))

    def _asked(self, line: Line) -> Iterable[Event]:
        record = line.record
        block = {"id": record["tool_use_id"], "name": record["tool_name"], "input": record.get("tool_input")}
        return self._calls.started(line, block, Background())

    def _answered(self, line: Line) -> Iterator[Event]:
        yield from self._goes_on(line)
        response = line.record.get("tool_response")
        block = {"tool_use_id": line.record["tool_use_id"], "content": _words(response)}
        yield from self._end(line, block, table(response))

    def _failed(self, line: Line) -> Iterator[Event]:
        yield from self._goes_on(line)
        block = {"tool_use_id": line.record["tool_use_id"], "content": line.record.get("error"), "is_error": True}
        for end in self._end(line, block, {}):
            stopped = line.record.get("is_interrupt") is True
            yield replace(end, state=CallState.INTERRUPTED) if stopped else end

    def _end(self, line: Line, block: Record, structured: Record) -> Iterator[CallFinished]:
        call = self._calls.answer(block["tool_use_id"])
        if call is None:
            return
        tool = text(line.record.get("tool_name"))
        call = call if call.tool else OpenCall(tool, arguments=kept(tool, table(line.record.get("tool_input"))))
        end = finished(line, block, call, structured)
        measured = number(line.record.get("duration_ms"))
        yield end if measured is None or end.state is CallState.BACKGROUND else replace(end, duration_ms=measured)

    def _notified(self, line: Line) -> Iterable[Event]:
        kind, message = text(line.record.get("notification_type")), text(line.record.get("message"))
        if kind in _ASKS_FOR_PERMISSION or (not kind and _SAYS_PERMISSION in message):
            return self._waits(line, message)
        return self._turn(line, Turn.DONE) if kind == _IS_IDLE else ()

    def _waits(self, line: Line, reason: str) -> Iterator[Event]:
        put_bounded(self._waiting, line.where["session"].id, None, _MAX_SESSIONS)
        yield WaitUpdate(**line.where, waiting=True, reason=reason, call=self._held_up(line.record))

    def _held_up(self, record: Record) -> str:
        """The call that waits: few payloads name it, but it is the newest open one (of the tool that is named)."""
        return text(record.get("tool_use_id")) or self._calls.newest(text(record.get("tool_name")))

    def _goes_on(self, line: Line) -> Iterator[Event]:
        """Whoever was waited for has answered."""
        if line.where["session"].id in self._waiting:
            del self._waiting[line.where["session"].id]
            yield WaitUpdate(**line.where, waiting=False)


def _agent(line: Line, status: AgentStatus) -> Iterator[AgentUpdate]:
    """An agent begins or ends. Those of no type are the program's own."""
    over = status is AgentStatus.COMPLETED
    yield AgentUpdate(
        **line.where,
        type=text(line.record.get("agent_type")),
        status=status,
        ended=line.where["at"] or None if over else None,
        log_file=text(line.record.get("agent_transcript_path")),
        internal=not line.record.get("agent_type"),
    )


def _words(response: object) -> str:
    """What a tool answered, as text; a change of a file is no answer."""
    if isinstance(response, str | list):
        return plain_text(response)
    told = table(response)
    if "structuredPatch" in told:
        return ""
    names = told.get("filenames")
    listed = "\n".join(map(text, names)) if isinstance(names, list) else ""
    said = plain_text(told.get("content")) or text(table(told.get("file")).get("content"))
    return said or text(told.get("result")) or listed
