"""Costs of tokens, in US dollars."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from threading import RLock

from tui_monitor.telemetry.recorder.executions import TokenCounts

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from tui_monitor.events import Rates, Usage
    from tui_monitor.pricing import PriceBook

_MILLION = 1_000_000
PRICE_LOCK = RLock()
"""Held while the price list is imported or a collector prices its requests, and across a fork: a child of another
thread would wait for ever for what was under way."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=PRICE_LOCK.acquire, after_in_parent=PRICE_LOCK.release, after_in_child=PRICE_LOCK.release
    )


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """Estimated cost of tokens, in US dollars."""

    input_cost: float
    output_cost: float
    total_cost: float

    @classmethod
    def from_tokens(
        cls, counts: TokenCounts, input_cost_per_million: float, output_cost_per_million: float
    ) -> CostEstimate:
        """Return the cost at these prices in US dollars per million tokens.

        1000 input and 500 output tokens at 2.50 and 10.00 cost $0.0075 (the comment in the original document is wrong).
        """
        input_cost = counts.input * input_cost_per_million / _MILLION
        output_cost = counts.output * output_cost_per_million / _MILLION
        return cls(input_cost, output_cost, input_cost + output_cost)

    def format_currency(self) -> str:
        """Return the total with four decimals: ``$0.0075``."""
        return f"${self.total_cost:.4f}"

    def format_smart(self) -> str:
        """Return the total with fewer decimals the larger it is: ``< $0.0001``, ``$0.0075``, ``$0.123``, ``$12.30``."""
        if self.total_cost < 0.0001:
            return "< $0.0001"
        digits = 4 if self.total_cost < 0.01 else 3 if self.total_cost < 1 else 2
        return f"${self.total_cost:.{digits}f}"


def calculate_cost(model: str, prompt_tokens: int = 0, completion_tokens: int = 0) -> float | None:
    """Return the cost of one response in US dollars at current prices; None if the model's price is unknown.

    Prices come from the user's configuration, then from genai-prices, with its tiers. ``prompt_tokens`` are all input
    tokens, priced as uncached. The first call loads the price list, which takes about 0.1 s.
    """
    from tui_monitor.events import PICO, SessionKey, Tokens, Usage

    tokens = Tokens(input=prompt_tokens, output=completion_tokens)
    rates = rates_of(Usage(session=SessionKey("", ""), strong_ids=(), model=model, tokens=tokens))
    return None if rates is None else rates.cost(tokens) / PICO


def rates_of(usage: Usage) -> Rates | None:
    """Return the prices in force when the response was made; None if its model's price is unknown.

    They are the user's own: what is recorded is stored with them, wherever the program runs.
    """
    with PRICE_LOCK:
        book = _price_book()
    return book.rates(usage)


@cache
def _price_book() -> PriceBook:
    from tui_monitor import config
    from tui_monitor.pricing import PriceBook

    return PriceBook.configured(config.load_config(os.environ, config.current_folder(os.environ)))
