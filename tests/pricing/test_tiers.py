"""A tier or a speed without a price of its own never costs the standard price silently."""

from __future__ import annotations

import pytest

from tests.pricing.builders import NOW, at, usage
from tui_monitor.events import Tokens
from tui_monitor.ledger import BilledResponse, Observation
from tui_monitor.pricing import Overrides, PriceBook

BOOK = PriceBook()
BEFORE = at(2026, 10, 12) - 1


def flags(
    model: str, provider: str = "openai", *, tier: str = "", speed: str = "", when: int = NOW, book: PriceBook = BOOK
) -> tuple[bool, int, int]:
    """Return of a response under these terms whether it has a cost, and how often it is a lower bound and unpriced."""
    event = usage(model, provider, when=when, tier=tier, speed=speed, tokens=Tokens(100, 10))
    response = BilledResponse(tokens=event.tokens, rank=event.rank, rates=book.rates(event))
    response.observe(event.session, Observation(event.at, ""))
    amount = response.amount()
    return amount.cost > 0, amount.lower_bound, amount.unpriced


@pytest.mark.parametrize("tier", ["", "default", "standard", "auto"])
@pytest.mark.parametrize("when", [BEFORE, NOW])
def test_standard_tier_is_exact(tier: str, when: int) -> None:
    assert flags("gpt-5.5", tier=tier, when=when) == (True, 0, 0)


def test_dearer_tier_is_a_lower_bound_until_the_day_of_its_price() -> None:
    assert flags("gpt-5.5", tier="priority", when=BEFORE) == (True, 1, 0)
    assert flags("gpt-5.5", tier="priority", when=BEFORE + 1) == (True, 0, 0)
    assert flags("gpt-5.5", tier="fast", when=BEFORE) == (True, 1, 0)


def test_cheaper_tier_has_no_price_until_the_day_of_its_price() -> None:
    assert flags("gpt-5.5", tier="flex", when=BEFORE) == (False, 0, 1)
    assert flags("gpt-5.5", tier="flex", when=BEFORE + 1) == (True, 0, 0)
    assert flags("claude-opus-4-6", "anthropic", tier="batch", when=at(2026, 10, 14) - 1) == (False, 0, 1)
    assert flags("claude-opus-4-6", "anthropic", tier="batch") == (True, 0, 0)


@pytest.mark.parametrize("tier", ["priority", "made-up"])
def test_tier_that_no_list_has_is_a_lower_bound(tier: str) -> None:
    assert flags("claude-sonnet-4-5", "anthropic", tier=tier) == (True, 1, 0)
    assert flags("gpt-5.5", "azure", tier=tier) == (True, 1, 0)


def test_speed_without_a_price_is_a_lower_bound() -> None:
    assert flags("claude-opus-4-6", "anthropic", speed="fast", when=at(2026, 2, 5) - 1) == (True, 1, 0)
    assert flags("claude-opus-4-6", "anthropic", speed="fast") == (True, 0, 0)
    assert flags("claude-sonnet-5", "anthropic", speed="fast") == (True, 1, 0)


def test_configured_price_counts_for_every_tier() -> None:
    book = PriceBook(Overrides.from_tables({"gpt-*": {"input": 1, "output": 2}}, {}))
    assert flags("gpt-5.5", tier="priority", when=BEFORE, book=book) == (True, 0, 0)
