"""`prices`: what a model costs, how large its context window is, and where both are from."""

from __future__ import annotations

import sys

from tui_monitor.cli.ending import FINE, NOTHING_FOUND, Failure
from tui_monitor.cli.setting import here
from tui_monitor.cli.times import moment, zone
from tui_monitor.pricing import PriceBook, Window
from tui_monitor.reports.prices import prices_json, prices_text


def run(model: str, *, provider: str = "", at: str = "", json: bool = False) -> int:
    """What a model costs, how large its context window is, and where both are from.

    Both can be set in the configuration: input = 3.0 under [prices."MODEL"] (US dollars for a million tokens), and
    "MODEL" = 200000 under [windows].

    Args:
        model: The model's id, as the agent tells it.
        provider: Who sells it, e.g. anthropic, openai, aws.
        at: The day of the prices, e.g. 2026-11-01; today by default.
        json: Print a document for programs instead.
    """
    book = here().prices()
    card = book.explain(model, provider, moment(at, zone("")))
    if card is None:
        raise Failure(f"{model} is not known: set prices or windows of it in the configuration.", NOTHING_FOUND)
    if json:
        import orjson

        sys.stdout.write(orjson.dumps(prices_json(card), option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        sys.stdout.write(prices_text(card, _windows_by_agent(model, provider, book, card.window)))
    return FINE


def _windows_by_agent(model: str, provider: str, book: PriceBook, usual: Window | None) -> dict[str, Window]:
    """Return the windows with which agents made for this model run it, by the agent's title, if they are unusual."""
    from tui_monitor.sources.discovery.registry import default_registry

    traits = [adapter.traits for adapter in default_registry().adapters]
    made_for_it = [each for each in traits if each.model_family and each.model_family in model.lower()]
    windows = {each.title: book.window(model, provider, each.windows) for each in made_for_it}
    return {title: window for title, window in windows.items() if window and (not usual or window.limit != usual.limit)}
