"""A feed that runs, and all that it has delivered so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TypeVar

from tui_monitor.feed.deliveries import Delivery, Fault, Progress, TotalsUpdated
from tui_monitor.feed.feed import Feed
from tui_monitor.feed.source_selection import PathSelector
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.discovery.registry import Registry, default_registry
from tui_monitor.store import Store, private_store
from tui_monitor.totals import SessionTotals

PATIENCE_S = 15.0

Kind = TypeVar("Kind", bound=Delivery)


class Running:
    """Takes from a feed in the test's own thread, whenever the test waits for something."""

    def __init__(
        self, words: Sequence[Path], open_store: Callable[[], Store], registry: Callable[[], Registry]
    ) -> None:
        self._woken = Event()
        self.deliveries: list[Delivery] = []
        names = [str(path) for path in words]
        self.feed = Feed(registry, lambda known: PathSelector(names, known), PriceBook(), open_store, self._woken.set)

    def __str__(self) -> str:
        calls = {session: totals.calls for session, totals in self.totals().items()}
        return f"{len(self.deliveries)} deliveries, calls: {calls}, troubles: {self.troubles()}"

    def of(self, kind: type[Kind]) -> list[Kind]:
        """What was delivered of one kind."""
        return [delivery for delivery in self.deliveries if isinstance(delivery, kind)]

    def troubles(self) -> dict[str, str]:
        """What is wrong, by where; a trouble that is over has an empty text."""
        return {trouble.where: trouble.text for trouble in self.of(Fault)}

    def totals(self) -> dict[str, SessionTotals]:
        """The last sums of each session, by its id."""
        return {total.session.id: total for summed in self.of(TotalsUpdated) for total in summed.totals}

    def wait_for(self, condition: Callable[[], object]) -> None:
        """Take until it holds."""
        until = time.monotonic() + PATIENCE_S
        while not condition():
            assert self._woken.wait(until - time.monotonic()), f"waited in vain, {self}"
            self._woken.clear()
            self.deliveries.extend(self.feed.drain())

    def wait_for_calls(self, session: str, calls: int) -> None:
        """Take until the sums of a session have so many calls."""
        self.wait_for(lambda: session in self.totals() and self.totals()[session].calls == calls)

    def wait_until_read(self) -> None:
        """Take until all that was there at the start is read."""
        self.wait_for(lambda: any(progress.bytes_read == progress.total_bytes for progress in self.of(Progress)))


@contextmanager
def running(
    *words: Path,
    open_store: Callable[[], Store] = private_store,
    registry: Callable[[], Registry] = default_registry,
) -> Iterator[Running]:
    """A feed of these files and folders, stopped at the end."""
    run = Running(words, open_store, registry)
    run.feed.start()
    try:
        yield run
    finally:
        run.feed.stop()
