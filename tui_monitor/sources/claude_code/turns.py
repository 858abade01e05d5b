"""Turns: their ends, and failed requests to the model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tui_monitor.events import RetryUpdate, Turn, TurnUpdate
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.line import ClaudeLine
from tui_monitor.sources.claude_code.prompts import passages
from tui_monitor.sources.shared.fields import count, number, table, text
from tui_monitor.sources.shared.reset_time import reset_time

_LIMIT = re.compile(r"\b(?:usage |session |weekly )?limit reached\b|\bhit your \S* ?limit\b", re.IGNORECASE)


@dataclass(slots=True)
class TurnTracker:
    """The state of the main chain's turn, whose end may be written on several lines, as that of the session may be
    (``is_left``)."""

    is_busy: bool = False
    is_left: bool = False

    def activity(self, line: ClaudeLine) -> None:
        """Record a prompt, an answer or a result."""
        self.is_busy = self.is_busy or line.is_main
        self.is_left = False

    def go_on(self, line: ClaudeLine) -> Iterator[TurnUpdate]:
        """Go on with the turn after its answer: a hook asks for more."""
        if line.is_main:
            self.activity(line)
            yield TurnUpdate(**line.fields, turn=Turn.STARTED)

    def finish(self, line: ClaudeLine, duration_ms: int | None = None, pending: int = 0) -> Iterator[TurnUpdate]:
        """End the turn: the agent has answered, and ``pending`` agents and workflows run on in the background."""
        if line.is_main and (self.is_busy or duration_ms is not None):
            self.is_busy = False
            yield TurnUpdate(**line.fields, turn=Turn.DONE, duration_ms=duration_ms, pending=pending)

    def fail(self, line: ClaudeLine, reason: str) -> TurnUpdate:
        """End the turn without an answer."""
        self.is_busy = False
        return TurnUpdate(**line.fields, turn=Turn.FAILED, reason=reason)

    def interrupt(self, line: ClaudeLine) -> Iterator[TurnUpdate]:
        """End the turn: a person stopped it."""
        self.is_busy = self.is_busy and not line.is_main
        yield TurnUpdate(**line.fields, turn=Turn.INTERRUPTED)

    def end_session(self, line: ClaudeLine) -> Iterator[TurnUpdate]:
        """End the session: a person left the program."""
        self.is_busy, self.is_left = False, True
        yield TurnUpdate(**line.fields, turn=Turn.SESSION_ENDED)

    def leave(self, line: ClaudeLine) -> Iterator[TurnUpdate]:
        """End the session, unless its last lines have said so: the program saves what it knows when it leaves it."""
        if not self.is_left:
            yield from self.end_session(line)


def retry(line: ClaudeLine) -> RetryUpdate:
    """Return the update for a failed request that is repeated."""
    error = table(line.record.get("error"))
    return RetryUpdate(
        **line.fields,
        reason=_reason(error) or _reason(table(line.record.get("cause"))) or "API error",
        attempt=count(line.record.get("retryAttempt")),
        attempts=count(line.record.get("maxRetries")),
        wait_ms=count(line.record.get("retryInMs")),
        status=number(error.get("status")),
    )


def abandoned_request(line: ClaudeLine) -> RetryUpdate:
    """Return the update for a request that failed finally; the error is written in place of the answer."""
    answer = "\n".join(passages(line.message.get("content")))
    kind = text(line.record.get("error"))
    reason = answer or kind or "API error"
    is_rate_limit = kind == "rate_limit" or bool(_LIMIT.search(answer))
    return RetryUpdate(
        **line.fields,
        reason=reason,
        status=number(line.record.get("apiErrorStatus")),
        is_rate_limit=is_rate_limit,
        resets_at=reset_time(answer, line.at) if is_rate_limit else 0,
    )


def _reason(error: Record) -> str:
    """Return the innermost message of nested errors, else the code."""
    reason = ""
    while error:
        reason = text(error.get("message")) or text(error.get("code")) or reason
        error = table(error.get("error"))
    return reason
