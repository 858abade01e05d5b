"""The played session as a source for the screen; nothing of it stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tui_monitor.demo.player import DemoPlayer
from tui_monitor.feed.feed import STOP_S, Feed
from tui_monitor.feed.source_selection import PathSelector
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.store import private_store


class PlayedFeed(Feed):
    """A feed of the demo: plays it in a folder of its own, and keeps it in a private store."""

    def __init__(self, prices: PriceBook, wake: Callable[[], None]) -> None:
        self._folder = TemporaryDirectory(prefix="tui-monitor-demo-", ignore_cleanup_errors=True)
        self._player = player = DemoPlayer(Path(self._folder.name))
        super().__init__(
            default_registry, lambda registry: PathSelector([str(player.path)], registry), prices, private_store, wake
        )

    def start(self) -> None:
        """Begin to play, and to read."""
        super().start()
        self._player.start()

    def stop(self, timeout: float = STOP_S) -> None:
        """End, and leave nothing behind."""
        self._player.stop()
        super().stop(timeout)
        self._folder.cleanup()
