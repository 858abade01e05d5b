"""The OpenAI Agents SDK: ``record()``, and all agents of this process, their tools and their tokens are recorded."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from tui_monitor.integrations.runs import Runs
from tui_monitor.telemetry.recorder.errors import ValidationError
from tui_monitor.telemetry.recorder.record import never_raises
from tui_monitor.telemetry.recorder.usage_parser import TelemetryParser

if TYPE_CHECKING:
    from agents.tracing import Span, Trace, TracingProcessor


def record() -> TracingProcessor:
    """Add a processor to the SDK's tracing, beside those that are there. Returns it.

    Raises:
        ImportError: the SDK is not installed.
    """
    from agents.tracing import TracingProcessor, add_trace_processor

    processor: TracingProcessor = type("TelemetryProcessor", (_Recorder, TracingProcessor), {})()
    add_trace_processor(processor)
    return processor


class _Recorder:
    """The callbacks of a processor: agents become agents, functions tools, generations and responses usage."""

    def __init__(self) -> None:
        self._runs = Runs()

    def on_trace_start(self, trace: Trace) -> None:
        self._runs.begin(trace.trace_id, None)

    def on_trace_end(self, trace: Trace) -> None:
        self._runs.end(trace.trace_id)

    def on_span_start(self, span: Span[Any]) -> None:
        data, parent = span.span_data, span.parent_id or span.trace_id
        if data.type == "agent":
            self._runs.begin_agent(span.span_id, parent, data.name)
        elif data.type == "function":
            self._runs.begin_tool(span.span_id, parent, data.name, data.input)
        else:
            self._runs.begin(span.span_id, parent)

    def on_span_end(self, span: Span[Any]) -> None:
        data = span.span_data
        if data.type in ("generation", "response"):
            self._spend(span)
        error = span.error["message"] if span.error else None
        self._runs.end(span.span_id, getattr(data, "output", None), error)

    def shutdown(self) -> None:
        """There is nothing to close."""

    def force_flush(self) -> None:
        """Everything is written when it happens."""

    @never_raises
    def _spend(self, span: Span[Any]) -> None:
        try:
            usage = TelemetryParser.parse_openai(getattr(span.span_data, "response", None) or span.span_data)
        except ValidationError:  # a request that failed, or a model that does not tell
            return
        self._runs.spend(span.span_id, usage, duration_ms=_milliseconds(span.started_at, span.ended_at))


def _milliseconds(began: str | None, ended: str | None) -> int | None:
    if not began or not ended:
        return None
    return round((datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds() * 1000)
