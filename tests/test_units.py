"""Times, counts and money are shown short, and in a shorter form where there is one."""

from datetime import UTC, timedelta, timezone

import pytest

from tui_monitor.events import PICO, Measure
from tui_monitor.units import (
    clock,
    compact,
    day_range,
    dollars,
    duration_forms,
    measure_forms,
    month_range,
    pluralize,
    week_range,
)

EIGHT_PM = 1_767_643_200_000


@pytest.mark.parametrize(
    ("ms", "forms"),
    [
        (999, ()),
        (1000, ("1s",)),
        (8_900, ("8s",)),
        (161_000, ("2m41s", "3m")),
        (1_136_000, ("18m56s", "19m")),
        (3_720_000, ("1h02m", "1h")),
        (100_800_000, ("1d04h", "1d")),
        (-5, ()),
    ],
)
def test_durations(ms: int, forms: tuple[str, ...]) -> None:
    assert duration_forms(ms) == forms


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (999, "999"), (1000, "1k"), (1234, "1.2k"), (41_500, "41k"), (3_400_000, "3.4M"), (12 * 10**9, "12G")],
)
def test_counts(count: int, text: str) -> None:
    assert compact(count) == text


def test_nouns_agree_with_their_count() -> None:
    assert (pluralize(1, "call"), pluralize(0, "call"), pluralize(1234, "call")) == ("1 call", "0 calls", "1.2k calls")


@pytest.mark.parametrize(
    ("measure", "forms"),
    [
        (Measure(22, "lines"), ("22 lines",)),
        (Measure(22, "lines", 956), ("22 of 956 lines", "22 lines")),
        (Measure(22, "lines", 22), ("22 lines",)),
        (Measure(1, "matches"), ("1 match",)),
        (Measure(1, "entries"), ("1 entry",)),
        (Measure(1, "files"), ("1 file",)),
        (Measure(0, "results"), ("no results",)),
    ],
)
def test_measures(measure: Measure, forms: tuple[str, ...]) -> None:
    assert measure_forms(measure) == forms


def test_empty_measure_can_have_its_own_text() -> None:
    assert measure_forms(Measure(0, "files"), "no match") == ("no match",)


@pytest.mark.parametrize(
    ("picodollars", "text"),
    [(0, "$0.00"), (45 * PICO // 100, "$0.45"), (PICO // 1000, "$0.0010"), (12 * PICO, "$12.00")],
)
def test_money(picodollars: int, text: str) -> None:
    assert dollars(picodollars) == text


@pytest.mark.parametrize(
    ("picodollars", "text"),
    [
        (11_857_300_000_000, "≥$11.85"),
        (11_860_000_000_000, "≥$11.86"),
        (9_990_000_000, "≥$0.0099"),
        (0, "≥$0.00"),
    ],
)
def test_lower_bound_of_money_is_never_rounded_up(picodollars: int, text: str) -> None:
    assert dollars(picodollars, at_least=True) == text


def test_clock_is_in_the_time_zone() -> None:
    assert clock(EIGHT_PM, UTC) == "20:00:00"
    assert clock(EIGHT_PM, timezone(timedelta(hours=5, minutes=30))) == "01:30:00"


def test_impossible_times_are_empty() -> None:
    assert [clock(at, UTC) for at in (0, 10**18, -(10**18))] == ["", "", ""]


def test_a_day_begins_and_ends_at_midnight() -> None:
    day = day_range(EIGHT_PM, UTC)
    assert (clock(day.start, UTC), len(day)) == ("00:00:00", 24 * 60 * 60 * 1000)
    assert EIGHT_PM in day


def test_impossible_day_holds_everything() -> None:
    assert EIGHT_PM in day_range(10**18, UTC)
    assert EIGHT_PM in day_range(253_402_300_799_000, UTC)


def test_a_week_begins_on_monday_and_a_month_with_its_first_day() -> None:
    sunday = EIGHT_PM + 6 * 24 * 3_600_000
    assert week_range(sunday, UTC) == week_range(EIGHT_PM, UTC)
    assert (week_range(sunday, UTC).start, len(week_range(sunday, UTC))) == (
        day_range(EIGHT_PM, UTC).start,
        7 * 86_400_000,
    )
    month = month_range(EIGHT_PM, UTC)
    assert (month.start, len(month)) == (day_range(EIGHT_PM, UTC).start - 4 * 86_400_000, 31 * 86_400_000)
    assert EIGHT_PM in week_range(10**18, UTC)
    assert EIGHT_PM in month_range(10**18, UTC)
