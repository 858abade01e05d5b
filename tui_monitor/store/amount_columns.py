"""Amounts as columns. Money is split in two, so that no sum of it exceeds SQLite's integers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tui_monitor.events import Rank
from tui_monitor.ledger import Amount
from tui_monitor.store.sql import saturate, sum_of

MILLIDOLLAR = 10**9
"""Picodollars in a thousandth of a dollar."""

COST_COLUMNS = ("cost_millidollars", "cost_picodollars")
"""Whole thousandths of a dollar, and the rest in picodollars."""

IS_FREE = f"cost_picodollars = cost_millidollars * -{MILLIDOLLAR}"
"""SQL for a cost of 0."""

IS_REQUEST = f"(rank <> {int(Rank.SUM)} OR input + output + cache_read + cache_creation > 0)"
"""SQL for a response that is not merely the sum of others."""

COUNT_COLUMNS = tuple(name for name in Amount._fields if name != "cost")
"""The columns of an amount that hold counts."""

AMOUNT_COLUMNS = (*COUNT_COLUMNS, *COST_COLUMNS)
"""The columns of an amount."""


def to_columns(amount: Amount) -> Iterator[int]:
    """Yield an amount's values for `AMOUNT_COLUMNS`."""
    for name in COUNT_COLUMNS:
        yield saturate(getattr(amount, name))
    yield from split_cost(amount.cost)


def from_columns(values: Iterable[int]) -> Amount:
    """Return the amount with these values, or sums of values, of `AMOUNT_COLUMNS`."""
    *counts, millidollars, picodollars = values
    return Amount(**dict(zip(COUNT_COLUMNS, counts, strict=True)), cost=join_cost(millidollars, picodollars))


def split_cost(cost: int) -> tuple[int, int]:
    """Return the values for `COST_COLUMNS` of picodollars, which may be negative."""
    millidollars, picodollars = divmod(cost, MILLIDOLLAR)
    return saturate(millidollars), picodollars


def join_cost(millidollars: int, picodollars: int) -> int:
    """Return picodollars of values, or sums of values, of `COST_COLUMNS`."""
    return millidollars * MILLIDOLLAR + picodollars


def sums(*, at_least_zero: bool) -> str:
    """Return SQL for the sums of all columns.

    With ``at_least_zero`` for the counts: a part of the accounts may hold only negative corrections.
    """
    total = {name: sum_of(name) for name in AMOUNT_COLUMNS}
    if at_least_zero:
        total |= {name: f"max(0, {total[name]})" for name in COUNT_COLUMNS}
    return ", ".join(total.values())
