"""Spending over time: the periods that matter to a session, the pace of the last hour, and budgets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import NamedTuple

from tui_monitor.config import Config
from tui_monitor.events import PICO
from tui_monitor.figures import Period, PeriodTotal, Spending
from tui_monitor.live.plan_windows import window_start
from tui_monitor.live.session import SessionState
from tui_monitor.units import DAY, HOUR, day_range, month_range, to_datetime, week_range

LAST_HOUR, TODAY, THIS_WEEK, THIS_MONTH = "last hour", "today", "this week", "this month"
WINDOW = "window "
"""Begins the names of periods that are plan windows."""
EARLIER_DAYS = 6
RANGES = {"daily": day_range, "weekly": week_range, "monthly": month_range}
"""The epoch milliseconds of each budget's period that a time is in; a day may have 23 hours."""
BUDGETS = {"daily": TODAY, "weekly": THIS_WEEK, "monthly": THIS_MONTH}
"""The period of each budget; that of a session has none."""

_LEAST_SHARE = 0.05
"""Share of a period that must be over before its sum is forecast."""


class Limits(NamedTuple):
    """US dollars by the name of a budget, for the sessions of a folder or (empty) of all."""

    project: str
    limits: Mapping[str, float]


def configured_limits(config: Config) -> list[Limits]:
    """Return the budgets of the configuration, those of all sessions first."""
    return [Limits("", config.budgets), *(Limits(*item) for item in sorted(config.project_budgets.items()))]


class Budget(NamedTuple):
    """A budget in picodollars and what is spent of it; at the pace of the last hour it is used up at ``exceeded_at``
    (epoch ms), None if that is not before its period ends. ``is_lower_bound`` if more may be spent."""

    name: str
    limit: int
    spent: int
    is_lower_bound: bool
    exceeded_at: int | None = None

    @property
    def percentage(self) -> float:
        """The share that is spent."""
        return 100 * self.spent / self.limit


def spending_periods(state: SessionState, now: int, tz: tzinfo | None) -> tuple[Period, ...]:
    """Return the periods to ask for: an hour, day, week and month, the days before, and the session's plan windows."""
    ranges = {TODAY: day_range(now, tz), THIS_WEEK: week_range(now, tz), THIS_MONTH: month_range(now, tz)}
    return (
        Period(LAST_HOUR, now - HOUR, now + 1),
        *(Period(name, days.start, days.stop) for name, days in ranges.items()),
        *_earlier_days(ranges[TODAY], tz),
        *_plan_windows(state, now),
    )


def _earlier_days(today: range, tz: tzinfo | None) -> Iterator[Period]:
    """Yield the days before today, the latest first: a day may have 23 hours."""
    start = today.start
    for _ in range(EARLIER_DAYS):
        day = day_range(start - DAY // 2, tz)
        when = to_datetime(day.start, tz)
        if when is None:
            return
        yield Period(f"{when:%a} {when.day} {when:%b}", day.start, start)
        start = day.start


def _plan_windows(state: SessionState, now: int) -> Iterator[Period]:
    for limit in state.rate_limits.values():
        if (start := window_start(limit)) is not None and start < now:
            yield Period(WINDOW + limit.name, start, now + 1, state.key.source)


def budgets(limits: Mapping[str, float], spending: Spending, state: SessionState, now: int) -> list[Budget]:
    """Return the state of each budget (US dollars by name) that is set: those of periods, then that of the session."""
    hour = spending.of(LAST_HOUR)
    rate = hour.amount.cost / HOUR if hour else 0.0
    existing = []
    for name, period in BUDGETS.items():
        if (limit := round(limits.get(name, 0) * PICO)) and (total := spending.of(period)):
            amount, end = total.amount, total.period.until
            left = limit - amount.cost
            at = now + round(left / rate) if rate > 0 and left > 0 else None
            exceeded_at = at if at is not None and at < end else None
            existing.append(Budget(name, limit, amount.cost, bool(amount.lower_bound or amount.unpriced), exceeded_at))
    if limit := round(limits.get("session", 0) * PICO):
        amount = state.totals.amount
        existing.append(Budget("session", limit, amount.cost, bool(amount.lower_bound or amount.unpriced)))
    return existing


def sum_at_end(total: PeriodTotal, now: int) -> int | None:
    """Return what a period will have cost (picodollars) if it goes on as it did so far; None at its very beginning, and
    for one that is over."""
    period = total.period
    length, elapsed = period.until - period.since, now - period.since
    if elapsed >= length or elapsed < _LEAST_SHARE * length:
        return None
    return round(total.amount.cost * length / elapsed)
