"""The lines of ``claude -p --output-format stream-json`` (with ``json``, the last one alone).

Messages are those of the transcript in another envelope, and are read by the same handlers. They are printed before
their counts are final: deltas (``--include-partial-messages``) have the final ones, and the result at the end has the
total of the run, including sub-agents.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from tui_monitor.events import MAIN, CompactionUpdate, Event, RateLimitUpdate, SessionUpdate, SourceRef, WaitUpdate
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.claude_code.files import first_text
from tui_monitor.sources.claude_code.hook_runs import printed_hook
from tui_monitor.sources.claude_code.line import ClaudeLine
from tui_monitor.sources.claude_code.messages import ClaudeMessageHandler
from tui_monitor.sources.claude_code.printed.runs import PrintRuns, StreamedResponses
from tui_monitor.sources.claude_code.printed.tasks import task_ended, task_progress, task_started, tool_progress
from tui_monitor.sources.claude_code.state import TranscriptState
from tui_monitor.sources.claude_code.transcript import LineHandler, record_type
from tui_monitor.sources.claude_code.turns import retry
from tui_monitor.sources.shared.fields import (
    as_json,
    iso_to_epoch_ms,
    number,
    reset_to_epoch_ms,
    table,
    text,
)

_MESSAGES = ("assistant", "user")
_TYPES = (*_MESSAGES, "system", "result", "stream_event", "tool_progress", "rate_limit_event", "control_request")
_IGNORED_TYPES = frozenset(
    {
        "auth_status",
        "control_cancel_request",
        "control_response",
        "keep_alive",
        "prompt_suggestion",
        "tool_use_summary",
        "system/elicitation_complete",
        "system/files_persisted",
        "system/hook_progress",
        "system/hook_started",
        "system/local_command_output",
        "system/session_state_changed",
        "system/task_updated",
        "system/thinking_tokens",
    }
)
"""Known types without events of their own; the type of a ``system`` line includes its subtype."""

_COMPACTION_FIELDS = {
    "trigger": "trigger",
    "preTokens": "pre_tokens",
    "postTokens": "post_tokens",
    "durationMs": "duration_ms",
}


def is_printed(record: Record) -> bool:
    """Return True for a printed line; other programs print lines that resemble them."""
    kind = record.get("type")
    if kind not in _TYPES or "session_id" not in record:
        return False
    if kind == "result":
        return "total_cost_usd" in record
    return "uuid" in record or "parent_tool_use_id" in record or "mcp_servers" in record


class PrintedParser:
    """Parses the output of one run or several."""

    def __init__(self, path: Path, state: str) -> None:
        saved: Record = json.loads(state) if state else {}
        self._state = TranscriptState.restored(saved["transcript"]) if saved else TranscriptState()
        self._responses = StreamedResponses(**saved.get("responses", {}))
        self._runs = PrintRuns(**saved.get("runs", {}))
        session = self._state.session
        if not saved:  # lines before the first one with a time are not much older
            session.at = session.stated_at = iso_to_epoch_ms(first_text(path, "timestamp"))
        messages = ClaudeMessageHandler(self._state)
        self._handlers: dict[str, LineHandler] = {
            "assistant": messages.assistant,
            "user": messages.user,
            "stream_event": self._responses.read,
            "result": self._result,
            "tool_progress": tool_progress,
            "rate_limit_event": _rate_limit,
            "control_request": _control_request,
            "system/init": self._init,
            "system/status": self._status,
            "system/hook_response": printed_hook,
            "system/api_retry": _retry,
            "system/compact_boundary": self._compacted,
            "system/task_started": lambda line: task_started(self._state, line),
            "system/task_progress": task_progress,
            "system/task_notification": lambda line: task_ended(self._state, line),
        }

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """Yield the events of one line; see `tui_monitor.sources.base.Parser`."""
        kind = record_type(record)
        handler = self._handlers.get(kind)
        if handler is None and kind not in _IGNORED_TYPES:
            raise UnknownRecord(kind)
        call_id, agents = text(record.get("parent_tool_use_id")), self._state.agents
        agent = (agents.agent_of_call(call_id) or call_id) if call_id else MAIN
        session = self._state.session
        line = session.payload_line(_as_in_transcript(record, session.version), ref, agent)
        self._runs.update(line)
        yield from self._update_session(line.with_agent(MAIN), path=ref.path)
        if not line.is_main:
            yield from agents.link(line.with_agent(MAIN), line.agent, call_id, self._state.calls.get(call_id))
        yield from handler(line) if handler else ()

    def state(self) -> str:
        """Return everything needed to go on."""
        return as_json({"transcript": self._state.to_json(), "responses": self._responses, "runs": self._runs})

    def _update_session(self, line: ClaudeLine, **facts: object) -> Iterator[SessionUpdate]:
        """Yield new facts without a time, so that those of a transcript win."""
        return (replace(update, at=0) for update in self._state.session.update(line, **facts))

    def _init(self, line: ClaudeLine) -> Iterator[Event]:
        record = line.record
        self._runs.model = text(record.get("model")) or self._runs.model
        yield from self._update_session(
            line,
            cwd=record.get("cwd"),
            version=record.get("claude_code_version"),
            mode=record.get("permissionMode"),
        )

    def _status(self, line: ClaudeLine) -> Iterator[Event]:
        yield from self._update_session(line, mode=line.record.get("permissionMode"))
        if line.record.get("status") == "compacting":
            yield CompactionUpdate(**line.fields, finished=False)

    def _compacted(self, line: ClaudeLine) -> Iterable[Event]:
        metadata = table(line.record.get("compact_metadata"))
        fields = {name: metadata.get(printed_name) for name, printed_name in _COMPACTION_FIELDS.items()}
        return self._state.contexts.compacted(line.with_record_fields(compactMetadata=fields))

    def _result(self, line: ClaudeLine) -> Iterator[Event]:
        session = self._state.session
        yield from self._runs.apply_total(line, session.version, is_dated=session.is_dated)
        if window := self._runs.window(line):
            yield from self._state.contexts.window(line, window, self._runs.model)
        if line.record.get("is_error") is True:
            yield self._state.turns.fail(line, _reason(line.record))
        else:
            yield from self._state.turns.finish(line, number(line.record.get("duration_ms")))


def _as_in_transcript(record: Record, version: str) -> Record:
    """Return the record with the names that a transcript has for its fields."""
    return record | {
        "version": version,
        "requestId": record.get("request_id"),
        "toolUseResult": record.get("tool_use_result"),
        "isMeta": record.get("isSynthetic"),
        "isApiErrorMessage": "error" in record,
    }


def _retry(line: ClaudeLine) -> Iterator[Event]:
    record = line.record
    error = {"message": record.get("error"), "status": record.get("error_status")}
    yield retry(
        line.with_record_fields(
            error=error,
            retryAttempt=record.get("attempt"),
            maxRetries=record.get("max_retries"),
            retryInMs=record.get("retry_delay_ms"),
        )
    )


def _rate_limit(line: ClaudeLine) -> Iterator[Event]:
    info = table(line.record.get("rate_limit_info"))
    used = info.get("utilization")
    if used is not None and number(used) is not None:
        yield RateLimitUpdate(
            **line.fields,
            name=text(info.get("rateLimitType")).replace("_", " ") or "plan",
            used_percent=100.0 * used,
            resets_at=reset_to_epoch_ms(info.get("resetsAt")),
        )


def _control_request(line: ClaudeLine) -> Iterator[Event]:
    """Yield a wait: the reader of the stream is asked for a permission."""
    request = table(line.record.get("request"))
    if request.get("subtype") == "can_use_tool":
        tool, call_id = text(request.get("tool_name")), text(request.get("tool_use_id"))
        yield WaitUpdate(**line.fields, waiting=True, reason=tool, call=call_id)


def _reason(record: Record) -> str:
    errors = record.get("errors")
    listing = "; ".join(map(text, errors)) if isinstance(errors, list) else ""
    return text(record.get("result")) or listing or text(record.get("subtype"))
