"""The thread that looks at the agents' processes, and delivers what has changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from tui_monitor.events import ProcessScan
from tui_monitor.feed.deliveries import Delivery, ProcessesScanned
from tui_monitor.feed.process_scan import scan_processes
from tui_monitor.sources.base import SearchContext
from tui_monitor.sources.discovery.registry import Registry
from tui_monitor.sources.processes.table import process_table

INTERVAL_S = 0.7
"""Seconds between two looks, however cheap they are."""
MAX_CPU_SHARE = 0.002
"""The largest share of a core that looking may take."""


class ProcessMonitor(threading.Thread):
    """Looks at the processes again and again, within its share of a core; ``deliver`` is called with what is new.

    ``adds_sessions``: sessions that are not followed are shown too, each by its process.
    """

    def __init__(
        self,
        make_registry: Callable[[], Registry],
        context: SearchContext,
        adds_sessions: bool,
        deliver: Callable[[Delivery], None],
        stopped: threading.Event,
    ) -> None:
        super().__init__(name="tui-monitor-processes", daemon=True)
        self._make_registry = make_registry
        self._context = context
        self._adds_sessions = adds_sessions
        self._deliver = deliver
        self._stopped = stopped

    def run(self) -> None:
        """Look until stopped."""
        adapters, table = self._make_registry().adapters, process_table()
        known: dict[str, ProcessScan] = {}
        pause = 0.0
        while not self._stopped.wait(pause):
            started = time.thread_time()
            scans = scan_processes(adapters, self._context, table)
            new = tuple(scan for name, scan in scans.items() if known.get(name) != scan)
            known |= scans
            if new:
                self._deliver(ProcessesScanned(new, self._adds_sessions))
            is_first = not pause  # it looks up what is remembered then
            pause = INTERVAL_S if is_first else max(INTERVAL_S, (time.thread_time() - started) / MAX_CPU_SHARE)
