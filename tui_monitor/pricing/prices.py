"""Prices in US dollars as on price pages, and their conversion to exact integer rates."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from decimal import Decimal

from tui_monitor.events import PICO, Rates

_MILLION = 10**6
_THOUSAND = 10**3


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars per million tokens of each kind, per thousand searches and requests; None if unknown."""

    input: Decimal | None = None
    output: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    cache_write_1h: Decimal | None = None
    web_search: Decimal | None = None
    request: Decimal | None = None

    def over(self, base: Prices) -> Prices:
        """Return these prices, completed by those of ``base``."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return Prices(**{name: getattr(base, name) if price is None else price for name, price in own.items()})

    def kinds(self) -> tuple[str, ...]:
        """Return the kinds that have a price."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name) is not None)

    def completed(self) -> Prices:
        """Return prices for all cache use: unknown ones cost as much as fresh input."""
        write = self.input if self.cache_write is None else self.cache_write
        return self.over(Prices(cache_read=self.input, cache_write=write, cache_write_1h=write))

    def times(self, factor: Decimal) -> Prices:
        """Return these prices with all tokens multiplied."""
        kinds = ("input", "output", "cache_read", "cache_write", "cache_write_1h")
        raised = {kind: None if (price := getattr(self, kind)) is None else price * factor for kind in kinds}
        return replace(self, **raised)

    def rates(self) -> Rates | None:
        """Return picodollars per unit, rounded; None unless every kind of token has a price."""
        if None in (self.input, self.output, self.cache_read, self.cache_write, self.cache_write_1h):
            return None
        return Rates(
            input=_pico(self.input, _MILLION),
            output=_pico(self.output, _MILLION),
            cache_read=_pico(self.cache_read, _MILLION),
            cache_creation=_pico(self.cache_write, _MILLION),
            cache_creation_1h=_pico(self.cache_write_1h, _MILLION),
            web_search=_pico(self.web_search, _THOUSAND),
            request=_pico(self.request, _THOUSAND),
            searches_known=self.web_search is not None,
        )


@dataclass(frozen=True, slots=True)
class PriceStep:
    """Prices for all tokens of a request whose prompt is larger than ``above`` tokens."""

    above: int
    prices: Prices


def _pico(price: Decimal | None, per: int) -> int:
    return int((price * PICO / per).to_integral_value()) if price is not None else 0
