"""Rates computed by hand; `test_oracle.py` compares with the price list's own calculation."""

from __future__ import annotations

from decimal import Decimal

import pytest
from genai_prices import Usage as ListedUsage
from genai_prices import calc_price

from tests.pricing.builders import at, usage
from tui_monitor.events import PICO, Rates, Tokens
from tui_monitor.pricing import Overrides, PriceBook, Prices

MILLION = 10**6
BOOK = PriceBook()


def dollars(rates: Rates | None, tokens: Tokens, searches: int = 0) -> float:
    assert rates is not None
    return rates.cost(tokens, searches) / PICO


@pytest.mark.parametrize(
    ("model", "input_price", "output_price"),
    [
        ("gpt-4o-mini", 0.15, 0.60),
        ("gpt-4o", 2.50, 10.00),
        ("gpt-4o-2024-05-13", 5.00, 15.00),
        ("gpt-4-turbo", 10.00, 30.00),
        ("gpt-4", 30.00, 60.00),
        ("gpt-3.5-turbo", 0.50, 1.50),
        ("claude-3.5-sonnet", 3.00, 15.00),
        ("claude-3-5-sonnet-20241022", 3.00, 15.00),
        ("claude-3.5-haiku", 0.80, 4.00),
        ("claude-3-opus-20240229", 15.00, 75.00),
        ("claude-3-sonnet-20240229", 3.00, 15.00),
        ("claude-3-haiku-20240307", 0.25, 1.25),
        ("gemini-2.0-flash", 0.10, 0.40),
        ("gemini-1.5-flash", 0.075, 0.30),
        ("gemini-1.5-pro", 1.25, 5.00),
        ("glm-4", 0.50, 0.50),
        ("kimi-k1.5", 8.00, 8.00),
        ("k1.6", 6.00, 6.00),
    ],
)
def test_models_of_the_documents_have_the_prices_in_force(model: str, input_price: float, output_price: float) -> None:
    rates = BOOK.rates(usage(model))
    assert dollars(rates, Tokens(input=MILLION)) == pytest.approx(input_price)
    assert dollars(rates, Tokens(output=MILLION)) == pytest.approx(output_price)


def test_new_claude_model_is_priced_with_all_its_caches() -> None:
    rates = BOOK.rates(usage("claude-opus-5", "anthropic"))
    assert rates == Rates(5 * MILLION, 25 * MILLION, MILLION // 2, 6_250_000, 10 * MILLION, PICO // 100)


def test_claude_model_without_a_listed_one_hour_price_pays_twice_the_input() -> None:
    listed = calc_price(ListedUsage(), "claude-3-opus", provider_id="google").model_price
    assert listed.cache_write_1h_mtok is None
    rates = BOOK.rates(usage("claude-3-opus", "google"))
    assert rates
    assert (rates.cache_creation, rates.cache_creation_1h) == (18_750_000, 30 * MILLION)


def test_prompt_above_a_tier_pays_the_higher_rate_for_all_its_tokens() -> None:
    below = Tokens(input=1, cache_read=199_999, output=1000)
    above = Tokens(input=2, cache_read=199_999, output=1000)
    assert dollars(BOOK.rates(usage("gemini-2.5-pro", tokens=below)), Tokens(output=MILLION)) == 10
    assert dollars(BOOK.rates(usage("gemini-2.5-pro", tokens=above)), Tokens(output=MILLION)) == 15


def test_price_is_the_one_of_its_day() -> None:
    long_prompt = Tokens(input=300_000)
    before = BOOK.rates(usage("claude-opus-4-6", tokens=long_prompt, when=at(2026, 3, 12, 23, 59)))
    after = BOOK.rates(usage("claude-opus-4-6", tokens=long_prompt, when=at(2026, 3, 13)))
    assert dollars(before, long_prompt) == 3.0
    assert dollars(after, long_prompt) == 1.5


def test_price_is_the_one_of_its_hour() -> None:
    cheap, dear = 0.135, 0.27
    for when, price in [
        (at(2025, 3, 1, 0, 30) - 1, cheap),
        (at(2025, 3, 1, 0, 30), dear),
        (at(2025, 3, 1, 16, 30) - 1, dear),
        (at(2025, 3, 1, 16, 30), cheap),
    ]:
        assert dollars(BOOK.rates(usage("deepseek-chat", when=when)), Tokens(input=MILLION)) == price


def test_response_without_a_time_has_the_price_of_now() -> None:
    long_prompt = Tokens(input=300_000)
    early = PriceBook(clock=lambda: at(2026, 3, 1))
    late = PriceBook(clock=lambda: at(2026, 4, 1))
    request = usage("claude-opus-4-6", tokens=long_prompt, when=0)
    assert dollars(early.rates(request), long_prompt) == 3.0
    assert dollars(late.rates(request), long_prompt) == 1.5


@pytest.mark.parametrize("when", [-1, 1, 10**30])
def test_time_outside_of_the_calendar_is_accepted(when: int) -> None:
    assert BOOK.rates(usage("claude-opus-4-6", when=when)) is not None


@pytest.mark.parametrize(
    ("model", "tier", "speed", "input_price"),
    [
        ("claude-opus-5", "standard", "standard", 5.00),
        ("claude-opus-5", "batch", "", 2.50),
        ("claude-opus-5", "standard", "fast", 10.00),
        ("gpt-5", "default", "", 1.25),
        ("gpt-5", "flex", "", 0.625),
        ("gpt-5", "priority", "", 2.50),
    ],
)
def test_terms_of_service_have_their_own_prices(model: str, tier: str, speed: str, input_price: float) -> None:
    assert dollars(BOOK.rates(usage(model, tier=tier, speed=speed)), Tokens(input=MILLION)) == input_price


def test_web_searches_are_billed_per_thousand() -> None:
    request = usage("claude-sonnet-4-5-20250929", searches=3)
    assert dollars(BOOK.rates(request), Tokens(), searches=3) == 0.03


def test_search_of_unknown_price_is_marked() -> None:
    rates = BOOK.rates(usage("gpt-4", searches=1))
    assert rates is not None
    assert (rates.searches_known, rates.web_search) == (False, 0)
    assert BOOK.rates(usage("gpt-4")) is not None


def test_model_billed_per_request() -> None:
    assert dollars(BOOK.rates(usage("sonar", "perplexity")), Tokens()) == 0.012


@pytest.mark.parametrize(
    "model", ["", "claude-opus-99", "<synthetic>", "sonnet", "mock", "m" * 10_000, "/", "[1m]", "\x1b"]
)
def test_unknown_model_has_no_price(model: str) -> None:
    assert BOOK.rates(usage(model)) is None


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        ("whisper-1", "openai"),  # by the hour
        ("gpt-4o", "github-copilot"),  # part of a subscription: the list has no price at all
        ("sonar-deep-research", "perplexity"),  # thinking has a price of its own, which rates cannot hold
    ],
)
def test_model_that_is_not_billed_by_tokens_has_no_price(model: str, provider: str) -> None:
    assert BOOK.rates(usage(model, provider)) is None


def test_model_with_a_free_suffix_is_free() -> None:
    assert BOOK.rates(usage("qwen/qwen3-coder:free", "openrouter")) == Rates(searches_known=False)


@pytest.mark.parametrize("engine", ["mock", "Mock"])
def test_mock_engine_costs_nothing(engine: str) -> None:
    assert BOOK.rates(usage("gpt-4o", engine=engine, searches=1)) == Rates()


def test_provider_called_mock_is_not_free() -> None:
    assert BOOK.rates(usage("gpt-4o", "mock")) == BOOK.rates(usage("gpt-4o"))
    assert BOOK.rates(usage("mock-large", "mock")) is None


@pytest.mark.parametrize(("model", "provider"), [("gpt-oss-120b", "ollama"), ("ollama/glm-4", ""), ("glm-4", "vllm")])
def test_local_model_has_no_listed_price(model: str, provider: str) -> None:
    assert BOOK.rates(usage(model, provider)) is None


def test_more_models_than_the_cache_holds_are_priced() -> None:
    book = PriceBook(Overrides(prices={"invented-*": Prices(input=Decimal(1), output=Decimal(2))}))
    for number in range(1500):
        assert book.rates(usage(f"invented-{number}", "ollama")) is not None
    assert book.rates(usage("invented-0", "ollama")) is not None
