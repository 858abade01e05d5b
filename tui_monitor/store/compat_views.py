"""Queries of the documented tables: agents, and the responses and calls of each."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tui_monitor.ledger import Amount
from tui_monitor.store.amount_columns import from_columns, sums
from tui_monitor.store.intern import digest
from tui_monitor.store.sql import SqlRow, chunks
from tui_monitor.store.texts import unpack

_AGENTS = """
    SELECT id, agent_type, parent_id, plan_id, status, process_id, coalesce(started_ms, first_ms, 0), ended_ms,
        exit_code, error_message, log_file, task, description, model, category
    FROM agents WHERE NOT internal AND {} ORDER BY coalesce(started_ms, first_ms, 0), number
"""
_AMOUNTS = f"""
    SELECT agents.id, {sums(at_least_zero=False)}
    FROM totals JOIN agents ON agents.number = totals.agent WHERE {{}} GROUP BY agents.id ORDER BY agents.id
"""
_RESPONSES = """
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


_CUSTOM = """
    SELECT agents.id, data FROM event_log JOIN agents ON agents.number = event_log.agent
    WHERE event_log.kind = 'custom' AND event_log.session = agents.session AND {} ORDER BY event_log.id
"""


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent by its documented id, ``<source>/<session>/<agent>``. Times are epoch milliseconds, unknown texts
    empty. ``custom`` are its own fields as JSON text."""

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
    custom: str = "{}"


@dataclass(frozen=True, slots=True)
class TelemetryRow:
    """A response, a tool call, or both if they share an id. The cost is in picodollars, None if unknown; ``custom`` are
    fields of its own as JSON text."""

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
    custom: str = "{}"


def agents(
    connection: sqlite3.Connection, agent: str | None, parent: str | None, plan: str | None
) -> Iterator[AgentRow]:
    """Yield the agents that match all arguments that are not None, in order of their start."""
    columns = {"id": agent, "parent_id": parent, "plan_id": plan}
    filters = {column: value for column, value in columns.items() if value is not None}
    condition = " AND ".join(f"agents.{column} = :{column}" for column in filters) or "1"
    custom: dict[str, dict[str, object]] = {}
    for agent_id, data in connection.execute(_CUSTOM.format(condition), filters):
        own = json.loads(unpack(data))
        if not own.get("uid"):
            custom.setdefault(agent_id, {}).update(json.loads(own["fields"]))
    for row in connection.execute(_AGENTS.format(condition), filters):
        yield replace(AgentRow(*row), custom=json.dumps(custom.get(row[0], {})))


def amounts(connection: sqlite3.Connection, agent: str | None) -> dict[str, Amount]:
    """Return the amount of the agent with this id (None: of each agent), without agents that have none."""
    condition = "1" if agent is None else "agents.number = (SELECT number FROM agents WHERE id = :agent)"
    rows = connection.execute(_AMOUNTS.format(condition), {"agent": agent})
    return {agent_id: from_columns(columns) for agent_id, *columns in rows}


def telemetry(connection: sqlite3.Connection, agent: str) -> list[TelemetryRow]:
    """Return the responses and calls of an agent in order of time."""
    responses = {number: TelemetryRow(*values) for number, *values in connection.execute(_RESPONSES, (agent,))}
    calls = connection.execute(_CALLS, (agent,)).fetchall()
    custom = _custom_fields(connection, agent)
    response_ids = _responses_by_alias(connection, {*(digest(call) for call, *_ in calls), *map(digest, custom)})
    for uid, fields in custom.items():
        if response := responses.get(response_ids.get(digest(uid), 0)):
            responses[response_ids[digest(uid)]] = replace(response, custom=fields)
    unmatched = []
    for call, *values in calls:
        row, number = replace(_call_row(values), custom=custom.get(call, "{}")), response_ids.get(digest(call))
        if number in responses:
            responses[number] = replace(
                responses[number],
                tool=row.tool,
                arguments=row.arguments,
                approved=row.approved,
                approval=row.approval,
            )
        else:
            unmatched.append(row)
    return sorted((*responses.values(), *unmatched), key=lambda row: row.at)


def _custom_fields(connection: sqlite3.Connection, agent: str) -> dict[str, str]:
    """Return the fields of an agent's responses and calls by their ids, as JSON text."""
    rows = connection.execute(_CUSTOM.format("agents.id = ?"), (agent,))
    events = [json.loads(unpack(data)) for _, data in rows]
    return {event["uid"]: event["fields"] for event in events if event.get("uid")}


def _call_row(values: SqlRow) -> TelemetryRow:
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


def _responses_by_alias(connection: sqlite3.Connection, digests: set[int]) -> dict[int, int]:
    """Return the responses that have the id of a call as an alias."""
    responses: dict[int, int] = {}
    for chunk in chunks(digests):
        responses |= dict(connection.execute(f"SELECT alias, response FROM aliases WHERE alias IN ({chunk})"))
    return responses
