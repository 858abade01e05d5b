"""The feed of a command that follows sessions: what it reads, where it stores that, and whose processes it looks at."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from threading import Event
from typing import TYPE_CHECKING

from tui_monitor.cli.run_context import RunContext
from tui_monitor.cli.surroundings import now_ms
from tui_monitor.feed.deliveries import Delivery
from tui_monitor.feed.feed import Feed
from tui_monitor.feed.live_selection import LiveSelector
from tui_monitor.feed.past_sessions import PastSessions
from tui_monitor.feed.path_selection import PathSelector
from tui_monitor.feed.process_monitor import ProcessMonitor
from tui_monitor.sources.discovery.registry import Registry, default_registry

if TYPE_CHECKING:
    from tui_monitor.feed.backfill import HistoryBackfill


def feed_opener(
    context: RunContext, paths: Sequence[str], store: str, no_store: bool, *, reads_history: bool = False
) -> Callable[[Callable[[], None]], Feed]:
    """Return a function that opens the feed of the sessions at ``paths``, else of all live ones.

    With ``reads_history`` all other sessions are read into the store meanwhile, unless the settings say otherwise.
    """
    prices = context.prices()
    view_prices = context.view_prices() if context.config.folder else None

    past_sessions = None if paths else PastSessions(lambda: default_registry().adapters, context.search_context)

    def select(registry: Registry) -> PathSelector | LiveSelector:
        return PathSelector(paths, registry) if paths else LiveSelector(context.search_context, registry, now_ms)

    def monitor_processes(deliver: Callable[[Delivery], None], stopped: Event) -> ProcessMonitor:
        return ProcessMonitor(default_registry, context.search_context, not paths, deliver, stopped)

    def read_history(
        is_quiet: Callable[[], bool], deliver: Callable[[Delivery], None], stopped: Event
    ) -> HistoryBackfill:
        from tui_monitor.feed.backfill import HistoryBackfill

        words = (sys.executable, "-P", "-m", "tui_monitor.cli.backfill", store)
        return HistoryBackfill(words, context.data, is_quiet, deliver, stopped)

    may_read_history = reads_history and context.config.history.backfill and not (paths or no_store)

    def open_feed(notify: Callable[[], None]) -> Feed:
        opener, spool = context.store_opener(store, no_store), context.pipe_spool(store, no_store)
        return Feed(
            default_registry,
            select,
            prices,
            opener,
            notify,
            spool,
            monitor_processes,
            view_prices,
            past_sessions,
            make_backfill=read_history if may_read_history else None,
        )

    return open_feed
