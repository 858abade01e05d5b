"""Copilot CLI's spans, in the GenAI conventions: responses and calls of the sessions that its own files describe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tui_monitor.events import (
    Event,
    Rank,
    RetryUpdate,
    SessionKey,
    Tokens,
    Usage,
)
from tui_monitor.sources.base import Record
from tui_monitor.sources.copilot.line import PROVIDER, SOURCE
from tui_monitor.sources.copilot.tools import call_request
from tui_monitor.sources.otlp.conventions import (
    MODEL,
    RESPONSE_ID,
    TOOL_CALL_ID,
    TOOL_NAME,
    SpanKind,
    first_text,
    read_tokens,
)
from tui_monitor.sources.otlp.export import Span
from tui_monitor.sources.otlp.genai import coverage
from tui_monitor.sources.otlp.state import ParserState, SpanReader
from tui_monitor.sources.otlp.tool_spans import tool_call_events
from tui_monitor.sources.shared.fields import text

SERVICE = "github-copilot"


def is_copilot(resource: Record) -> bool:
    """Return True for telemetry of this program."""
    return resource.get("service.name") == SERVICE


def _session(span: Span) -> SessionKey:
    return SessionKey(SOURCE, text(span.attributes.get("gen_ai.conversation.id")) or span.trace)


def _response(span: Span, state: ParserState) -> Iterator[Event]:
    session, tokens = _session(span), read_tokens(span.attributes)
    if span.failed:
        reason = text(span.attributes.get("error.type")) or span.message
        yield RetryUpdate(session=session, at=span.end, reason=reason)
    if not tokens.total:
        return
    yield from coverage(session, span.resource, state)
    response = first_text(span.attributes, RESPONSE_ID)
    # Rows of the session store have no id in common with spans.
    prints = state.span_fingerprints.weak_ids(session, Tokens(output=tokens.output), span.end, span.uid)
    yield Usage(
        session=session,
        at=span.end,
        strong_ids=(f"span:{span.uid}",),
        weak_ids=(*prints, f"resp:{response}") if response else prints,
        has_strong_id=False,
        model=first_text(span.attributes, MODEL),
        provider=PROVIDER,
        tokens=tokens,
        rank=Rank.EXPORTED,
        duration_ms=span.duration_ms,
    )


def _tool_call(span: Span, state: ParserState) -> Iterator[Event]:
    session, call = _session(span), first_text(span.attributes, TOOL_CALL_ID) or span.uid
    request = call_request({"toolName": first_text(span.attributes, TOOL_NAME) or span.name})
    uid = f"{session.id}/{call}"
    yield from tool_call_events(span, state, session, call=call, uid=uid, tool=request.tool, kind=request.kind)


SPANS: Mapping[SpanKind, SpanReader] = {SpanKind.RESPONSE: _response, SpanKind.TOOL: _tool_call}
"""Readers by the kind of a span. The runs of agents repeat the counts of the responses inside them."""
