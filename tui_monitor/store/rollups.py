"""Totals of accounts, per quarter of an hour (``rollups``) and over all time (``totals``), moved by differences."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from tui_monitor.ledger import BUCKET_MS, ZERO, Account, Amount
from tui_monitor.store.amount_columns import AMOUNT_COLUMNS, COUNT_COLUMNS, IS_FREE, to_columns
from tui_monitor.store.intern import InternTables
from tui_monitor.store.projection import Effects
from tui_monitor.store.response_rows import AccountKey, ResponseSize
from tui_monitor.store.sql import MAX_INTEGER, placeholders

Maxima: TypeAlias = tuple[int, int]
"""The largest prompt and the largest output of a response."""

_ACCOUNT = ("session", "agent", "model", "provider", "operation")
_SAME_ACCOUNT = " AND ".join(f"{column} = ?" for column in _ACCOUNT)


def _add_statement(table: str, account: tuple[str, ...]) -> str:
    columns = (*account, *AMOUNT_COLUMNS, "max_prompt", "max_output")
    sums = ", ".join(
        f"{column} = max(-{MAX_INTEGER}, min({MAX_INTEGER}, {column} + excluded.{column}))" for column in AMOUNT_COLUMNS
    )
    return f"""
        INSERT INTO {table} ({", ".join(columns)}) VALUES ({placeholders(columns)})
        ON CONFLICT ({", ".join(account)}) DO UPDATE SET {sums},
            max_prompt = max(max_prompt, excluded.max_prompt),
            max_output = max(max_output, excluded.max_output)
    """


def _maxima_statement(table: str, accounts: str, is_within: Callable[[str], str]) -> str:
    def of_account(rows: str, at: str) -> str:
        same = " AND ".join(f"{rows}.{column} = {table}.{column}" for column in _ACCOUNT)
        return f"FROM {rows} WHERE {same} AND {is_within(at)}"

    return f"""
        UPDATE {table} SET (max_prompt, max_output) = (
            SELECT coalesce(max(prompt), 0), coalesce(max(output), 0) FROM (
                SELECT input + cache_read + cache_creation AS prompt, output {of_account("responses", "responses.at")}
                UNION ALL SELECT max_prompt, max_output {of_account("rolled_amounts", "rolled_amounts.bucket")}))
        WHERE {accounts}
    """


_ADD_TO_TOTAL = _add_statement("totals", _ACCOUNT)
_ADD_TO_ROLLUP = _add_statement("rollups", (*_ACCOUNT, "bucket"))
_RECOMPUTE_TOTAL = _maxima_statement("totals", _SAME_ACCOUNT, lambda at: "TRUE")
_RECOMPUTE_ROLLUP = _maxima_statement(
    "rollups",
    f"{_SAME_ACCOUNT} AND bucket = ?",
    lambda at: f"{at} >= rollups.bucket AND {at} < rollups.bucket + {BUCKET_MS}",
)
_IS_EMPTY = " AND ".join([*(f"{name} = 0" for name in COUNT_COLUMNS), IS_FREE])
_DELETE_TOTAL = f"DELETE FROM totals WHERE {_SAME_ACCOUNT} AND {_IS_EMPTY}"
_DELETE_ROLLUP = f"DELETE FROM rollups WHERE {_SAME_ACCOUNT} AND bucket = ? AND {_IS_EMPTY}"
_NO_MAXIMA = (0, 0)


def apply_deltas(
    connection: sqlite3.Connection,
    interned: InternTables,
    deltas: Mapping[Account, Amount],
    response_sizes: Iterable[tuple[ResponseSize | None, ResponseSize | None]],
) -> None:
    """Add the ledger's deltas to ``totals`` and ``rollups``, and update the maxima.

    ``response_sizes`` has the size of each changed response before and after, None where it did or does
    not exist.
    """
    maxima, lowered = _compare(response_sizes)
    _add(connection, {_key(interned, account): amount for account, amount in deltas.items()}, maxima)
    if lowered:
        _delete_empty(connection, sorted(lowered))
        _recompute_maxima(connection, sorted(lowered))


def apply_unattributed(
    connection: sqlite3.Connection, interned: InternTables, deltas: Mapping[Account, Amount]
) -> None:
    """Add deltas of usage that is not of any response to ``totals`` and ``rollups``."""
    amounts = {_key(interned, account): amount for account, amount in deltas.items()}
    _add(connection, amounts, {})
    _delete_empty(connection, sorted(amounts))


def add_amounts(connection: sqlite3.Connection, amounts: Mapping[AccountKey, Amount]) -> None:
    """Add amounts that change no maxima to ``totals`` and ``rollups``."""
    _add(connection, amounts, {})


def effects(interned: InternTables, deltas: Mapping[Account, Amount]) -> Effects:
    """Return the sessions and agents whose totals these deltas move."""
    agents = frozenset(interned.agent(account.session, account.agent) for account in deltas)
    return Effects(frozenset(account.session for account in deltas), agents)


def _add(
    connection: sqlite3.Connection, amounts: Mapping[AccountKey, Amount], maxima: Mapping[AccountKey, Maxima]
) -> None:
    rollups, totals = [], []
    for account in sorted({*amounts, *maxima}):
        values = (*to_columns(amounts.get(account, ZERO)), *maxima.get(account, _NO_MAXIMA))
        rollups.append((*account, *values))
        totals.append((*account[:-1], *values))
    connection.executemany(_ADD_TO_ROLLUP, rollups)
    connection.executemany(_ADD_TO_TOTAL, totals)


def _key(interned: InternTables, account: Account) -> AccountKey:
    session, agent, model, provider, operation, bucket = account
    return AccountKey(
        interned.sessions.id_of(session),
        interned.agent(session, agent),
        interned.strings.id_of(model),
        interned.strings.id_of(provider),
        interned.strings.id_of(operation),
        bucket,
    )


def _compare(
    response_sizes: Iterable[tuple[ResponseSize | None, ResponseSize | None]],
) -> tuple[dict[AccountKey, Maxima], set[AccountKey]]:
    """Return the maxima per account, and the accounts whose largest response may have left or shrunk."""
    maxima: dict[AccountKey, Maxima] = {}
    lowered = set()
    for before, after in response_sizes:
        if before == after:
            continue
        if after:
            prompt, output = maxima.get(after.account, _NO_MAXIMA)
            maxima[after.account] = (max(prompt, after.prompt), max(output, after.output))
        if before and not (after and _has_grown(before, after)):
            lowered.add(before.account)
    return maxima, lowered


def _has_grown(before: ResponseSize, after: ResponseSize) -> bool:
    return after.account == before.account and after.prompt >= before.prompt and after.output >= before.output


def _delete_empty(connection: sqlite3.Connection, accounts: list[AccountKey]) -> None:
    connection.executemany(_DELETE_ROLLUP, accounts)
    connection.executemany(_DELETE_TOTAL, _without_buckets(accounts))


def _recompute_maxima(connection: sqlite3.Connection, accounts: list[AccountKey]) -> None:
    """Recompute the maxima of these accounts from their responses."""
    connection.executemany(_RECOMPUTE_ROLLUP, accounts)
    connection.executemany(_RECOMPUTE_TOTAL, _without_buckets(accounts))


def _without_buckets(accounts: list[AccountKey]) -> list[tuple[int, ...]]:
    return sorted({account[:-1] for account in accounts})
