"""Counting tokens by model, by operation, and all together."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.telemetry.recorder.executions import TokenCounts
from tui_monitor.telemetry.recorder.runtime import LOCK


@dataclass(frozen=True, slots=True)
class TokenStats:
    """Averages and maxima of single requests, in tokens."""

    avg_input: float = 0.0
    avg_output: float = 0.0
    avg_total: float = 0.0
    max_input: int = 0
    max_output: int = 0
    max_total: int = 0


@dataclass(frozen=True, slots=True)
class TokenUsageSnapshot:
    """What a tracker had counted at one moment."""

    name: str
    totals: TokenCounts
    request_count: int
    stats: TokenStats

    def summary(self) -> str:
        """One line: ``gpt-4o: 1500 tokens (1 requests)``."""
        return f"{self.name}: {self.totals.total()} tokens ({self.request_count} requests)"

    def detailed(self) -> str:
        """Three lines, with averages and maxima."""
        stats = self.stats
        return (
            f"{self.summary()}\n"
            f"  Avg: {stats.avg_input:.1f} in / {stats.avg_output:.1f} out\n"
            f"  Max: {stats.max_input} in / {stats.max_output} out"
        )


class TokenUsageTracker:
    """Counts the requests of one model or operation; any thread may record and ask."""

    __slots__ = ("_input", "_max_input", "_max_output", "_max_total", "_output", "_requests", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._input = self._output = self._requests = 0
        self._max_input = self._max_output = self._max_total = 0

    def record(self, input: int, output: int) -> None:  # noqa: A002  # the documents' name
        """Count one request."""
        with LOCK:
            self._requests += 1
            self._input += input
            self._output += output
            self._max_input = max(self._max_input, input)
            self._max_output = max(self._max_output, output)
            self._max_total = max(self._max_total, input + output)

    def record_counts(self, counts: TokenCounts) -> None:
        """Count one request."""
        self.record(counts.input, counts.output)

    def totals(self) -> TokenCounts:
        """All tokens so far."""
        with LOCK:
            return TokenCounts(self._input, self._output)

    def request_count(self) -> int:
        """All requests so far."""
        return self._requests

    def snapshot(self) -> TokenUsageSnapshot:
        """Everything counted so far, at one moment."""
        with LOCK:
            requests = self._requests or 1
            stats = TokenStats(
                avg_input=self._input / requests,
                avg_output=self._output / requests,
                avg_total=(self._input + self._output) / requests,
                max_input=self._max_input,
                max_output=self._max_output,
                max_total=self._max_total,
            )
            return TokenUsageSnapshot(self.name, TokenCounts(self._input, self._output), self._requests, stats)


MOST_NAMES = 1000
"""So many models, and so many operations, are told apart; further ones are counted together."""

OTHERS = "others"
"""The name under which further ones are counted."""


class TokenUsageRegistry:
    """Trackers by model and by operation; any thread may record and ask.

    The tokens of a model count in the global tracker. Those of an operation are the same tokens from another side, so
    that recording a response under its model and its operation counts it once.
    """

    def __init__(self) -> None:
        self._global = TokenUsageTracker("global")
        self._models: dict[str, TokenUsageTracker] = {}
        self._operations: dict[str, TokenUsageTracker] = {}

    def record_model_usage(self, model: str, input: int, output: int) -> None:  # noqa: A002
        """Count one response of a model, in tokens."""
        with LOCK:
            self._global.record(input, output)
            _tracker(self._models, model).record(input, output)

    def record_operation_usage(self, operation: str, input: int, output: int) -> None:  # noqa: A002
        """Count one response as one of that operation, in tokens."""
        with LOCK:
            _tracker(self._operations, operation).record(input, output)

    def get_model_tracker(self, model: str) -> TokenUsageTracker | None:
        """The tracker of a model; None if nothing was recorded for it."""
        return self._models.get(model)

    def get_operation_tracker(self, operation: str) -> TokenUsageTracker | None:
        """The tracker of an operation; None if nothing was recorded for it."""
        return self._operations.get(operation)

    def global_tracker(self) -> TokenUsageTracker:
        """The tracker of all models together."""
        return self._global

    def model_snapshots(self) -> list[TokenUsageSnapshot]:
        """All models, the one with the most tokens first."""
        return _snapshots(self._models)

    def operation_snapshots(self) -> list[TokenUsageSnapshot]:
        """All operations, the one with the most tokens first."""
        return _snapshots(self._operations)

    def global_snapshot(self) -> TokenUsageSnapshot:
        """All models together."""
        return self._global.snapshot()


def _tracker(trackers: dict[str, TokenUsageTracker], name: str) -> TokenUsageTracker:
    if name not in trackers:
        name = name if len(trackers) < MOST_NAMES else OTHERS
        trackers.setdefault(name, TokenUsageTracker(name))
    return trackers[name]


def _snapshots(trackers: dict[str, TokenUsageTracker]) -> list[TokenUsageSnapshot]:
    with LOCK:
        taken = [tracker.snapshot() for tracker in trackers.values()]
    return sorted(taken, key=lambda snapshot: snapshot.totals.total(), reverse=True)
