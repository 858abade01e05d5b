"""The documented tables of agents and of their usage."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from tui_monitor.events import MAIN, AgentStatus, Event, SessionKey
from tui_monitor.merge.agents import ENDED, MergedAgent
from tui_monitor.store.intern import MAIN_NAME, AgentKey
from tui_monitor.store.projection import Effects, Projection, ProjectionContext
from tui_monitor.store.sql import MAX_CACHED

_FIELDS = (
    *("call", "description", "task", "category", "process_id", "exit_code", "facts_rank", "called_at"),
    *("declared_start", "response_model", "response_model_at", "active_at", "run_started"),
)
"""The columns that are named after a field of the record."""

_COLUMNS = (
    *_FIELDS,
    *("parent_id", "plan_id", "agent_type", "status", "error_message", "log_file", "model", "internal"),
    *("status_at", "reported_at", "reported_end", "first_ms", "last_ms", "lower_ranks", "has_restarted"),
    *("started_ms", "ended_ms", "start_time", "end_time", "has_events"),
)
_SAVE = f"UPDATE agents SET {', '.join(f'{column} = :{column}' for column in _COLUMNS)} WHERE number = :number"
_LOAD = """
    SELECT agents.*, parents.agent AS parent
    FROM agents LEFT JOIN agents AS parents ON parents.id = agents.parent_id WHERE
"""
_ADD_EXECUTION = """
    INSERT INTO agent_usage
        (agent_id, execution_count, total_duration, success_count, failure_count, last_used_at, category)
    SELECT id, 1, :duration, :success, 1 - :success, :ended / 1000, :category FROM agents WHERE number = :number
    ON CONFLICT (agent_id) DO UPDATE SET
        execution_count = execution_count + 1,
        total_duration = total_duration + excluded.total_duration,
        success_count = success_count + excluded.success_count,
        failure_count = failure_count + excluded.failure_count,
        last_used_at = max(last_used_at, excluded.last_used_at),
        category = coalesce(excluded.category, category)
"""


class Agents(Projection[Event]):
    """The agents: every event extends the times of its agent. Each end of one adds an execution to ``agent_usage``.

    ``changed`` are the agents with events in the batch.
    """

    reads = (Event,)

    def __init__(self, context: ProjectionContext) -> None:
        super().__init__(context)
        self._cache: dict[AgentKey, MergedAgent] = {}
        self.changed: dict[AgentKey, MergedAgent] = {}
        self._executions: list[dict[str, int | str | None]] = []
        self._latest: tuple[SessionKey | None, str, MergedAgent] = (None, MAIN, MergedAgent())

    def apply(self, event: Event, order: int) -> None:
        """Merge an event into the record of its agent."""
        session, agent, record = self._latest
        if event.session is not session or event.agent != agent:  # most events follow one of the same agent
            record = self._record_of((event.session, event.agent))
            self._latest = event.session, event.agent, record
        status = record.reported_status
        record.apply(event)
        if record.reported_status is not status and record.has_ended and status not in ENDED:
            self._executions.append(self._execution((event.session, event.agent), record))

    def flush(self, earlier: Effects) -> Effects:
        """Write the agents that may have changed, which are the effects."""
        numbers = {key: self._interned.agents.id_of(key) for key in self.changed}
        rows = [{**self._encode(key, record), "number": numbers[key]} for key, record in self.changed.items()]
        self._connection.executemany(_SAVE, rows)
        self._connection.executemany(_ADD_EXECUTION, self._executions)
        self._executions.clear()
        self._latest = None, MAIN, MergedAgent()
        return Effects(agents=frozenset(numbers.values()))

    def reset(self) -> None:
        """Forget the changes, and bound the cache."""
        self.changed = {}
        if len(self._cache) > MAX_CACHED:
            self._cache.clear()

    def _record_of(self, key: AgentKey) -> MergedAgent:
        record = self._cache.get(key)
        if record is None:
            number = self._interned.agents.id_of(key)
            ((_, record),) = _load(self._connection, "agents.number = ?", number)
            self._cache[key] = record
        self.changed[key] = record
        return record

    def _execution(self, key: AgentKey, record: MergedAgent) -> dict[str, int | str | None]:
        return {
            "number": self._interned.agents.id_of(key),
            "duration": max(0, record.ended_at - record.started),
            "success": record.reported_status is AgentStatus.COMPLETED,
            "ended": record.ended_at,
            "category": record.category or _type_of(key[1], record) or None,
        }

    def _encode(self, key: AgentKey, record: MergedAgent) -> dict[str, int | str | None]:
        session, agent = key
        reported_at, reported_end = record.reported_end or (None, None)
        return {
            **{name: getattr(record, name) for name in _FIELDS},
            "parent_id": None if record.parent is None else self._interned.document_id(session, record.parent),
            "plan_id": record.plan or None,
            "agent_type": _type_of(agent, record),
            "status": record.reported_status or AgentStatus.RUNNING,
            "error_message": record.error or None,
            "log_file": record.log_file or None,
            "model": record.declared_model,
            "internal": record.internal,
            "has_restarted": record.has_restarted,
            "status_at": record.status_at if record.reported_status else None,
            "reported_at": reported_at,
            "reported_end": reported_end,
            "first_ms": record.first_at or None,
            "last_ms": record.last_at or None,
            "lower_ranks": json.dumps(record.lower_ranks) if record.lower_ranks else None,
            "started_ms": record.started or None,
            "ended_ms": record.ended_at or None,
            "start_time": record.started // 1000,
            "end_time": record.ended_at // 1000 if record.ended_at else None,
            "has_events": True,
        }


def load_agents(connection: sqlite3.Connection, session: int) -> dict[str, MergedAgent]:
    """Load the agents of a session by id. One that is only named as the parent of another is left out."""
    return dict(_load(connection, "agents.session = ? AND agents.has_events ORDER BY agents.number", session))


def _load(connection: sqlite3.Connection, condition: str, value: int) -> Iterator[tuple[str, MergedAgent]]:
    cursor = connection.execute(f"{_LOAD} {condition}", (value,))
    columns = [column[0] for column in cursor.description]
    for values in cursor.fetchall():
        row = dict(zip(columns, values, strict=True))
        yield row["agent"], _decode(row)


def _decode(row: dict[str, Any]) -> MergedAgent:
    return MergedAgent(
        **{name: row[name] for name in _FIELDS},
        parent=row["parent"],
        type="" if row["agent"] == MAIN and row["agent_type"] == MAIN_NAME else row["agent_type"],
        plan=row["plan_id"] or "",
        error=row["error_message"] or "",
        log_file=row["log_file"] or "",
        declared_model=row["model"],
        internal=bool(row["internal"]),
        has_restarted=bool(row["has_restarted"]),
        reported_status=None if row["status_at"] is None else AgentStatus(row["status"]),
        status_at=row["status_at"] or 0,
        reported_end=None if row["reported_at"] is None else (row["reported_at"], row["reported_end"]),
        first_at=row["first_ms"] or 0,
        last_at=row["last_ms"] or 0,
        lower_ranks=json.loads(row["lower_ranks"]) if row["lower_ranks"] else None,
    )


def _type_of(agent: str, record: MergedAgent) -> str:
    return record.type or (MAIN_NAME if agent == MAIN else "")
