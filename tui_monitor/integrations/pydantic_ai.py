"""pydantic-ai, by its OpenTelemetry: ``record()``, and all agents of this process, their tools and tokens are recorded.

Who also exports these spans hands over the provider that does: ``record(provider)``. If its collector is the monitor
(``tui-monitor receive``), recording here would count everything twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tui_monitor.integrations.runs import Runs
from tui_monitor.telemetry.recorder.record import never_raises
from tui_monitor.telemetry.recorder.usage_parser import ResponseUsage

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider

_ARGUMENTS = ("gen_ai.tool.call.arguments", "tool_arguments")
_RESULTS = ("gen_ai.tool.call.result", "tool_response")
_THINKING = ("gen_ai.usage.details.reasoning_tokens", "gen_ai.usage.details.thoughts_tokens")


def record(provider: TracerProvider | None = None) -> TracerProvider:
    """Have all agents instrumented, and what their spans tell recorded. Returns the provider of the spans.

    Raises:
        ImportError: pydantic-ai or OpenTelemetry's SDK is not installed.
    """
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from pydantic_ai import Agent, InstrumentationSettings

    provider = provider or TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(type("TelemetryProcessor", (_Recorder, SpanProcessor), {})())
    Agent.instrument_all(InstrumentationSettings(tracer_provider=provider, include_binary_content=False))
    return provider


class _Recorder:
    """The callbacks of a span processor, for spans by the GenAI conventions."""

    def __init__(self) -> None:
        self._runs = Runs()

    @never_raises
    def on_start(self, span: ReadableSpan, parent_context: object = None) -> None:
        told, run, parent = span.attributes or {}, _id(span.context), _id(span.parent)
        operation = told.get("gen_ai.operation.name")
        if operation == "invoke_agent":
            self._runs.begin_agent(run, parent, str(told.get("gen_ai.agent.name") or "agent"))
        elif operation == "execute_tool":
            self._runs.begin_tool(run, parent, str(told.get("gen_ai.tool.name") or "tool"), _first(told, _ARGUMENTS))
        else:
            self._runs.begin(run, parent)

    @never_raises
    def on_end(self, span: ReadableSpan) -> None:
        told, run = span.attributes or {}, _id(span.context)
        if told.get("gen_ai.operation.name") == "chat" and "gen_ai.usage.input_tokens" in told:
            took = (span.end_time or 0) - (span.start_time or 0)
            provider = told.get("gen_ai.provider.name") or told.get("gen_ai.system") or ""
            self._runs.spend(run, _usage(told), str(provider), took // 1_000_000)
        self._runs.end(run, _first(told, _RESULTS), _error(span))

    def shutdown(self) -> None:
        """There is nothing to close."""

    def force_flush(self, timeout_millis: int = 0) -> bool:
        """Everything is written when it happens."""
        return True


def _usage(told: Mapping[str, Any]) -> ResponseUsage:
    """The counts of a response, whose input includes what went through caches."""

    def count(name: str) -> int:
        return int(told.get(name) or 0)

    read, written = count("gen_ai.usage.cache_read.input_tokens"), count("gen_ai.usage.cache_creation.input_tokens")
    return ResponseUsage(
        model=str(told.get("gen_ai.response.model") or told.get("gen_ai.request.model") or ""),
        input_tokens=max(0, count("gen_ai.usage.input_tokens") - read - written),
        output_tokens=count("gen_ai.usage.output_tokens"),
        cache_read_tokens=read,
        cache_creation_tokens=written,
        reasoning_tokens=max(map(count, _THINKING)),
    )


def _id(context: Any) -> str:
    return f"{context.span_id:016x}" if context else ""


def _first(told: Mapping[str, Any], names: tuple[str, ...]) -> object:
    return next((told[name] for name in names if name in told), None)


def _error(span: ReadableSpan) -> str | None:
    """Why it failed, if it did: the status says it, or the exception that was raised."""
    if span.status.status_code.name != "ERROR":
        return None
    raised = [(event.attributes or {}).get("exception.message") for event in span.events]
    return span.status.description or next((str(message) for message in raised if message), "failed")
