"""The price book: what a response costs and how large a context window is, asked by the feed and by commands."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache

from tui_monitor.events import NO_WINDOW_POLICY, Rates, Usage, WindowPolicy
from tui_monitor.pricing.card import PriceCard, price_card
from tui_monitor.pricing.overrides import NO_OVERRIDES, Overrides
from tui_monitor.pricing.pricelist import Context
from tui_monitor.pricing.schedule import Schedule
from tui_monitor.pricing.tariff import tariff
from tui_monitor.pricing.windows import Window, listed_window, window

_MOST_MODELS = 1024
"""Names come from outside: this many are remembered, not all there ever were."""


def _now() -> int:
    return time.time_ns() // 10**6


class PriceBook:
    """Rates and windows of models. Everything is looked up once and then remembered; any thread may ask."""

    def __init__(self, overrides: Overrides = NO_OVERRIDES, clock: Callable[[], int] = _now) -> None:
        """``clock`` tells the UTC epoch milliseconds that stand for a time which is not told."""
        self._overrides = overrides
        self._clock = clock
        self._schedule = lru_cache(_MOST_MODELS)(self._make_schedule)
        self._configured_window = lru_cache(_MOST_MODELS)(overrides.window_of)
        self._listed_window = lru_cache(_MOST_MODELS)(listed_window)

    def rates(self, usage: Usage) -> Rates | None:
        """The rates in force for this response; None when they are unknown, which never means free.

        Where in the world a request was served changes nothing: the price list knows that only from ids such as
        Bedrock's (not Anthropic's US-only surcharge).
        """
        schedule = self._schedule(usage.model, usage.provider, usage.engine, usage.service_tier, usage.speed)
        return schedule.rates(usage.at or self._clock(), usage.tokens.prompt)

    def window(
        self, model: str, provider: str = "", policy: WindowPolicy = NO_WINDOW_POLICY, seen: int = 0
    ) -> Window | None:
        """Return the context window of a model as an agent with this ``policy`` runs it; None if it is unknown.

        For agents that do not report it. ``seen`` is the largest context so far, in tokens.
        """
        configured = self._configured_window(model, provider)
        return window(model, policy, seen, configured, lambda: self._listed_window(model, provider))

    def explain(self, model: str, provider: str = "", at: int | None = None) -> PriceCard | None:
        """All that is known of a model at a time in UTC epoch milliseconds; None when that is nothing."""
        known = tariff(self._overrides, model, provider)
        shown = price_card(model, known, self.window(model, provider), self._clock() if at is None else at)
        return shown if shown.steps or shown.window else None

    def _make_schedule(self, model: str, provider: str, engine: str, service_tier: str, speed: str) -> Schedule:
        return Schedule(tariff(self._overrides, model, provider, engine), _context(service_tier, speed))


def _context(service_tier: str, speed: str) -> Context:
    processing = "batch" if service_tier == "batch" else ""
    told = {"service_tier": service_tier, "speed": speed, "processing": processing}
    return {key: value for key, value in told.items() if value}
