"""A model's prices and window as shown to people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

from tui_monitor.pricing.pricelist import DAY_MS, RequestTerms
from tui_monitor.pricing.prices import PriceStep
from tui_monitor.pricing.tariff import Tariff
from tui_monitor.pricing.windows import Window


class PriceVariant(NamedTuple):
    """Prices for other than the standard terms, with the provider's name for them, e.g. ``batch``, and their source."""

    name: str
    steps: tuple[PriceStep, ...]
    source: str


@dataclass(frozen=True, slots=True)
class PriceCard:
    """A model's prices and window, with their sources.

    ``steps`` are the standard prices by the size of the prompt (empty: unknown), in force from ``since`` until before
    ``until`` (None: open). ``variants`` are those for other terms, ``configured`` the kinds that the configuration
    sets. ``listed_as`` and ``provider`` are the price list's names, empty if it does not have the model.
    """

    model: str
    listed_as: str
    provider: str
    source: str
    steps: tuple[PriceStep, ...]
    variants: tuple[PriceVariant, ...]
    since: date | None
    until: date | None
    window: Window | None
    configured: tuple[str, ...]


def price_card(model: str, tariff: Tariff, window: Window | None, at: int) -> PriceCard:
    """Return this model's prices at a time in UTC epoch milliseconds."""
    since, until = _in_force(tariff, at)
    return PriceCard(
        model=model,
        listed_as=tariff.listing.id if tariff.listing else "",
        provider=tariff.listing.provider if tariff.listing else "",
        source=_source(tariff),
        steps=tariff.steps(at, {}),
        variants=tuple(_variants(tariff, at)),
        since=since,
        until=until,
        window=window,
        configured=tariff.override.kinds() if tariff.override else (),
    )


def _source(tariff: Tariff) -> str:
    listed = tariff.listing.source if tariff.listing else tariff.entry.source if tariff.entry else ""
    return " over ".join(filter(None, ("configuration" if tariff.override else "", listed)))


def _variants(tariff: Tariff, at: int) -> Iterator[PriceVariant]:
    standard = tariff.steps(at, {})
    for name, terms in {_name(terms): terms for terms in tariff.variants()}.items():
        if (steps := tariff.steps(at, terms)) != standard:
            own = [one for one in tariff.surcharges_for(at, terms) if terms.get(one.term) == one.value]
            yield PriceVariant(name, steps, "; ".join(one.source for one in own) or _source(tariff))


def _name(terms: RequestTerms) -> str:
    return " ".join(f"region {value}" if term == "region" else value for term, value in terms.items())


def _in_force(tariff: Tariff, at: int) -> tuple[date | None, date | None]:
    """Return the first day of the standard prices at ``at``, and the day from which others are in force."""
    changes = [edge for edge in tariff.edges().dates if tariff.steps(edge - DAY_MS, {}) != tariff.steps(edge, {})]
    before = max((edge for edge in changes if edge <= at), default=None)
    after = min((edge for edge in changes if edge > at), default=None)
    return _day(before), _day(after)


def _day(at: int | None) -> date | None:
    return None if at is None else datetime.fromtimestamp(at // 1000, UTC).date()
