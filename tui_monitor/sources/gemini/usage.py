"""Token counts of Gemini CLI: in chats, and in the file into which it may write its telemetry.

``input`` includes cached tokens, ``output`` excludes thoughts, ``tool`` is additional input. The telemetry file holds
spans, log records and metrics, each a JSON object over many lines. Chats have more details, but not the responses that
the program requests for its own use (routing, summaries, checks …) and no durations, so only responses are read here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tui_monitor.events import Event, Rank, SessionKey, SourceRef, Tokens, Usage
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.gemini.lines import PROVIDER, SOURCE, GeminiLine
from tui_monitor.sources.shared.fields import count, iso_to_epoch_ms, number, table, text

_CHAT_FIELDS = ("input", "output", "cached", "thoughts", "tool")
_TELEMETRY_FIELDS = (
    "input_token_count",
    "output_token_count",
    "cached_content_token_count",
    "thoughts_token_count",
    "tool_token_count",
)


class GeminiUsageCounts(NamedTuple):
    """Token counts of one response as Gemini writes them."""

    input: int = 0
    output: int = 0
    cached: int = 0
    thoughts: int = 0
    tool: int = 0

    @property
    def tokens(self) -> Tokens:
        """The counts with cached tokens excluded from the input and thoughts included in the output."""
        cached = min(self.cached, self.input)
        return Tokens(
            input=self.input - cached + self.tool,
            output=self.output + self.thoughts,
            cache_read=cached,
            reasoning=self.thoughts,
        )

    def weak_id(self, line: GeminiLine) -> str:
        """Return a weak id of the response: within a session, all counts rarely repeat."""
        return f"{SOURCE}:{line.session.id}+{','.join(map(str, self))}"


def chat_counts(record: Record) -> GeminiUsageCounts:
    """Read the counts of a message."""
    return GeminiUsageCounts(*(count(record.get(name)) for name in _CHAT_FIELDS))


def telemetry_counts(attributes: Record) -> GeminiUsageCounts:
    """Read the counts of a response in the telemetry."""
    return GeminiUsageCounts(*(count(attributes.get(name)) for name in _TELEMETRY_FIELDS))


RESPONSE_EVENT = "gemini_cli.api_response"

_CHAT_ROLES = ("", "main", "subagent")
"""Roles of responses that chats contain, too. Some versions have no roles."""


def is_telemetry(record: Record) -> bool:
    """Return True for a span, a log record, or a collection of metrics."""
    return "hrTime" in record or "_spanContext" in record or "scopeMetrics" in record


def parse_telemetry(record: Record, ref: SourceRef) -> Iterator[Event]:
    """Yield the events of one object (see `base.Parser`)."""
    if not is_telemetry(record):
        raise UnknownRecord("telemetry")
    attributes = table(record.get("attributes"))
    if attributes.get("event.name") == RESPONSE_EVENT:
        yield telemetry_usage(attributes)


def telemetry_usage(attributes: Record) -> Usage:
    """Return the response in the attributes of a response event."""
    session = SessionKey(SOURCE, str(attributes["session.id"]))
    line = GeminiLine(session, at=iso_to_epoch_ms(attributes.get("event.timestamp")))
    counts, role = telemetry_counts(attributes), text(attributes.get("role"))
    is_in_chat = role in _CHAT_ROLES
    return Usage(
        session=session,
        at=line.at,
        strong_ids=(f"{counts.weak_id(line)}@{line.at}",),
        weak_ids=(counts.weak_id(line),) if is_in_chat else (),
        has_strong_id=not is_in_chat,
        model=text(attributes.get("model")),
        provider=PROVIDER,
        tokens=counts.tokens,
        rank=Rank.EXPORTED,
        operation="" if is_in_chat else role.removeprefix("utility_"),
        duration_ms=number(attributes.get("duration_ms")),
    )
