"""Configured prices win over listed ones, kind by kind."""

from __future__ import annotations

import pytest

from tests.pricing.builders import usage
from tui_monitor.events import Rates, Tokens
from tui_monitor.pricing import Overrides, PriceBook

MILLION = 10**6


def configured_rates(prices: dict[str, dict[str, float]], model: str, provider: str = "") -> Rates:
    rates = PriceBook(Overrides.from_tables(prices, {})).rates(usage(model, provider))
    assert rates
    return rates


def test_unknown_model_has_the_configured_prices() -> None:
    assert configured_rates({"house-model": {"input": 2, "output": 8.5}}, "house-model") == Rates(
        input=2 * MILLION,
        output=8_500_000,
        cache_read=2 * MILLION,
        cache_creation=2 * MILLION,
        cache_creation_1h=2 * MILLION,
        searches_known=False,
    )


def test_all_kinds_can_be_configured() -> None:
    table = {"input": 1, "output": 2, "cache_read": 0.1, "cache_write": 1.25, "cache_write_1h": 2, "web_search": 10}
    assert configured_rates({"house-*": table}, "house-model") == Rates(
        MILLION, 2 * MILLION, 100_000, 1_250_000, 2 * MILLION, 10_000_000_000
    )


def test_price_is_rounded_to_the_nearest_picodollar() -> None:
    table = {"input": 0.13999999999999999, "output": 1 / 12}
    assert configured_rates({"house-model": table}, "house-model").input == 140_000
    assert configured_rates({"house-model": table}, "house-model").output == 83_333


def test_kinds_that_are_not_configured_stay_as_listed_in_every_tier() -> None:
    prices = PriceBook(Overrides.from_tables({"claude-sonnet-4-5": {"output": 9}}, {}))
    short, long = Tokens(input=1), Tokens(input=200_001)
    below, above = (prices.rates(usage("claude-sonnet-4-5", tokens=tokens)) for tokens in (short, long))
    assert below
    assert above
    assert (below.input, below.output) == (3 * MILLION, 9 * MILLION)
    assert (above.input, above.output) == (6 * MILLION, 9 * MILLION)


@pytest.mark.parametrize("kind", ["input", "output"])
def test_unknown_model_with_half_a_price_has_none(kind: str) -> None:
    prices = PriceBook(Overrides.from_tables({"house-model": {kind: 2}}, {}))
    assert prices.rates(usage("house-model")) is None


def test_price_of_zero_is_free() -> None:
    free = configured_rates({"llama*": {"input": 0, "output": 0.0}}, "llama3.1:8b", "ollama")
    assert free == Rates(searches_known=False)


def test_free_search_has_a_known_price() -> None:
    prices = PriceBook(Overrides.from_tables({"gpt-4": {"web_search": 0}}, {}))
    rates = prices.rates(usage("gpt-4", searches=2))
    assert rates is not None
    assert rates.searches_known


@pytest.mark.parametrize(
    ("model", "provider", "expected"),
    [
        ("gpt-5", "", 1),  # the name itself, though a longer pattern fits
        ("gpt-5-mini", "", 2),  # the longest pattern
        ("gpt-4o", "", 3),
        ("openai/gpt-5", "", 1),
        ("GPT-5", "", 1),
        ("gpt-5", "team", 4),  # the name with its provider
        ("gpt-6[1m]", "", 5),  # a bracket is no set of characters
    ],
)
def test_pattern_closest_to_the_name_wins(model: str, provider: str, expected: int) -> None:
    order = {"gpt-*": 3.0, "gpt-5": 1.0, "gpt-5*": 2.0, "team/gpt-5": 4.0, "*gpt-6[1m]": 5.0}
    prices = {pattern: {"input": price, "output": 0.0} for pattern, price in order.items()}
    assert configured_rates(prices, model, provider).input == expected * MILLION


def test_price_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'house-model': unknown kind 'per_hour', expected cache_read"):
        Overrides.from_tables({"house-model": {"per_hour": 2}}, {})
