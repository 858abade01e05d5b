"""How turns go: when one ends, and when a request to the model fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tui_monitor.events import RetryUpdate, Turn, TurnUpdate
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.line import Line
from tui_monitor.sources.claude_code.prompts import passages
from tui_monitor.sources.shared.fields import count, number, table, text


@dataclass(slots=True)
class Turns:
    """Whether the main chain is at work: several lines may tell one end."""

    busy: bool = False

    def stirred(self, line: Line) -> None:
        """Something was asked, said or answered."""
        self.busy = self.busy or line.main

    def done(self, line: Line, duration_ms: int | None = None) -> Iterator[TurnUpdate]:
        """The agent has answered, and waits for what comes next."""
        if line.main and (self.busy or duration_ms is not None):
            self.busy = False
            yield TurnUpdate(**line.where, turn=Turn.DONE, duration_ms=duration_ms)

    def failed(self, line: Line, reason: str) -> TurnUpdate:
        """The turn ended without an answer."""
        self.busy = False
        return TurnUpdate(**line.where, turn=Turn.FAILED, reason=reason)

    def interrupted(self, line: Line) -> Iterator[TurnUpdate]:
        """A person stopped it."""
        self.busy = self.busy and not line.main
        yield TurnUpdate(**line.where, turn=Turn.INTERRUPTED)

    def session_ended(self, line: Line) -> Iterator[TurnUpdate]:
        """A person left the program."""
        self.busy = False
        yield TurnUpdate(**line.where, turn=Turn.SESSION_ENDED)


def retried(line: Line) -> RetryUpdate:
    """A request failed, and is made again."""
    error = table(line.record.get("error"))
    return RetryUpdate(
        **line.where,
        reason=_reason(error) or _reason(table(line.record.get("cause"))) or "API error",
        attempt=count(line.record.get("retryAttempt")),
        attempts=count(line.record.get("maxRetries")),
        wait_ms=count(line.record.get("retryInMs")),
        status=number(error.get("status")),
    )


def given_up(line: Line) -> RetryUpdate:
    """A request failed for good: what the person was told stands as the answer."""
    said = "\n".join(passages(line.message.get("content")))
    reason = said or text(line.record.get("error")) or "API error"
    return RetryUpdate(**line.where, reason=reason, status=number(line.record.get("apiErrorStatus")))


def _reason(error: Record) -> str:
    """The innermost message of an error that wraps another, else its code."""
    reason = ""
    while error:
        reason = text(error.get("message")) or text(error.get("code")) or reason
        error = table(error.get("error"))
    return reason
