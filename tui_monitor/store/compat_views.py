"""The documented tables read back: agents, and what each of them spent and called."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tui_monitor.ledger import Amount
from tui_monitor.store.bodies import unpack
from tui_monitor.store.intern import digest
from tui_monitor.store.schema import AMOUNTS
from tui_monitor.store.sql import SqlRow, chunks

_AGENTS = """
    SELECT id, agent_type, parent_id, plan_id, status, process_id, coalesce(started_ms, first_ms, 0), ended_ms,
        exit_code, error_message, log_file, task, description, model, category
    FROM agents WHERE NOT internal AND {} ORDER BY coalesce(started_ms, first_ms, 0), number
"""
_AMOUNTS = f"""
    SELECT agents.id, {", ".join(f"sum({name})" for name in AMOUNTS)}
    FROM totals JOIN agents ON agents.number = totals.agent WHERE {{}} GROUP BY agents.id ORDER BY agents.id
"""
_SPENDS = """
    SELECT responses.id, at, input, output, cache_read, cache_creation, cache_creation_1h, reasoning, cost,
        models.value, providers.value, engine, operations.value, plan, task, duration_ms, ttft_ms
    FROM responses
        JOIN strings AS models ON models.id = responses.model
        JOIN strings AS providers ON providers.id = responses.provider
        JOIN strings AS operations ON operations.id = responses.operation
    WHERE agent = (SELECT number FROM agents WHERE id = ?) ORDER BY at, responses.id
"""
_CALLS = """
    SELECT calls.call, started, tools.value, bodies.input, approved, approval, models.value, duration_ms
    FROM calls
        JOIN strings AS tools ON tools.id = calls.tool
        LEFT JOIN strings AS models ON models.id = calls.model
        LEFT JOIN bodies ON bodies.call = calls.id
    WHERE counted AND agent = (SELECT number FROM agents WHERE id = ?) ORDER BY started, started_order
"""


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent by its documented id, ``<source>/<session>/<agent>``. Times are epoch milliseconds, texts empty where
    nothing is known."""

    id: str
    type: str
    parent: str | None
    plan: str | None
    status: str
    process_id: int | None
    started: int
    ended: int | None
    exit_code: int | None
    error: str | None
    log_file: str | None
    task: str
    description: str
    model: str
    category: str


@dataclass(frozen=True, slots=True)
class TelemetryRow:
    """A response, a tool call, or (told under one name) both. The cost, in picodollars, is None where nobody knows."""

    at: int
    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_creation: int = 0
    cache_creation_1h: int = 0
    reasoning: int = 0
    cost: int | None = None
    model: str = ""
    provider: str = ""
    engine: str | None = None
    operation: str = ""
    plan: str | None = None
    task: str | None = None
    duration_ms: int | None = None
    ttft_ms: int | None = None
    tool: str = ""
    arguments: str = ""
    approved: bool | None = None
    approval: str = ""


def agents(
    connection: sqlite3.Connection, agent: str | None, parent: str | None, plan: str | None
) -> Iterator[AgentRow]:
    """The agents of which all that is given is true, the one that began first, first."""
    wanted = {"id": agent, "parent_id": parent, "plan_id": plan}
    given = {column: value for column, value in wanted.items() if value is not None}
    condition = " AND ".join(f"{column} = :{column}" for column in given) or "1"
    return (AgentRow(*row) for row in connection.execute(_AGENTS.format(condition), given))


def amounts(connection: sqlite3.Connection, agent: str | None) -> dict[str, Amount]:
    """What the agent of this id (None: each agent) has spent; those that spent nothing are left out."""
    condition = "1" if agent is None else "agents.number = (SELECT number FROM agents WHERE id = :agent)"
    rows = connection.execute(_AMOUNTS.format(condition), {"agent": agent})
    return {found: Amount._make(sums) for found, *sums in rows}


def telemetry(connection: sqlite3.Connection, agent: str) -> list[TelemetryRow]:
    """The responses and calls of an agent, by their times."""
    responses = {number: TelemetryRow(*values) for number, *values in connection.execute(_SPENDS, (agent,))}
    calls = connection.execute(_CALLS, (agent,)).fetchall()
    response_ids = _responses(connection, {digest(call) for call, *_ in calls})
    alone = []
    for call, *values in calls:
        row, response = _called(values), response_ids.get(digest(call))
        if response in responses:
            told = responses[response]
            responses[response] = replace(
                told, tool=row.tool, arguments=row.arguments, approved=row.approved, approval=row.approval
            )
        else:
            alone.append(row)
    return sorted((*responses.values(), *alone), key=lambda row: row.at)


def _called(values: SqlRow) -> TelemetryRow:
    at, tool, arguments, approved, approval, model, duration_ms = values
    return TelemetryRow(
        at,
        model=model or "",
        duration_ms=duration_ms,
        tool=tool,
        arguments=unpack(arguments),
        approved=None if approved is None else bool(approved),
        approval=approval or "",
    )


def _responses(connection: sqlite3.Connection, names: set[int]) -> dict[int, int]:
    """The responses that bear the name of a call."""
    found: dict[int, int] = {}
    for some in chunks(names):
        found |= dict(connection.execute(f"SELECT alias, response FROM aliases WHERE alias IN ({some})"))
    return found
