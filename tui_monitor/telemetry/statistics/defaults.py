"""What the whole process shares: it counts in memory, as the settings say, and records."""

from __future__ import annotations

from tui_monitor.telemetry.recorder.executions import ToolExecution
from tui_monitor.telemetry.recorder.record import never_raises, write
from tui_monitor.telemetry.recorder.scope import current_scope
from tui_monitor.telemetry.recorder.settings import current
from tui_monitor.telemetry.statistics.token_usage import TokenUsageRegistry
from tui_monitor.telemetry.statistics.tracker import ToolExecutionTracker


class _ProcessExecutions(ToolExecutionTracker):
    def record(self, execution: ToolExecution) -> None:
        settings = current()
        if settings.enabled:
            self.resize(settings.max_executions)
            super().record(execution)


class _ProcessUsage(TokenUsageRegistry):
    def record_model_usage(self, model: str, input: int, output: int) -> None:  # noqa: A002
        record_usage(model, input, output)

    def record_operation_usage(self, operation: str, input: int, output: int) -> None:  # noqa: A002
        if current().enabled:
            super().record_operation_usage(operation, input, output)

    def count(self, model: str, operation: str, read: int, produced: int) -> None:
        if current().enabled:
            super().record_model_usage(model, read, produced)
            if operation:
                super().record_operation_usage(operation, read, produced)


TOOL_EXECUTIONS: ToolExecutionTracker = _ProcessExecutions()
"""The latest executions of this process, ``max_executions`` of them. Recording here is for memory alone."""

_usage = _ProcessUsage()

TOKEN_USAGE: TokenUsageRegistry = _usage
"""The tokens of this process. A model's usage is written to the stream, too; an operation's is not, because it is the
same tokens from another side: `record_usage` and ``with operation(…)`` tell the monitor of both at once."""


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
    """Record the tokens of one response, in the stream and in `TOKEN_USAGE`, where all that was sent is its input.

    ``input_tokens`` excludes cache reads and writes, ``output_tokens`` includes ``reasoning_tokens``,
    ``cache_creation_1h_tokens`` is a part of ``cache_creation_tokens``. Who knows no more than their sum tells
    ``total_tokens`` alone, and the monitor shows a lower bound. ``estimated_cost`` is US dollars where the agent knows
    them; else the monitor prices the response. What is left empty is as the scope says, or not known.
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
    write("usage", {name: value for name, value in facts.items() if value})
    sent = input_tokens + cache_read_tokens + cache_creation_tokens
    if sent or output_tokens:
        total_tokens = 0
    _usage.count(model, operation or current_scope().operation, sent + total_tokens, output_tokens)
