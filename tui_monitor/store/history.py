"""The events from which live state is built anew: bounded, however long the session."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import TypeAlias

from tui_monitor.events import (
    AgentStatus,
    AgentUpdate,
    CallFinished,
    CallProgress,
    CallStarted,
    CallState,
    Change,
    Event,
    Measure,
    SessionKey,
    SessionUpdate,
    Tokens,
    ToolKind,
)
from tui_monitor.store.bodies import CallTexts
from tui_monitor.store.body import load_changes, load_texts, ref
from tui_monitor.store.calls import COLUMNS, Call
from tui_monitor.store.event_log import KINDS, decoded
from tui_monitor.store.intern import InternTables
from tui_monitor.store.sessions import FACTS

_TEXT_LIMIT = 4 * 1024
_DIFF_LIMIT = 16 * 1024

_SESSION = f"SELECT facts_at, {', '.join(FACTS)} FROM sessions WHERE id = ?"
_AGENTS = """
    SELECT agents.agent, agents.facts_at, parents.agent, agents.call, agents.agent_type, agents.description,
        agents.model, iif(agents.status_at IS NULL, NULL, agents.status),
        agents.started_ms, agents.ended_ms, agents.exit_code, agents.error_message,
        agents.log_file, agents.process_id, agents.plan_id, agents.task, agents.category, agents.internal
    FROM agents LEFT JOIN agents AS parents ON parents.id = agents.parent_id
    WHERE agents.session = ? AND agents.facts_at IS NOT NULL ORDER BY agents.number
"""
_OF_SESSION = f"SELECT {', '.join(COLUMNS)} FROM calls WHERE session = :session AND tool IS NOT NULL"
_NEWEST_FIRST = "ORDER BY started DESC, started_order DESC LIMIT :calls"
_CALLS = f"""
    SELECT * FROM ({_OF_SESSION} {_NEWEST_FIRST}) UNION
    SELECT * FROM ({_OF_SESSION} AND state IN ('{CallState.OPEN}', '{CallState.BACKGROUND}') {_NEWEST_FIRST})
"""
_NOTES = """
    SELECT kind, agent, at, id, data FROM event_log WHERE session = ? AND kind = ? ORDER BY at DESC, id DESC LIMIT ?
"""
_LATEST = """
    SELECT kind, latest_events.agent, at, event_order, data
    FROM latest_events JOIN agents ON agents.number = latest_events.agent
    WHERE agents.session = ?
"""
_LAST_CONTEXTS = """
    SELECT kind, agent, max(at), id, data FROM event_log WHERE session = ? AND kind = 'context' GROUP BY agent
"""

_Placed: TypeAlias = tuple[int, int, Event]
"""An event with its time and its number in the order of reading."""


def load(connection: sqlite3.Connection, interned: InternTables, session: SessionKey, calls: int) -> list[Event]:
    """What is known of the session and its agents; then in order of time the last ``calls`` calls, those that have
    not ended, and as many of each other kind."""
    number = interned.sessions.find(session)
    if number is None:
        return []
    placed = [
        *_calls(connection, interned, session, number, calls),
        *_log_events(connection, interned, session, number, calls),
    ]
    placed.sort(key=lambda one: one[:2])
    facts = [*_session(connection, session, number), *_agents(connection, session, number)]
    return facts + [event for _, _, event in placed]


def _session(connection: sqlite3.Connection, session: SessionKey, number: int) -> Iterator[Event]:
    at, *facts = connection.execute(_SESSION, (number,)).fetchone()
    if any(facts):
        yield SessionUpdate(session=session, at=at or 0, **dict(zip(FACTS, facts, strict=True)))


def _agents(connection: sqlite3.Connection, session: SessionKey, number: int) -> Iterator[Event]:
    for agent, at, parent, *facts, internal in connection.execute(_AGENTS, (number,)):
        call, kind, description, model, status, started, ended, exit_code, error, log, process, plan, task, group = (
            facts
        )
        yield AgentUpdate(
            session=session,
            agent=agent,
            at=at,
            parent=parent,
            call=call,
            type=kind,
            description=description,
            model=model,
            status=AgentStatus(status) if status else None,
            started=started,
            ended=ended,
            exit_code=exit_code,
            error=error or "",
            log_file=log or "",
            process_id=process,
            plan=plan or "",
            task=task,
            category=group,
            internal=bool(internal),
        )


def _log_events(
    connection: sqlite3.Connection, interned: InternTables, session: SessionKey, number: int, count: int
) -> Iterator[_Placed]:
    rows = {row[3]: row for row in connection.execute(_LAST_CONTEXTS, (number,))}
    for kind in KINDS:
        rows.update((row[3], row) for row in connection.execute(_NOTES, (number, kind, count)))
    for kind, agent, at, order, data in (*rows.values(), *connection.execute(_LATEST, (number,))):
        yield at, order, decoded(kind, session, interned.agent_name(agent), at, data)


def _calls(
    connection: sqlite3.Connection, interned: InternTables, session: SessionKey, number: int, count: int
) -> Iterator[_Placed]:
    calls = [Call(*row) for row in connection.execute(_CALLS, {"session": number, "calls": count})]
    ids = [call.id for call in calls]
    texts = load_texts(connection, ids, _TEXT_LIMIT)
    changes = load_changes(connection, ids, _DIFF_LIMIT)
    for call in calls:
        yield from _told(call, session, texts.get(call.id, CallTexts()), changes.get(call.id, ()), interned)


def _told(
    call: Call, session: SessionKey, texts: CallTexts, changes: tuple[Change, ...], interned: InternTables
) -> Iterator[_Placed]:
    agent = interned.agent_name(call.agent)
    yield call.started, call.started_order, _started(call, session, agent, texts.input, interned)
    if call.progress_at is not None:
        progress = CallProgress(
            session=session,
            agent=agent,
            at=call.progress_at,
            call=call.call,
            doing=call.doing,
            elapsed_ms=call.elapsed_ms,
            lines=call.progress_lines,
        )
        yield call.progress_at, call.progress_order, progress
    if call.state != CallState.OPEN:
        yield call.finished, call.finished_order, _finished(call, session, agent, texts, changes, interned)


def _started(call: Call, session: SessionKey, agent: str, given: str, interned: InternTables) -> CallStarted:
    assert call.tool is not None
    return CallStarted(
        session=session,
        agent=agent,
        at=call.started,
        call=call.call,
        uid="",
        tool=interned.strings.value_of(call.tool),
        kind=ToolKind(call.kind),
        subject=call.subject,
        note=call.note,
        input=given,
        parent=call.parent,
        model="" if call.model is None else interned.strings.value_of(call.model),
        timeout_ms=call.timeout_ms,
        ref=ref(interned, call.input_path, call.input_offset, call.input_length),
        exact=bool(call.asked_exactly),
    )


def _finished(
    call: Call, session: SessionKey, agent: str, texts: CallTexts, changes: tuple[Change, ...], interned: InternTables
) -> CallFinished:
    return CallFinished(
        session=session,
        agent=agent,
        at=call.finished,
        call=call.call,
        state=CallState(call.state),
        output=texts.output,
        error=texts.error,
        duration_ms=call.duration_ms,
        exit_code=call.exit_code,
        measure=Measure(*json.loads(call.measure)) if call.measure else None,
        changes=changes,
        tokens=Tokens(*json.loads(call.tokens)) if call.tokens else None,
        approved=None if call.approved is None else bool(call.approved),
        approval=call.approval or "",
        metadata=texts.metadata,
        ref=ref(interned, call.output_path, call.output_offset, call.output_length),
        exact=bool(call.answered_exactly),
    )
