"""The `monitor` decorator."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.telemetry.support import of_type, only, read_events
from tui_monitor.events import EndpointRequest, Usage
from tui_monitor.telemetry import MetricsCollector, TokenCounts, monitor

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


class GoneError(Exception):
    """An exception as web frameworks have them."""

    status_code = 404


class TeapotError(Exception):
    """An exception as HTTP clients have them."""

    response = SimpleNamespace(status_code=418)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (SimpleNamespace(status_code=503), 503),
        ({"status_code": 404}, 404),
        (GoneError(), 404),
        (TeapotError(), 418),
        (ValueError(), 500),
        (None, 200),
    ],
)
def test_status_is_that_of_the_answer(collector: MetricsCollector, answer: object, status: int) -> None:
    @monitor
    def call() -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    with suppress(GoneError, TeapotError, ValueError):
        assert call() is answer
    assert collector.get_requests()[0].status_code == status


def test_stream_lasts_until_it_fails(collector: MetricsCollector) -> None:
    @monitor
    def stream() -> Iterator[int]:
        yield 1
        raise ValueError("late")

    with pytest.raises(ValueError, match="late"):
        list(stream())
    request = collector.get_requests()[0]
    assert (request.status_code, request.error) == (500, "late")


def test_tokens_of_a_providers_response_are_recorded_with_its_cache(collector: MetricsCollector, stream: Path) -> None:
    response = {
        "model": "claude-sonnet-4-5",
        "usage": {"input_tokens": 20, "output_tokens": 5, "cache_read_input_tokens": 300},
    }

    @monitor(track_tokens=True)
    def ask() -> object:
        return response

    @monitor(track_tokens=True)
    def ask_in_parts() -> Iterator[object]:
        yield {"type": "message_start", "message": response}
        yield {"type": "ping"}

    ask()
    list(ask_in_parts())
    assert [request.tokens for request in collector.get_requests()] == [TokenCounts(320, 5)] * 2
    assert [(each.tokens.input, each.tokens.cache_read) for each in of_type(read_events(stream), Usage)][:1] == [
        (20, 300)
    ]


def test_result_that_cannot_be_read_passes_through(collector: MetricsCollector) -> None:
    class Row(Mapping[str, object]):
        def __getitem__(self, key: str) -> object:
            raise ConnectionError("the row is gone")

        def __iter__(self) -> Iterator[str]:
            return iter(())

        def __len__(self) -> int:
            return 0

    row = Row()
    assert monitor(track_tokens=True)(lambda: row)() is row
    assert collector.get_requests()[0].status_code == 200
