"""What one model costs: what the user set, the price list and our own entries, put together."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tui_monitor.pricing.entries import MOCK, Entry, entry
from tui_monitor.pricing.names import is_claude, lookups
from tui_monitor.pricing.overrides import Overrides
from tui_monitor.pricing.pricelist import Context, Edges, Listing, find
from tui_monitor.pricing.prices import Prices, PriceStep

_CLAUDE_SEARCHES = Decimal(10)


@dataclass(frozen=True, slots=True)
class Tariff:
    """The sources of one model's price, the stronger first: ``override``, ``listing``, ``entry``."""

    override: Prices | None
    listing: Listing | None
    entry: Entry | None
    is_claude: bool

    def steps(self, at: int, context: Context) -> tuple[PriceStep, ...]:
        """The prices at ``at`` by the size of the prompt, smallest first; empty when nobody knows them."""
        return tuple(PriceStep(step.above, self._complete(step.prices)) for step in self._told(at, context))

    def edges(self) -> Edges:
        """When they may change."""
        return self.listing.edges() if self.listing else Edges()

    def _told(self, at: int, context: Context) -> tuple[PriceStep, ...]:
        steps = self._listed(at, context)
        if (own := self.override) is None:
            return steps
        return tuple(PriceStep(step.above, own.over(step.prices)) for step in steps) or (PriceStep(0, own),)

    def _listed(self, at: int, context: Context) -> tuple[PriceStep, ...]:
        if self.listing:
            return self.listing.steps(at, context)
        return (PriceStep(0, self.entry.prices),) if self.entry and self.entry.prices else ()

    def _complete(self, prices: Prices) -> Prices:
        return _as_claude(prices).completed() if self.is_claude else prices.completed()


def tariff(overrides: Overrides, model: str, provider: str = "", engine: str = "") -> Tariff:
    """All that is known of what this model costs."""
    override = overrides.prices_of(model, provider)
    if engine.lower() in MOCK.names:
        return Tariff(override, None, MOCK, is_claude=False)
    listing = find(lookups(model, provider, engine))
    return Tariff(override, listing, entry(model, provider, engine), is_claude(model))


def _as_claude(prices: Prices) -> Prices:
    """With Anthropic's own multiples of the input price, and its price of a search, where the list leaves them out."""
    if prices.input is None:
        return prices
    return prices.over(
        Prices(
            cache_read=prices.input / 10,
            cache_write=prices.input * 5 / 4,
            cache_write_1h=prices.input * 2,
            web_search=_CLAUDE_SEARCHES,
        )
    )
