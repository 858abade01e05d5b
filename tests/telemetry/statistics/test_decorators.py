"""The `monitor` decorator."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.telemetry.support import only, read_events
from tui_monitor.events import EndpointRequest
from tui_monitor.telemetry import MetricsCollector, monitor

HAIKU = "claude-3-haiku-20240307"


def test_monitored_function_keeps_name_result_and_exception(collector: MetricsCollector) -> None:
    @monitor()
    def moor(berth: int) -> int:
        """Return the boats per berth."""
        return 10 // berth

    assert (moor.__name__, moor.__doc__, moor(5)) == ("moor", "Return the boats per berth.", 2)
    with pytest.raises(ZeroDivisionError) as division:
        moor(0)
    good, bad = collector.get_requests()
    assert (good.endpoint, good.status_code, good.method) == ("moor", 200, "")
    assert (bad.status_code, bad.error) == (500, str(division.value))
    assert collector.get_summary()["success_rate"] == 0.5


def test_monitor_works_without_parentheses(collector: MetricsCollector) -> None:
    @monitor
    def moor(berth: int) -> int:
        return 10 // berth

    assert moor(5) == 2
    assert collector.get_requests()[0].endpoint == "moor"


async def test_cancelled_call_has_status_499(collector: MetricsCollector) -> None:
    @monitor()
    async def moor() -> None:
        await asyncio.Event().wait()

    task = asyncio.create_task(moor())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert collector.get_requests()[0].status_code == 499


def test_endpoint_and_method_can_be_set(collector: MetricsCollector, stream: Path) -> None:
    @monitor(endpoint="/berths", method="GET")
    def berths() -> dict[str, int]:
        return {"status_code": 404}

    berths()
    request = only(read_events(stream), EndpointRequest)
    assert (request.endpoint, request.method, request.status) == ("/berths", "GET", 404)
    assert collector.get_summary()["failed_requests"] == 1


@pytest.mark.parametrize(
    ("track_tokens", "track_cost", "tokens", "cost"),
    [(False, False, 0, 0), (True, False, 150, 0), (True, True, 150, 0.0000875)],
)
def test_track_tokens_and_track_cost(
    collector: MetricsCollector, track_tokens: bool, track_cost: bool, tokens: int, cost: float
) -> None:
    @monitor(track_tokens, track_cost)
    def chat() -> dict[str, object]:
        return {"prompt_tokens": 100, "completion_tokens": 50, "model": HAIKU}

    chat()
    summary = collector.get_summary()
    assert summary["total_tokens"] == tokens
    assert summary["total_cost"] == pytest.approx(cost)
