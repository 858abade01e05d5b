"""Recorder for the OpenAI Agents SDK: ``record()`` records all agents of this process, their tools and tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui_monitor.integrations.runs import RunRecorder
from tui_monitor.telemetry.recorder.record import never_raises
from tui_monitor.telemetry.recorder.usage_parser import read_responses

if TYPE_CHECKING:
    from agents.tracing import Span, Trace, TracingProcessor


def record() -> TracingProcessor:
    """Add a processor to the SDK's tracing, beside the existing ones. Return the processor.

    Raises:
        ImportError: The SDK is not installed.
    """
    from agents.tracing import TracingProcessor, add_trace_processor

    processor: TracingProcessor = type("TelemetryProcessor", (_AgentsCallbacks, TracingProcessor), {})()
    add_trace_processor(processor)
    return processor


class _AgentsCallbacks:
    """The callbacks of a tracing processor.

    Agent spans become agents, function spans tools, and generation and response spans usage.
    """

    def __init__(self) -> None:
        self._runs = RunRecorder()

    def on_trace_start(self, trace: Trace) -> None:
        self._runs.start_step(trace.trace_id, None)

    def on_trace_end(self, trace: Trace) -> None:
        self._runs.end(trace.trace_id)

    def on_span_start(self, span: Span[Any]) -> None:
        data, parent = span.span_data, span.parent_id or span.trace_id
        if data.type == "agent":
            self._runs.start_agent(span.span_id, parent, data.name)
        elif data.type == "function":
            self._runs.start_tool(span.span_id, parent, data.name, data.input)
        elif data.type in ("generation", "response"):
            self._runs.start_generation(span.span_id, parent, _model_of(data))
        else:
            self._runs.start_step(span.span_id, parent)

    def on_span_end(self, span: Span[Any]) -> None:
        data = span.span_data
        if data.type in ("generation", "response"):
            self._add_usage(span)
        arguments = getattr(data, "input", None) if data.type == "function" else None
        self._runs.end(span.span_id, getattr(data, "output", None), _error_text(span), arguments=arguments)

    def shutdown(self) -> None:
        """Do nothing: there is nothing to close."""

    def force_flush(self) -> None:
        """Do nothing: every event is written at once."""

    @never_raises
    def _add_usage(self, span: Span[Any]) -> None:
        data = span.span_data
        for usage in read_responses(getattr(data, "response", None) or data):
            self._runs.add_usage(span.span_id, replace(usage, model=usage.model or _model_of(data)))


def _model_of(data: Any) -> str:
    """Return the model of a generation or response span."""
    return str(getattr(data, "model", None) or getattr(getattr(data, "response", None), "model", None) or "")


def _error_text(span: Span[Any]) -> str | None:
    """Return why a span failed: its message, with the reason where the SDK has one; None if it succeeded."""
    if not span.error:
        return None
    reason = (span.error.get("data") or {}).get("error")
    message = span.error.get("message") or "failed"
    return f"{message}: {reason}" if reason and str(reason) not in message else message
