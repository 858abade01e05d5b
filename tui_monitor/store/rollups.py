"""Sums of spends, kept as they move: one a quarter of an hour, and one over all times."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from tui_monitor.ledger import BUCKET_MS, ZERO, Account, Amount
from tui_monitor.store.intern import InternTables
from tui_monitor.store.projection import Effects
from tui_monitor.store.response_rows import AccountKey, MaxSizes
from tui_monitor.store.schema import AMOUNTS
from tui_monitor.store.sql import MAX_INTEGER, placeholders, saturate

_ACCOUNT = ("session", "agent", "model", "provider", "operation")
_MINE = " AND ".join(f"{column} = ?" for column in _ACCOUNT)
_IN_BUCKET = f"at >= bucket AND at < bucket + {BUCKET_MS}"


def _adding(table: str, account: tuple[str, ...]) -> str:
    columns = (*account, *AMOUNTS, "max_prompt", "max_output")
    sums = ", ".join(
        f"{column} = max(-{MAX_INTEGER}, min({MAX_INTEGER}, {column} + excluded.{column}))" for column in AMOUNTS
    )
    return f"""
        INSERT INTO {table} ({", ".join(columns)}) VALUES ({placeholders(columns)})
        ON CONFLICT ({", ".join(account)}) DO UPDATE SET {sums},
            max_prompt = max(max_prompt, excluded.max_prompt),
            max_output = max(max_output, excluded.max_output)
    """


def _measuring(table: str, mine: str, among: str) -> str:
    responses = " AND ".join(f"responses.{column} = {table}.{column}" for column in _ACCOUNT)
    return f"""
        UPDATE {table} SET (max_prompt, max_output) = (
            SELECT coalesce(max(input + cache_read + cache_creation), 0), coalesce(max(output), 0)
            FROM responses WHERE {responses} AND {among})
        WHERE {mine}
    """


_ADD_TOTAL = _adding("totals", _ACCOUNT)
_ADD_ROLLUP = _adding("rollups", (*_ACCOUNT, "bucket"))
_MEASURE_TOTAL = _measuring("totals", _MINE, "TRUE")
_MEASURE_ROLLUP = _measuring("rollups", f"{_MINE} AND bucket = ?", _IN_BUCKET)
_EMPTY = " AND ".join(f"{column} = 0" for column in AMOUNTS)
_NO_PEAK = (0, 0)


def apply_deltas(
    connection: sqlite3.Connection,
    interned: InternTables,
    moved: Mapping[Account, Amount],
    max_sizes: Iterable[tuple[MaxSizes | None, MaxSizes | None]],
) -> None:
    """Let the sums follow: ``moved`` is what the ledger answered, ``max_sizes`` each spend's size before and after."""
    highest, lowered = _compare(max_sizes)
    _add(connection, {_key(interned, account): amount for account, amount in moved.items()}, highest)
    if lowered:
        _drop_empty(connection, sorted(lowered))
        _measure_anew(connection, sorted(lowered))


def apply_unattributed(connection: sqlite3.Connection, interned: InternTables, moved: Mapping[Account, Amount]) -> None:
    """Let the sums follow what moved that is not of any response."""
    amounts = {_key(interned, account): amount for account, amount in moved.items()}
    _add(connection, amounts, {})
    _drop_empty(connection, sorted(amounts))


def effects(interned: InternTables, deltas: Mapping[Account, Amount]) -> Effects:
    """Return the sessions and agents whose totals these deltas move."""
    agents = frozenset(interned.agent(account.session, account.agent) for account in deltas)
    return Effects(frozenset(account.session for account in deltas), agents)


def _add(
    connection: sqlite3.Connection,
    amounts: Mapping[AccountKey, Amount],
    highest: Mapping[AccountKey, tuple[int, int]],
) -> None:
    rows = [
        (*account, *map(saturate, amounts.get(account, ZERO)), *highest.get(account, _NO_PEAK))
        for account in sorted({*amounts, *highest})
    ]
    connection.executemany(_ADD_ROLLUP, rows)
    connection.executemany(_ADD_TOTAL, [(*row[: len(_ACCOUNT)], *row[len(_ACCOUNT) + 1 :]) for row in rows])


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
    max_sizes: Iterable[tuple[MaxSizes | None, MaxSizes | None]],
) -> tuple[dict[AccountKey, tuple[int, int]], set[AccountKey]]:
    """The largest sizes by account, and the accounts whose largest may have left or shrunk."""
    highest: dict[AccountKey, tuple[int, int]] = {}
    lowered = set()
    for before, after in max_sizes:
        if before == after:
            continue
        if after:
            prompt, output = highest.get(after.account, _NO_PEAK)
            highest[after.account] = (max(prompt, after.prompt), max(output, after.output))
        if before and not (
            after
            and after.account == before.account
            and after.prompt >= before.prompt
            and after.output >= before.output
        ):
            lowered.add(before.account)
    return highest, lowered


def _drop_empty(connection: sqlite3.Connection, accounts: list[AccountKey]) -> None:
    connection.executemany(f"DELETE FROM rollups WHERE {_MINE} AND bucket = ? AND {_EMPTY}", accounts)
    connection.executemany(f"DELETE FROM totals WHERE {_MINE} AND {_EMPTY}", _over_all_times(accounts))


def _measure_anew(connection: sqlite3.Connection, accounts: list[AccountKey]) -> None:
    connection.executemany(_MEASURE_ROLLUP, accounts)
    connection.executemany(_MEASURE_TOTAL, _over_all_times(accounts))


def _over_all_times(accounts: list[AccountKey]) -> list[tuple[int, ...]]:
    return sorted({account[: len(_ACCOUNT)] for account in accounts})
