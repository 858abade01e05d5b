"""Tariffs: one model's prices from the configuration, the price list and our own entries, compiled to rates."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from decimal import Decimal

from tui_monitor.events import Rates
from tui_monitor.pricing.entries import MOCK, PriceEntry, find_entry
from tui_monitor.pricing.names import is_claude, lookups
from tui_monitor.pricing.overrides import Overrides
from tui_monitor.pricing.pricelist import DAY_MS, INSTALLED, Edges, Listing, PriceList, RequestTerms
from tui_monitor.pricing.prices import Prices, PriceStep
from tui_monitor.pricing.surcharges import Surcharge, edges, raise_prices, surcharges_of

_TIERED = ("service_tier", "speed")
_STANDARD = frozenset({"", "default", "standard", "auto", "normal", "on_demand"})
"""Tiers and speeds at the standard prices."""
_CHEAPER = frozenset({"flex", "batch"})
"""Tiers below the standard prices, which are therefore no lower bound of their own."""
_CLAUDE_SEARCHES = Decimal(10)


@dataclass(frozen=True, slots=True)
class Tariff:
    """The sources of one model's prices, the strongest first: ``override``, ``listing``, ``entry``."""

    override: Prices | None
    listing: Listing | None
    entry: PriceEntry | None
    is_claude: bool

    @property
    def surcharges(self) -> list[Surcharge]:
        """The surcharges that the price list may lack."""
        return surcharges_of(self.listing.provider, self.listing.id) if self.listing else []

    def steps(self, at: int, terms: RequestTerms) -> tuple[PriceStep, ...]:
        """Return the prices at ``at`` by the size of the prompt, smallest first; empty if unknown."""
        return tuple(PriceStep(step.above, self._complete(step.prices)) for step in self._with_override(at, terms))

    def edges(self) -> Edges:
        """Return the times at which the prices may change."""
        if self.listing is None:
            return Edges()
        dates, times = self.listing.edges()
        return Edges(tuple(sorted({*dates, *edges(self.surcharges)})), times)

    def variants(self) -> list[RequestTerms]:
        """Return the terms, other than the standard ones, that may have prices of their own."""
        listed = self.listing.variants() if self.listing else []
        return [*listed, *({one.term: one.value} for one in self.surcharges)]

    def unpriced_terms(self, at: int, terms: RequestTerms) -> frozenset[str]:
        """Return the tier and the speed of a request for which no source has prices at ``at``, so that the
        standard ones are not what it costs."""
        own = self.override
        if self.entry is MOCK or (own and own.input is not None and own.output is not None):
            return frozenset()
        standard = self._listed(at, {})
        special = [(term, terms[term]) for term in _TIERED if terms.get(term, "") not in _STANDARD]
        return frozenset(value for term, value in special if self._listed(at, _alone(term, value)) == standard)

    def _with_override(self, at: int, terms: RequestTerms) -> tuple[PriceStep, ...]:
        steps = self._listed(at, terms)
        if (own := self.override) is None:
            return steps
        return tuple(PriceStep(step.above, own.over(step.prices)) for step in steps) or (PriceStep(0, own),)

    def _listed(self, at: int, terms: RequestTerms) -> tuple[PriceStep, ...]:
        if self.listing:
            steps = self.listing.steps(at, terms)
            return tuple(raise_prices(steps, self.surcharges_for(at, terms), at, terms))
        return (PriceStep(0, self.entry.prices),) if self.entry and self.entry.prices else ()

    def surcharges_for(self, at: int, terms: RequestTerms) -> list[Surcharge]:
        """Return the surcharges on terms for which the price list has no prices of its own."""
        listing = self.listing
        if listing is None or not terms:
            return []
        standard = listing.steps(at, {})
        return [one for one in self.surcharges if listing.steps(at, {one.term: one.value}) == standard]

    def _complete(self, prices: Prices) -> Prices:
        return _as_claude(prices).completed() if self.is_claude else prices.completed()


def find_tariff(
    overrides: Overrides, model: str, provider: str = "", engine: str = "", price_list: PriceList = INSTALLED
) -> Tariff:
    """Find all sources of this model's prices."""
    override = overrides.prices_of(model, provider)
    if engine.lower() in MOCK.names:
        return Tariff(override, None, MOCK, is_claude=False)
    listing = price_list.find(lookups(model, provider, engine))
    return Tariff(override, listing, find_entry(model, provider, engine), is_claude(model))


def _alone(term: str, value: str) -> RequestTerms:
    return {term: value, "processing": value} if value == "batch" else {term: value}


def _as_claude(prices: Prices) -> Prices:
    """Complete the prices by Anthropic's multiples of the input price, and its price of a search."""
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


class Schedule:
    """A tariff's rates by time and size of the prompt, compiled once for each period between two edges."""

    def __init__(self, tariff: Tariff, terms: RequestTerms) -> None:
        self._tariff = tariff
        self._terms = terms
        self._dates, self._times = tariff.edges()
        self._periods: dict[tuple[int, int], _Ladder] = {}

    def rates(self, at: int, prompt: int) -> Rates | None:
        """Return the rates at ``at`` for a prompt of that many tokens; None if unknown."""
        period = (bisect_right(self._dates, at), bisect_right(self._times, at % DAY_MS))
        ladder = self._periods.get(period)
        if ladder is None:
            ladder = self._periods[period] = self._compile(at)
        return ladder.rates(prompt)

    def lowest(self, at: int) -> Rates | None:
        """Return the lowest rates of the day of ``at``, whatever the time and the size of the prompt."""
        day = at - at % DAY_MS
        known = [rates for time in (0, *self._times) if (rates := self.rates(day + time, 0))]
        return min(known, key=_sum, default=None)

    def _compile(self, at: int) -> _Ladder:
        steps = self._tariff.steps(at, self._terms)
        unpriced = self._tariff.unpriced_terms(at, self._terms)
        if not _CHEAPER.isdisjoint(unpriced):
            return _Ladder((), ())
        rates = (step.prices.rates() for step in steps)
        known = tuple(one and replace(one, terms_known=not unpriced) for one in rates)
        return _Ladder(tuple(step.above for step in steps[1:]), known)


def _sum(rates: Rates) -> int:
    return rates.input + rates.output


@dataclass(frozen=True, slots=True)
class _Ladder:
    """Rates by the size of the prompt: one more than there are ``starts``, or none at all."""

    starts: tuple[int, ...]
    steps: tuple[Rates | None, ...]

    def rates(self, prompt: int) -> Rates | None:
        return self.steps[bisect_left(self.starts, prompt)] if self.steps else None
