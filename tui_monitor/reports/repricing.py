"""``prices --recompute``: what other prices change, by model, as a table and as JSON."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.ledger import ZERO, Amount
from tui_monitor.reports.model import SCHEMA, Json, TableData, TableRow
from tui_monitor.reports.stats import cost_usd
from tui_monitor.reports.stats_tables import cost_text
from tui_monitor.store import Repricing
from tui_monitor.totals import ModelTotal
from tui_monitor.units import compact, pluralize


@dataclass(frozen=True, slots=True)
class ModelChange:
    """The usage of a model before and after."""

    name: str
    provider: str
    before: Amount
    after: Amount

    @property
    def is_change(self) -> bool:
        """True if its cost, or what is known of it, has changed."""
        return _figures(self.before) != _figures(self.after)


def model_changes(repricing: Repricing) -> list[ModelChange]:
    """Return all models, the most expensive first."""
    before, after = _by_model(repricing.before), _by_model(repricing.after)
    changes = [
        ModelChange(name, provider, before.get((name, provider), ZERO), after.get((name, provider), ZERO))
        for name, provider in {**after, **before}
    ]
    return sorted(changes, key=lambda change: (-max(change.before.cost, change.after.cost), change.name))


def repricing_table(repricing: Repricing) -> TableData:
    """Return the models whose cost has changed, and the totals."""
    changes = model_changes(repricing)
    rows = [_row(_name(change), change.before, change.after) for change in changes if change.is_change]
    total = _row("all", _total(repricing.before), _total(repricing.after))
    return TableData("Costs", ("model", "before", "after", "requests"), rows, total)


def repricing_notes(repricing: Repricing, *, is_dry: bool) -> list[str]:
    """Return the line below the table."""
    if not any(change.is_change for change in model_changes(repricing)):
        return ["all costs are those of today's prices"]
    verb = "would change" if is_dry else "changed"
    return [f"{pluralize(len(repricing.sessions), 'session')} {verb}" + ("; nothing was written" if is_dry else "")]


def repricing_json(repricing: Repricing, *, is_dry: bool) -> Json:
    """Return JSON: every model with its cost before and after, changed or not."""
    return {
        "schema": SCHEMA,
        "dry_run": is_dry,
        "sessions_changed": len(repricing.sessions),
        "before": _cost(_total(repricing.before)),
        "after": _cost(_total(repricing.after)),
        "models": [
            {
                "model": change.name,
                "provider": change.provider or None,
                "requests": change.after.requests,
                "before": _cost(change.before),
                "after": _cost(change.after),
            }
            for change in model_changes(repricing)
        ],
    }


def _by_model(totals: list[ModelTotal]) -> dict[tuple[str, str], Amount]:
    return {(total.name, total.provider): total.amount for total in totals}


def _figures(amount: Amount) -> tuple[int, int, int]:
    return amount.cost, amount.unpriced, amount.lower_bound


def _name(change: ModelChange) -> str:
    return f"{change.name} ({change.provider})" if change.provider else change.name


def _row(name: str, before: Amount, after: Amount) -> TableRow:
    return name, cost_text(before), cost_text(after), compact(after.requests)


def _total(totals: list[ModelTotal]) -> Amount:
    total = ZERO
    for each in totals:
        total = total.plus(each.amount)
    return total


def _cost(amount: Amount) -> dict[str, Json]:
    return {
        "cost_usd": cost_usd(amount),
        "cost_is_lower_bound": bool(amount.lower_bound or amount.unpriced),
        "unpriced_requests": amount.unpriced,
    }
