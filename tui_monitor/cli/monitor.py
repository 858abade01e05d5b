"""Opens the monitor on a terminal. It is what starts without any word, so the command-line library stays out."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tui_monitor.cli.ending import FINE, WRONG_USAGE, Failure
from tui_monitor.cli.setting import Setting, here, now_ms
from tui_monitor.cli.terminal import end_with_terminal, has_ascii_alone, need_terminal
from tui_monitor.cli.words import check_paths, quoted, suggestion
from tui_monitor.feed.feed import Feed
from tui_monitor.feed.source_selection import CwdSelector, PathSelector
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.discovery.registry import Registry, default_registry
from tui_monitor.tui.app_context import DeliverySource, SourceOpener

if TYPE_CHECKING:
    from textual.app import App


def watch(paths: Sequence[str] = (), store: str = "", no_store: bool = False, theme: str = "") -> int:
    """Show the sessions at ``paths``, else the one of this folder; answers with the exit status.

    Raises:
        Failure: a path or the theme does not exist, or there is no terminal to show it on.
    """
    check_paths(paths)
    setting = here()
    prices = setting.prices()

    def choose(registry: Registry) -> PathSelector | CwdSelector:
        return PathSelector(paths, registry) if paths else CwdSelector(setting.search_context, registry, now_ms)

    def open_source(wake: Callable[[], None]) -> Feed:
        return Feed(default_registry, choose, prices, setting.store_opener(store, no_store), wake)

    return show(setting, open_source, theme, data_comes_in="-" in paths)


def show(setting: Setting, open_source: SourceOpener, theme: str = "", data_comes_in: bool = False) -> int:
    """Show what a source brings until the person leaves. ``data_comes_in`` on standard input, not keys."""
    need_terminal(data_comes_in)
    from tui_monitor.tui.app import MonitorApp
    from tui_monitor.tui.app_context import AppContext

    if wrong := _wrong_theme(theme):
        raise Failure(wrong, WRONG_USAGE)
    display, opened = setting.settings.display, Opened()
    app = MonitorApp(
        AppContext(
            opened.by(open_source),
            now_ms,
            setting.search_context.home,
            open_demo=opened.by(partial(open_demo, setting.prices())),
            display=replace(display, theme=theme or display.theme, ascii=display.ascii or has_ascii_alone()),
            notices=(*setting.settings.warnings, *filter(None, [_wrong_theme(display.theme)])),
        )
    )
    _leave_when_told(app)
    end_with_terminal(opened.stop)
    app.run()
    return FINE if app.return_code is None else app.return_code


class Opened:
    """Remembers the source that was opened last, for who has to end it from outside."""

    def __init__(self) -> None:
        self._source: DeliverySource | None = None

    def by(self, open_source: SourceOpener) -> SourceOpener:
        """The same opener, remembered."""

        def open_remembered(wake: Callable[[], None]) -> DeliverySource:
            self._source = open_source(wake)
            return self._source

        return open_remembered

    def stop(self) -> None:
        """Store what was read, and end."""
        if self._source:
            self._source.stop()


def open_demo(prices: PriceBook, wake: Callable[[], None]) -> DeliverySource:
    """The played session; it is loaded when somebody wants to see it."""
    from tui_monitor.cli.played import PlayedFeed

    return PlayedFeed(prices, wake)


def _wrong_theme(theme: str) -> str:
    """What is wrong with the name of a theme; empty when nothing is."""
    from textual.theme import BUILTIN_THEMES

    if not theme or theme in BUILTIN_THEMES:
        return ""
    close = suggestion(theme, BUILTIN_THEMES)
    hint = f"did you mean {close}?" if close else f"there are {', '.join(sorted(BUILTIN_THEMES))}."
    return f"there is no theme {quoted(theme)}: {hint}"


def _leave_when_told(app: App[None]) -> None:
    """End as if the person had left where the system says so: the terminal is restored, and what was read is stored."""
    for name in ("SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):
            signal.signal(number, lambda number, frame: app.exit(return_code=128 + number))
