"""Agents and telemetry in the store: lifecycle, usage, and an unavailable store."""

from __future__ import annotations

import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Thread

import pytest

from tui_monitor.events import PICO, SessionKey
from tui_monitor.feed.batch_reader import read_file
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.stream.adapter import Stream
from tui_monitor.store import open_store
from tui_monitor.telemetry import (
    AgentNotFound,
    AgentRecord,
    AgentStatus,
    DatabaseError,
    MonitoringService,
    TelemetryRecord,
    ValidationError,
    agent,
    configure,
    record_usage,
    session,
)
from tui_monitor.telemetry.service import outbox

SONNET = "claude-3-5-sonnet-20241022"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The path of a store that does not exist yet."""
    return tmp_path / "store" / "monitoring.db"


@pytest.fixture
def service(path: Path) -> Iterator[MonitoringService]:
    """A service of the session ``harbour``."""
    with MonitoringService(path, session_id="harbour") as service:
        yield service


def test_registered_agent_is_returned_unchanged(service: MonitoringService) -> None:
    record = AgentRecord(
        "scout", "developer", "pilot", "REQ-49", process_id=77, start_time=1767225600.25, task_id="I1.T1"
    )
    service.register_agent(record)
    assert service.get_agent("scout") == record
    assert service.get_agent("nobody") is None


def test_agent_lifecycle(service: MonitoringService) -> None:
    service.register_agent(AgentRecord("scout", "developer"))
    service.update_status("scout", "running")
    began = service.get_agent("scout")
    assert began is not None
    assert (began.status, began.end_time) == (AgentStatus.RUNNING, None)
    service.complete_agent("scout")
    ended = service.get_agent("scout")
    assert ended is not None
    assert (ended.status, ended.exit_code, ended.start_time) == (AgentStatus.COMPLETED, 0, began.start_time)
    assert ended.duration is not None


def test_nonzero_exit_code_is_a_failure(service: MonitoringService) -> None:
    service.register_agent(AgentRecord("scout", "developer"))
    service.complete_agent("scout", 3)
    (scout,) = service.list_agents()
    assert (scout.status, scout.exit_code) == (AgentStatus.FAILED, 3)


def test_failed_agent_has_a_masked_error_message(service: MonitoringService) -> None:
    service.register_agent(AgentRecord("scout", "developer"))
    service.fail_agent("scout", "out of fuel, password=hunter22")
    (scout,) = service.list_agents()
    assert (scout.status, scout.error_message) == (AgentStatus.FAILED, "out of fuel, password=***")


def test_agents_are_queried_by_parent_and_plan(service: MonitoringService, path: Path) -> None:
    service.register_agent(AgentRecord("pilot", "architect", plan_id="REQ-49"))
    for name in ("a", "b"):
        service.register_agent(AgentRecord(name, "developer", "pilot", "REQ-49"))
    with MonitoringService(path, session_id="elsewhere") as other:
        other.register_agent(AgentRecord("a", "developer", plan_id="REQ-50"))
        assert [each.id for each in other.get_plan_agents("REQ-49")] == [
            f"stream/harbour/{name}" for name in ("pilot", "a", "b")
        ]
        assert [each.id for each in other.get_children("stream/harbour/pilot")] == [
            "stream/harbour/a",
            "stream/harbour/b",
        ]
        assert len(other.list_agents()) == 4
    assert [each.parent_id for each in service.get_children("pilot")] == ["pilot", "pilot"]
    assert service.get_children("nobody") == []


def test_agent_usage_is_updated_when_agents_end(service: MonitoringService, path: Path) -> None:
    service.register_agent(AgentRecord("scout", "developer", category="crew"))
    service.add_telemetry(TelemetryRecord("scout", input_tokens=1000, output_tokens=500, model=SONNET))
    service.complete_agent("scout")
    service.register_agent(AgentRecord("scout", "developer"))
    service.fail_agent("scout", "no")
    with sqlite3.connect(path) as connection:
        (row,) = connection.execute(
            "SELECT execution_count, success_count, failure_count, total_tokens, category FROM agent_usage"
        )
    connection.close()
    assert row == (2, 1, 1, 1500, "crew")


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (AgentRecord("", "developer"), "id must be 1 to 256 printable characters, not ''"),
        (AgentRecord("a\nb", "developer"), "id must be"),
        (AgentRecord("scout", ""), "agent_type must be"),
        (AgentRecord("scout", "developer", process_id=-1), "process_id must be a whole number, 0 or more, not -1"),
        (AgentRecord("scout", "developer", start_time=float("nan")), "start_time must be a number"),
        (AgentRecord("scout", "developer", plan_id=7), "plan_id must be text, not 7"),  # type: ignore[arg-type]
        (AgentRecord("scout", "developer", status="gone"), "status must be one of starting, running"),  # type: ignore[arg-type]
    ],
)
def test_invalid_agent_is_rejected_with_a_message(
    service: MonitoringService, record: AgentRecord, message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        service.register_agent(record)
    assert service.list_agents() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("input_tokens", -1),
        ("output_tokens", 1.5),
        ("estimated_cost", float("inf")),
        ("tool_approval_type", "dice"),
        ("tool_approved", "yes"),
        ("model", 4),
        ("duration_ms", -1),
        ("timestamp", "now"),
    ],
)
def test_invalid_telemetry_is_rejected_with_a_message(service: MonitoringService, field: str, value: object) -> None:
    service.register_agent(AgentRecord("scout", "developer"))
    with pytest.raises(ValidationError, match=field):
        service.add_telemetry(replace(TelemetryRecord("scout"), **{field: value}))  # type: ignore[arg-type]


def test_unregistered_agent_is_not_found(service: MonitoringService) -> None:
    calls = [
        partial(service.complete_agent, "nobody"),
        partial(service.fail_agent, "nobody", "why"),
        partial(service.update_status, "nobody", "running"),
        partial(service.add_telemetry, TelemetryRecord("nobody")),
    ]
    for call in calls:
        with pytest.raises(AgentNotFound, match="there is no agent 'nobody'"):
            call()
    assert service.get_total_tokens("nobody") == (0, 0, 0)
    assert service.get_agent_telemetry("nobody") == []


async def test_telemetry_round_trips(service: MonitoringService) -> None:
    service.register_agent(AgentRecord("scout", "developer"))
    record = TelemetryRecord(
        "scout",
        1767225600.25,
        input_tokens=1000,
        output_tokens=500,
        cache_read_tokens=200,
        cache_creation_tokens=100,
        cache_creation_1h_tokens=40,
        reasoning_tokens=50,
        estimated_cost=0.25,
        model=SONNET,
        provider="anthropic",
        tool_name="bash",
        tool_args='["ls"]',
        tool_approved=True,
        tool_approval_type="policy",  # type: ignore[arg-type]  # words will do
        engine_id="claude",
        operation="chat",
        plan_id="REQ-49",
        task_id="I1.T1",
        duration_ms=1200,
        ttft_ms=300,
    )
    await service.record_telemetry(record)
    (stored,) = service.get_agent_telemetry("scout")
    assert replace(stored, uid=record.uid) == record
    assert service.get_total_tokens("scout") == (1000, 500, 1800)
    assert service.get_total_cost("scout") == 0.25


def test_tool_call_without_tokens_is_not_a_response(service: MonitoringService) -> None:
    service.register_agent(AgentRecord("scout", "developer"))
    service.add_telemetry(
        TelemetryRecord("scout", tool_name="bash", tool_args='{"command": "ls"}', tool_approved=False)
    )
    (stored,) = service.get_agent_telemetry("scout")
    assert (stored.tool_name, stored.tool_args, stored.tool_approved) == ("bash", '{"command": "ls"}', False)
    assert service.get_telemetry_summary() == []


def test_costs_follow_the_price_list_and_unknown_models_are_unpriced(service: MonitoringService) -> None:
    service.register_agent(AgentRecord("scout", "developer"))
    service.add_telemetry(TelemetryRecord("scout", input_tokens=1000, output_tokens=500, model=SONNET))
    service.add_telemetry(TelemetryRecord("scout", input_tokens=1000, output_tokens=500, model="seagull-1"))
    (summary,) = service.get_telemetry_summary("scout")
    assert (summary.agent_id, summary.requests, summary.total_tokens) == ("scout", 2, 3000)
    assert summary.total_cost == pytest.approx(0.0105)
    assert (summary.unpriced_requests, summary.is_lower_bound) == (1, True)
    assert {stored.estimated_cost for stored in service.get_agent_telemetry("scout")} == {0.0105, None}


def test_record_calculates_its_cost() -> None:
    record = TelemetryRecord("scout", input_tokens=1000, output_tokens=500, model=SONNET, engine_id="claude")
    assert record.calculate_cost() == pytest.approx(0.0105)
    assert replace(record, cache_read_tokens=10000).calculate_cost() == pytest.approx(0.0135)
    assert TelemetryRecord("scout", input_tokens=1, model="seagull-1").calculate_cost() is None


def test_repeated_record_counts_once(service: MonitoringService) -> None:
    service.register_agent(AgentRecord("scout", "developer"))
    record = TelemetryRecord("scout", input_tokens=10, model=SONNET)
    for _ in range(2):
        service.add_telemetry(record)
    assert service.get_total_tokens("scout").total == 10


def test_stream_and_service_share_the_row_of_an_agent(path: Path, stream: Path) -> None:
    with session("harbour"), agent("developer", "scout"), MonitoringService(path) as service:
        record_usage(SONNET, 100, 20)
        service.register_agent(AgentRecord("scout", "developer", plan_id="REQ-49"))
        service.add_telemetry(TelemetryRecord("scout", input_tokens=1, output_tokens=2, model=SONNET))
    store = open_store(path)
    read_file(store, stream, Stream(), PriceBook())
    (scout,) = store.agents(plan="REQ-49")
    assert scout.id == "stream/harbour/scout"
    assert store.totals(SessionKey("stream", "harbour")).amount.total_tokens == 123
    assert store.agent_amounts()[scout.id].cost / PICO == pytest.approx(101 * 3e-6 + 22 * 15e-6)
    store.close()


def test_disabled_telemetry_stores_nothing(service: MonitoringService) -> None:
    configure(enabled=False)
    service.register_agent(AgentRecord("scout", "developer"))
    service.add_telemetry(TelemetryRecord("scout", input_tokens=1))
    assert service.list_agents() == []


def test_settings_remove_arguments_and_anonymize_paths(service: MonitoringService) -> None:
    service.register_agent(AgentRecord("scout", "developer", log_file="/home/ann/scout.log"))
    configure(include_tool_args=False, anonymize_paths=True)
    service.register_agent(AgentRecord("other", "developer", log_file="/home/ann/scout.log"))
    service.add_telemetry(TelemetryRecord("scout", tool_name="bash", tool_args='["ls"]'))
    scout, other = service.list_agents()
    assert scout.log_file == "/home/ann/scout.log"
    assert other.log_file is not None
    assert "ann" not in other.log_file
    assert service.get_agent_telemetry("scout")[0].tool_args is None


def test_unwritable_store_delays_records_without_loss(
    path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, "tui_monitor.telemetry")
    path.parent.mkdir()
    path.write_bytes(b"no database" * 1000)
    with MonitoringService(path, session_id="harbour") as service:
        for name in ("a", "b"):
            service.register_agent(AgentRecord(name, "developer"))
        service.complete_agent("a")
        service.add_telemetry(TelemetryRecord("a", input_tokens=10, model=SONNET))
        with pytest.raises(DatabaseError, match="is not a database: move it away"):
            service.list_agents()
        assert [record.levelno for record in caplog.records] == [logging.WARNING]
        path.unlink()
        monkeypatch.setattr(outbox, "RETRY_S", 0.0)
        assert [each.status for each in service.list_agents()] == [AgentStatus.COMPLETED, AgentStatus.STARTING]
        assert service.get_total_tokens("a").total == 10
    assert [record.levelno for record in caplog.records] == [logging.WARNING, logging.INFO]


def test_waiting_batches_are_bounded(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "tui_monitor.telemetry")
    monkeypatch.setattr(outbox, "MAX_WAITING_BATCHES", 3)
    path.mkdir(parents=True)
    service = MonitoringService(path, session_id="harbour")
    for number in range(5):
        service.register_agent(AgentRecord(f"scout-{number}", "developer"))
    path.rmdir()
    assert [each.id for each in service.list_agents()] == ["scout-2", "scout-3", "scout-4"]
    assert "2 batches were lost" in caplog.text
    service.close()


def test_default_store_is_the_monitors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_MONITOR_DATA_DIR", str(tmp_path / "data"))
    with MonitoringService() as service:
        service.register_agent(AgentRecord("scout", "developer"))
    assert (tmp_path / "data" / "monitoring.db").is_file()


def test_threads_share_a_service(service: MonitoringService) -> None:
    service.register_agent(AgentRecord("scout", "developer"))

    def work() -> None:
        for _ in range(5):
            service.add_telemetry(TelemetryRecord("scout", input_tokens=1))

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert service.get_total_tokens("scout").total == 20


WRITER = """
import sys
from tui_monitor.telemetry import AgentRecord, MonitoringService, TelemetryRecord

with MonitoringService(sys.argv[1], session_id="harbour") as service:
    service.register_agent(AgentRecord(sys.argv[2], "developer"))
    for _ in range(10):
        service.add_telemetry(TelemetryRecord(sys.argv[2], input_tokens=1, output_tokens=1))
"""


def test_processes_share_a_store_and_count_each_record_once(path: Path, service: MonitoringService) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, path, f"scout-{number}"]) for number in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert [(each.requests, each.total_tokens) for each in service.get_telemetry_summary()] == [(10, 20)] * 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_forked_child_uses_its_own_connection(service: MonitoringService) -> None:
    service.register_agent(AgentRecord("parent", "developer"))
    child = os.fork()
    if child == 0:
        try:
            service.register_agent(AgentRecord("child", "developer"))
            service.close()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    service.register_agent(AgentRecord("later", "developer"))
    assert [each.id for each in service.list_agents()] == ["parent", "child", "later"]


def test_damaged_store_of_the_monitor_is_set_aside_and_nothing_of_the_agent_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TUI_MONITOR_DATA_DIR", str(tmp_path))
    path = tmp_path / "monitoring.db"
    path.write_bytes(b"no database" * 1000)
    with MonitoringService(session_id="harbour") as service:
        service.register_agent(AgentRecord("a", "developer"))
        assert [agent.id for agent in service.list_agents()] == ["a"]
    assert "is kept as monitoring.db.damaged-" in caplog.text
    assert len(list(tmp_path.glob("monitoring.db.damaged-*"))) == 1


def test_store_that_is_deleted_while_it_is_open_is_made_anew_with_its_agents(path: Path) -> None:
    with MonitoringService(path, session_id="harbour") as service:
        service.register_agent(AgentRecord("a", "developer"))
        path.unlink()
        service.register_agent(AgentRecord("b", "developer"))
    with MonitoringService(path, session_id="harbour") as service:
        assert [agent.id for agent in service.list_agents()] == ["a", "b"]
