"""The calls of a session that ran longest, returned most, or changed most."""

from __future__ import annotations

import sqlite3

from tui_monitor.events import CallState, ChangeKind, SessionKey, ToolKind
from tui_monitor.figures import RankedCall
from tui_monitor.store.call_outcomes import DURATION
from tui_monitor.store.intern import InternTables

MOST = 100
"""Calls of each rank."""
_MAX_SUBJECT = 1000
_OUTPUT = "output_chars + error_chars"
_OF_SESSION = "session = :session AND counted AND tool IS NOT NULL"


def _first(rank: str) -> str:
    """Return the query for the ids of the first calls by a rank."""
    return f"SELECT * FROM (SELECT id FROM calls WHERE {_OF_SESSION} AND {rank} > 0 ORDER BY {rank} DESC LIMIT {MOST})"


_NO_READ = f"changes.kind <> '{ChangeKind.READ}'"
_RANKED = f"""
    WITH ranked (id) AS (
        {_first(DURATION)} UNION {_first(_OUTPUT)} UNION
        SELECT id FROM (
            SELECT calls.id, sum(added + removed) AS lines FROM calls JOIN changes ON changes.call = calls.id
            WHERE {_OF_SESSION} AND calls.changes > 0 AND {_NO_READ}
            GROUP BY calls.id ORDER BY lines DESC LIMIT {MOST}
        )
    ), changed AS (
        SELECT call AS id, sum(added) AS added, sum(removed) AS removed
        FROM changes WHERE call IN ranked AND {_NO_READ} GROUP BY call
    )
    SELECT calls.call, strings.value, kind, substr(subject, 1, {_MAX_SUBJECT}), state, max(started, finished),
        {DURATION}, {_OUTPUT}, coalesce(added, 0), coalesce(removed, 0)
    FROM ranked JOIN calls ON calls.id = ranked.id JOIN strings ON strings.id = tool
        LEFT JOIN changed ON changed.id = calls.id
"""


def ranked_calls(connection: sqlite3.Connection, interned: InternTables, session: SessionKey) -> tuple[RankedCall, ...]:
    """Return the first calls by run time, by output and by lines changed, each once, the longest first."""
    rows = connection.execute(_RANKED, {"session": interned.sessions.find(session)})
    calls = [
        RankedCall(call, tool, ToolKind(kind), subject, CallState(state), *figures)
        for call, tool, kind, subject, state, *figures in rows
    ]
    return tuple(sorted(calls, key=lambda call: (-(call.run_ms or 0), -call.output_chars, call.call)))
