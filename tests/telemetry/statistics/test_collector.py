"""Collectors of metrics and requests, and that of the process, which also records them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.telemetry.support import only, read_events, read_line, read_lines
from tui_monitor.events import EndpointRequest, Tokens, Usage
from tui_monitor.telemetry import MetricsCollector, TokenCounts, configure

HAIKU = "claude-3-haiku-20240307"


def test_request_tokens_are_recorded_as_one_response(collector: MetricsCollector, stream: Path) -> None:
    collector.record_request("/chat", "POST", 0.25, 200, model=HAIKU, tokens=TokenCounts(100, 50))
    events = read_events(stream)
    assert only(events, Usage).tokens == Tokens(input=100, output=50)
    request = only(events, EndpointRequest)
    assert (request.duration_ms, request.tokens, request.model) == (250, 150, HAIKU)


def test_token_sum_is_not_split_by_guessing() -> None:
    collector = MetricsCollector()
    collector.record_request("/chat", "POST", 0.1, 200, tokens_used=1000, model=HAIKU)
    usage = collector.get_model_usage()[HAIKU]
    assert (usage.total_tokens, usage.prompt_tokens, usage.completion_tokens) == (1000, 0, 0)
    assert usage.total_cost == pytest.approx(0.00025)


def test_unknown_model_is_not_free() -> None:
    collector = MetricsCollector()
    collector.record_request("/chat", "POST", 0.1, 200, tokens_used=1000, model="no-such-model")
    assert collector.get_requests()[0].cost is None
    assert collector.get_model_usage("no-such-model")["no-such-model"].unpriced == 1
    assert collector.get_model_usage("unused")["unused"].request_count == 0


def test_costs_of_evicted_requests_are_counted() -> None:
    collector = MetricsCollector(max_records=5)
    for _ in range(2500):
        collector.record_request("/chat", "POST", 0.1, 200, model=HAIKU, tokens=TokenCounts(1000, 0))
    assert collector.get_model_usage()[HAIKU].total_cost == pytest.approx(0.625)


def test_collector_is_bounded_but_counts_all() -> None:
    collector = MetricsCollector(max_records=10)
    for number in range(100):
        collector.record_metric("m", number)
        collector.record_request(f"/{number}", "GET", 0.1, 200, tokens_used=1, model=f"model-{number}")
    assert len(collector.get_metrics()) == len(collector.get_requests()) == 10
    assert collector.get_summary()["total_requests"] == 100


def test_since_accepts_aware_and_naive_times() -> None:
    collector = MetricsCollector()
    collector.record_metric("m", 1)
    for now in (datetime.now(UTC), datetime.now()):  # noqa: DTZ005
        assert len(collector.get_metrics(since=now - timedelta(minutes=1))) == 1
        assert not collector.get_metrics(since=now + timedelta(minutes=1))


def test_tags_are_copied() -> None:
    collector, tags = MetricsCollector(), {"region": "north"}
    collector.record_metric("m", 1, tags)
    tags["region"] = "south"
    assert collector.get_metrics()[0].tags == {"region": "north"}


def test_request_error_is_recorded_and_masked(collector: MetricsCollector, stream: Path) -> None:
    collector.record_request("/chat", "POST", 0.1, 500, error="no berth, token=hunter22")
    assert read_line(stream, "request")["error"] == "no berth, token=***"


def test_disabled_recording_collects_nothing(collector: MetricsCollector, stream: Path) -> None:
    configure(enabled=False)
    collector.record_metric("m", 1)
    collector.record_request("/chat", "POST", 0.1, 200)
    assert (collector.get_metrics(), collector.get_requests()) == ([], [])
    assert not stream.exists()


def test_every_record_is_one_line(collector: MetricsCollector, stream: Path) -> None:
    collector.record_metric("m", 1)
    collector.record_request("/chat", "POST", 0.1, 200)
    assert [line["type"] for line in read_lines(stream)] == ["metric", "request"]
