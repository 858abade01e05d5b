"""The process that reads the history for a monitor (``python -m tui_monitor.cli.backfill``).

After each slice it prints the bytes read and their whole number, and waits for a line on its standard input; at the end
of that it ends.
"""

from __future__ import annotations

import os
import sys
from contextlib import closing, suppress
from functools import partial

from tui_monitor.cli.garbage import rare_collections
from tui_monitor.cli.output import write_at_once
from tui_monitor.cli.reading import files_of
from tui_monitor.cli.run_context import current_context
from tui_monitor.cli.surroundings import now_ms
from tui_monitor.feed.history_reader import HistoryReader
from tui_monitor.feed.retention import Pruner, apply_settings
from tui_monitor.sources.discovery.find import find_sessions
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.store import StoreError

NICENESS = 10
"""Low, but not the lowest: while it holds the store's lock others wait for it."""


def main(store_choice: str = "") -> int:
    """Read all sessions on this machine, newest first, and prune what the settings say; return the exit status."""
    with suppress(OSError, AttributeError):  # Windows has none
        os.nice(NICENESS)
    context = current_context()
    files = files_of(find_sessions(default_registry().adapters, context.search_context))
    try:
        with rare_collections(), closing(context.store_opener(store_choice)()) as store:
            if HistoryReader(store, files, context.prices(), _may_go_on).read():
                apply_settings(Pruner(store, may_go_on=partial(_may_go_on, 1, 1)), context.config.history, now_ms())
    except (StoreError, BrokenPipeError):  # the monitor sees it itself, or has gone
        return 1
    return 0


def _may_go_on(bytes_read: int, size: int) -> bool:
    write_at_once(f"{bytes_read} {size}\n")
    return bool(sys.stdin.readline())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
