"""A recording as a source of deliveries: the same as of a live session, but that a clock of its own decides when."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tui_monitor.feed.feed import Feed
from tui_monitor.feed.path_selection import PathSelector
from tui_monitor.feed.replay.clock import ReplayClock
from tui_monitor.feed.replay.player import Player
from tui_monitor.feed.replay.recording import Recording
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.store import private_store


def replay_feed(
    recording: Recording,
    clock: ReplayClock,
    prices: PriceBook,
    notify: Callable[[], None],
    max_pause_ms: int | None = None,
) -> Feed:
    """Return a feed that plays a recording into a private store, from where its clock stands; see `Player`."""
    return Feed(
        default_registry,
        partial(PathSelector, []),
        prices,
        partial(private_store, bodies=True),
        notify,
        make_reader=partial(Player, recording, clock, max_pause_ms),
    )
