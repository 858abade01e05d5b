"""The figures of a session that are computed only when they are asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import assert_never

from tui_monitor.events import SessionKey
from tui_monitor.figures import FigureKind, Period, PeriodTotal, SessionFigures, Spending, StoreFacts, ToolFigures
from tui_monitor.ledger import ZERO
from tui_monitor.store import checkpoints, scopes, session_responses
from tui_monitor.store.amount_columns import from_columns
from tui_monitor.store.database import StoreDatabase
from tui_monitor.store.intern import InternTables
from tui_monitor.store.periods import table_of
from tui_monitor.store.ranked_calls import ranked_calls
from tui_monitor.store.schema import migrations
from tui_monitor.store.scopes import SUMS, QueryScope
from tui_monitor.store.service import ServiceReader

_SESSIONS = "SELECT count(*) FROM sessions"
_FOLDER = "iif(root = '', cwd, root)"
"""The folder in which a session began."""


class FigureReader:
    """Answers for one session at a time, from what is committed."""

    def __init__(self, database: StoreDatabase, interned: InternTables) -> None:
        self._database = database
        self._interned = interned
        self._service = ServiceReader()

    def read(
        self, connection: sqlite3.Connection, session: SessionKey, kind: FigureKind, periods: Sequence[Period]
    ) -> SessionFigures:
        """Return the figures of this kind; spending is that of ``periods``."""
        interned = self._interned
        match kind:
            case FigureKind.LATENCIES:
                return SessionFigures(latencies=session_responses.model_latencies(connection, interned, session))
            case FigureKind.OPERATIONS:
                return SessionFigures(operations=session_responses.operations(connection, interned, session))
            case FigureKind.TOOLS:
                return SessionFigures(tools=_tools(connection, interned, session))
            case FigureKind.CALLS:
                return SessionFigures(calls=ranked_calls(connection, interned, session))
            case FigureKind.SERVICE:
                return SessionFigures(service=self._service.read(connection, interned, session))
            case FigureKind.SPENDING:
                totals = tuple(period_total(connection, interned, period, session) for period in periods)
                prompts = session_responses.prompts(connection, interned, session)
                return SessionFigures(spending=Spending(totals, prompts))
            case FigureKind.PROMPT_AMOUNTS:
                return SessionFigures(prompt_amounts=session_responses.prompt_amounts(connection, interned, session))
            case FigureKind.STORE:
                return SessionFigures(store=self._facts(connection))
        assert_never(kind)

    def _facts(self, connection: sqlite3.Connection) -> StoreFacts:
        health = checkpoints.health(connection)
        return StoreFacts(
            self._database.path,
            _size(connection),
            migrations()[-1].version,
            connection.execute(_SESSIONS).fetchone()[0],
            health.files,
            health.lines,
            health.skipped,
            health.unknown,
            health.errors,
        )


def _tools(connection: sqlite3.Connection, interned: InternTables, session: SessionKey) -> ToolFigures:
    scope = QueryScope([session])
    return ToolFigures(
        tuple(scopes.tools(connection, interned, scope)), tuple(scopes.failures(connection, interned, scope))
    )


def period_total(
    connection: sqlite3.Connection, interned: InternTables, period: Period, session: SessionKey | None = None
) -> PeriodTotal:
    """Return what was spent in a period, and by one session alone; an amount that is booked there as a correction alone
    is none."""
    query = f"""
        SELECT session = :session, {SUMS} FROM {table_of(period.since, period.until)}
        WHERE {_condition(period)} GROUP BY 1
    """
    own_number = interned.sessions.find(session) if session else None
    folder = period.folder.rstrip("/")
    places = {"folder": folder, "below": f"{folder}/", "name": f"/{folder}"}
    values = {"session": own_number, "source": period.source, **places}
    rows = connection.execute(query, values)
    amounts = {bool(is_own): from_columns(columns) for is_own, *columns in rows}
    own = amounts.get(True, ZERO)
    return PeriodTotal(period, own.plus(amounts.get(False, ZERO)), own)


def _condition(period: Period) -> str:
    """Return the condition of a period on its sessions in SQL."""
    conditions = ["source = :source"] if period.source else []
    if "/" in period.folder:
        conditions.append(f"({_FOLDER} = :folder OR substr({_FOLDER}, 1, length(:below)) = :below)")
    elif period.folder:
        conditions.append(f"({_FOLDER} = :folder OR substr({_FOLDER}, -length(:name)) = :name)")
    return f"session IN (SELECT id FROM sessions WHERE {' AND '.join(conditions)})" if conditions else "TRUE"


def _size(connection: sqlite3.Connection) -> int:
    """Return the bytes of the database."""
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return int(pages * size)
