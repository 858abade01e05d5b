"""Budgets are compared with the periods of the reader's zone, and forecast at their own pace."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.store.builders import APPLE, BIRCH, NOON, filled, usage
from tui_monitor.events import PICO, SessionUpdate
from tui_monitor.live.spending import RANGES, Limits
from tui_monitor.reports.budgets import BudgetStatus, query_budgets
from tui_monitor.units import DAY, HOUR

COST = usage("a").rates.cost(usage("a").tokens, 0) / PICO  # type: ignore[union-attr]


def at(text: str, zone: str = "UTC") -> int:
    """Return the epoch milliseconds of a time."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def statuses(*limits: Limits, now: int = NOON + HOUR) -> dict[str, BudgetStatus]:
    """Return the budgets of a store with two sessions, one of which is a day old."""
    events = (
        SessionUpdate(session=APPLE, at=NOON, cwd="/work/apple"),
        SessionUpdate(session=BIRCH, at=NOON - DAY, cwd="/work/birch"),
        usage("a"),
        usage("b", at=NOON + 1),
        usage("c", BIRCH, NOON - DAY),
    )
    with closing(filled(*events)) as store:
        return {f"{one.project} {one.name}".strip(): one for one in query_budgets(store, limits, now, UTC)}


@pytest.mark.parametrize(
    ("name", "now", "zone", "since", "until"),
    [
        ("daily", "2026-03-29T12:00", "Europe/Berlin", "2026-03-29T00:00", "2026-03-30T00:00"),
        ("daily", "2026-10-25T23:59", "Europe/Berlin", "2026-10-25T00:00", "2026-10-26T00:00"),
        ("weekly", "2026-11-29T23:00", "UTC", "2026-11-23T00:00", "2026-11-30T00:00"),
        ("weekly", "2026-10-25T10:00", "Europe/Berlin", "2026-10-19T00:00", "2026-10-26T00:00"),
        ("monthly", "2026-12-31T23:00", "America/New_York", "2026-12-01T00:00", "2027-01-01T00:00"),
        ("monthly", "2026-02-01T00:00", "UTC", "2026-02-01T00:00", "2026-03-01T00:00"),
    ],
)
def test_period_is_that_of_the_zone(name: str, now: str, zone: str, since: str, until: str) -> None:
    assert RANGES[name](at(now, zone), ZoneInfo(zone)) == range(at(since, zone), at(until, zone))


def test_each_period_has_its_own_sum() -> None:
    own = statuses(Limits("", {"daily": 1, "weekly": 1, "monthly": 1, "session": 1}))
    assert own["daily"].spent == own["session"].spent == round(2 * COST * PICO)
    assert own["weekly"].spent == own["monthly"].spent == round(3 * COST * PICO)
    assert own["session"].about == "apple apple"


def test_project_counts_its_own_sessions() -> None:
    own = statuses(Limits("/work/birch", {"weekly": 1, "session": 1}), Limits("/work/fig", {"session": 1}))
    assert own["/work/birch weekly"].spent == own["/work/birch session"].spent == round(COST * PICO)
    assert own["/work/fig session"].spent == 0


def test_budget_is_exceeded_by_more_than_it() -> None:
    exact = statuses(Limits("", {"daily": 2 * COST}))["daily"]
    assert (exact.percentage, exact.is_exceeded) == (100, False)
    assert statuses(Limits("", {"daily": 1.9 * COST}))["daily"].is_exceeded
    soon = statuses(Limits("", {"daily": 2.1 * COST}))["daily"]
    assert (soon.is_exceeded, soon.will_be_exceeded) == (False, True)
    assert statuses(Limits("", {"daily": 0})) == {}


def test_forecast_goes_on_at_the_pace_of_the_period() -> None:
    own = statuses(Limits("", {"daily": 1}))["daily"]
    assert own.since
    assert own.until
    assert own.forecast
    assert own.forecast / own.spent == pytest.approx((own.until - own.since) / (NOON + HOUR - own.since))
