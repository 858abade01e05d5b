"""Budgets of days, weeks and months over time: each level of one is an alert, once in its period."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import TypeAlias

from tui_monitor.events import PICO
from tui_monitor.figures import Period, PeriodTotal
from tui_monitor.live.alerts.model import AlertSettings
from tui_monitor.live.spending import RANGES
from tui_monitor.units import dollars

ASK_MS = 10_000
"""Time between two questions to the store, which sums up all sessions."""
USED_UP = 100
"""The level of a budget of which nothing is left."""

_BudgetKey: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class BudgetAlert:
    """A budget of which a ``level`` (in percent) is spent, of all sessions or those of a ``folder``, in the period that
    began at ``since`` (epoch ms); ``is_old`` if it was when it was first looked at. Money is in picodollars."""

    name: str
    folder: str
    level: int
    spent: int
    limit: int
    since: int
    is_lower_bound: bool = False
    is_old: bool = False

    @property
    def text(self) -> str:
        """What is spent, as a sentence."""
        of_folder = f" of {self.folder}" if self.folder else ""
        spent = dollars(self.spent, at_least=self.is_lower_bound)
        used = "is used up" if self.level >= USED_UP else f"is {self.level} % used"
        return f"the {self.name} budget{of_folder} {used}: {spent} of {dollars(self.limit)}"


@dataclass(slots=True)
class BudgetWatch:
    """Says which periods to sum up, and which budgets have reached a level since the last time."""

    settings: AlertSettings
    tz: tzinfo | None = None
    active: tuple[BudgetAlert, ...] = ()
    _asked_at: int = -ASK_MS
    _has_judged: bool = False
    _fired: dict[_BudgetKey, tuple[int, int]] = field(default_factory=dict)
    """By budget the beginning of its period, and the level that has fired in it."""

    def periods_due(self, now: int) -> tuple[Period, ...]:
        """Return the periods to sum up at ``now`` (epoch ms); none if there is no budget, or it was asked just now."""
        if 0 <= now - self._asked_at < ASK_MS:
            return ()
        self._asked_at = now
        return tuple(self._periods(now))

    def update(self, totals: Sequence[PeriodTotal], now: int) -> tuple[BudgetAlert, ...]:
        """Judge what was spent, and return the alerts that are new."""
        alerts = [alert for total in totals if now < total.period.until and (alert := self._judge(total))]
        is_first, self._has_judged = not self._has_judged, self._has_judged or bool(totals)
        self.active = tuple(alerts)
        return tuple(replace(alert, is_old=is_first) for alert in alerts if self._fires(alert))

    def _periods(self, now: int) -> Iterator[Period]:
        for folder, limits in self.settings.budgets:
            for name, range_of in RANGES.items():
                if limits.get(name):
                    times = range_of(now, self.tz)
                    yield Period(name, times.start, times.stop, folder=folder)

    def _judge(self, total: PeriodTotal) -> BudgetAlert | None:
        period, amount = total.period, total.amount
        limits = next((limits for folder, limits in self.settings.budgets if folder == period.folder), {})
        limit = round(limits.get(period.name, 0) * PICO)
        levels = self.settings.thresholds.budget
        place = bisect_right(levels, 100 * amount.cost / limit) if limit else 0
        if not place:
            return None
        is_lower_bound = bool(amount.lower_bound or amount.unpriced)
        return BudgetAlert(
            period.name, period.folder, levels[place - 1], amount.cost, limit, period.since, is_lower_bound
        )

    def _fires(self, alert: BudgetAlert) -> bool:
        key, reached = (alert.name, alert.folder), (alert.since, alert.level)
        fires = reached > self._fired.get(key, (-1, 0))
        if fires:
            self._fired[key] = reached
        return fires
