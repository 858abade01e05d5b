"""x"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tui_monitor.events import Event, Rank, SessionKey, SourceRef, Tokens, Usage
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.gemini.lines import PROVIDER, SOURCE, Line
from tui_monitor.sources.shared.fields import count, iso_to_epoch_ms, number, table, text

_CHAT_FIELDS = ("input", "output", "cached", "thoughts", "tool")
_TELEMETRY_FIELDS = (
    "input_token_count",
    "output_token_count",
    "cached_content_token_count",
    "thoughts_token_count",
    "tool_token_count",
)


class Counts(NamedTuple):
    """Tokens of one response as Gemini counts them."""

    input: int = 0
    output: int = 0
    cached: int = 0
    thoughts: int = 0
    tool: int = 0

    @property
    def tokens(self) -> Tokens:
        """The same as exclusive counts."""
        cached = min(self.cached, self.input)
        return Tokens(
            input=self.input - cached + self.tool,
            output=self.output + self.thoughts,
            cache_read=cached,
            reasoning=self.thoughts,
        )

    def name(self, line: Line) -> str:
        """A weak name of the response: in one session hardly two have all the same counts."""
        return f"{SOURCE}:{line.session.id}+{','.join(map(str, self))}"


def in_chat(told: Record) -> Counts:
    """The counts of a message."""
    return Counts(*(count(told.get(name)) for name in _CHAT_FIELDS))


def in_telemetry(told: Record) -> Counts:
    """The counts of a response in the telemetry."""
    return Counts(*(count(told.get(name)) for name in _TELEMETRY_FIELDS))


RESPONSE = "gemini_cli.api_response"

_CHAT_ROLES = ("", "main", "subagent")
"""The roles of responses that a chat tells of, too; versions that tell no role leave it open."""


def is_telemetry(record: Record) -> bool:
    """Whether it is a span, a log record, or a collection of metrics."""
    return "hrTime" in record or "_spanContext" in record or "scopeMetrics" in record


def parse(record: Record, ref: SourceRef) -> Iterator[Event]:
    """The events of one object (see `base.Parser`)."""
    if not is_telemetry(record):
        raise UnknownRecord("telemetry")
    told = table(record.get("attributes"))
    if told.get("event.name") == RESPONSE:
        yield usage_of(told)


def usage_of(told: Record) -> Usage:
    """The response that the attributes of such an event tell of."""
    session = SessionKey(SOURCE, str(told["session.id"]))
    line = Line(session, at=iso_to_epoch_ms(told.get("event.timestamp")))
    counts, role = in_telemetry(told), text(told.get("role"))
    in_chats = role in _CHAT_ROLES
    return Usage(
        session=session,
        at=line.at,
        strong_ids=(f"{counts.name(line)}@{line.at}",),
        weak_ids=(counts.name(line),) if in_chats else (),
        has_strong_id=not in_chats,
        model=text(told.get("model")),
        provider=PROVIDER,
        tokens=counts.tokens,
        rank=Rank.EXPORTED,
        operation="" if in_chats else role.removeprefix("utility_"),
        duration_ms=number(told.get("duration_ms")),
    )
