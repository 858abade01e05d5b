"""Other rates for stored responses: row by row, since neither their counts nor their owners change."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import cache

from tui_monitor.events import Rates, SessionKey, Usage
from tui_monitor.ledger import ZERO, Amount, BilledTerms
from tui_monitor.store.intern import InternTables
from tui_monitor.store.projection import Pricing
from tui_monitor.store.response_rows import (
    SELECT_RESPONSES,
    AccountKey,
    ResponseRow,
    cost_column,
    response_of,
    response_size_of,
)

_SELECT_BASES = """
    SELECT id, terms, coalesce(priced_at, at), coalesce(priced_prompt, input + cache_read + cache_creation), rates
    FROM responses WHERE id > ? ORDER BY id LIMIT 10000
"""
_SAVE_PRICE = "UPDATE responses SET rates = ?, cost = ? WHERE id = ?"
_NO_SESSION = SessionKey("", "")


def reprice_responses(
    connection: sqlite3.Connection, interned: InternTables, pricing: Pricing
) -> dict[AccountKey, Amount]:
    """Save other rates and costs of all responses that have others by ``pricing``.

    Returns:
        By how much each account moves.
    """
    deltas: dict[AccountKey, Amount] = {}
    for rates in _outdated(connection, interned, pricing):
        saved = []
        query = f"{SELECT_RESPONSES} WHERE id BETWEEN ? AND ?"
        for row in map(ResponseRow._make, connection.execute(query, (min(rates), max(rates))).fetchall()):
            if row.id in rates:
                response = response_of(row, (), interned)
                delta, account = response.reprice(rates[row.id]), response_size_of(row).account
                deltas[account] = deltas.get(account, ZERO).plus(delta)
                number = None if response.rates is None else interned.rates.id_of(response.rates)
                saved.append((number, cost_column(response.cost), row.id))
        connection.executemany(_SAVE_PRICE, saved)
    return {account: delta for account, delta in deltas.items() if delta != ZERO}


def _outdated(
    connection: sqlite3.Connection, interned: InternTables, pricing: Pricing
) -> Iterator[dict[int, Rates | None]]:
    """Yield some responses at a time that have other rates than those stored, by their ids."""
    rates_at = cache(lambda terms: pricing.rates_at(_usage_of(interned.terms.value_of(terms))))
    last = 0
    while rows := connection.execute(_SELECT_BASES, (last,)).fetchall():
        changes: dict[int, Rates | None] = {}
        for response, terms, at, prompt, number in rows:
            rates = rates_at(terms)(at, prompt)
            if rates != (None if number is None else interned.rates.value_of(number)):
                changes[response] = rates
        if changes:
            yield changes
        last = rows[-1][0]


def _usage_of(terms: BilledTerms) -> Usage:
    return Usage(session=_NO_SESSION, strong_ids=(), **terms._asdict())
