"""One look at the agents' processes."""

from __future__ import annotations

from collections.abc import Iterable

from tui_monitor.events import ProcessScan
from tui_monitor.sources.base import Adapter, ProcessTable, SearchContext


def scan_processes(adapters: Iterable[Adapter], context: SearchContext, table: ProcessTable) -> dict[str, ProcessScan]:
    """Return the processes of each agent whose adapter knows of them, by its name. A plug-in that fails knows none."""
    scans: dict[str, ProcessScan] = {}
    for adapter in adapters:
        try:
            scan = adapter.scan_processes(context, table)
        except Exception:
            continue
        if scan is not None:
            scans[adapter.name] = scan
    return scans
