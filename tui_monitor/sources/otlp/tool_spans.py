"""Tool calls as spans of telemetry, of agents whose own files have what the spans lack: arguments and results."""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.events import CallFinished, CallStarted, CallState, Event, SessionKey, ToolKind
from tui_monitor.sources.otlp.export import Span
from tui_monitor.sources.otlp.state import ParserState


def tool_call_events(
    span: Span, state: ParserState, session: SessionKey, *, call: str, uid: str, tool: str, kind: ToolKind
) -> Iterator[Event]:
    """Yield the start and the end of a call. They are not exact: the agent's own files win."""
    yield CallStarted(
        session=session, at=span.start, call=call, uid=uid, tool=tool, kind=kind, ref=state.ref, exact=False
    )
    yield CallFinished(
        session=session,
        at=span.end,
        call=call,
        state=CallState.FAILED if span.failed else CallState.OK,
        error=span.message,
        duration_ms=span.duration_ms,
        exact=False,
    )
