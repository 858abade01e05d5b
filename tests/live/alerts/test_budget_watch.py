"""A budget of a day, week or month fires at each of its levels, once in its period."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tui_monitor.config import AlertsConfig
from tui_monitor.events import PICO
from tui_monitor.figures import PeriodTotal
from tui_monitor.ledger import Amount
from tui_monitor.live.alerts import AlertSettings, BudgetAlert, BudgetWatch
from tui_monitor.live.alerts.budget_watch import ASK_MS
from tui_monitor.live.spending import Limits

NOON = int(datetime(2026, 11, 18, 12, tzinfo=UTC).timestamp() * 1000)
DAY = 86_400_000


class Bench:
    """A watch of budgets, and what is spent."""

    def __init__(self, *budgets: Limits, levels: tuple[int, ...] = (50, 80, 100)) -> None:
        self.watch = BudgetWatch(AlertSettings(AlertsConfig(budget=levels), budgets=budgets), UTC)
        self.now = NOON

    def spend(self, *dollars: float) -> tuple[BudgetAlert, ...]:
        """Have so much spent of each budget by now; return what fires."""
        self.now += ASK_MS
        periods = self.watch.periods_due(self.now)
        totals = [
            PeriodTotal(period, Amount(requests=1, cost=round(one * PICO)))
            for period, one in zip(periods, dollars, strict=True)
        ]
        return self.watch.update(totals, self.now)


def test_each_level_fires_once() -> None:
    bench = Bench(Limits("", {"daily": 10}))
    fired = [[alert.level for alert in bench.spend(dollars)] for dollars in (1, 5, 6, 8.5, 8.6, 10, 30)]
    assert fired == [[], [50], [], [80], [], [100], []]
    (alert,) = bench.watch.active
    assert alert.text == "the daily budget is used up: $30.00 of $10.00"


def test_levels_are_settable() -> None:
    bench = Bench(Limits("", {"weekly": 10}), levels=(25, 150))
    fired = [[alert.level for alert in bench.spend(dollars)] for dollars in (2, 3, 10, 15)]
    assert fired == [[], [25], [], [150]]


def test_next_day_begins_anew() -> None:
    bench = Bench(Limits("", {"daily": 10}))
    assert [alert.level for alert in bench.spend(9)] == [80]
    bench.now += DAY
    assert bench.spend(0) == ()
    assert [alert.level for alert in bench.spend(9)] == [80]


def test_what_was_spent_before_the_first_look_is_old() -> None:
    bench = Bench(Limits("", {"daily": 10}))
    assert [alert.is_old for alert in bench.spend(6)] == [True]
    assert [alert.is_old for alert in bench.spend(9)] == [False]


def test_budgets_of_folders_are_beside_those_of_all() -> None:
    bench = Bench(Limits("", {"monthly": 100}), Limits("/work/shop", {"daily": 5, "session": 1}))
    assert [(period.name, period.folder) for period in bench.watch.periods_due(NOON)] == [
        ("monthly", ""),
        ("daily", "/work/shop"),
    ]
    (alert,) = bench.spend(1, 4)
    assert alert.text == "the daily budget of /work/shop is 80 % used: $4.00 of $5.00"


def test_store_is_not_asked_all_the_time() -> None:
    watch = BudgetWatch(AlertSettings(budgets=(Limits("", {"daily": 1}),)), UTC)
    assert [bool(watch.periods_due(NOON + at)) for at in (0, 1, ASK_MS - 1, ASK_MS)] == [True, False, False, True]


@pytest.mark.parametrize("limits", [{}, {"daily": 0}, {"session": 5}])
def test_without_a_budget_of_a_period_nothing_is_asked(limits: dict[str, float]) -> None:
    assert BudgetWatch(AlertSettings(budgets=(Limits("", limits),)), UTC).periods_due(NOON) == ()


def test_session_has_the_budget_of_its_innermost_folder() -> None:
    settings = AlertSettings(
        budgets=(
            Limits("", {"session": 5}),
            Limits("/work", {"session": 3}),
            Limits("/work/shop", {"session": 2, "daily": 9}),
            Limits("/work/shop/api", {"daily": 9}),
        )
    )
    folders = ("/home", "/work/x", "/work/shop", "/work/shop/api", "/workshop")
    assert [settings.session_budget(folder) for folder in folders] == [5, 3, 2, 2, 5]


def test_demo_goes_to_nobody_and_spends_nothing_of_a_budget() -> None:
    thresholds = AlertsConfig(command=("notify-send",), webhook="https://hooks.example/x", waiting=7)
    settings = AlertSettings(thresholds, budgets=(Limits("", {"daily": 1, "session": 1}),)).of_demo()
    assert settings == AlertSettings(AlertsConfig(waiting=7))
