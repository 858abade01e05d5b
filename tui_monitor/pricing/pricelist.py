"""Price lists (genai-prices): the installed one is imported by the first query, which takes a tenth of a second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from tui_monitor.pricing.names import Lookup
from tui_monitor.pricing.prices import Prices, PriceStep

if TYPE_CHECKING:
    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import ModelInfo, ModelPrice, TieredPrices

RequestTerms: TypeAlias = Mapping[str, str]
"""Terms of a request in the price list's own words, e.g. ``{"service_tier": "flex"}``."""

DAY_MS = 24 * 60 * 60 * 1000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS = (datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)

_KINDS = {
    "input": "input_mtok",
    "output": "output_mtok",
    "cache_read": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "cache_write_1h": "cache_write_1h_mtok",
    "web_search": "web_searches_kcount",
    "request": "requests_kcount",
}
"""`Prices` field → the price list's own key."""


class Edges(NamedTuple):
    """Times at which prices may change: ``dates`` (UTC epoch milliseconds), ``times`` of every day (milliseconds)."""

    dates: tuple[int, ...] = ()
    times: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """A provider's model in the price list of this ``source``. ``window`` is in tokens; with ``has_variants`` the price
    may depend on the terms of the request."""

    provider: str
    id: str
    window: int | None
    has_variants: bool
    model: ModelInfo
    source: str

    def steps(self, at: int, terms: RequestTerms) -> tuple[PriceStep, ...]:
        """Return the prices in force at ``at``; empty if the list has none, or none that depend on tokens alone."""
        listed = self.model.get_prices(_moment(at), terms if self.has_variants else None)
        if listed.output_reasoning_mtok is not None:
            return ()
        if not vars(listed) and self.id.endswith(":free"):
            return (PriceStep(0, Prices(Decimal(0), Decimal(0))),)
        return tuple(_steps(listed)) if listed.input_mtok is not None else ()

    def edges(self) -> Edges:
        """Return the times at which these prices may change."""
        from genai_prices.types import ModelPrice, StartDateConstraint, TimeOfDateConstraint

        dated = [] if isinstance(self.model.prices, ModelPrice) else self.model.prices
        dates, times = set[int](), set[int]()
        for entry in (*dated, *(self.model.price_variants or ())):
            match entry.constraint:
                case StartDateConstraint(start_date=day):
                    dates.add(_of_date(day))
                case TimeOfDateConstraint(start_time=start, end_time=end):
                    times |= {_of_day(start), _of_day(end)}
        return Edges(tuple(sorted(dates)), tuple(sorted(times)))

    def variants(self) -> list[RequestTerms]:
        """Return the terms, other than the standard ones, that have prices of their own."""
        listed = self.model.price_variants or () if self.has_variants else ()
        return [variant.when for variant in listed if vars(variant.prices)]


class PriceList:
    """A price list: the installed one, or with ``snapshot`` that of the user's ``file``."""

    def __init__(self, file: str = "", snapshot: DataSnapshot | None = None) -> None:
        self._file = file
        self._snapshot = snapshot

    @property
    def source(self) -> str:
        """The file, else the name and version of the installed list; empty if none is installed."""
        if self._file:
            return self._file
        try:
            from genai_prices import __version__
        except ImportError:
            return ""
        return f"genai-prices {__version__}"

    def find(self, lookups: Iterable[Lookup]) -> Listing | None:
        """Return the first of these names that the list has."""
        return next((listing for lookup in lookups if (listing := self._find(lookup))), None)

    def providers(self) -> list[str]:
        """Return the ids of all providers."""
        data = self._data()
        return sorted(provider.id for provider in data.providers) if data else []

    def models(self) -> list[str]:
        """Return the ids of all models."""
        data = self._data()
        return sorted({model.id for provider in data.providers for model in provider.models}) if data else []

    def _find(self, lookup: Lookup) -> Listing | None:
        data = self._data()
        if data is None:
            return None
        try:
            provider, model = data.find_provider_model(lookup.model, None, lookup.provider or None, None)
        except LookupError:
            return None
        # A model that a provider borrows from another's list has the standard price only.
        own = any(listed is model for listed in provider.models)
        return Listing(provider.id, model.id, model.context_window, own, model, self.source)

    def _data(self) -> DataSnapshot | None:
        """Return the list; None if none is installed, as where only the recording library is: all is unpriced then."""
        if self._snapshot:
            return self._snapshot
        try:
            from genai_prices.data_snapshot import get_snapshot
        except ImportError:
            return None
        return get_snapshot()


INSTALLED = PriceList()


def _steps(listed: ModelPrice) -> Iterator[PriceStep]:
    prices: dict[str, Decimal | TieredPrices | None] = {name: getattr(listed, key) for name, key in _KINDS.items()}
    if prices["output"] is None:
        prices["output"] = Decimal(0)  # an embedding has no output
    starts = {
        tier.start for price in prices.values() if price and not isinstance(price, Decimal) for tier in price.tiers
    }
    for above in sorted({0, *starts}):
        yield PriceStep(above, Prices(**{name: _above(price, above) for name, price in prices.items()}))


def _above(price: Decimal | TieredPrices | None, above: int) -> Decimal | None:
    if price is None or isinstance(price, Decimal):
        return price
    return next((tier.price for tier in reversed(price.tiers) if tier.start <= above), price.base)


def _moment(at: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=min(max(at, 0), _LAST_MS))


def _of_date(day: date) -> int:
    return (day - _EPOCH.date()).days * DAY_MS


def _of_day(moment: time) -> int:
    since_midnight = datetime.combine(_EPOCH.date(), moment.replace(tzinfo=UTC)) - _EPOCH
    return (since_midnight - (moment.utcoffset() or timedelta())) // timedelta(milliseconds=1) % DAY_MS
