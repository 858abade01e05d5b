"""Costs of tokens: estimates, formats and the price list."""

from __future__ import annotations

import pytest

from tui_monitor.telemetry import CostEstimate, TokenCounts, calculate_cost


@pytest.mark.parametrize(
    ("cost", "words"), [(0.00001, "< $0.0001"), (0.0075, "$0.0075"), (0.1234, "$0.123"), (12.3, "$12.30")]
)
def test_format_smart_shortens_larger_costs(cost: float, words: str) -> None:
    assert CostEstimate(cost, 0, cost).format_smart() == words


def test_estimate_splits_input_and_output_cost() -> None:
    cost = CostEstimate.from_tokens(TokenCounts(1_000_000, 500_000), 3.0, 15.0)
    assert (cost.input_cost, cost.output_cost, cost.total_cost) == (3.0, 7.5, 10.5)


def test_cost_follows_the_price_list() -> None:
    assert calculate_cost("gpt-4o-mini", 1_000_000, 1_000_000) == pytest.approx(0.75)


def test_unknown_model_is_not_free() -> None:
    assert calculate_cost("no-such-model", 1000, 1000) is None
