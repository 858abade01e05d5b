"""Process-wide defaults: counters that follow the settings, and `record_usage`, which also writes to the stream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from tui_monitor.telemetry.recorder.errors import ValidationError
from tui_monitor.telemetry.recorder.executions import ToolExecution
from tui_monitor.telemetry.recorder.record import never_raises, record_execution, write_event
from tui_monitor.telemetry.recorder.runtime import overload
from tui_monitor.telemetry.recorder.scope import current_scope
from tui_monitor.telemetry.recorder.settings import current_settings
from tui_monitor.telemetry.recorder.validation import check_count, check_number, check_text
from tui_monitor.telemetry.statistics.token_usage import TokenUsageRegistry
from tui_monitor.telemetry.statistics.tracker import ToolExecutionTracker

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from typing import Any

    from tui_monitor.telemetry.recorder.response_usage import ResponseUsage

_JSON_STARTS = ("{", "[")
_CHECKS = {
    **dict.fromkeys(
        (
            *("input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens"),
            *("cache_creation_1h_tokens", "reasoning_tokens", "total_tokens", "web_searches"),
        ),
        check_count,
    ),
    **dict.fromkeys(("estimated_cost", "duration_ms", "ttft_ms"), check_number),
    **dict.fromkeys(("model", "provider", "operation", "service_tier", "speed", "region"), check_text),
}
_SHARED_OVERRIDES = ("provider", "lower_bound", "service_tier", "speed", "region")


class _ProcessExecutions(ToolExecutionTracker):
    @never_raises
    def record(self, execution: ToolExecution) -> None:
        settings = current_settings()
        if settings.enabled:
            self.resize(settings.max_executions)
            super().record(execution)
            record_execution(execution)


class _ProcessUsage(TokenUsageRegistry):
    def record_model_usage(self, model: str, input: int, output: int) -> None:  # noqa: A002  # documented name
        record_usage(model, input, output)

    @never_raises
    def record_operation_usage(self, operation: str, input: int, output: int) -> None:  # noqa: A002  # documented name
        check_count("input", input)
        check_count("output", output)
        if current_settings().enabled:
            super().record_operation_usage(operation, input, output)

    def count(self, model: str, operation: str, input_tokens: int, output_tokens: int) -> None:
        """Count one response in memory only."""
        if current_settings().enabled:
            super().record_model_usage(model, input_tokens, output_tokens)
            if operation:
                super().record_operation_usage(operation, input_tokens, output_tokens)


TOOL_EXECUTIONS: ToolExecutionTracker = _ProcessExecutions()
"""The latest executions of this process, at most ``max_executions``. Each that is recorded here is written to the
stream, too; `record_persistent` writes one to the stream alone."""

_usage = _ProcessUsage()

TOKEN_USAGE: TokenUsageRegistry = _usage
"""The tokens of this process.

Usage of a model is also written to the stream. Usage of an operation is not, since it is the same tokens counted a
second way: `record_usage` within ``with operation(…)`` records both.
"""


@overload
def record_usage(
    response: object,
    /,
    *,
    model: str = "",
    estimated_cost: float | None = None,
    provider: str = "",
    operation: str = "",
    service_tier: str = "",
    speed: str = "",
    region: str = "",
    lower_bound: bool = False,
    duration_ms: int | None = None,
    ttft_ms: int | None = None,
) -> None: ...
@overload
def record_usage(  # noqa: F811
    model: str,
    input_tokens: int = 0,
    output_tokens: int = 0,
    *,
    cache_read_tokens: int = 0,
    cache_creation_tokens: int = 0,
    cache_creation_1h_tokens: int = 0,
    reasoning_tokens: int = 0,
    total_tokens: int = 0,
    web_searches: int = 0,
    estimated_cost: float | None = None,
    provider: str = "",
    operation: str = "",
    service_tier: str = "",
    speed: str = "",
    region: str = "",
    lower_bound: bool = False,
    duration_ms: int | None = None,
    ttft_ms: int | None = None,
) -> None: ...


@never_raises
def record_usage(  # noqa: F811
    response: object = "",
    /,
    input_tokens: int = 0,
    output_tokens: int = 0,
    *,
    model: str = "",
    cache_read_tokens: int = 0,
    cache_creation_tokens: int = 0,
    cache_creation_1h_tokens: int = 0,
    reasoning_tokens: int = 0,
    total_tokens: int = 0,
    web_searches: int = 0,
    estimated_cost: float | None = None,
    provider: str = "",
    operation: str = "",
    service_tier: str = "",
    speed: str = "",
    region: str = "",
    lower_bound: bool = False,
    duration_ms: int | None = None,
    ttft_ms: int | None = None,
) -> None:
    """Record the tokens of one response, in the stream and in `TOKEN_USAGE`. Never raises.

        record_usage(client.chat.completions.create(…))
        record_usage("claude-sonnet-4-5", input_tokens=1200, output_tokens=300)

    A response is what the SDK of a provider returns, its usage alone, decoded JSON or JSON text, or a list of all parts
    of a stream; arguments override what it says. A response that reports no tokens is recorded as a lower bound: that
    it was made is known, its size is not. `TOKEN_USAGE` counts all input as one figure: fresh, read from the cache and
    written to it. Empty arguments come from the scope, or are unknown.

    Args:
        response: The response, or the name of the model that answered.
        input_tokens: Input tokens, without cache reads and writes.
        output_tokens: Output tokens, including ``reasoning_tokens``.
        model: Model that answered.
        cache_read_tokens: Input tokens read from the prompt cache.
        cache_creation_tokens: Input tokens written to the prompt cache.
        cache_creation_1h_tokens: The part of ``cache_creation_tokens`` that is kept for one hour.
        reasoning_tokens: The part of ``output_tokens`` spent on reasoning.
        total_tokens: All tokens, if only their sum is known; the monitor then shows a lower bound of the cost.
        web_searches: Searches billed with the response.
        estimated_cost: US dollars, if the agent knows them; otherwise the monitor applies its price list.
        provider: Provider of the model, such as ``anthropic``.
        operation: Operation that the response is for.
        service_tier: Service tier, such as ``priority``.
        speed: Speed, such as ``fast``.
        region: Region that the request is bound to, such as ``us``, if the provider charges for it.
        lower_bound: True if there were more tokens than these, such as in a stream that was broken off.
        duration_ms: Milliseconds from request to end of the response.
        ttft_ms: Milliseconds to the first token.
    """
    if not isinstance(response, str) or response[:1] in _JSON_STARTS:
        overrides = {
            "model": model,
            "estimated_cost": estimated_cost,
            "provider": provider,
            "operation": operation,
            "service_tier": service_tier,
            "speed": speed,
            "region": region,
            "lower_bound": lower_bound,
            "duration_ms": duration_ms,
            "ttft_ms": ttft_ms,
        }
        _record_response(response, {name: value for name, value in overrides.items() if value})
        return
    _write_usage(
        {
            "model": response or model,
            "input_tokens": input_tokens,
            "output_tokens": output_tokens,
            "cache_read_tokens": cache_read_tokens,
            "cache_creation_tokens": cache_creation_tokens,
            "cache_creation_1h_tokens": cache_creation_1h_tokens,
            "reasoning_tokens": reasoning_tokens,
            "total_tokens": total_tokens,
            "web_searches": web_searches,
            "estimated_cost": estimated_cost,
            "provider": provider,
            "operation": operation,
            "service_tier": service_tier,
            "speed": speed,
            "region": region,
            "lower_bound": lower_bound,
            "duration_ms": duration_ms,
            "ttft_ms": ttft_ms,
        }
    )


def _record_response(response: object, overrides: Mapping[str, object]) -> None:
    """Record what a provider returned; the overrides are about the response itself, not about those inside it."""
    for usage in response_usages(response, str(overrides.get("model", ""))):
        _write_usage({**asdict(usage), **overrides})
        overrides = {name: value for name, value in overrides.items() if name in _SHARED_OVERRIDES}


def response_usages(response: object, model: str) -> list[ResponseUsage]:
    """Return the usage of a response and of those inside it; a lower bound if it reports none.

    Raises:
        ValidationError: It reports none, and neither it nor the caller names a model.
    """
    from tui_monitor.telemetry.recorder.response_usage import ResponseUsage
    from tui_monitor.telemetry.recorder.usage_parser import model_of, read_responses

    usages = [response] if isinstance(response, ResponseUsage) else read_responses(response)
    if not usages and not (model := model or model_of(response)):
        raise ValidationError(f"there is neither usage nor a model in a response of type {type(response).__name__}")
    return usages or [ResponseUsage(model, lower_bound=True)]


def _write_usage(facts: Mapping[str, Any]) -> None:
    """Record a response.

    Raises:
        ValidationError: A value is invalid; nothing is recorded.
    """
    given = {name: value for name, value in facts.items() if value}
    for name, value in given.items():
        if name in _CHECKS:
            _CHECKS[name](name, value)
    write_event("usage", given)
    count_usage(facts)


def count_usage(facts: Mapping[str, Any]) -> None:
    """Count a response in `TOKEN_USAGE` alone. The fields are those of its line."""
    all_input = facts["input_tokens"] + facts["cache_read_tokens"] + facts["cache_creation_tokens"]
    output = facts["output_tokens"]
    if not all_input and not output:
        all_input = facts.get("total_tokens", 0)
    _usage.count(facts["model"], facts["operation"] or current_scope().operation, all_input, output)
