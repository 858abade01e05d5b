"""Totals of a session, and the list of sessions."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace

from tui_monitor.events import MAIN, Rank, SessionKey, Tokens
from tui_monitor.ledger import ZERO, Amount
from tui_monitor.store.amount_columns import AMOUNT_COLUMNS, from_columns
from tui_monitor.store.intern import InternTables
from tui_monitor.store.periods import table_of
from tui_monitor.store.scopes import SUMS, QueryScope, activity_counts, by_cost, has_usage
from tui_monitor.store.sql import SqlRow, id_list
from tui_monitor.totals import AgentTotal, FileTotal, ModelTotal, ServedRequest, SessionSummary, SessionTotals

_MAX_FILES = 100
_ROWS = f"""
    SELECT agents.agent, models.value, providers.value, max_prompt, max_output, {", ".join(AMOUNT_COLUMNS)}
    FROM totals JOIN agents ON agents.number = totals.agent
        JOIN strings AS models ON models.id = totals.model JOIN strings AS providers ON providers.id = provider
    WHERE totals.session = ?
"""
_FILES = f"""
    SELECT path, changes, added, removed, changed_at, uncounted FROM files
    WHERE session = ? AND changes > 0 ORDER BY changed_at DESC, id DESC LIMIT {_MAX_FILES}
"""
_MAX_REQUESTS = 100
_REQUESTS = f"""
    SELECT responses.at, models.value, rates, input, output, cache_read, cache_creation, cache_creation_1h, reasoning
    FROM responses JOIN strings AS models ON models.id = responses.model
        JOIN strings AS operations ON operations.id = operation
    WHERE agent = ? AND operations.value = '' AND rank <> {int(Rank.SUM)}
    ORDER BY responses.id DESC LIMIT {_MAX_REQUESTS}
"""
_AGENTS = "SELECT agent, calls FROM agents WHERE session = ? ORDER BY agent <> '', first_ms, agent"
_COUNTS = """
    SELECT calls, failed, rejected, files_changed, lines_added, lines_removed, uncounted FROM sessions WHERE id = ?
"""
_SUMMARY = """
    SELECT id, source, name, path, cwd, root, branch, title, version, model, coalesce(started, 0), coalesce(ended, 0),
        context, context_limit, calls, failed, rejected, files_changed, lines_added, lines_removed, uncounted
    FROM sessions WHERE coalesce(ended, 0) >= ? AND coalesce(started, 0) < ? ORDER BY ended DESC, source, name LIMIT ?
"""

_CALLS = 13
"""The position of the number of calls."""
_COVERING = "SELECT DISTINCT sessions.id FROM covered_sessions JOIN sessions USING (source, name)"


def totals(connection: sqlite3.Connection, interned: InternTables, session: SessionKey) -> SessionTotals:
    """Return the totals of one session, with its models, its agents, and the files changed last."""
    number = interned.sessions.find(session)
    if number is None:
        return SessionTotals(session)
    models: dict[tuple[str, str], ModelTotal] = {}
    agents: dict[str, Amount] = {}
    session_amount = ZERO
    for agent, model, provider, max_prompt, max_output, *columns in connection.execute(_ROWS, (number,)):
        amount = from_columns(columns)
        session_amount = session_amount.plus(amount)
        amount = amount._replace(lower_bound=max(0, amount.lower_bound))  # a correction of other models' flags
        agents[agent] = agents.get(agent, ZERO).plus(amount)
        total = models.get((model, provider), ModelTotal(model, provider, ZERO))
        models[model, provider] = ModelTotal(
            model,
            provider,
            total.amount.plus(amount),
            max(total.max_prompt, max_prompt),
            max(total.max_output, max_output),
        )
    counts = SessionTotals(session, session_amount, *connection.execute(_COUNTS, (number,)).fetchone())
    return replace(
        counts,
        models=tuple(sorted(filter(has_usage, models.values()), key=by_cost)),
        agents=_agents(connection, number, agents),
        files=tuple(FileTotal(*row) for row in connection.execute(_FILES, (number,))),
        requests=_requests(connection, interned, session),
    )


def sessions(
    connection: sqlite3.Connection, interned: InternTables, since: int | None, until: int | None, limit: int | None
) -> list[SessionSummary]:
    """Return the sessions active in a time, the last active first; their totals without models, agents and files.

    In a limited time each has what is of that time; one with neither usage nor calls in it is left out. A session of
    which only totals are known that others account for is always left out.
    """
    bounds = (since or 0, 2**62 if until is None else until, -1 if limit is None else limit)
    rows = connection.execute(_SUMMARY, bounds).fetchall()
    of_these = f"session IN ({id_list(row[0] for row in rows)}) GROUP BY session"
    table = table_of(since, until)
    amounts = {
        session: from_columns(columns)
        for session, *columns in connection.execute(f"SELECT session, {SUMS} FROM {table} WHERE {of_these}")
    }
    agents = dict(connection.execute(f"SELECT session, count(*) FROM agents WHERE NOT internal AND {of_these}"))
    covering = {session for (session,) in connection.execute(_COVERING)}
    rows = [row for row in rows if row[0] not in covering or row[_CALLS] or amounts.get(row[0], ZERO) != ZERO]
    summaries = [_summary(row, amounts, agents) for row in rows]
    if since is None and until is None:
        return summaries
    counts = activity_counts(connection, interned, QueryScope(since=since, until=until))
    return [
        replace(summary, totals=SessionTotals(summary.session, summary.totals.amount, *counts.get(row[0], ())))
        for row, summary in zip(rows, summaries, strict=True)
        if row[0] in counts or summary.totals.amount != ZERO
    ]


def _requests(connection: sqlite3.Connection, interned: InternTables, session: SessionKey) -> tuple[ServedRequest, ...]:
    """Return the last requests of the main chain's conversation, in order of time."""
    rows = connection.execute(_REQUESTS, (interned.agents.find((session, MAIN)),)).fetchall()
    requests = (
        ServedRequest(at, model, Tokens(*tokens), None if rates is None else interned.rates.value_of(rates))
        for at, model, rates, *tokens in rows
    )
    return tuple(sorted(requests, key=lambda request: (request.at, request.tokens.prompt)))


def _agents(connection: sqlite3.Connection, session: int, amounts: Mapping[str, Amount]) -> tuple[AgentTotal, ...]:
    """Return the agents with usage or calls: the main chain, then the others in order of their first event."""
    rows = connection.execute(_AGENTS, (session,))
    totals = (AgentTotal(agent, amounts.get(agent, ZERO), calls) for agent, calls in rows)
    return tuple(total for total in totals if total.calls or total.amount != ZERO)


def _summary(row: SqlRow, amounts: Mapping[int, Amount], agents: Mapping[int, int]) -> SessionSummary:
    number, source, name, path, cwd, root, branch, title, version, model, started, ended, context, limit, *counts = row
    key = SessionKey(source, name)
    return SessionSummary(
        session=key,
        path=path,
        cwd=cwd,
        folder=root or cwd,
        branch=branch,
        title=title,
        version=version,
        model=model,
        started=started,
        ended=ended,
        agents=agents.get(number, 0),
        context=context,
        limit=limit,
        totals=SessionTotals(key, amounts.get(number, ZERO), *counts),
    )
