"""Check of rows that come from outside: all that reads them later must be able to."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from tui_monitor.events import ChangeKind
from tui_monitor.store import queries, scopes
from tui_monitor.store.agents import load_agents
from tui_monitor.store.amount_columns import AMOUNT_COLUMNS, from_columns, sums
from tui_monitor.store.calls import COLUMNS, decode
from tui_monitor.store.contexts import load_limits
from tui_monitor.store.event_log import decode_event
from tui_monitor.store.intern import InternTables
from tui_monitor.store.periods import rolled_amounts_of
from tui_monitor.store.response_rows import SELECT_RESPONSES, ResponseRow, response_of
from tui_monitor.store.retention.prunings import prunings_of
from tui_monitor.store.scopes import QueryScope
from tui_monitor.store.sessions import load_facts
from tui_monitor.store.sql import MAX_EXACT, MAX_PLAUSIBLE, id_list
from tui_monitor.store.texts import unpack

_CALLS = f"SELECT {', '.join(COLUMNS)} FROM calls WHERE session IN ({{}})"
_TEXTS = "SELECT input, output, error, metadata FROM bodies JOIN calls ON calls.id = bodies.call WHERE session IN ({})"
_CHANGES = "SELECT changes.kind, diff FROM changes JOIN calls ON calls.id = changes.call WHERE session IN ({})"
_EVENTS = "SELECT kind, at, data FROM event_log WHERE session IN ({})"
_LATEST = """
    SELECT kind, at, data FROM latest_events JOIN agents ON agents.number = latest_events.agent
    WHERE agents.session IN ({})
"""
_SUMS = sums(at_least_zero=False)
_COUNTS = """
    SELECT max(max(abs(calls), abs(failed), abs(rejected), abs(files_changed), abs(lines_added), abs(lines_removed),
        abs(uncounted)))
    FROM sessions WHERE id IN ({})
"""


def check_rows(connection: sqlite3.Connection, sessions: Sequence[int]) -> None:
    """Read everything of these sessions, a row at a time, in a transaction that may yet be rolled back.

    Raises:
        Exception: a row makes no sense, or sums contradict one another; one of `DECODING_ERRORS` or SQLite's.
    """
    interned, numbers = InternTables(connection), id_list(sessions)
    for row in connection.execute(_CALLS.format(numbers)):
        decode(row, interned)
    for row in connection.execute(f"{SELECT_RESPONSES} WHERE session IN ({numbers})"):
        response_of(ResponseRow._make(row), (), interned).amount()
    for texts in connection.execute(_TEXTS.format(numbers)):
        for text in texts:
            unpack(text)
    for kind, diff in connection.execute(_CHANGES.format(numbers)):
        ChangeKind(kind), unpack(diff)
    for session in sessions:
        _check_session(connection, interned, session)
    _check_sums(connection, numbers)


def _check_session(connection: sqlite3.Connection, interned: InternTables, session: int) -> None:
    key = interned.sessions.value_of(session)
    for query in (_EVENTS, _LATEST):
        for kind, at, data in connection.execute(query.format(session)):
            decode_event(kind, key, "", at, data)
    load_facts(connection, session)
    for agent in load_agents(connection, session):
        list(load_limits(connection, interned.agent(key, agent)))
    prunings_of(connection, session)
    queries.totals(connection, interned, key)
    scopes.tools(connection, interned, QueryScope([key]))
    scopes.overall(connection, interned, QueryScope([key], since=0))


def _check_sums(connection: sqlite3.Connection, numbers: str) -> None:
    """Check that totals, quarters of an hour, and rows with what is rolled up come to the same."""
    tables = ("totals", "rollups", f"({_rows_and_rolled(numbers)})")
    queries_of_sums = (f"SELECT {_SUMS} FROM {table} WHERE session IN ({numbers})" for table in tables)
    amounts = [connection.execute(query).fetchone() for query in queries_of_sums]
    figures = {from_columns(amount)._replace(lower_bound=0) for amount in amounts}  # corrected by what is unattributed
    if max(map(abs, amounts[0])) < MAX_EXACT and len(figures) > 1:
        raise ValueError("the totals differ from those of all rows")
    (most,) = connection.execute(_COUNTS.format(numbers)).fetchone()
    if max(map(abs, (*amounts[0], most or 0))) > MAX_PLAUSIBLE:
        raise ValueError("the totals are implausible")


def _rows_and_rolled(numbers: str) -> str:
    columns = ", ".join(("session", *AMOUNT_COLUMNS))
    return f"""
        SELECT {columns} FROM ({rolled_amounts_of(numbers)})
        UNION ALL SELECT {columns} FROM rolled_amounts WHERE session IN ({numbers})
    """
