"""The thread that looks at processes."""

import threading
from pathlib import Path
from queue import Queue

from tui_monitor.events import ProcessScan, SessionKey, SessionProcess
from tui_monitor.feed.deliveries import Delivery, ProcessesScanned
from tui_monitor.feed.process_monitor import ProcessMonitor
from tui_monitor.feed.process_scan import scan_processes
from tui_monitor.sources.base import ProcessTable, SearchContext
from tui_monitor.sources.claude_code.adapter import ClaudeCode
from tui_monitor.sources.discovery.registry import Registry
from tui_monitor.sources.processes.table import NoProcesses

CONTEXT = SearchContext(Path("/nowhere"), {}, Path("/nowhere"))


class Scanning(ClaudeCode):
    """Tells of as many processes as it is told to."""

    count = 1

    def scan_processes(self, context: SearchContext, table: ProcessTable) -> ProcessScan | None:
        processes = [SessionProcess(session=SessionKey(self.name, str(pid)), pid=pid) for pid in range(self.count)]
        return ProcessScan(source=self.name, processes=tuple(processes))


class Failing(ClaudeCode):
    """Fails as a plug-in may."""

    name = "failing"

    def scan_processes(self, context: SearchContext, table: ProcessTable) -> ProcessScan | None:
        raise RuntimeError("no")


def test_agent_that_fails_leaves_the_others() -> None:
    assert list(scan_processes([Failing(), Scanning()], CONTEXT, NoProcesses())) == ["claude-code"]


def test_changes_are_delivered_once() -> None:
    adapter, stopped, delivered = Scanning(), threading.Event(), Queue[Delivery]()
    monitor = ProcessMonitor(lambda: Registry((adapter,)), CONTEXT, True, delivered.put, stopped)
    monitor.start()
    counts = []
    for count in (2, 3):
        delivery = delivered.get(timeout=20)
        assert isinstance(delivery, ProcessesScanned)
        counts.append(len(delivery.scans[0].processes))
        adapter.count = count
    delivery = delivered.get(timeout=20)
    assert isinstance(delivery, ProcessesScanned)
    stopped.set()
    monitor.join(timeout=20)
    assert not monitor.is_alive()
    assert [*counts, len(delivery.scans[0].processes)] == [1, 2, 3]
    assert delivered.empty()
