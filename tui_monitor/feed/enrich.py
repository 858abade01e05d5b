"""Additions to events from the price list: windows of contexts, rates of usage.

The screen gets windows by the prices of the view, the store both by the user's own: see `RepricedView`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from tui_monitor.events import (
    ASSUMED_LIMIT_SOURCES,
    Batch,
    ContextUpdate,
    Event,
    Rates,
    SessionTotalUpdate,
    Usage,
    WindowPolicy,
)
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.discovery.registry import agent_traits


class EventPricing:
    """A price book for events: a `tui_monitor.store.projection.Pricing`."""

    def __init__(self, prices: PriceBook, has_other_windows: bool = True) -> None:
        """With ``has_other_windows`` false only prices are applied when a store is repriced."""
        self._prices = prices
        self.has_other_windows = has_other_windows

    def rates(self, usage: Usage) -> Rates | None:
        """Return the rates of a response by the engine that ran its model; None if they are unknown."""
        return self._prices.rates(_with_engine(usage))

    def rates_at(self, usage: Usage) -> Callable[[int, int], Rates | None]:
        """Return the rates of responses like this one by their time and the tokens of their prompt."""
        return self._prices.rates_at(_with_engine(usage))

    def listed_cost(self, total: SessionTotalUpdate) -> int | None:
        """Return at least what models cost whose cost a total's source does not know; unknown ones add nothing.

        Their tokens are those of many responses, so each is taken for the cheapest of the day.
        """
        costs = []
        for model, tokens in total.list_priced:
            usage = Usage(session=total.session, at=total.at, strong_ids=(), model=model, tokens=tokens)
            if rates := self._prices.lowest_rates(usage):
                costs.append(rates.cost(tokens))
        return sum(costs) if costs else None

    def with_window(self, update: ContextUpdate) -> ContextUpdate:
        """Return the update with a window if its source reports none, or only a guess."""
        policy, guess = agent_traits(update.session.source).windows, update.limit
        if guess is not None:
            if update.limit_source not in ASSUMED_LIMIT_SOURCES:
                return update
            policy = WindowPolicy(guess, policy.sizes)
        elif policy.by_model and not update.model:
            return update  # it would be a guess at the window of any model
        window = self._prices.window(update.model, policy=policy, largest_context=update.tokens or 0)
        if window is None:
            return update
        return replace(update, limit=window.limit, limit_source=window.origin, guessed_limit=guess)


def _with_engine(usage: Usage) -> Usage:
    engine = agent_traits(usage.engine).provider if usage.engine else ""
    return replace(usage, engine=engine) if engine else usage


def enriched(batch: Batch, prices: PriceBook) -> Batch:
    """Return the batch with windows and rates, for a store. Usage of an unknown model stays unpriced."""
    return _with_additions(batch, _WINDOWS | _RATES, EventPricing(prices))


def with_windows(batch: Batch, prices: PriceBook) -> Batch:
    """Return the batch with a window for each context whose source reports none, or only a guess."""
    return _with_additions(batch, _WINDOWS, EventPricing(prices))


def _with_additions(batch: Batch, additions: Mapping[type[Event], _Addition], pricing: EventPricing) -> Batch:
    events = (add(event, pricing) if (add := additions.get(type(event))) else event for event in batch.events)
    return replace(batch, events=tuple(events))


def _with_window(event: ContextUpdate, pricing: EventPricing) -> ContextUpdate:
    traits = agent_traits(event.session.source)
    if event.compaction_rule is None and traits.compaction_rule:
        event = replace(event, compaction_rule=traits.compaction_rule)
    if traits.context_base and not event.base:
        event = replace(event, base=traits.context_base)
    return pricing.with_window(event)


def _with_rates(event: Usage, pricing: EventPricing) -> Usage:
    rates = pricing.rates(event) if event.rates is None else None
    return replace(event, rates=rates) if rates else event


def _with_listed_cost(event: SessionTotalUpdate, pricing: EventPricing) -> SessionTotalUpdate:
    return replace(event, listed_cost=pricing.listed_cost(event)) if event.list_priced else event


_Addition: TypeAlias = Callable[[Any, EventPricing], Event]

_WINDOWS: dict[type[Event], _Addition] = {ContextUpdate: _with_window}
_RATES: dict[type[Event], _Addition] = {Usage: _with_rates, SessionTotalUpdate: _with_listed_cost}
