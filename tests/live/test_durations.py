"""The duration of a call, measured by several sources, in any order."""

from __future__ import annotations

from itertools import permutations

from tests.live.events_builder import finished, started, state_after
from tui_monitor.events import CallFinished, CallState


def durations(*results: CallFinished) -> set[int | None]:
    """The measured durations, over all orders of these results."""
    durations_ms: set[int | None] = set()
    for order in permutations(results):
        call = state_after(started("a", 0), *order).log.get("a")
        assert call
        durations_ms.add(call.measured_ms)
    return durations_ms


def test_exact_measurement_wins_over_telemetry() -> None:
    exact, export = finished("a", 5, duration_ms=10), finished("a", 6, duration_ms=11, exact=False)
    assert durations(exact, export, finished("a", 7)) == {10}
    assert durations(export, finished("a", 7)) == {11}


def test_measurement_long_before_the_end_does_not_count() -> None:
    assert durations(finished("a", 0, duration_ms=10), finished("a", 8_000), finished("a", 16_000)) == {None}


def test_first_answer_from_the_background_is_no_end() -> None:
    begun = finished("a", 1, CallState.BACKGROUND, duration_ms=1)
    assert durations(begun, finished("a", 5_000)) == {None}
    assert durations(begun, finished("a", 6, duration_ms=5, exact=False)) == {None}
