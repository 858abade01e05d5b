"""Hooks: they may change records and add to them, but neither block nor lose one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from threading import Event

import pytest

from tui_monitor.events import LogLine, MetricSample, SessionKey
from tui_monitor.store import open_store
from tui_monitor.telemetry import AgentRecord, AgentStatus, HookRegistry, HookType, MonitoringService, TelemetryRecord
from tui_monitor.telemetry.service.hooks import HookData

RECORD = TelemetryRecord("scout", input_tokens=1000, output_tokens=500, model="claude-3-5-sonnet-20241022")
AT_NIGHT: ContextVar[bool] = ContextVar("at_night", default=False)


@pytest.fixture
def hooks() -> HookRegistry:
    """A registry with a short time limit."""
    return HookRegistry(time_limit=0.2)


@pytest.fixture
def service(tmp_path: Path, hooks: HookRegistry) -> Iterator[MonitoringService]:
    """A service with these hooks and one agent."""
    with MonitoringService(tmp_path / "monitoring.db", session_id="harbour", hooks=hooks) as service:
        service.register_agent(AgentRecord("scout", "developer"))
        yield service


async def test_hook_changes_the_cost_of_a_record(service: MonitoringService, hooks: HookRegistry) -> None:
    hooks.register("telemetry_collection", lambda data: {"estimated_cost": 0.5, "provider": "the harbour"})
    stored = await service.record_telemetry(RECORD)
    assert (stored.estimated_cost, stored.provider) == (0.5, "the harbour")
    assert service.get_total_cost("scout") == 0.5


async def test_hooks_run_by_priority(service: MonitoringService, hooks: HookRegistry) -> None:
    async def double(data: HookData) -> HookData:
        assert isinstance(data["estimated_cost"], float)
        return {"estimated_cost": data["estimated_cost"] * 2}

    hooks.register(HookType.TELEMETRY_COLLECTION, double)
    hooks.register(HookType.TELEMETRY_COLLECTION, lambda data: {"estimated_cost": 0.25}, priority=1)
    assert (await service.record_telemetry(RECORD)).estimated_cost == 0.5
    hooks.unregister(double)
    assert (await service.record_telemetry(RECORD)).estimated_cost == 0.25


async def test_fields_added_by_a_hook_are_stored(
    service: MonitoringService, hooks: HookRegistry, tmp_path: Path
) -> None:
    hooks.register("telemetry_collection", lambda data: {"tide": 2.5, "berth": "4", "total_tokens": 7})
    stored = await service.record_telemetry(RECORD)
    assert stored.custom == {"tide": 2.5, "berth": "4"}
    store = open_store(tmp_path / "monitoring.db")
    events = [recorded.event for recorded in store.history(SessionKey("stream", "harbour")).events]
    store.close()
    assert [(each.name, each.value) for each in events if isinstance(each, MetricSample)] == [("tide", 2.5)]
    assert [each.text for each in events if isinstance(each, LogLine)] == ["berth: 4"]


async def failing(data: HookData) -> HookData:
    data["input_tokens"] = 0
    raise RuntimeError("no")


def ending(data: HookData) -> HookData:
    raise SystemExit(3)


def senseless(data: HookData) -> HookData:
    return 7  # type: ignore[return-value]


def impossible(data: HookData) -> HookData:
    return {"input_tokens": -1, "agent_id": "nobody", "uid": ""}


class Hostile:
    def __repr__(self) -> str:
        raise RuntimeError("no")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no")

    __hash__ = None  # type: ignore[assignment]  # nobody needs it


def hostile(data: HookData) -> HookData:
    return {"input_tokens": Hostile(), "tool_approved": Hostile(), "tool_approval_type": Hostile()}


async def cancelling(data: HookData) -> HookData:
    raise asyncio.CancelledError


async def never(data: HookData) -> HookData:
    return await asyncio.Future()


@pytest.mark.parametrize("hook", [failing, ending, cancelling, senseless, impossible, hostile, never])
async def test_faulty_hook_does_not_lose_the_record(
    service: MonitoringService, hooks: HookRegistry, caplog: pytest.LogCaptureFixture, hook: object
) -> None:
    hooks.register("telemetry_collection", hook)  # type: ignore[arg-type]
    hooks.register("telemetry_collection", lambda data: {"plan_id": "REQ-49"})
    await service.record_telemetry(RECORD)
    (stored,) = service.get_agent_telemetry("scout")
    assert (stored.input_tokens, stored.plan_id) == (1000, "REQ-49")
    assert "is skipped" in caplog.text


async def test_blocking_hook_is_skipped_after_the_time_limit(
    service: MonitoringService, hooks: HookRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    released = Event()

    def blocking(data: HookData) -> None:
        released.wait(60)

    hooks.register("telemetry_collection", blocking)
    began = time.monotonic()
    await service.record_telemetry(RECORD)
    released.set()
    assert time.monotonic() - began < 30
    assert "no result after 0.2 seconds" in caplog.text
    assert service.get_total_tokens("scout").total == 1500


async def test_cancelled_recording_still_stores_the_record(service: MonitoringService, hooks: HookRegistry) -> None:
    hooks.time_limit = 60
    started = asyncio.Event()

    async def slow(data: HookData) -> None:
        started.set()
        await asyncio.Future()

    hooks.register("telemetry_collection", slow)
    recording = asyncio.create_task(service.record_telemetry(RECORD))
    await started.wait()
    recording.cancel()
    with pytest.raises(asyncio.CancelledError):
        await recording
    assert service.get_total_tokens("scout").total == 1500


async def test_lifecycle_hooks_get_the_documented_fields(service: MonitoringService, hooks: HookRegistry) -> None:
    calls: list[HookData] = []
    for hook_type in ("agent_start", "agent_complete", "agent_fail"):
        hooks.register(hook_type, lambda data: calls.append(data))
    await service.register_agent_with_hooks(AgentRecord("a", "developer", "scout", "REQ-49", start_time=5.0))
    await service.complete_agent_with_hooks("a", 0)
    await service.fail_agent_with_hooks("scout", "no")
    assert calls[0] == {
        "event_type": "agent_start",
        "agent_id": "a",
        "agent_type": "developer",
        "parent_id": "scout",
        "plan_id": "REQ-49",
        "start_time": 5.0,
    }
    assert [sorted(each) for each in calls[1:]] == [
        ["agent_id", "end_time", "event_type", "exit_code", "success"],
        ["agent_id", "end_time", "error_message", "event_type"],
    ]
    assert [each.status for each in service.get_plan_agents("REQ-49")] == [AgentStatus.COMPLETED]
    scout = service.get_agent("scout")
    assert scout is not None
    assert (scout.status, scout.error_message) == (AgentStatus.FAILED, "no")


async def test_hook_changes_an_agent(service: MonitoringService, hooks: HookRegistry) -> None:
    hooks.register("agent_start", lambda data: {"plan_id": "REQ-50", "agent_type": None})
    await service.register_agent_with_hooks(AgentRecord("a", "developer", plan_id="REQ-49"))
    (stored,) = service.get_plan_agents("REQ-50")
    assert (stored.id, stored.agent_type) == ("a", "developer")


async def test_hook_in_a_thread_sees_the_context_of_the_caller(hooks: HookRegistry) -> None:
    hooks.register("agent_start", lambda data: {"night": AT_NIGHT.get()})
    AT_NIGHT.set(True)
    assert (await hooks.run(HookType.AGENT_START, {}))["night"] is True


def test_unknown_hook_type_raises(hooks: HookRegistry) -> None:
    with pytest.raises(ValueError, match="noon"):
        hooks.register("noon", lambda data: None)
