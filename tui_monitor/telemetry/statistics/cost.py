"""What tokens cost, in US dollars."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tui_monitor.telemetry.recorder.executions import TokenCounts

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from tui_monitor.events import Rates, Usage
    from tui_monitor.pricing import PriceBook

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """An estimate in US dollars."""

    input_cost: float
    output_cost: float
    total_cost: float

    @classmethod
    def from_tokens(
        cls, counts: TokenCounts, input_cost_per_million: float, output_cost_per_million: float
    ) -> CostEstimate:
        """By prices in US dollars a million tokens: 1000 and 500 tokens at 2.50 and 10.00 are $0.0075."""
        input_cost = counts.input * input_cost_per_million / _MILLION
        output_cost = counts.output * output_cost_per_million / _MILLION
        return cls(input_cost, output_cost, input_cost + output_cost)

    def format_currency(self) -> str:
        """To a hundredth of a cent: ``$0.0075``."""
        return f"${self.total_cost:.4f}"

    def format_smart(self) -> str:
        """As exact as is of use: ``< $0.0001``, ``$0.0075``, ``$0.123``, ``$12.30``."""
        if self.total_cost < 0.0001:
            return "< $0.0001"
        digits = 4 if self.total_cost < 0.01 else 3 if self.total_cost < 1 else 2
        return f"${self.total_cost:.{digits}f}"


def calculate_cost(model: str, prompt_tokens: int = 0, completion_tokens: int = 0) -> float | None:
    """What one response costs in US dollars, by the price in force at this moment; None where the price is not known.

    Prices are those of genai-prices (its tiers included) under the user's own. ``prompt_tokens`` are all tokens sent,
    taken as fresh ones. The first call reads the price list, which takes a tenth of a second.
    """
    from tui_monitor.events import PICO, SessionKey, Tokens, Usage

    tokens = Tokens(input=prompt_tokens, output=completion_tokens)
    rates = rates_of(Usage(session=SessionKey("", ""), strong_ids=(), model=model, tokens=tokens))
    return None if rates is None else rates.cost(tokens) / PICO


def rates_of(usage: Usage) -> Rates | None:
    """The price in force at the time of a response; None where it is not known."""
    return _price_book().rates(usage)


@cache
def _price_book() -> PriceBook:
    import os
    from pathlib import Path

    from tui_monitor import config
    from tui_monitor.pricing import Overrides, PriceBook

    settings = config.load_config(os.environ, Path.cwd())
    return PriceBook(Overrides.from_tables(settings.prices, settings.windows))
