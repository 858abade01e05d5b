"""What the service records is in the stream, too: a monitor shows it live, and counts it once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.telemetry.support import of_type, read_events, read_lines
from tui_monitor.events import AgentUpdate, CallFinished, CustomFields, SessionUpdate, Usage
from tui_monitor.feed.batch_reader import read_file
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.stream.adapter import Stream
from tui_monitor.store import open_store
from tui_monitor.telemetry import AgentRecord, HookRegistry, MonitoringService, TelemetryRecord, configure, session


def record_all(path: Path, hooks: HookRegistry | None = None) -> None:
    with MonitoringService(path, session_id="REQ-123", hooks=hooks) as service:
        service.register_agent(AgentRecord("lead", "architect", plan_id="REQ-49", task_id="T1", description="Draws"))
        service.register_agent(AgentRecord("dev", "developer", parent_id="lead"))
        service.update_status("dev", "running")
        usage = TelemetryRecord("dev", input_tokens=1500, output_tokens=800, model="gpt-4o", tool_name="bash")
        asyncio.run(service.record_telemetry(usage))
        service.fail_agent("dev", "no berth")


def test_session_of_a_service_is_in_the_stream_with_its_agents(tmp_path: Path, stream: Path) -> None:
    record_all(tmp_path / "m.db")
    events = read_events(stream)
    assert {event.session.id for event in events} == {"REQ-123"}
    assert next(update.cwd for update in of_type(events, SessionUpdate) if update.cwd)
    facts = [(update.agent, update.parent, update.plan, update.task) for update in of_type(events, AgentUpdate)]
    assert ("lead", None, "REQ-49", "T1") in facts
    assert ("dev", "lead", "", "") in facts
    assert [update.error for update in of_type(events, AgentUpdate) if update.error] == ["no berth"]
    assert [(usage.agent, usage.tokens.total) for usage in of_type(events, Usage)] == [("dev", 2300)]
    assert len(of_type(events, CallFinished)) == 1


def test_store_that_has_both_counts_once(tmp_path: Path, stream: Path) -> None:
    path = tmp_path / "m.db"
    record_all(path)
    store = open_store(path)
    before, agents = store.overall(), store.agents()
    read_file(store, stream, Stream(), PriceBook())
    assert store.overall() == before
    rows = [(row.id, row.type, row.parent, row.plan, row.status, row.error) for row in store.agents()]
    assert [(row.id, row.type, row.parent, row.plan, row.status, row.error) for row in agents] == [
        row for row in rows if not row[0].endswith("/main")
    ]
    store.close()


def test_session_that_is_open_is_not_announced_again(tmp_path: Path, stream: Path) -> None:
    with session("REQ-123"):
        record_all(tmp_path / "m.db")
    lines = [line for line in read_lines(stream) if line["type"] == "agent" and line["agent_id"] == "REQ-123"]
    assert [line["status"] for line in lines] == ["running", "completed"]


def test_nothing_is_written_where_nothing_is_to_persist(tmp_path: Path, stream: Path) -> None:
    configure(persist=False)
    record_all(tmp_path / "m.db")
    assert not stream.exists()


FIELDS = {"team": "blue", "cost_centre": 7, "reviewed": True, "tags": ["a", "b"]}


@pytest.mark.parametrize("is_read_from_stream", [False, True])
def test_fields_of_hooks_come_back(tmp_path: Path, stream: Path, is_read_from_stream: bool) -> None:
    path, hooks = tmp_path / "m.db", HookRegistry()
    hooks.register("telemetry_collection", lambda data: FIELDS)
    record_all(path, hooks)
    if is_read_from_stream:
        path = tmp_path / "other.db"
        store = open_store(path)
        read_file(store, stream, Stream(), PriceBook())
        store.close()
    with MonitoringService(path, session_id="REQ-123") as service:
        [record] = service.get_agent_telemetry("dev")
    assert record.custom == FIELDS


async def test_fields_of_agents_hooks_come_back(tmp_path: Path, stream: Path) -> None:
    with MonitoringService(tmp_path / "m.db", session_id="s") as service:
        service.hooks.register("agent_start", lambda data: {"team": "blue"})
        service.hooks.register("agent_complete", lambda data: {"grade": 1, "success": False})
        await service.register_agent_with_hooks(AgentRecord("a", "dev"))
        await service.complete_agent_with_hooks("a")
        agent = service.get_agent("a")
    assert agent
    assert agent.custom == {"team": "blue", "grade": 1}
    assert [event.uid for event in of_type(read_events(stream), CustomFields)] == ["", ""]


def test_secrets_in_fields_of_hooks_are_masked(tmp_path: Path, stream: Path) -> None:
    hooks = HookRegistry()
    hooks.register("telemetry_collection", lambda data: {"password": "opensesame"})
    record_all(tmp_path / "m.db", hooks)
    assert b"opensesame" not in stream.read_bytes()
    with MonitoringService(tmp_path / "m.db", session_id="REQ-123") as service:
        assert service.get_agent_telemetry("dev")[0].custom == {"password": "***"}
