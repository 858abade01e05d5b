"""Gemini CLI's telemetry: its own events (log records) for responses, spans for calls, which events tell without an id.

The same responses are told once more by the GenAI conventions: these are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tui_monitor.events import (
    CallFinished,
    CallStarted,
    CallState,
    ContextUpdate,
    Event,
    RetryUpdate,
    SessionKey,
    Turn,
    TurnUpdate,
)
from tui_monitor.sources.base import Record
from tui_monitor.sources.gemini.lines import SOURCE
from tui_monitor.sources.gemini.tools import call_request
from tui_monitor.sources.gemini.usage import RESPONSE_EVENT, telemetry_usage
from tui_monitor.sources.otlp.export import Log, Span, whole
from tui_monitor.sources.otlp.state import Desk, LogReader, SpanReader
from tui_monitor.sources.shared.fields import text

SERVICE = "gemini-cli"
PREFIX = "gemini_cli."

_MAIN_ROLES = ("", "main")


def _session(told: Record) -> SessionKey:
    return SessionKey(SOURCE, text(told.get("session.id")) or text(told.get("gen_ai.conversation.id")))


def _configured(log: Log, desk: Desk) -> Iterator[Event]:
    told = log.attributes
    version = text(log.resource.get("service.version"))
    yield from desk.meet(_session(told), version=version, mode=text(told.get("approval_mode")))


def _prompted(log: Log, desk: Desk) -> Iterator[Event]:
    yield TurnUpdate(session=_session(log.attributes), at=log.at, turn=Turn.STARTED)


def _responded(log: Log, desk: Desk) -> Iterator[Event]:
    told = {**log.attributes, "session.id": _session(log.attributes).id}
    usage = telemetry_usage(told)
    if usage.tokens.total:
        yield usage
        if text(told.get("role")) in _MAIN_ROLES:
            yield ContextUpdate(session=usage.session, at=usage.at, tokens=usage.tokens.prompt, model=usage.model)


def _failed(log: Log, desk: Desk) -> Iterator[Event]:
    told = log.attributes
    reason = text(told.get("error.message")) or text(told.get("error"))
    yield RetryUpdate(session=_session(told), at=log.at, reason=reason, status=whole(told.get("status_code")))


def _called(span: Span, desk: Desk) -> Iterator[Event]:
    told, session = span.attributes, _session(span.attributes)
    call = text(told.get("gen_ai.tool.call_id")) or text(told.get("gen_ai.tool.call.id")) or span.uid
    tool = call_request(text(told.get("gen_ai.tool.name")), {})
    yield CallStarted(
        session=session,
        at=span.start,
        call=call,
        uid=f"otlp/{session.id}+{call}",
        tool=tool.tool,
        kind=tool.kind,
        ref=desk.ref,
        exact=False,
    )
    state = CallState.FAILED if span.failed else CallState.OK
    yield CallFinished(
        session=session,
        at=span.end,
        call=call,
        state=state,
        error=span.message,
        duration_ms=span.duration_ms,
        exact=False,
    )


LOGS: Mapping[str, LogReader] = {
    f"{PREFIX}config": _configured,
    f"{PREFIX}user_prompt": _prompted,
    RESPONSE_EVENT: _responded,
    f"{PREFIX}api_error": _failed,
}
SPANS: Mapping[str, SpanReader] = {"tool_call": _called}
"""By the operation that a span tells."""
