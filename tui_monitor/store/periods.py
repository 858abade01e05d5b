"""The amounts of an exact period as a table of SQL: whole quarters of an hour from roll-ups, the rest response by
response. Responses whose rows are rolled up (`retention`) are known to the quarter of an hour, and count at its start.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.events import Rank
from tui_monitor.ledger import BUCKET_MS, UNATTRIBUTED
from tui_monitor.store.amount_columns import AMOUNT_COLUMNS, COST_COLUMNS, IS_REQUEST, MILLIDOLLAR
from tui_monitor.store.sql import sum_of

_ACCOUNT = ("session", "agent", "model", "provider", "operation")
_MAXIMA = ("max_prompt", "max_output")
_BUCKET = f"at - at % {BUCKET_MS} AS bucket"
_COLUMNS = (*_ACCOUNT, *AMOUNT_COLUMNS, *_MAXIMA)

_RESPONSE = {
    "requests": IS_REQUEST,
    "cache_creation_1h": "min(cache_creation_1h, cache_creation)",
    "reasoning": "min(reasoning, output)",
    "cost_millidollars": f"CAST(coalesce(cost, 0) / {MILLIDOLLAR} AS INTEGER)",
    "cost_picodollars": f"CAST(coalesce(cost, 0) AS INTEGER) % {MILLIDOLLAR}",
    "unpriced": "cost IS NULL",
    "lower_bound": f"""rank < {int(Rank.EXPORTED)} OR (reported_cost IS NULL
        AND NOT (exported_cost IS NOT NULL AND rank < {int(Rank.FINAL)})
        AND EXISTS (SELECT 1 FROM rates WHERE rates.id = responses.rates
            AND NOT (terms_known AND (searches_known OR web_searches = 0))))""",
    "max_prompt": "input + cache_read + cache_creation",
    "max_output": "output",
}
"""The columns of roll-ups that a response has under another name, or not at all."""

_STRING = "coalesce((SELECT id FROM strings WHERE value = '{}'), -1)"
_UNATTRIBUTED = {
    "model": _STRING.format(""),
    "provider": _STRING.format(""),
    "operation": _STRING.format(UNATTRIBUTED),
    **dict.fromkeys(("requests", "cache_creation_1h", "web_searches", *_MAXIMA), "0"),
    **{name: name for name in COST_COLUMNS},
}
"""The same of an amount beyond the responses of its session."""

ROLLED_UP = -1
"""Stands for the id of a response where an amount is the sum of several, whose rows are no longer kept."""

RESPONSE_AMOUNT = ", ".join(f"{_RESPONSE.get(name, name)} AS {name}" for name in AMOUNT_COLUMNS)
"""The columns of an amount, of a response."""


def table_of(since: int | None, until: int | None) -> str:
    """Return the table of amounts from ``since`` until before ``until`` (epoch ms), as `totals` without a bucket."""
    return "totals" if since is None and until is None else dated_table_of(since, until)


def dated_table_of(since: int | None, until: int | None) -> str:
    """Return the same with the quarter of an hour of each amount as ``bucket``."""
    start = None if since is None else -(-since // BUCKET_MS) * BUCKET_MS
    end = None if until is None else until // BUCKET_MS * BUCKET_MS
    parts = [f"SELECT bucket, {', '.join(_COLUMNS)} FROM rollups WHERE {between('bucket', start, end)}"]
    for edge in _edges(since, until, start, end):
        parts.append(f"SELECT {_BUCKET}, {_columns(_RESPONSE)} FROM responses WHERE {_within(*edge)}")
        parts.append(f"SELECT {_BUCKET}, {_columns(_UNATTRIBUTED)} FROM unattributed WHERE {between('at', *edge)}")
        parts.append(f"SELECT bucket, {', '.join(_COLUMNS)} FROM rolled_amounts WHERE {between('bucket', *edge)}")
    return f"({' UNION ALL '.join(parts)})"


def response_table(since: int | None, until: int | None) -> str:
    """Return the table of single responses in such a time, with ``at``, ``plan`` and ``task``, of what was reported
    beyond them (``response`` 0), and of what is rolled up (`ROLLED_UP`)."""
    of_responses = ", ".join(_RESPONSE.get(name, name) + f" AS {name}" for name in (*_ACCOUNT, *AMOUNT_COLUMNS))
    beyond = ", ".join(_UNATTRIBUTED.get(name, name) for name in (*_ACCOUNT, *AMOUNT_COLUMNS))
    within = between("at", since, until)
    return f"""(
        SELECT id AS response, at, plan, task, rates, {of_responses} FROM responses WHERE {within}
        UNION ALL SELECT 0, at, NULL, NULL, NULL, {beyond} FROM unattributed WHERE {within}
        UNION ALL SELECT {ROLLED_UP}, bucket, plan, task, NULL, {", ".join((*_ACCOUNT, *AMOUNT_COLUMNS))}
        FROM rolled_amounts WHERE {between("bucket", since, until)}
    )"""


def _edges(since: int | None, until: int | None, start: int | None, end: int | None) -> Iterator[tuple[int, int]]:
    """Yield the times at both ends of a period that are no whole quarters of an hour."""
    if since is not None and start is not None and until is not None and end is not None and start > end:
        yield since, until
        return
    if since is not None and start is not None and since < start:
        yield since, start
    if until is not None and end is not None and end < until:
        yield end, until


def rolled_amounts_of(sessions: str) -> str:
    """Return the query of what the rows of these sessions (a list of numbers) roll up to: the columns of
    ``rolled_amounts`` after ``pruning``."""
    of_responses = _columns(_RESPONSE)
    beyond = _columns(_UNATTRIBUTED)
    sums = ", ".join(f"{sum_of(name)} AS {name}" for name in AMOUNT_COLUMNS)
    return f"""
        SELECT bucket, plan, task, {", ".join(_ACCOUNT)}, {sums}, max(max_prompt), max(max_output) FROM (
            SELECT {_BUCKET}, plan, task, {of_responses} FROM responses WHERE session IN ({sessions})
            UNION ALL SELECT {_BUCKET}, NULL, NULL, {beyond} FROM unattributed WHERE session IN ({sessions})
        ) GROUP BY bucket, plan, task, {", ".join(_ACCOUNT)}
    """


def _columns(expressions: dict[str, str]) -> str:
    return ", ".join(f"{expressions.get(name, name)} AS {name}" for name in _COLUMNS)


def _within(since: int, until: int) -> str:
    """Return the condition on the time of a response, with that on its index."""
    return f"at / 1000 BETWEEN {since // 1000} AND {until // 1000} AND {between('at', since, until)}"


def between(column: str, since: int | None, until: int | None) -> str:
    """Return the condition on a time (epoch ms) in SQL."""
    limits = [f"{column} >= {since}"] if since is not None else []
    limits += [f"{column} < {until}"] if until is not None else []
    return " AND ".join(limits) or "TRUE"
