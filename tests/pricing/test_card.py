"""Price cards: prices and windows as result to people."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from decimal import Decimal

from tests.pricing.builders import NOW, at
from tui_monitor.pricing import Overrides, PriceBook, PriceCard, Prices, PriceStep, Window

BOOK = PriceBook(clock=lambda: NOW)


def card(model: str, provider: str = "", when: int | None = None, book: PriceBook = BOOK) -> PriceCard:
    result = book.explain(model, provider, when)
    assert result
    return result


def test_card_has_every_price_of_every_tier() -> None:
    result = card("anthropic/claude-sonnet-4.5")
    assert (result.provider, result.listed_as) == ("anthropic", "claude-sonnet-4-5")
    assert result.source.startswith("genai-prices ")
    assert result.window == Window(200_000, "price list")
    assert result.steps == (
        PriceStep(0, Prices(*map(Decimal, ("3", "15", "0.3", "3.75", "6", "10")))),
        PriceStep(200_000, Prices(*map(Decimal, ("6", "22.5", "0.6", "7.5", "12", "10")))),
    )


def test_card_has_the_dates_between_which_its_prices_are_in_force() -> None:
    early, late = card("claude-opus-4-6", when=at(2026, 3, 12)), card("claude-opus-4-6", when=at(2026, 3, 13))
    assert (early.since, early.until, len(early.steps)) == (None, date(2026, 3, 13), 2)
    assert (late.since, late.until, len(late.steps)) == (date(2026, 3, 13), None, 1)


def test_card_has_the_terms_with_prices_of_their_own() -> None:
    variants = {name: steps[0].prices.input for name, steps, _ in card("claude-opus-5").variants}
    assert variants == {"batch": Decimal("2.5"), "fast": Decimal(10), "region us": Decimal("5.5")}


def test_card_lacks_terms_that_are_not_in_force_yet() -> None:
    assert card("claude-sonnet-4-5", when=at(2026, 10, 13)).variants == ()
    assert [name for name, *_ in card("claude-sonnet-4-5", when=at(2026, 10, 14)).variants] == ["batch"]


def test_card_has_the_configured_prices_and_window() -> None:
    book = PriceBook(Overrides.from_tables({"claude-*": {"input": 4}}, {"claude-opus-5": 300_000}), lambda: NOW)
    result = card("claude-opus-5", book=book)
    assert result.source.startswith("configuration over genai-prices")
    assert (result.steps[0].prices.input, result.steps[0].prices.output) == (Decimal(4), Decimal(25))
    assert result.window == Window(300_000, "configured")


def test_card_names_the_source_of_a_price_that_is_not_in_the_list() -> None:
    result = card("kimi-k1.5")
    assert (result.provider, result.source) == ("", "CodeTether's table of models")
    assert result.steps[0].prices.output == 8


def test_model_with_a_known_window_only_has_a_card_without_prices() -> None:
    result = card("gemini-3-pro")
    assert result.steps == ()
    assert result.window


def test_unknown_model_has_no_card() -> None:
    assert BOOK.explain("house-model") is None


def test_importing_the_package_imports_no_price_list() -> None:
    program = "import sys, tui_monitor.pricing; print(sys.modules.keys() & {'genai_prices', 'pydantic'})"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "set()\n"
