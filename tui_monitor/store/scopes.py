"""Sums over a choice of sessions and times: what reports ask."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from tui_monitor.events import CallState, ChangeKind, SessionKey
from tui_monitor.ledger import BUCKET_MS, Amount
from tui_monitor.store.intern import InternTables
from tui_monitor.store.schema import AMOUNTS
from tui_monitor.store.sql import id_list
from tui_monitor.totals import ModelTotal, SessionTotals, ToolTotal

EVERYTHING = SessionKey("", "")
"""Stands for the session in totals of many."""

SUMS = ", ".join(f"max(0, coalesce(sum({column}), 0))" for column in AMOUNTS)
"""The sum of each column of an `Amount`. A part of them may hold only what takes back the marks of others."""


def _one_of(states: Collection[CallState]) -> str:
    return ", ".join(f"'{state}'" for state in states)


_FAILED = f"state IN ({_one_of([state for state in CallState if state.failed])})"
_REJECTED = f"state IN ({_one_of([state for state in CallState if state.rejected])})"
_ENDED = f"state IN ({_one_of([state for state in CallState if state.ended])})"
_TIME = f"""
    CASE WHEN {_ENDED} THEN
        coalesce(duration_ms, CASE WHEN started > 0 AND finished >= started THEN finished - started END)
    END
"""
"""How long a call took; null where that is not known."""

_CALLS = """
    SELECT coalesce(sum(calls), 0), coalesce(sum(failed), 0), coalesce(sum(rejected), 0) FROM sessions WHERE {}
"""
_CALLS_THEN = f"""
    SELECT count(*), coalesce(sum({_FAILED}), 0), coalesce(sum({_REJECTED}), 0)
    FROM calls JOIN sessions ON sessions.id = calls.session WHERE counted AND tool IS NOT NULL AND {{}}
"""
_FILES = """
    SELECT count(DISTINCT path), coalesce(sum(added), 0), coalesce(sum(removed), 0)
    FROM files WHERE changes > 0 AND {}
"""
_FILES_THEN = f"""
    SELECT count(DISTINCT path), coalesce(sum(changes.added), 0), coalesce(sum(changes.removed), 0)
    FROM changes JOIN files ON files.id = changes.file JOIN calls ON calls.id = changes.call
    WHERE counted AND tool IS NOT NULL AND changes.kind <> '{ChangeKind.READ}' AND {{}}
"""


@dataclass(frozen=True, slots=True)
class QueryScope:
    """What is summed: some sessions, or all; from ``since`` until before ``until``, in milliseconds. Times are cut to
    quarters of an hour, and one that the scope only cuts is in it."""

    sessions: Collection[SessionKey] | None = None
    since: int | None = None
    until: int | None = None

    @property
    def timed(self) -> bool:
        """Whether it is bounded in time."""
        return self.since is not None or self.until is not None

    @property
    def sums(self) -> str:
        """The table of sums that answers for it."""
        return "rollups" if self.timed else "totals"

    def where(self, interned: InternTables, session: str = "session", time: str = "") -> str:
        """The condition in SQL, on these columns."""
        conditions = ["TRUE"]
        if self.sessions is not None:
            numbers = (interned.sessions.find(key) for key in self.sessions)
            conditions.append(f"{session} IN ({id_list(number for number in numbers if number is not None)})")
        if time and self.since is not None:
            conditions.append(f"{time} >= {self.since // BUCKET_MS * BUCKET_MS}")
        if time and self.until is not None:
            conditions.append(f"{time} < {-(-self.until // BUCKET_MS) * BUCKET_MS}")
        return " AND ".join(conditions)


def overall(connection: sqlite3.Connection, interned: InternTables, scope: QueryScope) -> SessionTotals:
    """All sums of a scope together, with its models. A file that several sessions changed is one."""
    amount = connection.execute(f"SELECT {SUMS} FROM {scope.sums} WHERE {_booked(interned, scope)}").fetchone()
    about_calls, about_files = (_CALLS_THEN, _FILES_THEN) if scope.timed else (_CALLS, _FILES)
    begun, ended = (
        scope.where(interned, "sessions.id", "calls.started"),
        scope.where(interned, "files.session", "finished"),
    )
    calls, failed, rejected = connection.execute(about_calls.format(begun)).fetchone()
    files, added, removed = connection.execute(about_files.format(ended)).fetchone()
    return SessionTotals(
        EVERYTHING,
        Amount._make(amount),
        calls,
        failed,
        rejected,
        files,
        added,
        removed,
        models=tuple(models(connection, interned, scope)),
    )


def models(connection: sqlite3.Connection, interned: InternTables, scope: QueryScope) -> list[ModelTotal]:
    """What each model spent in a scope, the dearest first."""
    found = connection.execute(f"""
        SELECT models.value, providers.value, max(max_prompt), max(max_output), {SUMS}
        FROM {scope.sums} JOIN strings AS models ON models.id = model
            JOIN strings AS providers ON providers.id = provider
        WHERE {_booked(interned, scope)} GROUP BY model, provider
    """)
    totals = [
        ModelTotal(model, provider, Amount._make(sums), max_prompt, max_output)
        for model, provider, max_prompt, max_output, *sums in found
    ]
    return sorted(totals, key=dearest_first)


def tools(connection: sqlite3.Connection, interned: InternTables, scope: QueryScope) -> list[ToolTotal]:
    """The calls of each tool in a scope, the most called first. A percentile is the least time that is no shorter
    than that share of them."""
    counted = f"counted AND tool IS NOT NULL AND {scope.where(interned, time='started')}"
    found = connection.execute(f"""
        SELECT strings.value, count(*), sum({_FAILED}), sum({_REJECTED}),
            min(CASE WHEN place * 100 >= timed * 50 THEN time END),
            min(CASE WHEN place * 100 >= timed * 95 THEN time END)
        FROM (
            SELECT tool, state, time, count(time) OVER (PARTITION BY tool) AS timed,
                row_number() OVER (PARTITION BY tool, time IS NULL ORDER BY time) AS place
            FROM (SELECT tool, state, {_TIME} AS time FROM calls WHERE {counted})
        ) JOIN strings ON strings.id = tool
        GROUP BY tool ORDER BY count(*) DESC, strings.value
    """)
    return [ToolTotal(*row) for row in found]


def dearest_first(total: ModelTotal) -> tuple[int, int, str, str]:
    """The order in which models are told."""
    return (-total.amount.cost, -total.amount.total_tokens, total.model, total.provider)


def _booked(interned: InternTables, scope: QueryScope) -> str:
    return scope.where(interned, time="bucket" if scope.timed else "")
