"""What the book tells people of a model."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from decimal import Decimal

from tests.pricing.builders import NOW, at
from tui_monitor.pricing import Overrides, PriceBook, PriceCard, Prices, PriceStep, Window

BOOK = PriceBook(clock=lambda: NOW)


def card(model: str, provider: str = "", when: int | None = None, book: PriceBook = BOOK) -> PriceCard:
    found = book.explain(model, provider, when)
    assert found
    return found


def test_a_card_shows_every_price_of_every_tier() -> None:
    shown = card("anthropic/claude-sonnet-4.5")
    assert (shown.provider, shown.listed_as) == ("anthropic", "claude-sonnet-4-5")
    assert shown.source.startswith("genai-prices ")
    assert shown.window == Window(200_000, "price list")
    assert shown.steps == (
        PriceStep(0, Prices(*map(Decimal, ("3", "15", "0.3", "3.75", "6", "10")))),
        PriceStep(200_000, Prices(*map(Decimal, ("6", "22.5", "0.6", "7.5", "12", "10")))),
    )


def test_a_card_says_from_when_to_when_its_prices_hold() -> None:
    early, late = card("claude-opus-4-6", when=at(2026, 3, 12)), card("claude-opus-4-6", when=at(2026, 3, 13))
    assert (early.since, early.until, len(early.steps)) == (None, date(2026, 3, 13), 2)
    assert (late.since, late.until, len(late.steps)) == (date(2026, 3, 13), None, 1)


def test_a_card_shows_the_terms_that_have_prices_of_their_own() -> None:
    terms = {name: steps[0].prices.input for name, steps in card("claude-opus-5").terms}
    assert terms == {"batch": Decimal("2.5"), "fast": Decimal(10)}


def test_terms_that_are_not_in_force_yet_are_not_shown() -> None:
    assert card("claude-sonnet-4-5", when=at(2026, 10, 13)).terms == ()
    assert [name for name, _ in card("claude-sonnet-4-5", when=at(2026, 10, 14)).terms] == ["batch"]


def test_a_card_says_what_the_user_set() -> None:
    book = PriceBook(Overrides.from_tables({"claude-*": {"input": 4}}, {"claude-opus-5": 300_000}), lambda: NOW)
    shown = card("claude-opus-5", book=book)
    assert shown.source.startswith("configuration over genai-prices")
    assert (shown.steps[0].prices.input, shown.steps[0].prices.output) == (Decimal(4), Decimal(25))
    assert shown.window == Window(300_000, "configured")


def test_a_card_names_the_document_a_price_is_from_when_no_list_has_it() -> None:
    shown = card("kimi-k1.5")
    assert (shown.provider, shown.source) == ("", "CodeTether's table of models")
    assert shown.steps[0].prices.output == 8


def test_a_model_of_which_only_the_window_is_known_has_a_card_without_prices() -> None:
    shown = card("gemini-3-pro")
    assert shown.steps == ()
    assert shown.window


def test_an_unknown_model_has_no_card() -> None:
    assert BOOK.explain("house-model") is None


def test_importing_the_room_imports_no_price_list() -> None:
    program = "import sys, tui_monitor.pricing; print(sys.modules.keys() & {'genai_prices', 'pydantic'})"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout == "set()\n"
