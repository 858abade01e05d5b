"""What the screen shows where other prices hold than those by which the user's store is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from tui_monitor.events import Batch, Checkpoint, SessionKey
from tui_monitor.feed.enrich import EventPricing
from tui_monitor.feed.store_manager import StoreAccess, StoreManager
from tui_monitor.feed.store_queue import SourceBatch
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.base import Adapter
from tui_monitor.store import Store

T = TypeVar("T")


def with_view(manager: StoreManager, view_prices: PriceBook | None) -> StoreAccess:
    """Return access to the manager's store that answers by these prices and windows; None for its own."""
    return RepricedView(manager, view_prices) if view_prices else manager


class RepricedView:
    """A private copy of the user's store by other prices. Both take all batches, each by its own prices; only the copy
    is asked."""

    def __init__(self, own: StoreManager, prices: PriceBook) -> None:
        self._own = own
        self._pricing = EventPricing(prices)
        self._view = StoreManager(self._open_copy, prices)

    def status(self) -> str:
        """Return the status of the user's store, else that of the copy; empty if all is well with both."""
        return self._own.status() or self._view.status()

    def follow(self, path: Path, adapter: Adapter) -> None:
        """Add a file to those from which new stores are filled."""
        self._own.follow(path, adapter)
        self._view.follow(path, adapter)

    def check_file(self) -> frozenset[SessionKey]:
        """Check the file of the user's store, see `StoreManager.check_file`."""
        self._own.check_file()
        return self._view.check_file()

    def resume_points(self, prefix: str) -> tuple[list[Checkpoint], list[SessionKey]]:
        """Return how far the copy has read; the user's store takes from there what it lacks."""
        return self._view.resume_points(prefix)

    def query(self, question: Callable[[Store], T]) -> T:
        """Return the copy's answer."""
        return self._view.query(question)

    def index_texts(self, count: int) -> None:
        """Make so many more texts of the copy searchable."""
        self._view.index_texts(count)

    def store_batches(self, batches: Sequence[SourceBatch]) -> frozenset[SessionKey]:
        """Store batches in both, and return the sessions whose totals in the copy may have changed."""
        try:
            self._own.store_batches(batches)
        finally:
            sessions = self._view.store_batches(batches)
        return sessions

    def recover(self) -> frozenset[SessionKey]:
        """Retry what has failed."""
        self._own.recover()
        return self._view.recover()

    def hasten(self) -> None:
        """Wait no longer than necessary, see `StoreManager.hasten`."""
        self._own.hasten()
        self._view.hasten()

    def keep(self, batches: Iterable[Batch]) -> None:
        """Keep the last batches of pipes for the user's store."""
        self._own.keep(batches)

    def close(self) -> int:
        """Close both. Return the number of responses that the user's store lacks, see `StoreManager.close`."""
        self._view.close()
        return self._own.close()

    def _open_copy(self) -> Store:
        copy = self._own.store.copy()
        copy.reprice(self._pricing)
        return copy
