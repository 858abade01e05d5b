"""The documented examples of agents, telemetry and programmatic use, in Python."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

from tui_monitor import (
    AgentRecord,
    AgentStatus,
    HookRegistry,
    LogManager,
    MonitoringService,
    TelemetryParser,
    TelemetryRecord,
    configure,
    monitor_session,
    record_usage,
    run_with_telemetry,
    session,
)
from tui_monitor.totals import SessionSummary

RECORD = TelemetryRecord(
    agent_id="code-agent",
    timestamp=1234567890,
    input_tokens=1500,
    output_tokens=800,
    estimated_cost=0.0105,
    model="claude-3-sonnet",
    provider="claude",
    engine_id="claude",
)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[MonitoringService]:
    """A service with a store of its own."""
    with MonitoringService(tmp_path / "monitoring.db", session_id="REQ-123", hooks=HookRegistry()) as service:
        yield service


async def test_documented_structure_of_a_telemetry_record(service: MonitoringService, tmp_path: Path) -> None:
    service.register_agent(AgentRecord("code-agent", "developer"))
    await service.record_telemetry(RECORD)
    with sqlite3.connect(tmp_path / "monitoring.db") as connection:
        (row,) = connection.execute(
            """SELECT timestamp, input_tokens, output_tokens, total_tokens, estimated_cost, model, provider, engine_id
            FROM telemetry"""
        )
    connection.close()
    assert row == (1234567890, 1500, 800, 2300, 0.0105, "claude-3-sonnet", "claude", "claude")


def test_documented_cost_calculation() -> None:
    record = TelemetryRecord("code-agent", 1719792000, 1000, 500, model="claude-3-sonnet-20240229", engine_id="claude")
    assert record.calculate_cost() == pytest.approx(0.0105)


def test_agent_lifecycle(service: MonitoringService) -> None:
    service.register_agent(AgentRecord("architect-1", "architect", plan_id="REQ-49"))
    service.register_agent(AgentRecord("developer-1", "developer", parent_id="architect-1", plan_id="REQ-49"))
    service.update_status("developer-1", AgentStatus.RUNNING)
    service.complete_agent("developer-1", 0)
    service.fail_agent("architect-1", "the plan was too large")
    assert [(each.id, each.status) for each in service.get_plan_agents("REQ-49")] == [
        ("architect-1", "failed"),
        ("developer-1", "completed"),
    ]
    assert [each.id for each in service.get_children("architect-1")] == ["developer-1"]


async def test_hook_adjusts_cost_before_the_record_is_stored(service: MonitoringService) -> None:
    service.register_agent(AgentRecord("code-agent", "developer"))
    service.hooks.register("telemetry_collection", lambda data: {"estimated_cost": 0.02})
    await service.record_telemetry(RECORD)
    assert service.get_total_tokens("code-agent") == (1500, 800, 2300)
    assert service.get_total_cost("code-agent") == pytest.approx(0.02)


async def test_response_is_parsed_and_recorded(service: MonitoringService) -> None:
    usage = TelemetryParser.parse_openai({"model": "gpt-4", "usage": {"prompt_tokens": 1500, "completion_tokens": 800}})
    service.register_agent(AgentRecord("code-agent", "developer"))
    await service.record_telemetry(TelemetryRecord("code-agent").with_usage(usage))
    assert service.get_total_cost("code-agent") == pytest.approx(1500 * 30e-6 + 800 * 60e-6)


def test_documented_agent_log(tmp_path: Path) -> None:
    logs = LogManager(tmp_path)
    logs.create_log("developer-1")
    logs.append_log("developer-1", "\x1b[32mTask: I1.T1\x1b[0m\nProgress: 20%\n")
    assert logs.tail_log("developer-1", 1) == ["Progress: 20%"]
    assert (logs.read_log("developer-1"), logs.list_logs()) == ("Task: I1.T1\nProgress: 20%\n", ["developer-1"])


def test_documented_programmatic_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_MONITOR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    result = run_with_telemetry(["echo", "Hello, Claude!"], session_id="my-session-123", agent_type="custom-agent")
    assert (result.exit_code, result.output) == (0, "Hello, Claude!\n")
    configure(stream=tmp_path / "data" / "streams" / "session-id.jsonl")
    with session("session-id"):
        record_usage("claude-3-haiku-20240307", 4, 1, cache_creation_tokens=30310)
    snapshots: Queue[SessionSummary] = Queue()
    stop_monitor = monitor_session("session-id", snapshots.put, 5.0)
    assert snapshots.get(timeout=30).totals.amount.total_tokens == 30315
    stop_monitor()
