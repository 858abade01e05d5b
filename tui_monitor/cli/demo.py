"""``demo``: the monitor on a made-up session, played into a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tui_monitor.cli.monitor import show_monitor
from tui_monitor.cli.run_context import current_context
from tui_monitor.demo.player import DemoPlayer
from tui_monitor.feed.feed import STOP_S, Feed
from tui_monitor.feed.path_selection import PathSelector
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.store import private_store


def demo(*, theme: str = "") -> int:
    """Watch a demo session.

    A made-up agent works on a made-up project for about three minutes. Nothing on this machine is read or changed, and
    nothing is kept.

    Args:
        theme: Color theme, such as monitor-light, high-contrast, color-blind or nord.
    """
    context = current_context()
    quiet = replace(context.config.alerts, command=(), webhook="")
    context = replace(context, config=replace(context.config, alerts=quiet, budgets={}, project_budgets={}))
    return show_monitor(context, partial(DemoFeed, context.view_prices()), theme, alternative="")


class DemoFeed(Feed):
    """A feed of the demo: its transcript and store are temporary."""

    def __init__(self, prices: PriceBook, notify: Callable[[], None]) -> None:
        self._folder = TemporaryDirectory(prefix="tui-monitor-demo-", ignore_cleanup_errors=True)
        self._player = player = DemoPlayer(Path(self._folder.name))
        super().__init__(
            default_registry, lambda registry: PathSelector([str(player.path)], registry), prices, private_store, notify
        )

    def start(self) -> None:
        """Start playing and reading."""
        super().start()
        self._player.start()

    def stop(self, timeout: float = STOP_S) -> None:
        """Stop, and remove the folder."""
        self._player.stop()
        super().stop(timeout)
        self._folder.cleanup()
