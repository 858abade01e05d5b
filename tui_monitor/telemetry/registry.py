"""Counting tokens by model, by operation, and all together."""

from __future__ import annotations

from tui_monitor.telemetry.lock import LOCK
from tui_monitor.telemetry.tokens import TokenUsageSnapshot, TokenUsageTracker

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
