"""``prices``: a model's prices and context window, and where both come from."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from tui_monitor.cli.exit_status import NOTHING_FOUND, OK, CommandError
from tui_monitor.cli.output import write, write_json
from tui_monitor.cli.path_args import quoted, suggestion
from tui_monitor.cli.run_context import report_context
from tui_monitor.cli.times import parse_time
from tui_monitor.config import Config
from tui_monitor.pricing import PriceBook, Window
from tui_monitor.pricing.card import PriceCard
from tui_monitor.reports.prices import prices_json, prices_text


def prices(
    model: str | None = None,
    /,
    *,
    provider: str = "",
    at: str = "",
    json: bool = False,
    recompute: bool = False,
    dry_run: bool = False,
    store: str | Path = "",
) -> int:
    """Show a model's prices and context window, and where they come from.

    Both can be set in the configuration: input = 3.0 under [prices."MODEL"] (US dollars per million tokens), and
    "MODEL" = 200000 under [windows]. They hold for what is read from then on; --recompute applies them to the rest.
    For example:

      tui-monitor prices claude-opus-4-6
      tui-monitor prices gpt-4o --provider azure --at 2025-06
      tui-monitor prices --recompute --dry-run

    Args:
        model: The model's id as the agent reports it, such as claude-opus-4-6.
        provider: Provider, such as anthropic, openai or aws.
        at: Day of the prices, such as 2026-11-01; today by default.
        json: Print JSON instead of text.
        recompute: Apply today's prices and windows to everything that is stored, and show what that changes.
        dry_run: With --recompute: show it, and change nothing.
        store: With --recompute: use this store instead of the default one.
    """
    if recompute:
        _check_recompute(model, provider, at)
        from tui_monitor.cli.recompute import recompute as recompute_store

        return recompute_store(str(store), is_dry=dry_run, as_json=json)
    if dry_run or store:
        raise CommandError("--dry-run and --store go with --recompute.")
    if model is None:
        raise CommandError("MODEL is missing: see tui-monitor prices --help.")
    if not model.strip():
        raise CommandError("MODEL is empty: give a model's id, such as claude-opus-4-6.")
    context = report_context()
    book = context.view_prices()
    if provider:
        _check_provider(provider, book.providers())
    card = book.explain(model, provider, parse_time(at, None))
    if card is None:
        close = suggestion(model.lower(), book.models())
        advice = f"did you mean {close}?" if close else "set its prices or window in the configuration."
        raise CommandError(f"unknown model {quoted(model)}: {advice}", NOTHING_FOUND)
    if json:
        write_json(prices_json(card))
        return OK
    windows = _windows_by_agent(model, provider, book, card.window)
    write(prices_text(card, windows, _config_files(context.config, card)))
    return OK


def _check_provider(name: str, providers: Sequence[str]) -> None:
    if name.lower() in providers:
        return
    close = get_close_matches(name.lower(), providers, n=1)
    known = f"did you mean {close[0]}?" if close else f"known are {', '.join(providers)}."
    raise CommandError(f"unknown provider {quoted(name)}: {known}")


def _check_recompute(*words: str | None) -> None:
    if any(words):
        raise CommandError("--recompute is for everything that is stored: it takes no MODEL, --provider or --at.")


def _config_files(config: Config, card: PriceCard) -> tuple[str, ...]:
    """Return the places of configured prices and windows, if the card has any."""
    sections = {
        "prices": card.source.startswith("configuration"),
        "windows": card.window is not None and card.window.origin == "configured",
    }
    places = [place for section, applies in sections.items() if applies for place in config.origins[section]]
    return tuple(dict.fromkeys(places))


def _windows_by_agent(model: str, provider: str, book: PriceBook, usual: Window | None) -> dict[str, Window]:
    """Return the windows with which agents made for this model run it, by the agent's title, if they are unusual."""
    from tui_monitor.sources.discovery.registry import default_registry

    traits = [adapter.traits for adapter in default_registry().adapters]
    agents = [each for each in traits if each.model_family and each.model_family in model.lower()]
    windows = {each.title: book.window(model, provider, each.windows) for each in agents}
    return {title: window for title, window in windows.items() if window and (not usual or window.limit != usual.limit)}
