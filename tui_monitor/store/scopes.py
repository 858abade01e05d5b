"""Totals over a selection of sessions and times, for reports."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, replace

from tui_monitor.events import ChangeKind, SessionKey
from tui_monitor.figures import FailureTotal
from tui_monitor.store.amount_columns import from_columns, sums
from tui_monitor.store.call_outcomes import DURATION, FAILED, REJECTED, WAITED
from tui_monitor.store.changes import IS_UNCOUNTED
from tui_monitor.store.intern import InternTables
from tui_monitor.store.periods import table_of
from tui_monitor.store.sql import MAX_EXACT, id_list, sum_of
from tui_monitor.totals import ModelTotal, SessionTotals, ToolTotal

EVERYTHING = SessionKey("", "")
"""The key of totals that are of several sessions."""

SUMS = sums(at_least_zero=True)
"""The sum of each column of an `Amount`."""

_EXACT_SUMS = sums(at_least_zero=False)


_MAX_FAILURES = 20
_MAX_SUBJECT = 1000

_CALLS = f"""
    SELECT {{}} {sum_of("calls")}, {sum_of("failed")}, {sum_of("rejected")}
    FROM (SELECT id AS session, calls, failed, rejected FROM sessions) WHERE {{}}
"""
_CALLS_IN_TIME = f"""
    SELECT {{}} {sum_of("calls")}, {sum_of("failed")}, {sum_of("rejected")} FROM (
        SELECT session, started AS at, 1 AS calls, {FAILED} AS failed, {REJECTED} AS rejected
        FROM calls WHERE counted AND tool IS NOT NULL
        UNION ALL SELECT session, bucket, calls, failed, rejected FROM rolled_calls
    ) WHERE {{}}
"""
_FILES = f"""
    SELECT {{}} count(DISTINCT path), {sum_of("added")}, {sum_of("removed")}, {sum_of("uncounted")}
    FROM files WHERE changes > 0 AND {{}}
"""
_FILES_IN_TIME = f"""
    SELECT {{}} count(DISTINCT path), {sum_of("added")}, {sum_of("removed")}, {sum_of("uncounted")} FROM (
        SELECT files.session, path, changes.added, changes.removed, {IS_UNCOUNTED} AS uncounted, finished AS at
        FROM changes JOIN files ON files.id = changes.file JOIN calls ON calls.id = changes.call
        WHERE counted AND tool IS NOT NULL AND changes.kind <> '{ChangeKind.READ}'
        UNION ALL SELECT files.session, path, rolled.added, rolled.removed, rolled.uncounted, bucket
        FROM rolled_changes AS rolled JOIN files ON files.id = rolled.file
    ) WHERE {{}}
"""


@dataclass(frozen=True, slots=True)
class QueryScope:
    """Sessions (None: all) and times to sum, from ``since`` until before ``until`` in milliseconds."""

    sessions: Collection[SessionKey] | None = None
    since: int | None = None
    until: int | None = None

    @property
    def is_timed(self) -> bool:
        """True if it is limited in time."""
        return self.since is not None or self.until is not None

    @property
    def table(self) -> str:
        """The table of amounts to query."""
        return table_of(self.since, self.until)

    def where(self, interned: InternTables, session: str = "session", time: str = "") -> str:
        """Return the condition in SQL, on these columns."""
        conditions = ["TRUE"]
        if self.sessions is not None:
            numbers = (interned.sessions.find(key) for key in self.sessions)
            conditions.append(f"{session} IN ({id_list(number for number in numbers if number is not None)})")
        if time and self.since is not None:
            conditions.append(f"{time} >= {self.since}")
        if time and self.until is not None:
            conditions.append(f"{time} < {self.until}")
        return " AND ".join(conditions)


_ALL = QueryScope()


def overall(connection: sqlite3.Connection, interned: InternTables, scope: QueryScope) -> SessionTotals:
    """Return the totals of a scope, with its models. A file changed by several sessions counts once."""
    if scope == _ALL:
        _check_sums(connection)
    amount = connection.execute(f"SELECT {SUMS} FROM {scope.table} WHERE {_booked(interned, scope)}").fetchone()
    call_query, file_query = (_CALLS_IN_TIME, _FILES_IN_TIME) if scope.is_timed else (_CALLS, _FILES)
    where = scope.where(interned, time="at")
    calls = connection.execute(call_query.format("", where)).fetchone()
    files = connection.execute(file_query.format("", where)).fetchone()
    counts = SessionTotals(EVERYTHING, from_columns(amount), *calls, *files)
    return replace(counts, models=tuple(models(connection, interned, scope)))


def activity_counts(
    connection: sqlite3.Connection, interned: InternTables, scope: QueryScope
) -> dict[int, tuple[int, int, int, int, int, int, int]]:
    """Return by session number, for those with calls in a scope: calls, failed and rejected ones, files changed, lines
    added and removed, changes whose lines are not known."""
    where = scope.where(interned, time="at")
    calls = connection.execute(_CALLS_IN_TIME.format("session,", where) + " GROUP BY 1")
    by_session = {session: (*counts, 0, 0, 0, 0) for session, *counts in calls}
    for session, *changes in connection.execute(_FILES_IN_TIME.format("session,", where) + " GROUP BY 1"):
        by_session[session] = (*by_session.get(session, (0, 0, 0))[:3], *changes)
    return by_session


def _check_sums(connection: sqlite3.Connection) -> None:
    """Check that both tables of totals have the same sums.

    Raises:
        ValueError: they differ: one is damaged.
    """
    tables = [connection.execute(f"SELECT {_EXACT_SUMS} FROM {table}").fetchone() for table in ("totals", "rollups")]
    are_exact = [max(map(abs, row)) < MAX_EXACT for row in tables]
    amounts = [from_columns(row) if is_exact else None for row, is_exact in zip(tables, are_exact, strict=True)]
    if amounts[0] != amounts[1]:
        raise ValueError("the totals differ from those of all quarters of an hour")


def models(connection: sqlite3.Connection, interned: InternTables, scope: QueryScope) -> list[ModelTotal]:
    """Return the totals of each model in a scope, the most expensive first."""
    rows = connection.execute(f"""
        SELECT models.value, providers.value, max(max_prompt), max(max_output), {SUMS}
        FROM {scope.table} JOIN strings AS models ON models.id = model
            JOIN strings AS providers ON providers.id = provider
        WHERE {_booked(interned, scope)} GROUP BY model, provider
    """)
    totals = (
        ModelTotal(model, provider, from_columns(columns), max_prompt, max_output)
        for model, provider, max_prompt, max_output, *columns in rows
    )
    return sorted(filter(has_usage, totals), key=by_cost)


def has_usage(total: ModelTotal) -> bool:
    """Return False for mere flags: those of a session, or corrections of those of other models."""
    return bool(total.amount.requests or total.amount.total_tokens or total.amount.cost)


def tools(connection: sqlite3.Connection, interned: InternTables, scope: QueryScope) -> list[ToolTotal]:
    """Return the calls of each tool in a scope, the most called first.

    A percentile is the shortest duration that is no shorter than that share of the durations.
    """
    rows = connection.execute(f"""
        WITH live AS MATERIALIZED (
            SELECT tool, state, {DURATION} AS time, {WAITED} AS waited, output_chars + error_chars AS chars
            FROM calls WHERE counted AND tool IS NOT NULL AND {scope.where(interned, time="started")}
        ), rolled AS MATERIALIZED (SELECT * FROM rolled_calls WHERE {scope.where(interned, time="bucket")})
        SELECT strings.value, {sum_of("calls")}, {sum_of("failed")}, {sum_of("rejected")}, p50, p95,
            {sum_of("waits")}, {sum_of("waited")}, {sum_of("chars")}, max(max_chars)
        FROM (
            SELECT tool, 1 AS calls, {FAILED} AS failed, {REJECTED} AS rejected, coalesce(waited, 0) <> 0 AS waits,
                waited, chars, chars AS max_chars FROM live
            UNION ALL SELECT tool, calls, failed, rejected, waits, waited, chars, max_chars FROM rolled
        ) AS counts LEFT JOIN (
            SELECT tool, min(CASE WHEN position * 100 >= measured * 50 THEN time END) AS p50,
                min(CASE WHEN position * 100 >= measured * 95 THEN time END) AS p95
            FROM (
                SELECT tool, time, count(*) OVER (PARTITION BY tool) AS measured,
                    row_number() OVER (PARTITION BY tool ORDER BY time) AS position
                FROM (
                    SELECT tool, time FROM live WHERE time IS NOT NULL
                    UNION ALL SELECT tool, value FROM rolled, json_each(times)
                )
            ) GROUP BY tool
        ) USING (tool) JOIN strings ON strings.id = tool
        GROUP BY tool ORDER BY sum(calls) DESC, strings.value
    """)
    return [ToolTotal(*row) for row in rows]


def failures(connection: sqlite3.Connection, interned: InternTables, scope: QueryScope) -> list[FailureTotal]:
    """Return what failed in a scope, the most often failed first."""
    rows = connection.execute(f"""
        SELECT strings.value, substr(subject, 1, {_MAX_SUBJECT}), count(*), max(finished)
        FROM calls JOIN strings ON strings.id = tool
        WHERE counted AND {FAILED} AND {scope.where(interned, time="started")}
        GROUP BY tool, subject ORDER BY count(*) DESC, max(finished) DESC LIMIT {_MAX_FAILURES}
    """)
    return [FailureTotal(*row) for row in rows]


def by_cost(total: ModelTotal) -> tuple[int, int, str, str]:
    """Sort key: the most expensive model first."""
    return (-total.amount.cost, -total.amount.total_tokens, total.model, total.provider)


def _booked(interned: InternTables, scope: QueryScope) -> str:
    return scope.where(interned)
