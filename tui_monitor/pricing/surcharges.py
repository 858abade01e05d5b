"""Surcharges that the price list lacks: multiples of the standard prices for other terms of a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import NamedTuple

from tui_monitor.pricing.pricelist import RequestTerms
from tui_monitor.pricing.prices import PriceStep


class Surcharge(NamedTuple):
    """A ``factor`` on all token prices of a provider's models for one term of a request; ``source`` says whose.

    ``models`` are names in the price list without those in ``excluded`` (``*`` is a wildcard). It is in force from
    ``since`` until before ``until`` (None: open). If the list itself has prices for the term, these count instead.
    """

    provider: str
    models: tuple[str, ...]
    term: str
    value: str
    factor: Decimal
    source: str
    excluded: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


_BEFORE_REGIONS = (
    *("claude-v*", "claude-instant*", "claude-2*", "claude-3*"),
    *("claude-*-4-0", "claude-*-4-1", "claude-*-4-5"),
)
_REGIONS = "Anthropic's pricing page: inference in the US alone, from Opus 4.6 and Sonnet 4.6 on"
_FAST = "Anthropic's pricing page: fast mode of Opus 4.6 and 4.7, while it was offered"

SURCHARGES = (
    Surcharge("anthropic", ("claude-*",), "region", "us", Decimal("1.1"), _REGIONS, _BEFORE_REGIONS, date(2026, 2, 5)),
    Surcharge(
        "anthropic", ("claude-opus-4-6", "claude-opus-4-7"), "speed", "fast", Decimal(6), _FAST, since=date(2026, 2, 5)
    ),
)


def surcharges_of(provider: str, model: str) -> list[Surcharge]:
    """Return the surcharges of a model, by its provider and its name in the price list."""
    return [
        one
        for one in SURCHARGES
        if one.provider == provider and _matches(one.models, model) and not _matches(one.excluded, model)
    ]


def raise_prices(
    steps: Iterable[PriceStep], surcharges: Iterable[Surcharge], at: int, terms: RequestTerms
) -> Iterator[PriceStep]:
    """Yield the prices with those surcharges that are in force at ``at`` (UTC epoch milliseconds) for these terms."""
    factor = Decimal(1)
    for one in surcharges:
        if terms.get(one.term) == one.value and _in_force(one, at):
            factor *= one.factor
    for step in steps:
        yield step if factor == 1 else PriceStep(step.above, step.prices.times(factor))


def edges(surcharges: Iterable[Surcharge]) -> Iterator[int]:
    """Yield the times (UTC epoch milliseconds) at which these surcharges begin and end."""
    for one in surcharges:
        yield from (_epoch_ms(day) for day in (one.since, one.until) if day)


def _matches(patterns: Iterable[str], model: str) -> bool:
    return any(fnmatchcase(model, pattern) for pattern in patterns)


def _in_force(surcharge: Surcharge, at: int) -> bool:
    since, until = surcharge.since, surcharge.until
    return (since is None or at >= _epoch_ms(since)) and (until is None or at < _epoch_ms(until))


def _epoch_ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
