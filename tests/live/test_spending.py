"""Periods that are asked for, budgets, and forecasts."""

from __future__ import annotations

from datetime import UTC
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from tui_monitor.events import PICO, RateLimitUpdate, SessionKey
from tui_monitor.figures import Period, PeriodTotal, Spending
from tui_monitor.ledger import Amount
from tui_monitor.live.plan_windows import plan_window, share_of_session, window_start
from tui_monitor.live.session import SessionState
from tui_monitor.live.spending import (
    LAST_HOUR,
    THIS_MONTH,
    THIS_WEEK,
    TODAY,
    WINDOW,
    budgets,
    spending_periods,
    sum_at_end,
)
from tui_monitor.totals import SessionTotals
from tui_monitor.units import DAY, HOUR, MINUTE

KEY = SessionKey("demo", "s")
NOW = 1_767_643_200_000  # Monday, 5 January 2026, 20:00 UTC
MIDNIGHT = NOW - 20 * HOUR


def dollars(amount: float) -> Amount:
    return Amount(1, cost=round(amount * PICO))


def limit(used: float, at: int, name: str = "primary", minutes: int | None = 300) -> RateLimitUpdate:
    return RateLimitUpdate(
        session=KEY, at=at, name=name, used_percent=used, window_minutes=minutes, resets_at=NOW + 2 * HOUR
    )


def spending(hour: float, today: float) -> Spending:
    return Spending(
        (
            PeriodTotal(Period(LAST_HOUR, NOW - HOUR, NOW + 1), dollars(hour)),
            PeriodTotal(Period(TODAY, MIDNIGHT, MIDNIGHT + DAY), dollars(today)),
        )
    )


def test_periods_are_an_hour_and_calendar_ones() -> None:
    periods = {period.name: period for period in spending_periods(SessionState(KEY), NOW, UTC)}
    assert periods[LAST_HOUR] == Period(LAST_HOUR, NOW - HOUR, NOW + 1)
    assert (periods[TODAY].since, periods[TODAY].until) == (MIDNIGHT, MIDNIGHT + DAY)
    assert (periods[THIS_WEEK].since, periods[THIS_WEEK].until) == (MIDNIGHT, MIDNIGHT + 7 * DAY)
    assert (periods[THIS_MONTH].since, periods[THIS_MONTH].until) == (MIDNIGHT - 4 * DAY, MIDNIGHT + 27 * DAY)
    assert periods["Sun 4 Jan"] == Period("Sun 4 Jan", MIDNIGHT - DAY, MIDNIGHT)
    assert len(periods) == 10


def test_days_join_where_the_clock_is_changed() -> None:
    sunday = 1_774_800_000_000  # 29 March 2026, 18:00 in Berlin, where this day has 23 hours
    names = ["today", "Sat 28 Mar"]
    state = SessionState(KEY)
    for now in (sunday, sunday + DAY):
        periods = spending_periods(state, now, ZoneInfo("Europe/Berlin"))
        days = [period for period in periods if period.name == TODAY or period.name[0] in "SMTWF"]
        assert all(later.since == earlier.until for later, earlier in pairwise(days))
        assert [period.name for period in days[:2]] == names
        assert {period.until - period.since for period in days} == {DAY, 23 * HOUR}
        names = ["today", "Sun 29 Mar"]


def test_plan_windows_are_periods_of_the_agent() -> None:
    state = SessionState(KEY)
    state.rate_limits = {"primary": limit(10, NOW), "odd": limit(10, NOW, "odd", None)}
    *_, window = spending_periods(state, NOW, UTC)
    assert window == Period(f"{WINDOW}primary", NOW - 3 * HOUR, NOW + 1, "demo")
    assert len(spending_periods(state, NOW, UTC)) == 11


def test_budgets_of_periods_and_of_the_session() -> None:
    state = SessionState(KEY)
    state.totals = SessionTotals(KEY, dollars(5)._replace(lower_bound=1))
    daily, session = budgets({"daily": 20.0, "session": 4.0, "weekly": 9.0}, spending(2, 14), state, NOW)
    assert (daily.name, daily.percentage, daily.exceeded_at) == ("daily", 70, NOW + 3 * HOUR)
    assert (session.percentage, session.is_lower_bound, session.exceeded_at) == (125, True, None)


@pytest.mark.parametrize(("hour", "today"), [(0, 14), (1, 14), (2, 25)])
def test_budget_that_lasts_or_is_used_up_has_no_time(hour: float, today: float) -> None:
    (daily,) = budgets({"daily": 20.0}, spending(hour, today), SessionState(KEY), NOW)
    assert daily.exceeded_at is None


def test_a_budget_of_nothing_is_none() -> None:
    assert budgets({"daily": 0.0, "session": 0}, spending(1, 1), SessionState(KEY), NOW) == []


def test_sum_at_the_end_goes_on_as_so_far() -> None:
    total = spending(2, 15).of(TODAY)
    assert total
    assert sum_at_end(total, NOW) == 18 * PICO
    assert sum_at_end(total, MIDNIGHT + HOUR) is None
    assert sum_at_end(total, MIDNIGHT + DAY) is None


class TestPlanWindow:
    """A window of five hours, of which three are over."""

    def test_pace_since_it_began(self) -> None:
        window = plan_window(limit(30, NOW), NOW)
        assert (window.label, window.full_at) == ("5 h", None)
        assert window.percentage_at_reset == pytest.approx(50)

    def test_time_at_which_it_is_full(self) -> None:
        window = plan_window(limit(75, NOW), NOW + MINUTE)
        assert window.full_at == NOW + HOUR

    def test_nothing_is_forecast_at_its_beginning(self) -> None:
        window = plan_window(limit(2, NOW - 3 * HOUR + MINUTE), NOW)
        assert (window.percentage_at_reset, window.is_over) == (None, False)

    def test_it_is_over_at_its_reset(self) -> None:
        assert plan_window(limit(30, NOW), NOW + 2 * HOUR).is_over

    @pytest.mark.parametrize(
        ("name", "minutes", "label"),
        [
            ("primary", 10_080, "week"),
            ("five hour", None, "5 h"),
            ("seven day opus", None, "seven day opus (week)"),
            ("other primary", 90, "other primary (90 min)"),
            ("plan", None, "plan"),
            ("primary", 1_440, "1 d"),
        ],
    )
    def test_label_is_its_length(self, name: str, minutes: int | None, label: str) -> None:
        assert plan_window(limit(1, NOW, name, minutes), NOW).label == label

    def test_window_without_a_length_has_no_start(self) -> None:
        assert window_start(limit(1, NOW, "plan", None)) is None

    def test_share_of_the_session_is_that_of_the_cost_else_of_tokens(self) -> None:
        period = Period("w", 0, 1)
        assert share_of_session(limit(40, NOW), PeriodTotal(period, dollars(8), dollars(2))) == 10
        tokens = PeriodTotal(period, Amount(1, input=80), Amount(1, input=40))
        assert share_of_session(limit(40, NOW), tokens) == 20
        assert share_of_session(limit(40, NOW), PeriodTotal(period)) is None
