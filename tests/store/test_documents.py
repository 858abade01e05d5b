"""The three documented tables: columns, units and indexes are as documented."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.store.builders import APPLE, NOON, QUARTER, database, finished, ingest, started, usage
from tui_monitor.events import AgentStatus, AgentUpdate, Prompt, SessionKey, Turn, TurnUpdate
from tui_monitor.store import Store

AGENTS = """id parent_id plan_id agent_type status process_id start_time end_time exit_code error_message log_file"""
AGENT_USAGE = (
    """agent_id execution_count total_duration total_tokens success_count failure_count last_used_at category"""
)
TELEMETRY = """id agent_id timestamp input_tokens output_tokens cached_tokens cache_creation_tokens cache_read_tokens
    total_tokens estimated_cost model provider tool_name tool_args tool_approved tool_approval_type engine_id"""
SECOND = NOON // 1000


@pytest.fixture
def sql(file_store: Store) -> Iterator[sqlite3.Connection]:
    """The connection of another program."""
    connection = sqlite3.connect(database(file_store))
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA trusted_schema = OFF")
    yield connection
    connection.close()


def rows(connection: sqlite3.Connection, table: str, columns: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(f"SELECT {', '.join(columns.split())} FROM {table} ORDER BY 1")]


def agent(
    status: AgentStatus | None = None, at: int = NOON, name: str = "scout", ended: int | None = None
) -> AgentUpdate:
    return AgentUpdate(session=APPLE, agent=name, at=at, status=status, ended=ended)


@pytest.mark.parametrize(
    ("table", "columns"), [("agents", AGENTS), ("agent_usage", AGENT_USAGE), ("telemetry", TELEMETRY)]
)
def test_documented_columns_come_first(sql: sqlite3.Connection, table: str, columns: str) -> None:
    names = [row["name"] for row in sql.execute(f"PRAGMA table_info({table})")]
    assert names[: len(columns.split())] == columns.split()


def test_documented_indexes_exist(sql: sqlite3.Connection) -> None:
    names = {row["name"] for row in sql.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
    assert names >= {
        *("idx_agents_parent", "idx_agents_plan", "idx_agents_status"),
        *("idx_telemetry_agent", "idx_telemetry_timestamp"),
        *("idx_agent_usage_category", "idx_agent_usage_last_used"),
    }


@pytest.mark.parametrize("condition", ["agent_id = 'demo/apple/main'", "timestamp >= 5"])
def test_telemetry_is_searched_by_index(sql: sqlite3.Connection, condition: str) -> None:
    plan = [row["detail"] for row in sql.execute(f"EXPLAIN QUERY PLAN SELECT * FROM telemetry WHERE {condition}")]
    assert not [step for step in plan if step.startswith(("SCAN responses", "SCAN calls", "SCAN agents"))]


def test_agent_has_its_documented_row(file_store: Store, sql: sqlite3.Connection) -> None:
    event = replace(
        agent(AgentStatus.FAILED, at=NOON + 9000),
        parent="",
        type="reviewer",
        plan="REQ-1",
        process_id=77,
        started=NOON + 2500,
        ended=NOON + 8500,
        exit_code=3,
        error="out of time",
        log_file="/logs/scout.log",
    )
    ingest(file_store, usage("r1"), event)
    main, scout = rows(sql, "agents", AGENTS)
    assert main == dict.fromkeys(AGENTS.split()) | {
        "id": "demo/apple/main",
        "agent_type": "main",
        "status": "running",
        "start_time": SECOND,
    }
    assert scout == {
        "id": "demo/apple/scout",
        "parent_id": "demo/apple/main",
        "plan_id": "REQ-1",
        "agent_type": "reviewer",
        "status": "failed",
        "process_id": 77,
        "start_time": SECOND + 2,
        "end_time": SECOND + 8,
        "exit_code": 3,
        "error_message": "out of time",
        "log_file": "/logs/scout.log",
    }


def test_empty_field_of_an_agent_update_changes_nothing(file_store: Store, sql: sqlite3.Connection) -> None:
    ingest(file_store, replace(agent(at=NOON), type="scout", plan="REQ-1"))
    ingest(file_store, replace(agent(at=NOON + 1), type="reviewer"))
    ingest(file_store, replace(agent(at=NOON - 1), type="older", log_file="/logs/a"))
    (row,) = rows(sql, "agents", "id agent_type plan_id log_file")
    assert list(row.values()) == ["demo/apple/scout", "reviewer", "REQ-1", "/logs/a"]


def test_agent_ids_are_unambiguous(file_store: Store, sql: sqlite3.Connection) -> None:
    ingest(
        file_store, usage("a", SessionKey("demo", "x/y"), agent="z"), usage("b", SessionKey("demo", "x"), agent="y/z")
    )
    ingest(file_store, usage("c", agent="main"), usage("d"), replace(agent(), agent="main", parent="main"))
    ids = [row["id"] for row in rows(sql, "agents", "id")]
    assert ids == ["demo/apple/main", "demo/x%2Fy/z", "demo/x/y/z"]
    assert file_store.totals(APPLE).agents[0].amount.requests == 2


def test_status_never_goes_back_in_time(file_store: Store, sql: sqlite3.Connection) -> None:
    ingest(file_store, agent(AgentStatus.COMPLETED, at=NOON + 5), agent(AgentStatus.RUNNING, at=NOON))
    (row,) = rows(sql, "agents", "status end_time")
    assert row == {"status": "completed", "end_time": SECOND}


def test_agent_usage_is_counted_once_when_the_agent_ends(file_store: Store, sql: sqlite3.Connection) -> None:
    running = replace(agent(AgentStatus.RUNNING), started=NOON, type="scout", category="research")
    ingest(file_store, running, usage("r1", agent="scout"))
    assert rows(sql, "agent_usage", AGENT_USAGE) == []
    end = agent(AgentStatus.COMPLETED, at=NOON + 4000, ended=NOON + 4000)
    ingest(file_store, end)
    ingest(file_store, running, end, usage("r2", agent="scout"))
    (row,) = rows(sql, "agent_usage", AGENT_USAGE)
    assert row == {
        "agent_id": "demo/apple/scout",
        "execution_count": 1,
        "total_duration": 4000,
        "total_tokens": 2 * 128,
        "success_count": 1,
        "failure_count": 0,
        "last_used_at": SECOND + 4,
        "category": "research",
    }


def test_agent_that_runs_again_is_counted_again(file_store: Store, sql: sqlite3.Connection) -> None:
    for begin, status in ((NOON, AgentStatus.COMPLETED), (NOON + 10_000, AgentStatus.FAILED)):
        ingest(file_store, agent(AgentStatus.RUNNING, at=begin), agent(status, at=begin + 3000))
    (row,) = rows(sql, "agent_usage", "execution_count total_duration success_count failure_count last_used_at")
    assert list(row.values()) == [2, 6000, 1, 1, SECOND + 13]


def test_ended_session_completes_its_main_chain_until_the_next_prompt(
    file_store: Store, sql: sqlite3.Connection
) -> None:
    ingest(file_store, Prompt(session=APPLE, at=NOON, text="go"))
    ingest(file_store, TurnUpdate(session=APPLE, at=NOON + 60_000, turn=Turn.SESSION_ENDED))
    ingest(file_store, TurnUpdate(session=APPLE, at=NOON + 60_001, turn=Turn.DONE))
    assert rows(sql, "agents", "status end_time") == [{"status": "completed", "end_time": SECOND + 60}]
    ingest(file_store, Prompt(session=APPLE, at=NOON + QUARTER, text="go on"))
    assert rows(sql, "agents", "status end_time") == [{"status": "running", "end_time": None}]


def test_telemetry_of_a_response_is_in_the_documented_units(file_store: Store, sql: sqlite3.Connection) -> None:
    event = replace(usage("r1"), engine="engine-x", operation="compact", plan="REQ-1", task="T2", duration_ms=900)
    ingest(file_store, event, replace(event, strong_ids=("r2",), rates=None, model="", engine=""))
    priced, unpriced = rows(sql, "telemetry", TELEMETRY)
    assert priced == {
        "id": priced["id"],
        "agent_id": "demo/apple/main",
        "timestamp": SECOND,
        "input_tokens": 100,
        "output_tokens": 5,
        "cached_tokens": 20,
        "cache_creation_tokens": 3,
        "cache_read_tokens": 20,
        "total_tokens": 128,
        "estimated_cost": pytest.approx(0.0002615),
        "model": "model-a",
        "provider": "acme",
        **dict.fromkeys(["tool_name", "tool_args", "tool_approved", "tool_approval_type"]),
        "engine_id": "engine-x",
    }
    assert (unpriced["estimated_cost"], unpriced["model"], unpriced["engine_id"]) == (0.0, None, None)
    ours = rows(sql, "telemetry", "operation plan_id task_id duration_ms")[0]
    assert list(ours.values()) == ["compact", "REQ-1", "T2", 900]


def test_telemetry_of_a_call_has_its_arguments_and_approval(file_store: Store, sql: sqlite3.Connection) -> None:
    ingest(file_store, replace(started("c1"), input='{"a": 1}', model="model-a"))
    ingest(file_store, replace(finished("c1"), approved=True, approval="policy"), usage("r1"))
    call = next(row for row in rows(sql, "telemetry", TELEMETRY) if row["tool_name"])
    assert call == {
        **dict.fromkeys(TELEMETRY.split(), 0),
        "id": call["id"],
        "agent_id": "demo/apple/main",
        "timestamp": SECOND,
        "estimated_cost": 0.0,
        "model": "model-a",
        "provider": None,
        "tool_name": "Bash",
        "tool_args": '{"a": 1}',
        "tool_approved": 1,
        "tool_approval_type": "policy",
        "engine_id": None,
    }
    assert len({row["id"] for row in rows(sql, "telemetry", "id")}) == 2


def test_telemetry_agrees_with_the_totals(file_store: Store, sql: sqlite3.Connection) -> None:
    other = SessionKey("demo", "birch")
    ingest(
        file_store,
        usage("r1"),
        usage("r1", other, at=NOON + 1),
        started("c1"),
        started("c1", other),
        usage("r2", other),
    )
    tokens, tools = sql.execute("SELECT sum(total_tokens), count(tool_name) FROM telemetry").fetchone()
    assert (tokens, tools) == (file_store.overall().amount.total_tokens, file_store.overall().calls)
