"""Prompts, messages, turns, compactions, plans and failed requests of a Codex thread."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tui_monitor.events import (
    FINAL_AFTER_MS,
    AgentMessage,
    CompactionUpdate,
    Event,
    PlanUpdate,
    Prompt,
    RetryUpdate,
    Turn,
    TurnUpdate,
)
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex.lines import CodexLine, TurnDeduplicator, digest, first_text, text_of
from tui_monitor.sources.shared.fields import number, table, tables
from tui_monitor.sources.shared.reset_time import reset_time

_ATTRIBUTION = "turn_attribution"
_ATTEMPT = re.compile(r"(\d{1,4})\s*/\s*(\d{1,4})")
_LIMIT_ERROR = "usage_limit_exceeded"
_MAX_ERROR_LENGTH = 1000
_WRAPPERS = ("environment_context", "user_instructions")


class MessageHandler:
    """Emits each message and turn once. ``last_at``: time of the last line, used as the end of a turn without an end
    marker."""

    def __init__(self, duplicates: TurnDeduplicator, state: dict[str, Any]) -> None:
        self._duplicates = duplicates
        self._turn_open: bool = state.get("turn_open", False)
        self._has_turn_markers: bool = state.get("has_turn_markers", False)
        self._names_triggers: bool = state.get("names_triggers", False)
        self._error: str = state.get("error", "")
        self.last_at: int = state.get("last_at", 0)

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return {
            "turn_open": self._turn_open,
            "has_turn_markers": self._has_turn_markers,
            "names_triggers": self._names_triggers,
            "error": self._error,
            "last_at": self.last_at,
        }

    def add_prompt(self, origin: str, payload: Record, line: CodexLine) -> Iterator[Event]:
        """Yield a person's message. It begins a turn in files that do not mark turns."""
        text = first_text([payload.get("message")]) or text_of(payload.get("content"))
        text = text or ("[image]" if payload.get("images") or payload.get("local_images") else "")
        if not text or payload.get("kind") in _WRAPPERS or not self._duplicates.is_new(origin, digest(text)):
            return
        if not self._has_turn_markers:
            yield from self._begin(line)
        yield Prompt(**line.fields, text=text)

    def add_message(self, origin: str, text: str, line: CodexLine, *, thinking: bool = False) -> Iterator[Event]:
        """Yield a message or thought of the agent."""
        if text.strip() and self._duplicates.is_new(origin, digest(text)):
            final_after_ms = None if self._has_turn_markers else FINAL_AFTER_MS
            yield AgentMessage(**line.fields, text=text, thinking=thinking, final_after_ms=final_after_ms)

    def start_turn(self, payload: Record, line: CodexLine) -> Iterator[Event]:
        """Begin a turn. Versions that name what triggers a turn name nothing for a compaction that was asked for."""
        self._has_turn_markers = True
        self._duplicates.start_turn()
        yield from self._begin(line)
        if _ATTRIBUTION in payload:
            self._names_triggers = True
        elif self._names_triggers:
            yield CompactionUpdate(**line.fields, finished=False)

    def end_turn(self, payload: Record, line: CodexLine) -> Iterator[Event]:
        """End a turn; it failed when it had an error and no last message."""
        if failure := table(payload.get("error")):
            yield from self.fail_request(failure, line, will_retry=False)
        error, self._error = self._error, ""
        has_failed = bool(error) and not payload.get("last_agent_message")
        yield from self._end(Turn.FAILED if has_failed else Turn.DONE, error if has_failed else "", payload, line)

    def abort_turn(self, payload: Record, line: CodexLine) -> Iterator[Event]:
        """End an interrupted turn, or that of a finished review."""
        reason = str(payload.get("reason") or "")
        turn = Turn.DONE if reason == "review_ended" else Turn.INTERRUPTED
        yield from self._end(turn, reason, payload, line)

    def compact(self, origin: str, before: int | None, line: CodexLine) -> Iterator[Event]:
        """Yield a compaction, which both a line and an event report."""
        if self._duplicates.is_new(origin, ""):
            yield CompactionUpdate(**line.fields, before=before)

    def fail_request(self, payload: Record, line: CodexLine, *, will_retry: bool) -> Iterator[Event]:
        """Yield a failed request to the model."""
        update = retry_update(payload, line, will_retry=will_retry)
        self._error = self._error if will_retry else update.reason[:_MAX_ERROR_LENGTH]
        yield update

    def _begin(self, line: CodexLine) -> Iterator[Event]:
        if self._turn_open:
            yield TurnUpdate(session=line.session, at=self.last_at, turn=Turn.DONE, reason="no end recorded")
        self._turn_open, self._error = True, ""
        yield TurnUpdate(**line.fields, turn=Turn.STARTED)

    def _end(self, turn: Turn, reason: str, payload: Record, line: CodexLine) -> Iterator[Event]:
        self._turn_open = False
        duration_ms = number(payload.get("duration_ms"))
        yield TurnUpdate(**line.fields, turn=turn, duration_ms=duration_ms, reason=reason)


def retry_update(payload: Record, line: CodexLine, *, will_retry: bool) -> RetryUpdate:
    """Return the update for a failed request; the delay of the retry is unknown."""
    reason = str(payload.get("message") or "")
    attempt = _ATTEMPT.search(reason) if will_retry else None
    is_rate_limit = payload.get("codex_error_info") == _LIMIT_ERROR
    return RetryUpdate(
        **line.fields,
        reason=reason,
        attempt=int(attempt[1]) if attempt else 0,
        attempts=int(attempt[2]) if attempt else 0,
        wait_ms=0 if will_retry else None,
        status=_status(payload.get("codex_error_info")),
        is_rate_limit=is_rate_limit,
        resets_at=reset_time(reason, line.at) if is_rate_limit else 0,
    )


def plan_updates(steps_json: object, line: CodexLine) -> Iterator[Event]:
    """Yield the agent's plan: ``[{"step": …, "status": "pending" | "in_progress" | "completed"}]``."""
    if isinstance(steps_json, list):
        steps = list(tables(steps_json))
        completed = sum(step.get("status") == "completed" for step in steps)
        now = first_text(step.get("step") for step in steps if step.get("status") == "in_progress")
        yield PlanUpdate(**line.fields, completed=completed, total=len(steps), now=now)


def _status(info: object) -> int | None:
    """Return the HTTP status in ``{"<kind of error>": {"http_status_code": …}}``."""
    statuses = (number(table(kind).get("http_status_code")) for kind in table(info).values())
    return next((status for status in statuses if status), None)
