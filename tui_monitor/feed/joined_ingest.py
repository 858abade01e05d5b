"""Storing the batches of many files together: much of a small transaction's time goes into the transaction itself."""

from __future__ import annotations

from pathlib import Path

from tui_monitor.events import Batch, SessionKey
from tui_monitor.feed.enrich import enriched
from tui_monitor.pricing import PriceBook
from tui_monitor.store import Store

JOINED_BYTES = 4 << 20
"""Bytes of sources that are stored in one transaction, in which no other program can write."""


class JoinedIngest:
    """Batches on their way into a store.

    ``sessions`` are those whose totals may have changed, ``refused`` the files that another process stores: the store
    is elsewhere in them, and they must be read from there.
    """

    def __init__(self, store: Store, prices: PriceBook, max_bytes: int = JOINED_BYTES) -> None:
        self._store = store
        self._prices = prices
        self._max_bytes = max_bytes
        self._paths: list[Path] = []
        self._batches: list[Batch] = []
        self._size = 0
        self.sessions: set[SessionKey] = set()
        self.refused: dict[Path, None] = {}

    def add(self, path: Path, batch: Batch) -> bool:
        """Add a batch of a file; store all if they are many, and return whether that was done.

        Raises:
            StoreError: they could not be written.
        """
        self._paths.append(path)
        self._batches.append(enriched(batch, self._prices))
        self._size += batch.size
        is_full = self._size >= self._max_bytes
        if is_full:
            self.flush()
        return is_full

    def flush(self) -> None:
        """Store what was added.

        Raises:
            StoreError: it could not be written.
        """
        paths, batches = self._paths, self._batches
        self._paths, self._batches, self._size = [], [], 0
        for path, batch, result in zip(paths, batches, self._store.ingest_all(batches), strict=True):
            self.sessions |= result.sessions
            if not result.accepted and result.cursor != batch.after.cursor:
                self.refused[path] = None
