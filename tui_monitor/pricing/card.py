"""A model's prices as a person wants to see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

from tui_monitor.pricing.pricelist import DAY_MS, version
from tui_monitor.pricing.prices import PriceStep
from tui_monitor.pricing.tariff import Tariff
from tui_monitor.pricing.windows import Window


class PriceVariant(NamedTuple):
    """Prices other than the standard ones: ``name`` as the provider calls them, e.g. ``batch``."""

    name: str
    steps: tuple[PriceStep, ...]


@dataclass(frozen=True, slots=True)
class PriceCard:
    """All that is known of a model's price and window, for people.

    ``steps`` are the standard prices by the size of the prompt (empty: unknown), in force from ``since`` until before
    ``until`` (None: open). ``listed_as`` and ``provider`` are the price list's names, empty where it has none.
    """

    model: str
    listed_as: str
    provider: str
    source: str
    steps: tuple[PriceStep, ...]
    terms: tuple[PriceVariant, ...]
    since: date | None
    until: date | None
    window: Window | None


def price_card(model: str, known: Tariff, window: Window | None, at: int) -> PriceCard:
    """What is known of this model's prices at a time in UTC epoch milliseconds."""
    since, until = _in_force(known, at)
    return PriceCard(
        model=model,
        listed_as=known.listing.id if known.listing else "",
        provider=known.listing.provider if known.listing else "",
        source=_source(known),
        steps=known.steps(at, {}),
        terms=tuple(_terms(known, at)),
        since=since,
        until=until,
        window=window,
    )


def _source(known: Tariff) -> str:
    listed = version() if known.listing else known.entry.source if known.entry else ""
    return " over ".join(filter(None, ("configuration" if known.override else "", listed)))


def _terms(known: Tariff, at: int) -> Iterator[PriceVariant]:
    standard = known.steps(at, {})
    contexts = known.listing.contexts() if known.listing else []
    for name, context in {" ".join(context.values()): context for context in contexts}.items():
        if (steps := known.steps(at, context)) != standard:
            yield PriceVariant(name, steps)


def _in_force(known: Tariff, at: int) -> tuple[date | None, date | None]:
    """The first day of the standard prices of ``at``, and the day on which others follow."""
    changes = [edge for edge in known.edges().dates if known.steps(edge - DAY_MS, {}) != known.steps(edge, {})]
    before = max((edge for edge in changes if edge <= at), default=None)
    after = min((edge for edge in changes if edge > at), default=None)
    return _day(before), _day(after)


def _day(at: int | None) -> date | None:
    return None if at is None else datetime.fromtimestamp(at // 1000, UTC).date()
