"""`watch`: the live monitor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from cyclopts import Parameter

from tui_monitor.cli.ending import FINE
from tui_monitor.cli.setting import here, now_ms
from tui_monitor.feed.choice import Here, Named
from tui_monitor.feed.feed import Feed
from tui_monitor.sources.registry import Registry, default_registry


def run(
    *paths: str,
    store: str = "",
    no_store: Annotated[bool, Parameter(negative="")] = False,
    theme: str = "",
) -> int:
    """The live monitor."""
    from tui_monitor.tui.app import MonitorApp
    from tui_monitor.tui.surroundings import Surroundings

    setting = here()
    prices = setting.prices()

    def choose(registry: Registry) -> Named | Here:
        return Named(paths, registry) if paths else Here(setting.places, registry, now_ms)

    def open_source(wake: Callable[[], None]) -> Feed:
        return Feed(default_registry, choose, prices, setting.store_opener(store, no_store), wake)

    display = setting.settings.display
    app = MonitorApp(
        Surroundings(
            open_source,
            now_ms,
            setting.places.home,
            display=replace(display, theme=theme or display.theme),
            notices=setting.settings.warnings,
        )
    )
    app.run()
    return app.return_code or FINE
