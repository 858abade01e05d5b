"""The file into which Gemini CLI may write its telemetry: spans, log records and metrics, each a JSON object over many
lines.

Chats tell more of a session, but they leave out what the program asks models by itself (routing, summaries, checks …),
and how long a response took. So here only responses are read.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.events import Event, Rank, SessionKey, SourceRef, Usage
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.fields import milliseconds, number, table, text
from tui_monitor.sources.gemini.line import PROVIDER, SOURCE, Line
from tui_monitor.sources.gemini.usage import in_telemetry

RESPONSE = "gemini_cli.api_response"

_IN_CHATS = ("", "main", "subagent")
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
    line = Line(session, at=milliseconds(told.get("event.timestamp")))
    counts, role = in_telemetry(told), text(told.get("role"))
    in_chats = role in _IN_CHATS
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
