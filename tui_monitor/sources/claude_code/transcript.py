"""Transcripts: the file of a session, and those of its sub-agents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from tui_monitor.events import MAIN, Event, SourceRef
from tui_monitor.sources.base import Record, UnknownRecord, UnreadableRecord
from tui_monitor.sources.claude_code.calls import AGENT_PROGRESS, progress
from tui_monitor.sources.claude_code.context_parts import request_shape
from tui_monitor.sources.claude_code.files import agent_of_file, operation_of, session_of_file
from tui_monitor.sources.claude_code.hook_runs import stop_hooks
from tui_monitor.sources.claude_code.line import ClaudeLine
from tui_monitor.sources.claude_code.messages import ClaudeMessageHandler
from tui_monitor.sources.claude_code.prompts import passages
from tui_monitor.sources.claude_code.state import TranscriptState
from tui_monitor.sources.claude_code.turns import retry
from tui_monitor.sources.claude_code.usage import usages
from tui_monitor.sources.shared.fields import count, number, table, text

LineHandler: TypeAlias = Callable[[ClaudeLine], Iterable[Event]]


def _ignore(line: ClaudeLine) -> Iterable[Event]:
    return ()


_IGNORED: dict[str, LineHandler] = dict.fromkeys(
    (
        "agent-color",
        "agent-name",
        "agent-setting",
        "api-request-blob",
        "artifact-autoreact-ledger",
        "artifact-comment-monitor",
        "atis-latch",
        "attribution-snapshot",
        "bridge-session",
        "content-replacement",
        "continued-in",
        "ended-by-model",
        "file-history-delta",
        "file-history-snapshot",
        "fork-context-ref",
        "frame-link",
        "history-suppression",
        "isolation-latch",
        "last-prompt",
        "marble-origami-commit",
        "marble-origami-reset",
        "marble-origami-snapshot",
        "mode",
        "observer-ref",
        "permission-mode",
        "pr-link",
        "speculation-accept",
        "tag",
        "task-summary",
        "tools-used",
        "system/",
        "system/agents_killed",
        "system/api_metrics",
        "system/away_summary",
        "system/bridge_status",
        "system/informational",
        "system/memory_saved",
        "system/permission_retry",
        "system/scheduled_task_fire",
        "system/thinking",
    ),
    _ignore,
)
"""Known types without events of their own; the type of a ``system`` line includes its subtype."""

_AHEAD_OF_SESSION = ("summary", "file-history-snapshot")
"""Types of lines that begin a file and name no session: it is that of a later line, which may not be written yet."""

_PENDING_AGENTS = "pendingBackgroundAgentCount"
_PENDING_WORKFLOWS = "pendingWorkflowCount"


class TranscriptParser:
    """Parses one transcript: finds the agent of each line, and the handler of its type."""

    def __init__(self, path: Path, state: str) -> None:
        self._owner = agent_of_file(path)
        self._named_after = session_of_file(path)
        self._state = TranscriptState.restored(state) if state else TranscriptState()
        messages, session = ClaudeMessageHandler(self._state), self._state.session
        self._handlers: dict[str, LineHandler] = _IGNORED | {
            "assistant": messages.assistant,
            "user": messages.user,
            "attachment": messages.attachment,
            "queue-operation": messages.queue,
            "progress": self._progress,
            "summary": session.summary,
            "ai-title": session.title,
            "custom-title": session.title,
            "relocated": session.relocated,
            "worktree-state": session.worktree,
            "api-request": self._state.requests.send,
            "api-request-shape": request_shape,
            "cost-state": self._saved_total,
            "system/local_command": messages.local_command,
            "system/turn_duration": self._turn_duration,
            "system/stop_hook_summary": self._stop_hooks,
            "system/compact_boundary": self._state.contexts.compacted,
            "system/microcompact_boundary": self._state.contexts.trimmed,
            "system/api_error": lambda line: [retry(line)],
        }

    def parse(self, record: Record, ref: SourceRef) -> list[Event]:
        """Return the events of one line; see `tui_monitor.sources.base.Parser`."""
        kind, session = record_type(record), self._state.session
        handler = self._handler(kind, record)
        if not session.session and kind not in _AHEAD_OF_SESSION:
            session.session = self._named_after
        line = session.transcript_line(record, ref, self._state.agents.agent_of(record, self._owner))
        if not line.session.id:
            return list(session.summary(line)) if kind == "summary" else []
        if line.agent == MAIN:
            events: list[Event] = [*session.update_from_envelope(line)]
            if kind == "assistant" or self._state.totals.pending:
                events += self._state.totals.follow(line)
            events += handler(line)
            return events
        if operation := operation_of(line.agent):
            return [*self._agent(line), *self._internal(line, operation)]
        return [*self._agent(line), *self._resumes(line), *handler(line), *self._rests(line)]

    def state(self) -> str:
        """Return everything needed to go on."""
        return self._state.to_json()

    def _handler(self, kind: str, record: Record) -> LineHandler:
        """Return the handler of a record's type, or raise before the state has changed."""
        if kind in ("assistant", "user") and not isinstance(record.get("message"), dict):
            raise UnreadableRecord(f"{kind} without a message")
        if kind not in self._handlers:
            raise UnknownRecord(kind or "no type")
        return self._handlers[kind]

    def _agent(self, line: ClaudeLine) -> Iterator[Event]:
        agents, calls = self._state.agents, self._state.calls
        if line.agent not in agents.calls:
            prompt = "\n".join(passages(line.message.get("content")))
            call_id = "" if self._owner else calls.with_prompt(prompt)
            yield from agents.add(line, self._owner, call_id, calls.get(call_id))
        if self._owner:
            yield from agents.describe(line)

    def _resumes(self, line: ClaudeLine) -> Iterator[Event]:
        if line.agent == self._owner and line.record.get("type") in ("assistant", "user"):
            yield from self._state.agents.activity(line)

    def _rests(self, line: ClaudeLine) -> Iterator[Event]:
        """End the agent of this file at an answer after which it waits for no task."""
        has_answered = line.record.get("type") == "assistant" and line.message.get("stop_reason") == "end_turn"
        if has_answered and line.agent == self._owner and not self._state.background.is_working():
            yield from self._state.agents.rest(line)

    def _internal(self, line: ClaudeLine, operation: str) -> Iterator[Event]:
        """Read a line of an internal agent: only its usage is new, the rest is a copy of the main chain."""
        kind = line.record["type"]
        if kind == "assistant":
            yield from usages(line, self._state.fingerprint_names)
        elif kind == "user" and operation == "compact" and not line.record.get("isMeta"):
            yield from self._state.contexts.compaction_starts(line)

    def _progress(self, line: ClaudeLine) -> Iterable[Event]:
        data, call_id = table(line.record.get("data")), text(line.record.get("parentToolUseID"))
        if data.get("type") not in AGENT_PROGRESS:
            return progress(line, call_id, data)
        call = self._state.calls.get(call_id)
        link = self._state.agents.link(line, text(data.get("agentId")), call_id, call)
        return [*link, *progress(line, call_id, data)]

    def _turn_duration(self, line: ClaudeLine) -> Iterator[Event]:
        pending = sum(count(line.record.get(key)) for key in (_PENDING_AGENTS, _PENDING_WORKFLOWS))
        is_stated = pending or number(line.record.get(_PENDING_AGENTS)) == 0
        yield from self._state.turns.finish(line, number(line.record.get("durationMs")), pending if is_stated else None)

    def _saved_total(self, line: ClaudeLine) -> Iterator[Event]:
        yield from self._state.totals.saved(line, self._state.session.version)
        yield from self._state.turns.leave(line)

    def _stop_hooks(self, line: ClaudeLine) -> Iterator[Event]:
        yield from stop_hooks(line, self._state.reported_hooks)
        if line.record.get("preventedContinuation") is False and not line.record.get("hookErrors"):
            yield from self._state.turns.finish(line)


def record_type(record: Record) -> str:
    """Return the type of a record, with the subtype of ``system`` records."""
    kind = text(record.get("type"))
    return f"system/{text(record.get('subtype'))}" if kind == "system" else kind
