"""Rates against the price list's own calculation: any model, any day, any tier, any kind of token."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from genai_prices import Usage as ListedUsage
from genai_prices import calc_price
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelInfo, ModelPrice, PriceCalculation, TieredPrices
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.pricing.builders import NOW, at, usage
from tui_monitor.events import PICO, Tokens
from tui_monitor.pricing import PriceBook
from tui_monitor.pricing.surcharges import surcharges_of

BOOK = PriceBook()
PER_MILLION = 10**6
NANODOLLAR = PICO // 10**9
DAY = 86_400_000
MINUTE = 60_000
TOKEN_KEYS = ("input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok", "cache_write_1h_mtok")
TIER_EDGES = (0, 32_000, 100_000, 128_000, 199_999, 200_000, 256_000, 272_000, 512_000, 524_288)

PROVIDERS = get_snapshot().providers
LISTED = [(provider.id, model.id) for provider in PROVIDERS for model in provider.models]
MUCH_USED = [name for name in LISTED if name[0] in ("anthropic", "openai", "google", "deepseek")]


@dataclass(frozen=True)
class Case:
    """A response to be priced by both calculations."""

    listed: tuple[str, str]
    when: int
    tokens: Tokens
    searches: int = 0
    tier: str = ""
    speed: str = ""

    def ours(self) -> int | None:
        provider, model = self.listed
        request = usage(
            model,
            provider,
            when=self.when,
            tokens=self.tokens,
            searches=self.searches,
            tier=self.tier,
            speed=self.speed,
        )
        rates = BOOK.rates(request)
        return None if rates is None else rates.cost(self.tokens, self.searches)

    def theirs(self) -> PriceCalculation | None:
        provider, model = self.listed
        processing = "batch" if self.tier == "batch" else ""
        context = {"service_tier": self.tier, "speed": self.speed, "processing": processing}
        counts = ListedUsage(
            input_tokens=self.tokens.prompt,
            output_tokens=self.tokens.output,
            cache_read_tokens=self.tokens.cache_read,
            cache_write_tokens=self.tokens.cache_creation,
            cache_write_1h_tokens=self.tokens.cache_creation_1h,
            web_searches=self.searches,
        )
        try:
            return calc_price(
                counts,
                model,
                provider_id=provider,
                genai_request_timestamp=datetime.fromtimestamp(self.when / 1000, UTC),
                price_context={key: value for key, value in context.items() if value},
            )
        except LookupError:
            return None  # an id of the list that its own rules do not find


@st.composite
def token_counts(draw: st.DrawFn) -> Tokens:
    prompt = max(0, draw(st.sampled_from(TIER_EDGES)) + draw(st.sampled_from((-1, 0, 1)) | st.integers(0, 300_000)))
    read = draw(st.integers(0, prompt))
    write = draw(st.integers(0, prompt - read))
    return Tokens(
        input=prompt - read - write,
        output=draw(st.integers(0, 200_000)),
        cache_read=read,
        cache_creation=write,
        cache_creation_1h=draw(st.integers(0, write)),
    )


CASES = st.builds(
    Case,
    listed=st.sampled_from(MUCH_USED) | st.sampled_from(LISTED),
    when=st.builds(
        lambda day, minute, by: day * DAY + minute * MINUTE + by,
        st.integers(at(2024) // DAY, at(2027) // DAY),
        st.sampled_from((0, 30, 60, 240, 360, 600, 990)),
        st.sampled_from((-1, 0, 1)),
    ),
    tokens=token_counts(),
    searches=st.sampled_from((0, 0, 3)),
    tier=st.sampled_from(("", "standard", "priority", "flex", "batch", "fast", "default")),
    speed=st.sampled_from(("", "standard", "fast")),
)


@settings(max_examples=400, deadline=None)
@given(case=CASES)
@example(Case(("anthropic", "claude-sonnet-4-5"), NOW, Tokens(200_000, 1)))
@example(Case(("anthropic", "claude-sonnet-4-5"), NOW, Tokens(1, 1, 200_000)))
@example(Case(("anthropic", "claude-opus-4-6"), at(2026, 3, 13) - 1, Tokens(300_000, 9), 1))
@example(Case(("anthropic", "claude-opus-4-5"), at(2026, 3, 13), Tokens(300_000, 9), 1, "batch", "fast"))
@example(Case(("openrouter", "qwen/qwen3-coder-flash"), NOW, Tokens(128_001, 5)))
@example(Case(("openai", "gpt-5.5"), NOW, Tokens(272_001, 7), tier="flex"))
@example(Case(("azure", "gpt-5.5"), NOW, Tokens(1000, 1000), tier="priority"))
def test_response_costs_what_the_price_list_itself_calculates(case: Case) -> None:
    theirs = case.theirs()
    if theirs is None:
        return
    ours, listed = case.ours(), theirs.model_price
    if ours is None:
        searches_are_unpriced = case.searches and listed.web_searches_kcount is None
        assert not tokens_alone_decide(listed) or searches_are_unpriced or is_discount_unlisted(case, theirs)
    elif not is_completed_by_us(theirs) and not has_surcharge(case, theirs):
        rounding = Decimal(case.tokens.total) / 2 if any(map(is_no_whole_picodollar, amounts(listed))) else 0
        assert abs(ours - theirs.total_price * PICO) <= max(NANODOLLAR, rounding)


def is_discount_unlisted(case: Case, listed: PriceCalculation) -> bool:
    """Return True if the list has standard prices only for a tier that costs less."""
    standard = replace(case, tier="").theirs()
    return case.tier in ("flex", "batch") and standard is not None and standard.model_price == listed.model_price


def has_surcharge(case: Case, listed: PriceCalculation) -> bool:
    """Return True if our own surcharges add to the listed price."""
    terms = {"speed": case.speed}
    return any(terms.get(one.term) == one.value for one in surcharges_of(listed.provider.id, listed.model.id))


def test_prices_are_whole_picodollars_per_token_except_thirds_and_float_noise() -> None:
    rounded = {
        (provider.id, amount)
        for provider in PROVIDERS
        for model in provider.models
        for listed in all_prices(model)
        for amount in amounts(listed)
        if is_no_whole_picodollar(amount)
    }
    assert {provider for provider, _ in rounded} <= {"openrouter", "huggingface_together"}
    assert all(abs(amount * PER_MILLION - round(amount * PER_MILLION)) < Decimal("0.34") for _, amount in rounded)


def tokens_alone_decide(listed: ModelPrice) -> bool:
    return listed.input_mtok is not None and listed.output_reasoning_mtok is None


def is_completed_by_us(calculation: PriceCalculation) -> bool:
    """Return True if the list lacks a price that every Claude model has."""
    keys = (*TOKEN_KEYS, "web_searches_kcount")
    return "claude" in calculation.model.id and any(getattr(calculation.model_price, key) is None for key in keys)


def is_no_whole_picodollar(amount: Decimal) -> bool:
    return amount * PER_MILLION % 1 != 0


def all_prices(model: ModelInfo) -> list[ModelPrice]:
    dated = [model.prices] if isinstance(model.prices, ModelPrice) else [entry.prices for entry in model.prices]
    return [*dated, *(variant.prices for variant in model.price_variants or ())]


def amounts(listed: ModelPrice) -> list[Decimal]:
    """All prices of tokens of text, those of higher tiers too."""
    prices = [price for key in TOKEN_KEYS if (price := getattr(listed, key)) is not None]
    tiers = [tier.price for price in prices if isinstance(price, TieredPrices) for tier in price.tiers]
    return [price.base if isinstance(price, TieredPrices) else price for price in prices] + tiers
