"""Process-wide defaults: counters that follow the settings, and `record_usage`, which also writes to the stream."""

from __future__ import annotations

from tui_monitor.telemetry.recorder.executions import ToolExecution
from tui_monitor.telemetry.recorder.record import never_raises, write_event
from tui_monitor.telemetry.recorder.scope import current_scope
from tui_monitor.telemetry.recorder.settings import current_settings
from tui_monitor.telemetry.statistics.token_usage import TokenUsageRegistry
from tui_monitor.telemetry.statistics.tracker import ToolExecutionTracker


class _ProcessExecutions(ToolExecutionTracker):
    def record(self, execution: ToolExecution) -> None:
        settings = current_settings()
        if settings.enabled:
            self.resize(settings.max_executions)
            super().record(execution)


class _ProcessUsage(TokenUsageRegistry):
    def record_model_usage(self, model: str, input: int, output: int) -> None:  # noqa: A002  # documented name
        record_usage(model, input, output)

    def record_operation_usage(self, operation: str, input: int, output: int) -> None:  # noqa: A002  # documented name
        if current_settings().enabled:
            super().record_operation_usage(operation, input, output)

    def count(self, model: str, operation: str, input_tokens: int, output_tokens: int) -> None:
        """Count one response in memory only."""
        if current_settings().enabled:
            super().record_model_usage(model, input_tokens, output_tokens)
            if operation:
                super().record_operation_usage(operation, input_tokens, output_tokens)


TOOL_EXECUTIONS: ToolExecutionTracker = _ProcessExecutions()
"""The latest executions of this process, at most ``max_executions``. Recording here does not write to the stream."""

_usage = _ProcessUsage()

TOKEN_USAGE: TokenUsageRegistry = _usage
"""The tokens of this process.

Usage of a model is also written to the stream. Usage of an operation is not, since it is the same tokens counted a
second way: `record_usage` within ``with operation(…)`` records both.
"""


@never_raises
def record_usage(
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
    duration_ms: int | None = None,
    ttft_ms: int | None = None,
) -> None:
    """Record the tokens of one response, in the stream and in `TOKEN_USAGE`. Never raises.

    `TOKEN_USAGE` counts all input as one figure: fresh, read from the cache and written to it. Empty arguments come
    from the scope, or are unknown.

    Args:
        model: Model that answered.
        input_tokens: Input tokens, without cache reads and writes.
        output_tokens: Output tokens, including ``reasoning_tokens``.
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
        duration_ms: Milliseconds from request to end of the response.
        ttft_ms: Milliseconds to the first token.
    """
    facts = {
        "model": model,
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
        "duration_ms": duration_ms,
        "ttft_ms": ttft_ms,
    }
    write_event("usage", {name: value for name, value in facts.items() if value})
    all_input = input_tokens + cache_read_tokens + cache_creation_tokens
    if all_input or output_tokens:
        total_tokens = 0
    _usage.count(model, operation or current_scope().operation, all_input + total_tokens, output_tokens)
