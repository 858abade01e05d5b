"""Token counters: of one model or operation, and registries of them."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.telemetry.recorder.executions import TokenCounts
from tui_monitor.telemetry.recorder.runtime import LOCK

MAX_NAMES = 1000
"""Models, and operations, that a registry counts separately; further ones are counted together as `OTHERS`."""

OTHERS = "others"


@dataclass(frozen=True, slots=True)
class TokenStats:
    """Averages and maxima per request, in tokens."""

    avg_input: float = 0.0
    avg_output: float = 0.0
    avg_total: float = 0.0
    max_input: int = 0
    max_output: int = 0
    max_total: int = 0


@dataclass(frozen=True, slots=True)
class TokenUsageSnapshot:
    """The counts of a `TokenUsageTracker` at one moment, in tokens and requests."""

    name: str
    totals: TokenCounts
    request_count: int
    stats: TokenStats

    def summary(self) -> str:
        """Return one line: ``gpt-4o: 1500 tokens (1 requests)``."""
        return f"{self.name}: {self.totals.total()} tokens ({self.request_count} requests)"

    def detailed(self) -> str:
        """Return three lines: the summary, averages and maxima."""
        stats = self.stats
        return (
            f"{self.summary()}\n"
            f"  Avg: {stats.avg_input:.1f} in / {stats.avg_output:.1f} out\n"
            f"  Max: {stats.max_input} in / {stats.max_output} out"
        )


class TokenUsageTracker:
    """Token counter of one model or operation. Safe for use from any thread."""

    __slots__ = ("_input", "_max_input", "_max_output", "_max_total", "_output", "_requests", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._input = self._output = self._requests = 0
        self._max_input = self._max_output = self._max_total = 0

    def record(self, input: int, output: int) -> None:  # noqa: A002  # documented name
        """Count one request, in tokens."""
        with LOCK:
            self._requests += 1
            self._input += input
            self._output += output
            # Not by max(): these three take as long as everything else here together.
            if input > self._max_input:
                self._max_input = input
            if output > self._max_output:
                self._max_output = output
            if input + output > self._max_total:
                self._max_total = input + output

    def record_counts(self, counts: TokenCounts) -> None:
        """Count one request."""
        self.record(counts.input, counts.output)

    def totals(self) -> TokenCounts:
        """Return the tokens of all requests."""
        with LOCK:
            return TokenCounts(self._input, self._output)

    def request_count(self) -> int:
        """Return the number of requests."""
        return self._requests

    def snapshot(self) -> TokenUsageSnapshot:
        """Return all counts at this moment."""
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


class TokenUsageRegistry:
    """Token counters by model and by operation. Safe for use from any thread.

    Only model usage counts in the global tracker. Operations count the same tokens a second way, so a response recorded
    under both its model and its operation counts once.
    """

    def __init__(self) -> None:
        self._global = TokenUsageTracker("global")
        self._models: dict[str, TokenUsageTracker] = {}
        self._operations: dict[str, TokenUsageTracker] = {}

    def record_model_usage(self, model: str, input: int, output: int) -> None:  # noqa: A002  # documented name
        """Count one response of a model, in tokens."""
        with LOCK:
            self._global.record(input, output)
            _tracker(self._models, model).record(input, output)

    def record_operation_usage(self, operation: str, input: int, output: int) -> None:  # noqa: A002  # documented name
        """Count one response of an operation, in tokens."""
        with LOCK:
            _tracker(self._operations, operation).record(input, output)

    def get_model_tracker(self, model: str) -> TokenUsageTracker | None:
        """Return the counter of a model; None if it has no usage."""
        return self._models.get(model)

    def get_operation_tracker(self, operation: str) -> TokenUsageTracker | None:
        """Return the counter of an operation; None if it has no usage."""
        return self._operations.get(operation)

    def global_tracker(self) -> TokenUsageTracker:
        """Return the counter of all models together."""
        return self._global

    def model_snapshots(self) -> list[TokenUsageSnapshot]:
        """Return the counts of all models, most tokens first."""
        return _snapshots(self._models)

    def operation_snapshots(self) -> list[TokenUsageSnapshot]:
        """Return the counts of all operations, most tokens first."""
        return _snapshots(self._operations)

    def global_snapshot(self) -> TokenUsageSnapshot:
        """Return the counts of all models together."""
        return self._global.snapshot()


def _tracker(trackers: dict[str, TokenUsageTracker], name: str) -> TokenUsageTracker:
    if name not in trackers:
        name = name if len(trackers) < MAX_NAMES else OTHERS
        trackers.setdefault(name, TokenUsageTracker(name))
    return trackers[name]


def _snapshots(trackers: dict[str, TokenUsageTracker]) -> list[TokenUsageSnapshot]:
    with LOCK:
        snapshots = [tracker.snapshot() for tracker in trackers.values()]
    return sorted(snapshots, key=lambda snapshot: snapshot.totals.total(), reverse=True)
