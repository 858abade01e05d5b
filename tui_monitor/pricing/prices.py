"""A price as price pages print it, and the exact integer rates it becomes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal

from tui_monitor.events import PICO, Rates

_MILLION = 10**6
_THOUSAND = 10**3


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars for a million tokens of each kind, for a thousand searches, a thousand requests; None: not told."""

    input: Decimal | None = None
    output: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    cache_write_1h: Decimal | None = None
    web_search: Decimal | None = None
    request: Decimal | None = None

    def over(self, base: Prices) -> Prices:
        """These prices, and those of ``base`` where nothing is told here."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return Prices(**{name: getattr(base, name) if price is None else price for name, price in own.items()})

    def completed(self) -> Prices:
        """With every cache priced: what goes through one costs as much as fresh input unless told."""
        write = self.input if self.cache_write is None else self.cache_write
        return self.over(Prices(cache_read=self.input, cache_write=write, cache_write_1h=write))

    def rates(self) -> Rates | None:
        """Picodollars for one of each, to the nearest; None unless every kind of token has a price."""
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
    """The prices of a request whose prompt is larger than ``above`` tokens: they hold for all of its tokens."""

    above: int
    prices: Prices


def _pico(price: Decimal | None, per: int) -> int:
    return int((price * PICO / per).to_integral_value()) if price is not None else 0
