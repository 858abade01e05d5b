"""A running feed, and everything that it has delivered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from typing import TypeVar

from tui_monitor.feed.deliveries import Delivery, Fault, Progress, TotalsUpdated
from tui_monitor.feed.feed import Feed, ProcessMonitorMaker
from tui_monitor.feed.path_selection import PathSelector
from tui_monitor.feed.source_selection import SourceSelector
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.discovery.registry import Registry, default_registry
from tui_monitor.store import Store, private_store
from tui_monitor.totals import SessionTotals

PATIENCE_S = 15.0

Kind = TypeVar("Kind", bound=Delivery)


class RunningFeed:
    """A feed that is drained in the test's own thread whenever the test waits."""

    def __init__(
        self,
        paths: Sequence[Path],
        open_store: Callable[[], Store],
        registry: Callable[[], Registry],
        make_selector: Callable[[Registry], SourceSelector] | None = None,
        make_process_monitor: ProcessMonitorMaker | None = None,
    ) -> None:
        self._notified = Event()
        self.deliveries: list[Delivery] = []
        names = [str(path) for path in paths]
        self.feed = Feed(
            registry,
            make_selector or partial(PathSelector, names),
            PriceBook(),
            open_store,
            self._notified.set,
            make_process_monitor=make_process_monitor,
        )

    def __str__(self) -> str:
        calls = {session: totals.calls for session, totals in self.totals().items()}
        return f"{len(self.deliveries)} deliveries, calls: {calls}, faults: {self.faults()}"

    def of(self, kind: type[Kind]) -> list[Kind]:
        """Return the deliveries of one kind."""
        return [delivery for delivery in self.deliveries if isinstance(delivery, kind)]

    def faults(self) -> dict[str, str]:
        """Return the last text of each fault, by place; a fault that has ended has an empty one."""
        return {fault.where: fault.text for fault in self.of(Fault)}

    def totals(self) -> dict[str, SessionTotals]:
        """Return the last totals of each session, by id."""
        return {total.session.id: total for update in self.of(TotalsUpdated) for total in update.totals}

    def wait_for(self, condition: Callable[[], object]) -> None:
        """Drain until the condition holds."""
        until = time.monotonic() + PATIENCE_S
        while not condition():
            assert self._notified.wait(until - time.monotonic()), f"timed out, {self}"
            self._notified.clear()
            self.deliveries.extend(self.feed.drain())

    def wait_for_calls(self, session: str, calls: int) -> None:
        """Drain until the totals of a session have this number of calls."""
        self.wait_for(lambda: session in self.totals() and self.totals()[session].calls == calls)

    def wait_until_read(self) -> None:
        """Drain until everything that was there at the start is read."""
        self.wait_for(lambda: any(progress.bytes_read == progress.total_bytes for progress in self.of(Progress)))


@contextmanager
def running(
    *paths: Path,
    open_store: Callable[[], Store] = private_store,
    registry: Callable[[], Registry] = default_registry,
    make_selector: Callable[[Registry], SourceSelector] | None = None,
    make_process_monitor: ProcessMonitorMaker | None = None,
) -> Iterator[RunningFeed]:
    """Run a feed of these files and folders, or of what a selector selects, and stop it in the end."""
    run = RunningFeed(paths, open_store, registry, make_selector, make_process_monitor)
    run.feed.start()
    try:
        yield run
    finally:
        run.feed.stop()
