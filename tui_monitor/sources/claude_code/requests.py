"""Requests to the model, as newer versions write them when they are sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tui_monitor.events import ModelRequest
from tui_monitor.sources.claude_code.line import ClaudeLine, transcript_model
from tui_monitor.sources.shared.fields import put_bounded, table, text

_CONVERSATION = ("repl_main_thread", "sdk", "agent:")
"""Sources of requests that belong to a conversation itself, by their beginnings."""
_RETRY_MS = 400
"""Least time between two attempts."""
_MAX_REQUESTS = 16


@dataclass(slots=True)
class RequestTracker:
    """The last requests: the time of each by its id, and how often one was sent without a response so far."""

    times: dict[str, int] = field(default_factory=dict)
    attempt: int = 0
    attempt_at: int = 0

    def respond(self) -> None:
        """Note a response, a result or a prompt: the next request is a first attempt again."""
        self.attempt = 0

    def send(self, line: ClaudeLine) -> Iterator[ModelRequest]:
        """Apply a request that was sent."""
        parameters, source = table(line.record.get("params")), text(line.record.get("querySource"))
        request = text(line.record.get("id"))
        put_bounded(self.times, request, line.at, _MAX_REQUESTS)
        operation = "" if source.startswith(_CONVERSATION) else source
        yield ModelRequest(
            **line.fields,
            request=request,
            model=transcript_model(text(parameters.get("model"))),
            operation=operation,
            effort=text(table(parameters.get("output_config")).get("effort")),
            attempt=1 if operation else self._next_attempt(line.at),
        )

    def _next_attempt(self, at: int) -> int:
        """Count an attempt; the program tries several forms of a request that is refused within moments."""
        if not self.attempt or at - self.attempt_at >= _RETRY_MS:
            self.attempt, self.attempt_at = self.attempt + 1, at
        return self.attempt

    def duration_ms(self, line: ClaudeLine) -> int | None:
        """Return the time from a request to this line of its response; None if it is unknown."""
        sent_at = self.times.get(text(line.record.get("requestRef")), 0)
        return line.at - sent_at if 0 < sent_at <= line.at else None
