"""The feed completes what only the price list knows, and replaces nothing that a source told."""

from __future__ import annotations

from tests.store.builders import PRICE, batch
from tui_monitor.events import ContextUpdate, Event, Prompt, SessionKey, Tokens, Usage
from tui_monitor.feed.enrich import with_rates, with_windows
from tui_monitor.pricing import PriceBook

PRICES = PriceBook()
SESSION = SessionKey("claude-code", "s")
PROMPT = Prompt(session=SESSION, text="hello")


def priced(event: Event) -> Event:
    """The event as `with_rates` leaves it."""
    return with_rates(batch([event]), PRICES).events[0]


def windowed(event: Event) -> Event:
    """The event as `with_windows` leaves it."""
    return with_windows(batch([event]), PRICES).events[0]


def test_a_usage_gets_the_rates_of_its_model() -> None:
    event = priced(Usage(session=SESSION, strong_ids=("a",), model="claude-opus-4-6", tokens=Tokens(input=1)))
    assert isinstance(event, Usage)
    assert event.rates is not None
    assert event.rates.input == 5_000_000


def test_rates_that_a_usage_has_stay() -> None:
    told = Usage(session=SESSION, strong_ids=("a",), model="claude-opus-4-6", rates=PRICE)
    assert priced(told) is told


def test_a_model_that_nobody_knows_stays_without_a_price() -> None:
    told = Usage(session=SESSION, strong_ids=("a",), model="nobody-knows-1")
    assert priced(told) is told


def test_a_context_gets_the_window_of_its_model_and_who_says_so() -> None:
    event = windowed(ContextUpdate(session=SESSION, tokens=10, model="claude-opus-4-6"))
    assert isinstance(event, ContextUpdate)
    assert event.limit
    assert event.limit_source


def test_a_window_that_the_source_tells_stays() -> None:
    told = ContextUpdate(session=SESSION, tokens=10, limit=1234, model="claude-opus-4-6")
    assert windowed(told) is told


def test_everything_else_passes_as_it_is() -> None:
    told = batch([PROMPT, PROMPT], before="a", after="b")
    assert with_rates(with_windows(told, PRICES), PRICES) == told
