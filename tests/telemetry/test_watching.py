"""The collector, and the decorator that feeds it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.telemetry.support import events, line, lines, only
from tui_monitor.events import EndpointRequest, Tokens, Usage
from tui_monitor.telemetry import MetricsCollector, TokenCounts, configure, monitor

HAIKU = "claude-3-haiku-20240307"


def test_a_function_keeps_its_name_value_and_exception(collector: MetricsCollector) -> None:
    @monitor()
    def moor(berth: int) -> int:
        """Moors."""
        return 10 // berth

    assert (moor.__name__, moor.__doc__, moor(5)) == ("moor", "Moors.", 2)
    with pytest.raises(ZeroDivisionError):
        moor(0)
    good, bad = collector.get_requests()
    assert (good.endpoint, good.status_code, good.method) == ("moor", 200, "")
    assert (bad.status_code, bad.error) == (500, "integer division or modulo by zero")
    assert collector.get_summary()["success_rate"] == 0.5


def test_it_decorates_without_parentheses_too(collector: MetricsCollector) -> None:
    @monitor
    def moor(berth: int) -> int:
        return 10 // berth

    assert moor(5) == 2
    assert collector.get_requests()[0].endpoint == "moor"


async def test_a_cancelled_call_is_not_a_broken_one(collector: MetricsCollector) -> None:
    @monitor()
    async def moor() -> None:
        await asyncio.Event().wait()

    task = asyncio.create_task(moor())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert collector.get_requests()[0].status_code == 499


def test_endpoint_and_method_can_be_told(collector: MetricsCollector, stream: Path) -> None:
    @monitor(endpoint="/berths", method="GET")
    def berths() -> dict[str, int]:
        return {"status_code": 404}

    berths()
    request = only(events(stream), EndpointRequest)
    assert (request.endpoint, request.method, request.status) == ("/berths", "GET", 404)
    assert collector.get_summary()["failed_requests"] == 1


@pytest.mark.parametrize(
    ("track_tokens", "track_cost", "tokens", "cost"),
    [(False, False, 0, 0), (True, False, 150, 0), (True, True, 150, 0.0000875)],
)
def test_tokens_and_cost_are_tracked_as_asked(
    collector: MetricsCollector, track_tokens: bool, track_cost: bool, tokens: int, cost: float
) -> None:
    @monitor(track_tokens, track_cost)
    def chat() -> dict[str, object]:
        return {"prompt_tokens": 100, "completion_tokens": 50, "model": HAIKU}

    chat()
    summary = collector.get_summary()
    assert summary["total_tokens"] == tokens
    assert summary["total_cost"] == pytest.approx(cost)


def test_the_tokens_of_a_request_are_those_of_a_response(collector: MetricsCollector, stream: Path) -> None:
    collector.record_request("/chat", "POST", 0.25, 200, model=HAIKU, tokens=TokenCounts(100, 50))
    told = events(stream)
    assert only(told, Usage).tokens == Tokens(input=100, output=50)
    request = only(told, EndpointRequest)
    assert (request.duration_ms, request.tokens, request.model) == (250, 150, HAIKU)


def test_a_sum_is_not_split_by_guess() -> None:
    collector = MetricsCollector()
    collector.record_request("/chat", "POST", 0.1, 200, tokens_used=1000, model=HAIKU)
    usage = collector.get_model_usage()[HAIKU]
    assert (usage.total_tokens, usage.prompt_tokens, usage.completion_tokens) == (1000, 0, 0)
    assert usage.total_cost == pytest.approx(0.00025)


def test_an_unknown_model_is_not_free() -> None:
    collector = MetricsCollector()
    collector.record_request("/chat", "POST", 0.1, 200, tokens_used=1000, model="no-such-model")
    assert collector.get_requests()[0].cost is None
    assert collector.get_model_usage("no-such-model")["no-such-model"].unpriced == 1
    assert collector.get_model_usage("unused")["unused"].request_count == 0


def test_costs_of_many_requests_are_summed_before_they_are_asked_for() -> None:
    collector = MetricsCollector(max_records=5)
    for _ in range(2500):
        collector.record_request("/chat", "POST", 0.1, 200, model=HAIKU, tokens=TokenCounts(1000, 0))
    assert collector.get_model_usage()[HAIKU].total_cost == pytest.approx(0.625)


def test_it_is_bounded_and_counts_all() -> None:
    collector = MetricsCollector(max_records=10)
    for number in range(100):
        collector.record_metric("m", number)
        collector.record_request(f"/{number}", "GET", 0.1, 200, tokens_used=1, model=f"model-{number}")
    assert len(collector.get_metrics()) == len(collector.get_requests()) == 10
    assert collector.get_summary()["total_requests"] == 100


def test_times_may_have_a_zone_or_be_local() -> None:
    collector = MetricsCollector()
    collector.record_metric("m", 1)
    for now in (datetime.now(UTC), datetime.now()):  # noqa: DTZ005
        assert len(collector.get_metrics(since=now - timedelta(minutes=1))) == 1
        assert not collector.get_metrics(since=now + timedelta(minutes=1))


def test_tags_are_as_they_were() -> None:
    collector, tags = MetricsCollector(), {"region": "north"}
    collector.record_metric("m", 1, tags)
    tags["region"] = "south"
    assert collector.get_metrics()[0].tags == {"region": "north"}


def test_what_failed_is_told(collector: MetricsCollector, stream: Path) -> None:
    collector.record_request("/chat", "POST", 0.1, 500, error="no berth, token=hunter22")
    assert line(stream, "request")["error"] == "no berth, token=***"


def test_nothing_is_collected_when_recording_is_off(collector: MetricsCollector, stream: Path) -> None:
    configure(enabled=False)
    collector.record_metric("m", 1)
    collector.record_request("/chat", "POST", 0.1, 200)
    assert (collector.get_metrics(), collector.get_requests()) == ([], [])
    assert not stream.exists()


def test_every_line_is_one_event(collector: MetricsCollector, stream: Path) -> None:
    collector.record_metric("m", 1)
    collector.record_request("/chat", "POST", 0.1, 200)
    assert [told["type"] for told in lines(stream)] == ["metric", "request"]
