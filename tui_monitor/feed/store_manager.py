"""Fail-over of the store: everything that is read gets into a store, even if the user's one fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from tui_monitor.events import Batch, Checkpoint, SessionKey
from tui_monitor.feed.batch_reader import read_file
from tui_monitor.feed.enrich import with_rates
from tui_monitor.feed.store_queue import SourceBatch
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.base import Adapter
from tui_monitor.store import Store, StoreError, private_store

T = TypeVar("T")

RETRY_S = 15.0


class StoreManager:
    """Owns the store. When it fails, a private store replaces it until it works again.

    Each replacement is filled from the files that were read; batches of pipes are kept for it. ``fault`` is the error
    of the user's store, empty while it works. For one thread only.
    """

    def __init__(
        self, open_store: Callable[[], Store], prices: PriceBook, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._open_store = open_store
        self._prices = prices
        self._clock = clock
        self._files: dict[Path, Adapter] = {}
        self._pipe_batches: list[Batch] = []
        self._retry_at = 0.0
        self.fault = ""
        try:
            self.store = open_store()
        except StoreError as error:
            self.store = private_store()
            self._set_fault(error)

    def resume_points(self, prefix: str) -> tuple[list[Checkpoint], list[SessionKey]]:
        """Return the checkpoints of sources whose identity begins with ``prefix``, and their sessions."""

        def load(store: Store) -> tuple[list[Checkpoint], list[SessionKey]]:
            checkpoints = store.checkpoints(prefix)
            return checkpoints, [session for each in checkpoints for session in store.sessions_of(each.source)]

        return self.query(load)

    def query(self, question: Callable[[Store], T]) -> T:
        """Return the answer to a question, in one read transaction."""
        try:
            return self._read(question)
        except StoreError as error:
            self._fall_back(error)
            return self._read(question)

    def store_batches(self, batches: Sequence[SourceBatch]) -> frozenset[SessionKey]:
        """Store batches together, and return the sessions whose totals may have changed.

        Raises:
            Exception: one batch could not be stored, for an unforeseen reason; the others are.
        """
        self._files |= {Path(batch.after.path): adapter for batch, adapter in batches if adapter}
        try:
            return self._store(batches)
        except StoreError:
            raise
        except Exception:
            if len(batches) == 1:
                raise
        return self._store_each(batches)

    def recover(self) -> frozenset[SessionKey]:
        """Retry the failed store if it is time. Return the sessions whose totals may have changed."""
        if not self.fault or self._clock() < self._retry_at:
            return frozenset()
        private = self.store
        try:
            self.store = self._open_store()
            sessions = self._catch_up(self._files) | self._store_pipe_batches()
        except StoreError as error:
            self._set_fault(error)
            if self.store is not private:
                self.store.close()
                self.store = private
            return frozenset()
        private.close()
        self._pipe_batches.clear()
        self.fault = ""
        return sessions

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _read(self, question: Callable[[Store], T]) -> T:
        with self.store.snapshot():
            return question(self.store)

    def _store(self, batches: Sequence[SourceBatch]) -> frozenset[SessionKey]:
        try:
            return self._ingest(batches)
        except StoreError as error:
            sessions = self._fall_back(error)
        return sessions | self._ingest([(batch, adapter) for batch, adapter in batches if adapter is None])

    def _store_each(self, batches: Sequence[SourceBatch]) -> frozenset[SessionKey]:
        """Store batches one by one, so that a bad one does not take the others with it; raise its error at the end."""
        sessions: frozenset[SessionKey] = frozenset()
        errors: list[Exception] = []
        for batch in batches:
            try:
                sessions |= self._store([batch])
            except StoreError:
                raise
            except Exception as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return sessions

    def _ingest(self, batches: Sequence[SourceBatch]) -> frozenset[SessionKey]:
        priced = [with_rates(batch, self._prices) for batch, _ in batches]
        if self.fault:
            self._pipe_batches += [
                batch for batch, (_, adapter) in zip(priced, batches, strict=True) if adapter is None
            ]
        results = self.store.ingest_all(priced)
        sessions = frozenset(session for result in results for session in result.sessions)
        for batch, (_, adapter), result in zip(priced, batches, results, strict=True):
            if not result.accepted and result.cursor != batch.after.cursor:
                sessions |= self._reconcile(batch, adapter, result.cursor)
        return sessions

    def _reconcile(self, batch: Batch, adapter: Adapter | None, cursor: str) -> frozenset[SessionKey]:
        """Store what a refused batch is about, from the store's own position on."""
        if adapter is None:
            return self.store.ingest(replace(batch, before=cursor)).sessions
        return self._catch_up({Path(batch.after.path): adapter})

    def _set_fault(self, error: StoreError) -> None:
        self.fault, self._retry_at = str(error), self._clock() + RETRY_S

    def _fall_back(self, error: StoreError) -> frozenset[SessionKey]:
        """Replace the store with a private one."""
        self._set_fault(error)
        with suppress(StoreError):
            self.store.close()
        self.store = private_store()
        return self._catch_up(self._files)

    def _store_pipe_batches(self) -> frozenset[SessionKey]:
        """Store what came from pipes meanwhile: pipes cannot be read again."""
        outcomes = map(self.store.ingest, self._pipe_batches)
        return frozenset(session for outcome in outcomes for session in outcome.sessions)

    def _catch_up(self, files: Mapping[Path, Adapter]) -> frozenset[SessionKey]:
        """Read what the store lacks of these files."""
        sessions: set[SessionKey] = set()
        for path, adapter in files.items():
            try:
                sessions |= read_file(self.store, path, adapter, self._prices)
            except StoreError:
                raise
            except Exception:  # the file is gone, or a plug-in fails: the others are still to be read
                continue
        return frozenset(sessions)
