"""Requests to the model, as newer versions write them when they are sent, and what all of them contain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tui_monitor.events import ContextPart, ModelRequest
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.line import ClaudeLine, transcript_model
from tui_monitor.sources.shared.fields import as_json, number, put_bounded, table, tables, text

_CONVERSATION = ("repl_main_thread", "sdk", "agent:")
"""Sources of requests that belong to a conversation itself, by their beginnings."""
_RETRY_MS = 400
"""Least time between two attempts."""
_MAX_REQUESTS = 16
_LISTINGS = {
    "skill_listing": ("skills", "content", "skillCount"),
    "agent_listing_delta": ("agents", "addedLines", ""),
    "deferred_tools_delta": ("deferred tools", "addedLines", ""),
}
"""Attachments that list what the model can use: the name of the part, the field with its text, that with its items."""


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


def request_shape(line: ClaudeLine) -> Iterator[ContextPart]:
    """Yield the sizes of the system prompt and the tools, which are written once for all requests of this shape."""
    shape = table(line.record.get("shape"))
    system, tools = list(tables(shape.get("system"))), list(tables(shape.get("tools")))
    chars = sum(len(text(block.get("text"))) for block in system)
    yield ContextPart(**line.fields, name="system prompt", chars=chars)
    yield ContextPart(**line.fields, name="tools", chars=sum(map(_json_length, tools)), items=len(tools))


def listing(line: ClaudeLine, attachment: Record) -> Iterator[ContextPart]:
    """Yield the size of a listing in an attachment; later ones name only what is new."""
    kind = text(attachment.get("type"))
    if kind not in _LISTINGS or attachment.get("isInitial") is False:
        return
    name, content, items = _LISTINGS[kind]
    listed = attachment.get(content)
    lines = [text(entry) for entry in listed] if isinstance(listed, list) else [text(listed)]
    count_of_items = number(attachment.get(items)) if items else len(lines)
    yield ContextPart(**line.fields, name=name, chars=sum(map(len, lines)), items=count_of_items)


def _json_length(value: Record) -> int:
    return len(as_json(value))
