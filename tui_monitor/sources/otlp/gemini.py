"""Gemini CLI's telemetry: its own events (log records) for responses, and spans for calls, whose events have no ids.

The GenAI conventions repeat the same responses: these are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tui_monitor.events import (
    ContextUpdate,
    Event,
    RetryUpdate,
    SessionKey,
    Turn,
    TurnUpdate,
)
from tui_monitor.sources.base import Record
from tui_monitor.sources.gemini.lines import SOURCE, WINDOW
from tui_monitor.sources.gemini.tools import call_request
from tui_monitor.sources.gemini.usage import RESPONSE_EVENT, telemetry_counts, telemetry_usage
from tui_monitor.sources.otlp.export import LogRecord, Span, to_int
from tui_monitor.sources.otlp.state import LogReader, ParserState, SpanReader
from tui_monitor.sources.otlp.tool_spans import tool_call_events
from tui_monitor.sources.shared.fields import text

SERVICE = "gemini-cli"
PREFIX = "gemini_cli."

_MAIN_ROLES = ("", "main")


def is_gemini(resource: Record, attributes: Record) -> bool:
    """Return True for telemetry of this program."""
    return SERVICE in (resource.get("service.name"), attributes.get("gen_ai.agent.name"))


def session_of(attributes: Record) -> SessionKey:
    """Return the session that telemetry is about."""
    return SessionKey(SOURCE, text(attributes.get("session.id")) or text(attributes.get("gen_ai.conversation.id")))


def _config(log: LogRecord, state: ParserState) -> Iterator[Event]:
    attributes = log.attributes
    version = text(log.resource.get("service.version"))
    yield from state.session_updates(
        session_of(attributes), version=version, mode=text(attributes.get("approval_mode"))
    )


def _prompt(log: LogRecord, state: ParserState) -> Iterator[Event]:
    yield TurnUpdate(session=session_of(log.attributes), at=log.at, turn=Turn.STARTED)


def _response(log: LogRecord, state: ParserState) -> Iterator[Event]:
    attributes = {**log.attributes, "session.id": session_of(log.attributes).id}
    usage = telemetry_usage(attributes)
    if usage.tokens.total:
        yield usage
        if text(attributes.get("role")) in _MAIN_ROLES:
            tokens = telemetry_counts(attributes).input
            yield ContextUpdate(session=usage.session, at=usage.at, tokens=tokens, limit=WINDOW, model=usage.model)


def _error(log: LogRecord, state: ParserState) -> Iterator[Event]:
    attributes = log.attributes
    reason = text(attributes.get("error.message")) or text(attributes.get("error"))
    yield RetryUpdate(
        session=session_of(attributes), at=log.at, reason=reason, status=to_int(attributes.get("status_code"))
    )


def _tool_call(span: Span, state: ParserState) -> Iterator[Event]:
    attributes, session = span.attributes, session_of(span.attributes)
    call = text(attributes.get("gen_ai.tool.call_id")) or text(attributes.get("gen_ai.tool.call.id")) or span.uid
    request = call_request(text(attributes.get("gen_ai.tool.name")), {})
    uid = f"otlp/{session.id}+{call}"
    yield from tool_call_events(span, state, session, call=call, uid=uid, tool=request.tool, kind=request.kind)


LOGS: Mapping[str, LogReader] = {
    f"{PREFIX}config": _config,
    f"{PREFIX}user_prompt": _prompt,
    RESPONSE_EVENT: _response,
    f"{PREFIX}api_error": _error,
}
SPANS: Mapping[str, SpanReader] = {"tool_call": _tool_call}
"""Readers by the operation of a span."""
