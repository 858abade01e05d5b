"""Additions to events from the price list: windows of contexts, rates of usage.

The reader adds windows, since the screen shows them at once. Rates are added where batches are
stored, since costs are shown as totals of the store only."""

from __future__ import annotations

from dataclasses import replace

from tui_monitor.events import (
    ASSUMED_LIMIT_SOURCES,
    Batch,
    ContextUpdate,
    Event,
    SessionTotalUpdate,
    Usage,
    WindowPolicy,
)
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.discovery.registry import agent_traits


def with_windows(batch: Batch, prices: PriceBook) -> Batch:
    """Return the batch with a window for each context whose source reports none, or only a guess."""
    return replace(batch, events=tuple(_with_window(event, prices) for event in batch.events))


def with_rates(batch: Batch, prices: PriceBook) -> Batch:
    """Return the batch with the rates of each usage. Usage of an unknown model stays unpriced."""
    return replace(batch, events=tuple(_with_rates(event, prices) for event in batch.events))


def _with_window(event: Event, prices: PriceBook) -> Event:
    if not isinstance(event, ContextUpdate):
        return event
    traits = agent_traits(event.session.source)
    if event.compaction_rule is None and traits.compaction_rule:
        event = replace(event, compaction_rule=traits.compaction_rule)
    if traits.context_base and not event.base:
        event = replace(event, base=traits.context_base)
    policy = traits.windows
    if event.limit is not None:
        if event.limit_source not in ASSUMED_LIMIT_SOURCES:
            return event
        policy = WindowPolicy(event.limit, policy.sizes)
    elif policy.by_model and not event.model:
        return event  # it would be a guess at the window of any model
    window = prices.window(event.model, policy=policy, largest_context=event.tokens or 0)
    return replace(event, limit=window.limit, limit_source=window.origin) if window else event


def _with_rates(event: Event, prices: PriceBook) -> Event:
    if isinstance(event, SessionTotalUpdate) and event.list_priced:
        return _with_list_prices(event, prices)
    if not isinstance(event, Usage) or event.rates is not None:
        return event
    engine = agent_traits(event.engine).provider if event.engine else ""
    rates = prices.rates(replace(event, engine=engine) if engine else event)
    return replace(event, rates=rates) if rates else event


def _with_list_prices(total: SessionTotalUpdate, prices: PriceBook) -> SessionTotalUpdate:
    """Return the total with the list price of models whose cost its source does not know; unknown ones add nothing."""
    costs = [] if total.cost is None else [total.cost]
    for model, tokens in total.list_priced:
        usage = Usage(session=total.session, at=total.at, strong_ids=(), model=model, tokens=tokens)
        if rates := prices.rates(usage):
            costs.append(rates.cost(tokens))
    return replace(total, cost=sum(costs) if costs else None, list_priced=())
