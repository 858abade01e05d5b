"""Counting tokens, pricing them, and how full a context is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.telemetry.support import events, line, lines, only
from tui_monitor.events import Rank, Tokens, Usage
from tui_monitor.telemetry import (
    TOKEN_USAGE,
    ContextLimit,
    CostEstimate,
    TokenCounts,
    TokenUsageRegistry,
    TokenUsageTracker,
    calculate_cost,
    configure,
    operation,
    record_usage,
)


def test_counts_add_up() -> None:
    counts = TokenCounts(1, 2)
    assert counts.add(TokenCounts(10, 20)) == counts + TokenCounts(10, 20) == TokenCounts(11, 22)
    assert counts.total() == 3
    assert str(TokenCounts(1500, 800)) == "1500 in / 800 out (2300 total)"


def test_a_tracker_knows_averages_and_maxima() -> None:
    tracker = TokenUsageTracker("gpt-4o")
    tracker.record(100, 50)
    tracker.record_counts(TokenCounts(300, 10))
    snapshot = tracker.snapshot()
    assert (tracker.totals(), tracker.request_count()) == (TokenCounts(400, 60), 2)
    assert (snapshot.stats.avg_input, snapshot.stats.avg_output, snapshot.stats.avg_total) == (200, 30, 230)
    assert (snapshot.stats.max_input, snapshot.stats.max_output, snapshot.stats.max_total) == (300, 50, 310)
    assert snapshot.summary() == "gpt-4o: 460 tokens (2 requests)"
    assert snapshot.detailed().splitlines()[1:] == ["  Avg: 200.0 in / 30.0 out", "  Max: 300 in / 50 out"]


def test_a_snapshot_of_nothing_is_all_zero() -> None:
    assert TokenUsageTracker("x").snapshot().stats.avg_total == 0


def test_a_registry_counts_by_model_by_operation_and_all_together() -> None:
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


def test_a_registry_is_bounded() -> None:
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


def test_a_response_is_recorded_with_all_that_is_known(stream: Path) -> None:
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
    usage = only(events(stream), Usage)
    assert usage.tokens == Tokens(10, 20, 30, 40, 5, 6)
    assert (usage.model, usage.provider, usage.operation, usage.plan) == (
        "claude-sonnet-4-5",
        "anthropic",
        "review",
        "p",
    )
    assert (usage.web_searches, usage.reported_cost, usage.duration_ms, usage.ttft_ms) == (1, 5 * 10**11, 1200, 300)
    assert TOKEN_USAGE.global_tracker().totals() == before + TokenCounts(80, 20)


def test_a_sum_alone_is_a_lower_bound(stream: Path) -> None:
    record_usage("gpt-4o", total_tokens=150)
    usage = only(events(stream), Usage)
    assert (usage.tokens.total, usage.rank) == (150, Rank.PARTIAL)


def test_an_operation_is_counted_with_its_model() -> None:
    with operation("haul"):
        TOKEN_USAGE.record_model_usage("gpt-4o", 5, 6)
    tracker = TOKEN_USAGE.get_operation_tracker("haul")
    assert tracker is not None
    assert tracker.totals() == TokenCounts(5, 6)


def test_an_operation_alone_is_not_written(stream: Path) -> None:
    TOKEN_USAGE.record_operation_usage("tow", 5, 6)
    TOKEN_USAGE.record_model_usage("gpt-4o", 5, 6)
    assert len(lines(stream)) == 1
    assert line(stream, "usage")["model"] == "gpt-4o"


def test_nothing_is_counted_when_recording_is_off(stream: Path) -> None:
    configure(enabled=False)
    before = TOKEN_USAGE.global_snapshot()
    TOKEN_USAGE.record_model_usage("gpt-4o", 5, 6)
    TOKEN_USAGE.record_operation_usage("review", 5, 6)
    assert TOKEN_USAGE.global_snapshot() == before
    assert not stream.exists()


@pytest.mark.parametrize(
    ("cost", "words"), [(0.00001, "< $0.0001"), (0.0075, "$0.0075"), (0.1234, "$0.123"), (12.3, "$12.30")]
)
def test_money_is_as_exact_as_is_of_use(cost: float, words: str) -> None:
    assert CostEstimate(cost, 0, cost).format_smart() == words


def test_an_estimate_has_its_parts() -> None:
    cost = CostEstimate.from_tokens(TokenCounts(1_000_000, 500_000), 3.0, 15.0)
    assert (cost.input_cost, cost.output_cost, cost.total_cost) == (3.0, 7.5, 10.5)


def test_a_cost_is_that_of_the_price_list() -> None:
    assert calculate_cost("gpt-4o-mini", 1_000_000, 1_000_000) == pytest.approx(0.75)


def test_an_unknown_model_is_not_free() -> None:
    assert calculate_cost("no-such-model", 1000, 1000) is None


@pytest.mark.parametrize(
    ("current", "level", "color"),
    [
        (49_999, "OK", "Green"),
        (50_000, "LOW", "LightYellow"),
        (75_000, "MEDIUM", "Yellow"),
        (90_000, "HIGH", "LightRed"),
        (100_000, "CRITICAL", "Red"),
        (130_000, "CRITICAL", "Red"),
    ],
)
def test_warning_levels(current: int, level: str, color: str) -> None:
    context = ContextLimit(current, 100_000)
    assert (context.warning_level(), context.warning_color()) == (level, color)


def test_without_a_limit_nothing_is_full() -> None:
    assert (ContextLimit(5, 0).percentage, ContextLimit(5, 0).warning_level()) == (0.0, "OK")
