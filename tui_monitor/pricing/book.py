"""The price book: rates of responses and context windows of models, for the feed and for commands."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Protocol

from tui_monitor.events import NO_WINDOW_POLICY, Rates, Usage, WindowPolicy
from tui_monitor.pricing.card import PriceCard, price_card
from tui_monitor.pricing.list_file import configured_list
from tui_monitor.pricing.names import OTHER_PROVIDERS
from tui_monitor.pricing.overrides import NO_OVERRIDES, Overrides
from tui_monitor.pricing.pricelist import INSTALLED, PriceList, RequestTerms
from tui_monitor.pricing.tariff import Schedule, find_tariff
from tui_monitor.pricing.windows import Window, find_window, listed_window

_CACHE_SIZE = 1024
"""Models that are cached: their names come from outside, so there may be any number."""


def _now() -> int:
    return time.time_ns() // 10**6


class PriceSettings(Protocol):
    """The part of a configuration that a price book needs, see `Overrides.from_tables`."""

    @property
    def prices(self) -> Mapping[str, Mapping[str, float]]:
        """Prices by model pattern and kind."""

    @property
    def windows(self) -> Mapping[str, int]:
        """Context windows by model pattern."""

    @property
    def price_list(self) -> str:
        """The path of a price list, empty for the installed one."""


class PriceBook:
    """Rates and windows of models, cached after the first query. Thread-safe."""

    def __init__(
        self,
        overrides: Overrides = NO_OVERRIDES,
        clock: Callable[[], int] = _now,
        price_list: PriceList = INSTALLED,
    ) -> None:
        """``clock`` returns the UTC epoch milliseconds to use for an unknown time."""
        self._overrides = overrides
        self._price_list = price_list
        self._clock = clock
        self._schedule = lru_cache(_CACHE_SIZE)(self._make_schedule)
        self._configured_window = lru_cache(_CACHE_SIZE)(overrides.window_of)
        self._listed_window = lru_cache(_CACHE_SIZE)(partial(listed_window, price_list=price_list))

    @classmethod
    def configured(cls, settings: PriceSettings) -> PriceBook:
        """Return the price book with the prices, windows and price list of a configuration.

        A list that cannot be used is replaced by the installed one, see `configured_list`.
        """
        overrides = Overrides.from_tables(settings.prices, settings.windows)
        return cls(overrides, price_list=configured_list(settings.price_list).list)

    def rates(self, usage: Usage) -> Rates | None:
        """Return the rates in force for this response; None if they are unknown, which never means free."""
        return self._schedule_of(usage).rates(usage.at or self._clock(), usage.priced_prompt)

    def rates_at(self, usage: Usage) -> Callable[[int, int], Rates | None]:
        """Return the rates of responses like this one by their time and the tokens of their prompt."""
        schedule, clock = self._schedule_of(usage), self._clock
        return lambda at, prompt: schedule.rates(at or clock(), prompt)

    def lowest_rates(self, usage: Usage) -> Rates | None:
        """Return the lowest rates of the day for responses like this one, whose times and sizes are unknown."""
        return self._schedule_of(usage).lowest(usage.at or self._clock())

    def window(
        self, model: str, provider: str = "", policy: WindowPolicy = NO_WINDOW_POLICY, largest_context: int = 0
    ) -> Window | None:
        """Return the context window of a model as an agent with this ``policy`` runs it; None if it is unknown.

        For agents that do not report it. ``largest_context`` is that of the session so far, in tokens.
        """
        configured = self._configured_window(model, provider)
        return find_window(model, policy, largest_context, configured, lambda: self._listed_window(model, provider))

    def providers(self) -> list[str]:
        """Return all known names of providers: of the price list, other names for them, and configured ones."""
        configured = {name.partition("/")[0] for name in self._overrides.names() if "/" in name}
        return sorted({*self._price_list.providers(), *OTHER_PROVIDERS, *configured})

    def models(self) -> list[str]:
        """Return the names of all models with a known price: of the price list, and configured ones."""
        configured = {name.rpartition("/")[2] for name in self._overrides.names()}
        return sorted({*self._price_list.models(), *configured})

    def explain(self, model: str, provider: str = "", at: int | None = None) -> PriceCard | None:
        """Return prices and window of a model at a time in UTC epoch milliseconds; None if both are unknown."""
        at = self._clock() if at is None else at
        tariff = find_tariff(self._overrides, model, provider, price_list=self._price_list)
        card = price_card(model, tariff, self.window(model, provider), at)
        return card if card.steps or card.window else None

    def _schedule_of(self, usage: Usage) -> Schedule:
        terms = (usage.service_tier, usage.speed, usage.region)
        return self._schedule(usage.model, usage.provider, usage.engine, *terms)

    def _make_schedule(
        self, model: str, provider: str, engine: str, service_tier: str, speed: str, region: str
    ) -> Schedule:
        terms = _request_terms(service_tier, speed, region)
        return Schedule(find_tariff(self._overrides, model, provider, engine, self._price_list), terms)


def _request_terms(service_tier: str, speed: str, region: str) -> RequestTerms:
    processing = "batch" if service_tier == "batch" else ""
    terms = {"service_tier": service_tier, "speed": speed, "processing": processing, "region": region}
    return {key: value for key, value in terms.items() if value}
