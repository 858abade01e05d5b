"""What ``claude -p --output-format stream-json`` prints (or, with ``json``, its last line alone).

Messages are those of the transcript, with another frame around them: the same readers understand both. They are told
before their counts are final; the deltas of ``--include-partial-messages`` tell these, and in the end the result tells
the sum of the run, sub-agents included.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from tui_monitor.events import MAIN, CompactionUpdate, Event, RateLimitUpdate, SessionUpdate, SourceRef, WaitUpdate
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.claude_code import tasks
from tui_monitor.sources.claude_code.deltas import Deltas
from tui_monitor.sources.claude_code.files import first_text
from tui_monitor.sources.claude_code.kinds import SILENT_WHEN_PRINTED
from tui_monitor.sources.claude_code.line import Line
from tui_monitor.sources.claude_code.runs import Runs
from tui_monitor.sources.claude_code.state import State
from tui_monitor.sources.claude_code.talk import Talk
from tui_monitor.sources.claude_code.turns import retried
from tui_monitor.sources.shared.fields import as_json, iso_to_epoch_ms, number, seconds_to_epoch_ms, table, text

_MESSAGES = ("assistant", "user")
_TYPES = (*_MESSAGES, "system", "result", "stream_event", "tool_progress", "rate_limit_event", "control_request")

Handler: TypeAlias = Callable[[Line], Iterable[Event]]


def is_printed(record: Record) -> bool:
    """Whether a record is a line that is printed; other programs print lines that resemble them."""
    kind = record.get("type")
    if kind not in _TYPES or "session_id" not in record:
        return False
    if kind == "result":
        return "total_cost_usd" in record
    return "uuid" in record or "parent_tool_use_id" in record or "mcp_servers" in record


class PrintedParser:
    """Reads what was printed, by one run or several."""

    def __init__(self, path: Path, state: str) -> None:
        kept: Record = json.loads(state) if state else {}
        self._state = State.restored(kept["lines"]) if kept else State()
        self._deltas = Deltas(**kept.get("deltas", {}))
        self._runs = Runs(**kept.get("runs", {}))
        if not kept:  # what comes before the first line with a time is not much older
            self._state.facts.at = self._state.facts.said_at = iso_to_epoch_ms(first_text(path, "timestamp"))
        self._talk = Talk(self._state)
        self._handlers: dict[str, Handler] = {
            "assistant": self._talk.assistant,
            "user": self._talk.user,
            "stream_event": self._deltas.read,
            "result": self._result,
            "tool_progress": tasks.tool_at_work,
            "rate_limit_event": _limit,
            "control_request": _asked,
            "system/init": self._init,
            "system/status": self._status,
            "system/api_retry": _retried,
            "system/compact_boundary": self._compacted,
            "system/task_started": lambda line: tasks.started(self._state, line),
            "system/task_progress": tasks.progressed,
            "system/task_notification": lambda line: tasks.ended(self._state, line),
        }

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """The events of one line; see `tui_monitor.sources.base.Parser`."""
        kind = text(record.get("type"))
        kind = f"system/{text(record.get('subtype'))}" if kind == "system" else kind
        handler = self._handlers.get(kind)
        if handler is None and kind not in SILENT_WHEN_PRINTED:
            raise UnknownRecord(kind)
        call, agents = text(record.get("parent_tool_use_id")), self._state.agents
        agent = (agents.asked_by(call) or call) if call else MAIN
        line = self._state.facts.receive(_as_in_transcript(record, self._state.facts.version), ref, agent)
        self._runs.see(line)
        yield from self._tell(line.by(MAIN), path=ref.path)
        if not line.main:
            yield from agents.link(line.by(MAIN), line.where["agent"], call, self._state.calls.get(call))
        yield from handler(line) if handler else ()

    def state(self) -> str:
        """What is needed to go on from here."""
        return as_json({"lines": self._state.kept(), "deltas": self._deltas, "runs": self._runs})

    def _tell(self, line: Line, **facts: object) -> Iterator[SessionUpdate]:
        """Facts about the session, at no time: the transcript, where there is one, is the better file, and knows it
        better."""
        return (replace(seen, at=0) for seen in self._state.facts.tell(line, **facts))

    def _init(self, line: Line) -> Iterator[Event]:
        record = line.record
        self._runs.model = text(record.get("model")) or self._runs.model
        yield from self._tell(
            line,
            cwd=record.get("cwd"),
            version=record.get("claude_code_version"),
            mode=record.get("permissionMode"),
        )

    def _status(self, line: Line) -> Iterator[Event]:
        yield from self._tell(line, mode=line.record.get("permissionMode"))
        if line.record.get("status") == "compacting":
            yield CompactionUpdate(**line.where, finished=False)

    def _compacted(self, line: Line) -> Iterable[Event]:
        told = table(line.record.get("compact_metadata"))
        return self._state.contexts.compacted(
            line.having(compactMetadata={name: told.get(printed) for printed, name in _COMPACTION.items()})
        )

    def _result(self, line: Line) -> Iterator[Event]:
        yield from self._runs.total(line)
        if window := self._runs.window(line):
            yield from self._state.contexts.sized(line, window, self._runs.model)
        if line.record.get("is_error") is True:
            yield self._state.turns.failed(line, _reason(line.record))
        else:
            yield from self._state.turns.done(line, number(line.record.get("duration_ms")))


_COMPACTION = {
    "trigger": "trigger",
    "pre_tokens": "preTokens",
    "post_tokens": "postTokens",
    "duration_ms": "durationMs",
}


def _as_in_transcript(record: Record, version: str) -> Record:
    """Return the record with the names under which a transcript has its fields."""
    return record | {
        "version": version,
        "requestId": record.get("request_id"),
        "toolUseResult": record.get("tool_use_result"),
        "isMeta": record.get("isSynthetic"),
        "isApiErrorMessage": "error" in record,
    }


def _retried(line: Line) -> Iterator[Event]:
    record = line.record
    error = {"message": record.get("error"), "status": record.get("error_status")}
    yield retried(
        line.having(
            error=error,
            retryAttempt=record.get("attempt"),
            maxRetries=record.get("max_retries"),
            retryInMs=record.get("retry_delay_ms"),
        )
    )


def _limit(line: Line) -> Iterator[Event]:
    told = table(line.record.get("rate_limit_info"))
    used, resets = told.get("utilization"), number(told.get("resetsAt"))
    if used is not None and number(used) is not None:
        yield RateLimitUpdate(
            **line.where,
            name=text(told.get("rateLimitType")).replace("_", " ") or "plan",
            used_percent=100.0 * used,
            resets_at=resets and seconds_to_epoch_ms(resets),
        )


def _asked(line: Line) -> Iterator[Event]:
    """Whoever reads the stream is asked for a permission."""
    request = table(line.record.get("request"))
    if request.get("subtype") == "can_use_tool":
        yield WaitUpdate(
            **line.where, waiting=True, reason=text(request.get("tool_name")), call=text(request.get("tool_use_id"))
        )


def _reason(record: Record) -> str:
    errors = record.get("errors")
    listed = "; ".join(map(text, errors)) if isinstance(errors, list) else ""
    return text(record.get("result")) or listed or text(record.get("subtype"))
