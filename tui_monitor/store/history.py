"""The history that live state is built from: records and events of a session, bounded however long it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from tui_monitor.events import MAIN, CallState, Change, SessionKey, ToolKind
from tui_monitor.merge.history import CallContent, RecordedCall, RecordedEvent, SessionHistory
from tui_monitor.merge.outcome import looks_failed, summary_line
from tui_monitor.merge.suite_result import suite_result
from tui_monitor.store.agents import load_agents
from tui_monitor.store.bodies import SELECT_TEXTS, CallTexts
from tui_monitor.store.calls import COLUMNS, CallRow, decode
from tui_monitor.store.changes import load_changes
from tui_monitor.store.contexts import load_limits
from tui_monitor.store.event_log import KINDS, decode_event
from tui_monitor.store.intern import InternTables
from tui_monitor.store.places import PLACE, UNENDED
from tui_monitor.store.sessions import load_facts
from tui_monitor.store.sql import SqlRow, chunks, id_list
from tui_monitor.store.texts import unpack

_TEXT_LIMIT = 4 * 1024
_DIFF_LIMIT = 16 * 1024
_PENDING = 256

_ENDED = ", ".join(f"'{state}'" for state in CallState if state.ended)
_OF_SESSION = f"SELECT {', '.join(COLUMNS)} FROM calls WHERE session = :session AND"
_CALLS = f"""
    SELECT * FROM (
        {_OF_SESSION} tool IS NOT NULL ORDER BY {PLACE} DESC, started_order DESC LIMIT :calls
    ) UNION SELECT * FROM (
        {_OF_SESSION} tool IS NOT NULL AND {UNENDED} ORDER BY started DESC, started_order DESC LIMIT :calls
    ) UNION SELECT * FROM (
        {_OF_SESSION} tool IS NULL ORDER BY id DESC LIMIT {_PENDING}
    ) ORDER BY started, started_order
"""
_OTHERS = "agent = ? AND tool IS NOT NULL AND id NOT IN ({})"
_STARTS = f"SELECT {PLACE}, started FROM calls WHERE session = ? AND {_OTHERS} ORDER BY {PLACE} DESC"
_RESULTS = f"""
    SELECT max(finished, started) FROM calls WHERE {_OTHERS} AND finished AND state <> '{CallState.OPEN}'
    ORDER BY max(finished, started) DESC LIMIT 1
"""
_CALL_ENDS = f"""
    SELECT agents.agent, calls.call, iif(finished, max(finished, started), 0), state
    FROM agents JOIN calls ON calls.session = agents.session AND calls.call = agents.call
    WHERE agents.session = ? AND agents.call <> ''
        AND tool IS NOT NULL AND kind = '{ToolKind.AGENT}' AND state IN ({_ENDED})
"""
_EVENTS = """
    SELECT kind, agent, at, id, data FROM event_log WHERE session = ? AND kind = ? ORDER BY at DESC, id DESC LIMIT ?
"""
_OF_AGENT = "SELECT kind, agent, at, id, data FROM event_log WHERE agent = :agent AND kind = 'context'"
_NEWEST_CONTEXTS = f"{_OF_AGENT} ORDER BY at DESC, id DESC LIMIT :count"
_LAST_RESET = f"""
    {_OF_AGENT} AND substr(data, 1, 14) = '{{"tokens":null' ORDER BY at DESC, id DESC LIMIT 1
"""
_FIRST_CONTEXT = f"{_OF_AGENT} AND (at > :at OR (at = :at AND id > :id)) ORDER BY at, id LIMIT 1"
_AGENTS = "SELECT number FROM agents WHERE session = ?"
_LATEST = """
    SELECT kind, latest_events.agent, at, event_order, data
    FROM latest_events JOIN agents ON agents.number = latest_events.agent WHERE agents.session = ?
"""


def load(connection: sqlite3.Connection, interned: InternTables, session: SessionKey, calls: int) -> SessionHistory:
    """Load the records of a session and its agents, the last ``calls`` calls, those without an end, results without a
    call, and as many events of each kind; empty for an unknown session."""
    number = interned.sessions.find(session)
    if number is None:
        return SessionHistory(session)
    values_of_calls = connection.execute(_CALLS, {"session": number, "calls": calls}).fetchall()
    rows = [decode(values, interned) for values in values_of_calls]
    last_call_at, last_result_at = _main_times(connection, interned, session, rows)
    agents = load_agents(connection, number)
    limits = {agent: tuple(load_limits(connection, interned.agent(session, agent))) for agent in agents}
    return SessionHistory(
        session,
        load_facts(connection, number),
        agents,
        {agent: windows for agent, windows in limits.items() if windows},
        {
            agent: (call, at, CallState(state).failed)
            for agent, call, at, state in connection.execute(_CALL_ENDS, (number,))
        },
        tuple(recorded_calls(connection, rows)),
        tuple(_events(connection, interned, session, number, calls)),
        last_call_at,
        last_result_at,
    )


def _main_times(
    connection: sqlite3.Connection, interned: InternTables, session: SessionKey, rows: Sequence[CallRow]
) -> tuple[int, int]:
    """Return the last start and the last result of the main chain's other calls."""
    main, loaded = interned.agents.find((session, MAIN)), id_list(row.id for row in rows)
    last_call_at = 0
    for place, started in connection.execute(_STARTS.format(loaded), (interned.sessions.find(session), main)):
        if place <= last_call_at:  # those before have started even earlier
            break
        last_call_at = max(last_call_at, started)
    result = connection.execute(_RESULTS.format(loaded), (main,)).fetchone()
    return last_call_at, result[0] if result else 0


def recorded_calls(connection: sqlite3.Connection, rows: Sequence[CallRow]) -> Iterator[RecordedCall]:
    """Yield these calls in their order, with their texts and changes, each cut."""
    changes = load_changes(connection, [row.id for row in rows], _DIFF_LIMIT)
    contents = dict(_contents(connection, {row.id: row for row in rows}, changes))
    for row in rows:
        content = contents.get(row.id) or CallContent(changes=changes.get(row.id, ()))
        yield RecordedCall(row.call, row.order, row.record, content)


def _contents(
    connection: sqlite3.Connection, rows: Mapping[int, CallRow], changes: Mapping[int, tuple[Change, ...]]
) -> Iterator[tuple[int, CallContent]]:
    for chunk in chunks(rows):
        for number, *packed in connection.execute(f"{SELECT_TEXTS} WHERE call IN ({chunk})"):
            texts = CallTexts(*map(unpack, packed))
            summary, failed, suite = "", False, None
            if rows[number].record.kind is ToolKind.SHELL:
                summary, failed = (
                    summary_line(texts.error or texts.output, has_failed=bool(texts.error)),
                    looks_failed(texts.output),
                )
                suite = suite_result(texts.error or texts.output)
            cut = texts.truncated(_TEXT_LIMIT)
            own = changes.get(number, ())
            yield number, CallContent(cut.input, cut.output, cut.error, cut.metadata, own, summary, failed, suite)


def _events(
    connection: sqlite3.Connection, interned: InternTables, session: SessionKey, number: int, count: int
) -> Iterator[RecordedEvent]:
    rows: list[SqlRow] = []
    for (agent,) in connection.execute(_AGENTS, (number,)).fetchall():
        rows += _contexts(connection, agent, count)
    rows += connection.execute(_LATEST, (number,))
    for kind in KINDS:
        if kind != "context":
            rows += connection.execute(_EVENTS, (number, kind, count))
    for kind, agent, at, order, data in sorted(rows, key=lambda row: row[2:4]):
        yield RecordedEvent(order, decode_event(kind, session, interned.agent_name(agent), at, data))


def _contexts(connection: sqlite3.Connection, agent: int, count: int) -> set[SqlRow]:
    """Return the last context updates of an agent, the last one that resets its context, and the one after that."""
    rows = connection.execute(_NEWEST_CONTEXTS, {"agent": agent, "count": count}).fetchall()
    resets = connection.execute(_LAST_RESET, {"agent": agent}).fetchall()
    at, number = (resets[0][2], resets[0][3]) if resets else (-1, 0)
    first = connection.execute(_FIRST_CONTEXT, {"agent": agent, "at": at, "id": number}).fetchall()
    return {*rows, *resets, *first}
