"""Our own surcharges: terms of a request whose prices the list lacks."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.pricing.builders import NOW, at, usage
from tui_monitor.events import PICO, Tokens
from tui_monitor.pricing import PriceBook
from tui_monitor.pricing.surcharges import SURCHARGES

BOOK = PriceBook()
ALL_KINDS = Tokens(1_000, 1_000, 1_000, 2_000, 1_000)


def factor_of(
    model: str, *, provider: str = "anthropic", when: int = NOW, speed: str = "", region: str = ""
) -> Decimal:
    """Return the price of a response under these terms as a multiple of its standard price."""
    costs = []
    for own_speed, own_region in ((speed, region), ("", "")):
        rates = BOOK.rates(usage(model, provider, when=when, tokens=ALL_KINDS, speed=own_speed, region=own_region))
        assert rates
        costs.append(rates.cost(ALL_KINDS))
    return Decimal(costs[0]) / costs[1]


@pytest.mark.parametrize(
    "model",
    [
        *("claude-opus-4-6", "claude-opus-4-7", "claude-opus-5-5", "claude-sonnet-4-6", "claude-sonnet-5"),
        *("claude-haiku-5-5", "claude-fable-5-1", "claude-mythos-5-2", "claude-opus-4-6[1m]"),
    ],
)
def test_us_inference_costs_a_tenth_more_from_opus_and_sonnet_4_6_on(model: str) -> None:
    assert factor_of(model, region="us") == Decimal("1.1")


@pytest.mark.parametrize("model", ["claude-sonnet-4-5", "claude-opus-4-1", "claude-haiku-4-5", "claude-3-7-sonnet"])
def test_region_of_an_older_model_does_not_change_its_price(model: str) -> None:
    assert factor_of(model, region="us") == 1


@pytest.mark.parametrize(
    ("model", "provider", "region"),
    [("claude-opus-5", "anthropic", "eu"), ("anthropic.claude-opus-4-6-v1", "aws", "us"), ("gpt-5", "openai", "us")],
)
def test_other_regions_and_providers_have_no_surcharge(model: str, provider: str, region: str) -> None:
    assert factor_of(model, provider=provider, region=region) == 1


@pytest.mark.parametrize(
    ("model", "factor"),
    [
        *(("claude-opus-4-6", 6), ("claude-opus-4-7", 6), ("claude-opus-4-8", 2), ("claude-opus-5-5", 2)),
        *(("claude-fable-5-2", 2), ("claude-sonnet-5", 1)),
    ],
)
def test_fast_mode_is_priced_for_each_model_that_offers_it(model: str, factor: int) -> None:
    assert factor_of(model, speed="fast") == factor


def test_fast_mode_in_the_us_has_both_surcharges() -> None:
    assert factor_of("claude-opus-5", speed="fast", region="us") == Decimal("2.2")
    assert factor_of("claude-opus-4-6", speed="fast", region="us") == Decimal("6.6")


def test_surcharge_begins_on_its_day() -> None:
    assert factor_of("claude-opus-4-6", when=at(2026, 2, 5) - 1, speed="fast") == 1
    assert factor_of("claude-opus-4-6", when=at(2026, 2, 5), speed="fast") == 6


def test_web_searches_have_no_surcharge() -> None:
    searches = [BOOK.rates(usage("claude-opus-5", "anthropic", region=region)) for region in ("", "us")]
    assert [rates and rates.web_search for rates in searches] == [PICO // 100] * 2


def test_surcharges_name_their_source() -> None:
    assert all(one.source and one.factor > 1 for one in SURCHARGES)
