"""The screen says that it is behind at once, and stops saying it when that has been over for a while."""

from __future__ import annotations

import pytest

from tui_monitor.tui.lag_indicator import CAUGHT_UP_MS, HOLD_MS, SHOWN_FROM_MS, LagIndicator

T0 = 1_800_000_000_000


def shown(*measured: tuple[int, int]) -> list[int]:
    """Return what is shown for lags measured at these milliseconds."""
    indicator = LagIndicator()
    return [indicator.update(lag, T0 + at) for at, lag in measured]


def test_small_lag_is_not_shown() -> None:
    assert shown((0, 0), (100, SHOWN_FROM_MS - 1), (200, 600), (5000, 999)) == [0, 0, 0, 0]


def test_lag_is_shown_from_a_second_on_and_as_it_is() -> None:
    assert shown((0, SHOWN_FROM_MS), (100, 12_000)) == [1000, 12_000]


def test_lag_near_the_limit_does_not_flicker() -> None:
    assert shown(*((100 * step, lag) for step, lag in enumerate((1000, 700, 1100, 510, 999)))) == [
        1000,
        1000,
        1100,
        1000,
        1000,
    ]


def test_lag_goes_when_it_has_been_small_for_a_while() -> None:
    ends = 100 + HOLD_MS
    measured = ((0, 3000), (100, 0), (ends - 1, 0), (ends, 0), (ends + 1, CAUGHT_UP_MS))
    assert shown(*measured) == [3000, 1000, 1000, 0, 0]


def test_new_lag_while_it_goes_begins_anew() -> None:
    assert shown((0, 3000), (100, 0), (900, 600), (1200, 0), (2100, 0), (2200, 0)) == [3000, 1000, 1000, 1000, 1000, 0]


@pytest.mark.parametrize("jump", [-86_400_000, 86_400_000])
def test_clock_that_is_set_does_not_keep_it_on_the_screen(jump: int) -> None:
    assert shown((0, 3000), (100, 0), (100 + jump, 0)) == [3000, 1000, 0]
