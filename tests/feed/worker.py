"""A monitor without a screen, for a process that tests kill."""

from __future__ import annotations

import os
import signal
from itertools import count
from pathlib import Path
from threading import Event

from tui_monitor.feed.feed import Feed
from tui_monitor.feed.path_selection import PathSelector
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.store import Store, open_store

INSTRUCTIONS = 100
"""Instructions of the database in a step."""


def monitor(store: Path, path_args: list[str], steps: int | None = None) -> None:
    """Read these paths into the store for ever, or until killed by SIGKILL after a number of database steps."""

    def open_counted() -> Store:
        opened_store = open_store(store)
        if steps is not None:
            step = count()
            die = lambda: os.kill(os.getpid(), signal.SIGKILL) if next(step) >= steps else None  # noqa: E731
            opened_store._database.connection.set_progress_handler(die, INSTRUCTIONS)
        return opened_store

    woken = Event()
    feed = Feed(
        default_registry, lambda registry: PathSelector(path_args, registry), PriceBook(), open_counted, woken.set
    )
    feed.start()
    while woken.wait():
        woken.clear()
        for _ in feed.drain():
            pass
