"""``prices``: a model's prices and context window, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from tui_monitor.clean import clean_line
from tui_monitor.pricing.card import PriceCard
from tui_monitor.pricing.prices import PriceStep
from tui_monitor.pricing.windows import Window
from tui_monitor.reports.model import SCHEMA, Json
from tui_monitor.units import compact

_KINDS = (
    ("input", "input", "M tokens"),
    ("output", "output", "M tokens"),
    ("cache_read", "cache read", "M tokens"),
    ("cache_write", "cache write", "M tokens"),
    ("cache_write_1h", "cache write 1h", "M tokens"),
    ("web_search", "web search", "1,000"),
    ("request", "request", "1,000"),
)
_STANDARD = "standard"
NO_WINDOWS: Mapping[str, Window] = {}


def prices_text(
    card: PriceCard, windows_by_agent: Mapping[str, Window] = NO_WINDOWS, config_files: Sequence[str] = ()
) -> str:
    """Return text for people.

    ``windows_by_agent`` has the agents, by title, that run the model with other windows, ``config_files`` the places
    where prices or the window are configured.
    """
    lines = [clean_line(card.model), *_facts(card, windows_by_agent, config_files), "", *_table(card)]
    return "".join(f"{line}\n" for line in lines)


def prices_json(card: PriceCard) -> Json:
    """Return JSON: US dollars per million tokens, per thousand searches, per thousand requests."""
    sources = {variant.name: variant.source for variant in card.variants}
    return {
        "schema": SCHEMA,
        "model": card.model,
        "listed_as": card.listed_as or None,
        "provider": card.provider or None,
        "source": card.source or None,
        "configured": list(card.configured),
        "since": _day(card.since),
        "until": _day(card.until),
        "window": {"tokens": card.window.limit, "origin": card.window.origin} if card.window else None,
        "prices": [
            {
                "terms": terms,
                "source": sources.get(terms, card.source) or None,
                "above_tokens": step.above,
                **{name: None if price is None else float(price) for name, price in asdict(step.prices).items()},
            }
            for terms, step in _columns(card)
        ],
    }


def _facts(card: PriceCard, windows_by_agent: Mapping[str, Window], config_files: Sequence[str]) -> Iterator[str]:
    listed = f"{card.listed_as} of {card.provider}" if card.listed_as else ""
    yield from _fact("listed as", listed)
    yield from _fact("source", card.source)
    yield from _fact("set in", ", ".join(config_files))
    yield from _fact("configured", ", ".join(title for kind, title, _ in _KINDS if kind in card.configured))
    since, until = _day(card.since), _day(card.until)
    yield from _fact("in force", " ".join(filter(None, (since and f"since {since}", until and f"until {until}"))))
    yield from _fact("window", _window(card.window))
    for agent, window in windows_by_agent.items():
        yield from _fact("", f"{_window(window)} as {agent} runs it")
    for variant in card.variants:
        if variant.source != card.source:
            yield from _fact(variant.name, variant.source)


def _fact(name: str, text: str) -> Iterator[str]:
    if text:
        yield f"  {name:<10} {clean_line(text)}"


def _window(window: Window | None) -> str:
    return f"{window.limit:,} tokens ({window.origin})" if window else "unknown"


def _table(card: PriceCard) -> Iterator[str]:
    columns = _columns(card)
    if not columns:
        yield "  its price is unknown"
        return
    heads = [_head(terms, step) for terms, step in columns]
    widths = [max(len(head), 10) for head in heads]
    yield _row("US dollars", "for", heads, widths)
    for name, kind, unit in _KINDS:
        prices = [getattr(step.prices, name) for _, step in columns]
        if any(price is not None for price in prices):
            yield _row(kind, unit, [_price(price) for price in prices], widths)


def _row(kind: str, unit: str, cells: Sequence[str], widths: Sequence[int]) -> str:
    numbers = "".join(f"  {cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
    return f"  {kind:<15}{unit:<8}{numbers}"


def _columns(card: PriceCard) -> list[tuple[str, PriceStep]]:
    """Return all prices: by the terms of a request and by its size."""
    standard = [(_STANDARD, step) for step in card.steps]
    return standard + [(variant.name, step) for variant in card.variants for step in variant.steps]


def _head(terms: str, step: PriceStep) -> str:
    return f"{terms} >{compact(step.above)}" if step.above else terms


def _price(price: Decimal | None) -> str:
    if price is None:
        return "—"
    exact = f"{price.normalize():f}"
    return exact if "." in exact and len(exact.partition(".")[2]) > 2 else f"{price:.2f}"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
