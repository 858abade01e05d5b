"""The monitor asks what was spent in the periods of budgets, and says once when one reaches a level."""

from __future__ import annotations

from dataclasses import replace

from tests.tui.harbour_totals import deliveries, working_afternoon
from tests.tui.monitor_bench import monitor
from tui_monitor.events import PICO
from tui_monitor.feed.deliveries import PeriodsSummed, Progress
from tui_monitor.figures import PeriodTotal
from tui_monitor.ledger import Amount
from tui_monitor.live.alerts import AlertSettings
from tui_monitor.live.spending import Limits


async def test_budget_of_a_day_is_a_notice_when_it_reaches_a_level() -> None:
    live = working_afternoon()
    settings = replace(AlertSettings().silent(), budgets=(Limits("", {"daily": 10}),))
    settings = replace(settings, thresholds=replace(settings.thresholds, toast=True))
    async with monitor(*deliveries(live), Progress(9, 9), now=lambda: live.now, alerts=settings, size=(120, 40)) as at:
        await at.until(lambda: ("periods", "daily") in at.source.requests)
        (period,) = at.source.periods
        total = PeriodTotal(period, Amount(requests=9, cost=8 * PICO))
        await at.deliver(PeriodsSummed((total,)))
        text = "the daily budget is 80 % used: $8.00 of $10.00"
        await at.until(lambda: text in [notice.message for notice in at.app._notifications])
        total = PeriodTotal(period, Amount(requests=9, cost=11 * PICO))
        await at.deliver(PeriodsSummed((total,)))
        await at.sees("⚠ the daily budget is used up: $11.00 of $10.00")
