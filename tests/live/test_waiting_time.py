"""The time that a session waited for a person."""

from tests.live.events_builder import SESSION, T0, finished, started, state_after
from tui_monitor.events import ToolKind
from tui_monitor.live.waiting_time import WaitingTime, waiting_time
from tui_monitor.totals import SessionTotals


def test_questions_and_held_calls_count_until_they_are_answered() -> None:
    state = state_after(
        *(started("q", 0, ToolKind.ASK), finished("q", 60_000)),
        *(started("held", 100_000), finished("held", 190_000, waited_ms=30_000)),
        *(started("runs", 200_000), finished("runs", 300_000)),
    )
    assert waiting_time(state, T0 + 400_000) == WaitingTime(90_000, lower_bound=False)


def test_open_question_counts_up_to_now() -> None:
    state = state_after(started("q", 0, ToolKind.ASK))
    assert waiting_time(state, T0 + 7_000).ms == 7_000


def test_what_waits_at_the_same_time_counts_once() -> None:
    state = state_after(
        *(started("a", 0, ToolKind.ASK), finished("a", 60_000)),
        *(started("b", 30_000), finished("b", 90_000, waited_ms=40_000)),
    )
    assert waiting_time(state, T0 + 99_000).ms == 70_000


def test_time_is_a_lower_bound_without_older_calls() -> None:
    state = state_after(started("a", 0), finished("a", 9))
    state.totals = SessionTotals(SESSION, calls=2)
    assert waiting_time(state, T0 + 99) == WaitingTime(0, lower_bound=True)
