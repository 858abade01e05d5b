"""Requests and metrics in bounded memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.events import EndpointRequest, MetricSample, SessionKey
from tui_monitor.merge.service import MAX_ENDPOINTS, MAX_SERIES, RECENT, EndpointRecord, SeriesRecord, ServiceRecord

SESSION = SessionKey("stream", "s")


def request(**fields: object) -> EndpointRequest:
    return EndpointRequest(session=SESSION, uid="u", **{"endpoint": "/x", **fields})  # type: ignore[arg-type]


def sample(at: int, value: float, name: str = "m", **tags: str) -> MetricSample:
    return MetricSample(session=SESSION, at=at, uid="u", name=name, value=value, tags=tuple(tags.items()))


@given(st.lists(st.floats(0.01, 10**7), min_size=1, max_size=60), st.sampled_from([50, 95]))
def test_percentile_is_right_to_one_percent(durations: list[float], share: int) -> None:
    record = EndpointRecord()
    for duration in durations:
        record.apply(request(duration_ms=duration))
    exact = sorted(durations)[-(-len(durations) * share // 100) - 1]
    assert record.percentile_ms(share) == pytest.approx(exact, rel=0.0101)


@pytest.mark.parametrize(
    ("status", "error", "failed"),
    [(200, "", 0), (399, "slow", 0), (400, "", 1), (None, "", 0), (None, "broken pipe", 1)],
)
def test_status_says_what_failed_without_one_the_error(status: int | None, error: str, failed: int) -> None:
    record = EndpointRecord()
    record.apply(request(status=status, error=error))
    assert record.failed == failed


def test_values_are_kept_in_order_of_time_whatever_comes_first() -> None:
    record = SeriesRecord()
    for at in (3, 1, 2):
        record.apply(sample(at, float(at)))
    assert record.recent == [(1, 1.0), (2, 2.0), (3, 3.0)]
    for at in range(4, 1000):
        record.apply(sample(at, float(at)))
    assert (len(record.recent), record.recent[-1], record.count) == (RECENT, (999, 999.0), 999)


def test_order_of_tags_makes_no_other_series() -> None:
    record = ServiceRecord()
    record.apply(sample(1, 1.0, a="1", b="2"))
    record.apply(sample(1, 1.0, b="2", a="1"))
    assert [series.count for series in record.series.values()] == [2]


def test_endpoints_and_series_are_bounded() -> None:
    record = ServiceRecord()
    for number in range(MAX_ENDPOINTS + 3):
        record.apply(request(endpoint=f"/{number}"))
    for number in range(MAX_SERIES + 4):
        record.apply(sample(1, 1.0, f"m{number}"))
    assert (len(record.endpoints), len(record.series), record.left_out) == (MAX_ENDPOINTS, MAX_SERIES, 7)
    record.apply(request(endpoint="/0"))
    assert record.endpoints["/0", ""].requests == 2
