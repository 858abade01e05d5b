"""Recorder for pydantic-ai, by its OpenTelemetry spans: ``record()`` records all agents, their tools and tokens.

To export the spans as well, pass the provider that exports them: ``record(provider)``. If they are exported to the
monitor (``tui-monitor receive``), do not record here too: everything would count twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tui_monitor.integrations.runs import RunRecorder
from tui_monitor.telemetry.recorder.record import never_raises
from tui_monitor.telemetry.recorder.response_usage import ResponseUsage

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider

_ARGUMENTS = ("gen_ai.tool.call.arguments", "tool_arguments")
_RESULTS = ("gen_ai.tool.call.result", "tool_response")
_COUNTS = ("gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens")
_DETAILS = "gen_ai.usage.details."
_REASONING_TOKENS = ("reasoning_tokens", "thoughts_tokens", "thinking_tokens")
_SERVICE_TIERS = (
    "gen_ai.response.service_tier",
    "openai.response.service_tier",
    "gen_ai.openai.response.service_tier",
    f"{_DETAILS}service_tier",
)


def record(provider: TracerProvider | None = None) -> TracerProvider:
    """Instrument all agents of this process and record their spans. Return the provider of the spans.

    Raises:
        ImportError: pydantic-ai or the OpenTelemetry SDK is not installed.
    """
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from pydantic_ai import Agent, InstrumentationSettings

    provider = provider or TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(type("TelemetryProcessor", (_SpanCallbacks, SpanProcessor), {})())
    Agent.instrument_all(InstrumentationSettings(tracer_provider=provider, include_binary_content=False))
    return provider


class _SpanCallbacks:
    """The callbacks of a span processor, for spans that follow OpenTelemetry's GenAI conventions."""

    def __init__(self) -> None:
        self._runs = RunRecorder()

    @never_raises
    def on_start(self, span: ReadableSpan, parent_context: object = None) -> None:
        attributes, run, parent = span.attributes or {}, _span_id(span.context), _span_id(span.parent)
        operation = attributes.get("gen_ai.operation.name")
        if operation == "invoke_agent":
            self._runs.start_agent(run, parent, str(attributes.get("gen_ai.agent.name") or "agent"))
        elif operation == "execute_tool":
            name = str(attributes.get("gen_ai.tool.name") or "tool")
            self._runs.start_tool(run, parent, name, _first(attributes, _ARGUMENTS))
        elif operation == "chat":
            self._runs.start_generation(run, parent, _text(attributes, "gen_ai.request.model"), _provider(attributes))
        else:
            self._runs.start_step(run, parent)

    @never_raises
    def on_end(self, span: ReadableSpan) -> None:
        attributes, run = span.attributes or {}, _span_id(span.context)
        if attributes.get("gen_ai.operation.name") == "chat" and any(name in attributes for name in _COUNTS):
            self._runs.add_usage(run, _usage(attributes), _provider(attributes))
        self._runs.end(run, _first(attributes, _RESULTS), _error_message(span))

    def shutdown(self) -> None:
        """Do nothing: there is nothing to close."""

    def force_flush(self, timeout_millis: int = 0) -> bool:
        """Return True: every event is written at once."""
        return True


def _usage(attributes: Mapping[str, Any]) -> ResponseUsage:
    """Return the usage of a response, whose input includes cache reads and writes; without any it is a lower bound."""

    def count(name: str) -> int:
        return int(attributes.get(name) or 0)

    prompt, output = count("gen_ai.usage.input_tokens"), count("gen_ai.usage.output_tokens")
    one_hour = count(f"{_DETAILS}ephemeral_1h_input_tokens")
    cache_read = count("gen_ai.usage.cache_read.input_tokens")
    cache_creation = max(count("gen_ai.usage.cache_creation.input_tokens"), one_hour)
    return ResponseUsage(
        model=str(attributes.get("gen_ai.response.model") or attributes.get("gen_ai.request.model") or ""),
        input_tokens=max(0, prompt - cache_read - cache_creation),
        output_tokens=output,
        cache_read_tokens=cache_read,
        cache_creation_tokens=cache_creation,
        cache_creation_1h_tokens=one_hour,
        reasoning_tokens=min(output, max(count(_DETAILS + name) for name in _REASONING_TOKENS)),
        service_tier=str(_first(attributes, _SERVICE_TIERS) or ""),
        lower_bound=not prompt,
    )


def _provider(attributes: Mapping[str, Any]) -> str:
    return _text(attributes, "gen_ai.provider.name") or _text(attributes, "gen_ai.system")


def _text(attributes: Mapping[str, Any], name: str) -> str:
    return str(attributes.get(name) or "")


def _span_id(context: Any) -> str:
    return f"{context.span_id:016x}" if context else ""


def _first(attributes: Mapping[str, Any], names: tuple[str, ...]) -> object:
    return next((attributes[name] for name in names if name in attributes), None)


def _error_message(span: ReadableSpan) -> str | None:
    """Return the message of a failed span, from its status or its exception event; None if it succeeded."""
    if span.status.status_code.name != "ERROR":
        return None
    messages = [(event.attributes or {}).get("exception.message") for event in span.events]
    return span.status.description or next((str(message) for message in messages if message), "failed")
