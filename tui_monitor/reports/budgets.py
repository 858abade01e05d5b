"""Budgets: what is spent of each in its period, and what the period will have cost at its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from tui_monitor.events import PICO
from tui_monitor.figures import Period, PeriodTotal
from tui_monitor.ledger import ZERO, Amount
from tui_monitor.live.spending import RANGES, Limits, sum_at_end
from tui_monitor.reports.cost import session_label, sum_of
from tui_monitor.reports.model import SCHEMA, Json, TableData, TableRow
from tui_monitor.reports.selection import Filters, matching
from tui_monitor.store import SpendingKey, SpendingScope, Store
from tui_monitor.totals import SessionSummary
from tui_monitor.units import day_range, dollars, iso

SESSION = "session"
NAMES = (*RANGES, SESSION)


@dataclass(frozen=True, slots=True)
class BudgetStatus:
    """A budget, in picodollars. That of a session is compared with the most expensive one of those active today, or the
    last active one: ``about``. ``forecast`` is the sum at the end of the period at the pace since its beginning."""

    name: str
    project: str
    limit: int
    amount: Amount
    since: int | None = None
    until: int | None = None
    forecast: int | None = None
    about: str = ""

    @property
    def spent(self) -> int:
        """What is spent at least."""
        return self.amount.cost

    @property
    def percentage(self) -> float:
        """The share that is spent."""
        return 100 * self.spent / self.limit

    @property
    def is_exceeded(self) -> bool:
        """True if more is spent than the budget."""
        return self.spent > self.limit

    @property
    def will_be_exceeded(self) -> bool:
        """True if it is exceeded, or will be at the end of the period."""
        return self.is_exceeded or (self.forecast or 0) > self.limit

    @property
    def is_lower_bound(self) -> bool:
        """True if more may be spent."""
        return bool(self.amount.lower_bound or self.amount.unpriced)


def query_budgets(store: Store, budgets: Sequence[Limits], now: int, tz: tzinfo | None = None) -> list[BudgetStatus]:
    """Query the state of each budget that is set, at ``now`` (epoch ms); days are those of ``tz``."""
    with store.snapshot():
        everything = store.sessions()
        return [
            status
            for budget in budgets
            for status in _of_project(store, budget, list(matching(everything, Filters(budget.project))), now, tz)
        ]


def _of_project(
    store: Store, budget: Limits, sessions: Sequence[SessionSummary], now: int, tz: tzinfo | None
) -> Iterator[BudgetStatus]:
    keys = [one.session for one in sessions] if budget.project else None
    for name in RANGES:
        if limit := round(budget.limits.get(name, 0) * PICO):
            times = RANGES[name](now, tz)
            period = Period(name, times.start, times.stop)
            scope = SpendingScope(period.since, period.until, keys)
            amount = sum_of(spent.amount for spent in store.spending(scope))
            forecast = sum_at_end(PeriodTotal(period, amount), now)
            yield BudgetStatus(name, budget.project, limit, amount, period.since, period.until, forecast)
    if limit := round(budget.limits.get(SESSION, 0) * PICO):
        since = day_range(now, tz).start
        one, amount = _dearest(store, [one for one in sessions if one.ended >= since] or sessions[:1])
        yield BudgetStatus(SESSION, budget.project, limit, amount, about=session_label(one) if one else "")


def _dearest(store: Store, sessions: Sequence[SessionSummary]) -> tuple[SessionSummary | None, Amount]:
    """Return the most expensive of sessions with its whole amount."""
    scope = SpendingScope(sessions=[one.session for one in sessions])
    amounts = {spent.session: spent.amount for spent in store.spending(scope, [SpendingKey.SESSION])}
    one = max(sessions, key=lambda one: amounts.get(one.session, ZERO).cost, default=None)
    return one, amounts.get(one.session, ZERO) if one else ZERO


def budgets_json(budgets: Sequence[BudgetStatus]) -> Json:
    """Return the budgets in their public shape."""
    return {
        "schema": SCHEMA,
        "exceeded": any(budget.is_exceeded for budget in budgets),
        "budgets": [_budget_json(budget) for budget in budgets],
    }


def _budget_json(budget: BudgetStatus) -> Json:
    return {
        "name": budget.name,
        "project": budget.project or None,
        "session": budget.about or None,
        "since": iso(budget.since or 0),
        "until": iso(budget.until or 0),
        "limit_usd": budget.limit / PICO,
        "spent_usd": budget.spent / PICO,
        "spent_is_lower_bound": budget.is_lower_bound,
        "remaining_usd": (budget.limit - budget.spent) / PICO,
        "percentage": round(budget.percentage, 2),
        "forecast_usd": None if budget.forecast is None else budget.forecast / PICO,
        "exceeded": budget.is_exceeded,
        "will_be_exceeded": budget.will_be_exceeded,
    }


def budgets_table(budgets: Sequence[BudgetStatus]) -> TableData:
    """Return the table of budgets."""
    columns = ("budget", "spent", "of", "share", "left", "forecast", "")
    return TableData("Budgets", columns, [_row(budget) for budget in budgets])


def _row(budget: BudgetStatus) -> TableRow:
    left = budget.limit - budget.spent
    verdict = "EXCEEDED" if budget.is_exceeded else "will be exceeded" if budget.will_be_exceeded else "ok"
    return (
        " ".join(filter(None, (budget.name, budget.project, budget.about))),
        dollars(budget.spent, at_least=budget.is_lower_bound),
        dollars(budget.limit),
        f"≥{int(budget.percentage)} %" if budget.is_lower_bound else f"{budget.percentage:.0f} %",
        dollars(left) if left >= 0 else f"−{dollars(-left)}",
        "—" if budget.forecast is None else dollars(budget.forecast, at_least=budget.is_lower_bound),
        verdict,
    )
