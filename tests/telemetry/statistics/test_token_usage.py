"""Token counters, and `record_usage`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.telemetry.support import of_type, only, read_events, read_line, read_lines
from tui_monitor.events import Rank, Tokens, Usage
from tui_monitor.telemetry import (
    TOKEN_USAGE,
    TokenCounts,
    TokenUsageRegistry,
    TokenUsageTracker,
    configure,
    get_recording_status,
    operation,
    record_usage,
)


def test_counts_add_up() -> None:
    counts = TokenCounts(1, 2)
    assert counts.add(TokenCounts(10, 20)) == counts + TokenCounts(10, 20) == TokenCounts(11, 22)
    assert counts.total() == 3
    assert str(TokenCounts(1500, 800)) == "1500 in / 800 out (2300 total)"


def test_tracker_computes_averages_and_maxima() -> None:
    tracker = TokenUsageTracker("gpt-4o")
    tracker.record(100, 50)
    tracker.record_counts(TokenCounts(300, 10))
    snapshot = tracker.snapshot()
    assert (tracker.totals(), tracker.request_count()) == (TokenCounts(400, 60), 2)
    assert (snapshot.stats.avg_input, snapshot.stats.avg_output, snapshot.stats.avg_total) == (200, 30, 230)
    assert (snapshot.stats.max_input, snapshot.stats.max_output, snapshot.stats.max_total) == (300, 50, 310)
    assert snapshot.summary() == "gpt-4o: 460 tokens (2 requests)"
    assert snapshot.detailed().splitlines()[1:] == ["  Avg: 200.0 in / 30.0 out", "  Max: 300 in / 50 out"]


def test_empty_snapshot_is_zero() -> None:
    assert TokenUsageTracker("x").snapshot().stats.avg_total == 0


def test_registry_counts_by_model_operation_and_globally() -> None:
    registry = TokenUsageRegistry()
    registry.record_model_usage("small", 1, 1)
    registry.record_model_usage("large", 10, 10)
    registry.record_operation_usage("review", 10, 10)
    assert [snapshot.name for snapshot in registry.model_snapshots()] == ["large", "small"]
    assert [snapshot.totals.total() for snapshot in registry.operation_snapshots()] == [20]
    assert registry.global_snapshot().totals == registry.global_tracker().totals() == TokenCounts(11, 11)
    tracker = registry.get_operation_tracker("review")
    assert tracker is not None
    assert tracker.request_count() == 1
    assert registry.get_model_tracker("none") is None


def test_registry_is_bounded() -> None:
    registry = TokenUsageRegistry()
    for number in range(3000):
        registry.record_model_usage(f"model-{number}", 1, 0)
    assert len(registry.model_snapshots()) <= 1001
    assert sum(snapshot.totals.input for snapshot in registry.model_snapshots()) == 3000


def test_threads_lose_no_count() -> None:
    registry = TokenUsageRegistry()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: registry.record_model_usage("m", 1, 2), range(2000)))
    assert registry.global_snapshot().totals == TokenCounts(2000, 4000)


def test_response_is_recorded_with_all_arguments(stream: Path) -> None:
    before = TOKEN_USAGE.global_tracker().totals()
    with operation("review", plan_id="p", provider="anthropic"):
        record_usage(
            "claude-sonnet-4-5",
            10,
            20,
            cache_read_tokens=30,
            cache_creation_tokens=40,
            cache_creation_1h_tokens=5,
            reasoning_tokens=6,
            web_searches=1,
            estimated_cost=0.5,
            duration_ms=1200,
            ttft_ms=300,
        )
    usage = only(read_events(stream), Usage)
    assert usage.tokens == Tokens(10, 20, 30, 40, 5, 6)
    assert (usage.model, usage.provider, usage.operation, usage.plan) == (
        "claude-sonnet-4-5",
        "anthropic",
        "review",
        "p",
    )
    assert (usage.web_searches, usage.reported_cost, usage.duration_ms, usage.ttft_ms) == (1, 5 * 10**11, 1200, 300)
    assert TOKEN_USAGE.global_tracker().totals() == before + TokenCounts(80, 20)


def test_response_is_recorded_as_it_is(stream: Path) -> None:
    counts = {"input_tokens": 10, "output_tokens": 20, "cache_read_input_tokens": 30, "speed": "fast"}
    before = TOKEN_USAGE.global_tracker().totals()
    record_usage({"type": "message", "model": "claude-opus-4-6", "usage": counts}, duration_ms=7, operation="review")
    usage = only(read_events(stream), Usage)
    assert (usage.model, usage.tokens, usage.speed) == ("claude-opus-4-6", Tokens(10, 20, 30), "fast")
    assert (usage.duration_ms, usage.operation, usage.rank) == (7, "review", Rank.FINAL)
    assert TOKEN_USAGE.global_tracker().totals() == before + TokenCounts(40, 20)


@pytest.mark.parametrize(
    "response",
    [
        {"model": "gpt-4o", "choices": []},
        {"model": "gpt-4o", "usage": None},
        {"model": "gpt-4o", "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}},
        '{"model": "gpt-4o", "choices": []}',
        [{"model": "gpt-4o", "choices": [{}]}, {"model": "gpt-4o", "choices": []}],
    ],
)
def test_response_without_tokens_is_a_lower_bound(stream: Path, response: object) -> None:
    record_usage(response, provider="openai")
    usage = only(read_events(stream), Usage)
    assert (usage.model, usage.provider, usage.tokens, usage.rank) == ("gpt-4o", "openai", Tokens(), Rank.PARTIAL)


def test_counts_alone_are_recorded_with_the_given_model(stream: Path) -> None:
    record_usage({"prompt_tokens": 5, "completion_tokens": 6}, model="gpt-4o")
    record_usage(model="gpt-4o", input_tokens=5, output_tokens=6)
    record_usage("gpt-4o", 5, 6)
    usages = of_type(read_events(stream), Usage)
    assert {(usage.model, usage.tokens) for usage in usages} == {("gpt-4o", Tokens(5, 6))}
    assert len(usages) == 3


def test_advisor_of_a_response_is_a_line_of_its_own(stream: Path) -> None:
    advice = {"type": "advisor_message", "model": "claude-opus-4-7", "input_tokens": 3, "output_tokens": 4}
    counts = {"input_tokens": 10, "output_tokens": 20, "iterations": [advice]}
    record_usage({"type": "message", "model": "claude-opus-4-6", "usage": counts}, model="mine", duration_ms=9)
    recorded = of_type(read_events(stream), Usage)
    assert [(each.model, each.operation, each.tokens.total, each.duration_ms) for each in recorded] == [
        ("mine", "", 30, 9),
        ("claude-opus-4-7", "advisor", 7, None),
    ]


def test_what_is_no_response_is_lost_and_counted(stream: Path, caplog: pytest.LogCaptureFixture) -> None:
    lost = get_recording_status().lost
    for value in (3, None, {}, "[]", object()):
        record_usage(value)
    assert get_recording_status().lost == lost + 5
    assert not stream.exists()


def test_total_tokens_alone_are_a_lower_bound(stream: Path) -> None:
    record_usage("gpt-4o", total_tokens=150)
    usage = only(read_events(stream), Usage)
    assert (usage.tokens.total, usage.rank) == (150, Rank.PARTIAL)


def test_model_usage_counts_for_the_current_operation() -> None:
    with operation("haul"):
        TOKEN_USAGE.record_model_usage("gpt-4o", 5, 6)
    tracker = TOKEN_USAGE.get_operation_tracker("haul")
    assert tracker is not None
    assert tracker.totals() == TokenCounts(5, 6)


def test_operation_usage_is_not_written_to_the_stream(stream: Path) -> None:
    TOKEN_USAGE.record_operation_usage("tow", 5, 6)
    TOKEN_USAGE.record_model_usage("gpt-4o", 5, 6)
    assert len(read_lines(stream)) == 1
    assert read_line(stream, "usage")["model"] == "gpt-4o"


def test_disabled_recording_counts_no_usage(stream: Path) -> None:
    configure(enabled=False)
    before = TOKEN_USAGE.global_snapshot()
    TOKEN_USAGE.record_model_usage("gpt-4o", 5, 6)
    TOKEN_USAGE.record_operation_usage("review", 5, 6)
    assert TOKEN_USAGE.global_snapshot() == before
    assert not stream.exists()
