"""A monitor without a screen, in a process of its own: what the tests kill."""

from __future__ import annotations

import os
import signal
from itertools import count
from pathlib import Path
from threading import Event

from tui_monitor.feed.feed import Feed
from tui_monitor.feed.source_selection import PathSelector
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.store import Store, open_store

INSTRUCTIONS = 100
"""A step is so many instructions of the database."""


def monitor(store: Path, words: list[str], steps: int | None = None) -> None:
    """Read what the words name into the store for ever; after so many steps of the database die, as by SIGKILL."""

    def opened() -> Store:
        kept = open_store(store)
        if steps is not None:
            taken = count()
            die = lambda: os.kill(os.getpid(), signal.SIGKILL) if next(taken) >= steps else None  # noqa: E731
            kept._database.connection.set_progress_handler(die, INSTRUCTIONS)
        return kept

    woken = Event()
    feed = Feed(default_registry, lambda registry: PathSelector(words, registry), PriceBook(), opened, woken.set)
    feed.start()
    while woken.wait():
        woken.clear()
        for _ in feed.drain():
            pass
