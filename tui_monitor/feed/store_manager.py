"""Fail-over of the store: everything that is read gets into a store, even if the user's one fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeVar

from tui_monitor.events import Batch, Checkpoint, SessionKey
from tui_monitor.feed.batch_reader import read_file
from tui_monitor.feed.enrich import enriched
from tui_monitor.feed.pipe_spool import PipeSpool, count_responses, store_once
from tui_monitor.feed.store_queue import SourceBatch
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.base import Adapter
from tui_monitor.store import DamagedStoreError, ReplacedStoreError, Store, StoreError, private_store, set_aside

T = TypeVar("T")

RETRY_S = 3.0
"""Seconds until a failed store is tried again."""
MAX_RETRY_SHARE = 5
"""A try that took long is followed by so many times its duration without one."""
RETRY_LOCK_S = 0.5
"""Seconds that a try waits for another program that writes."""
NOTICE_S = 60.0
"""Seconds for which it is said that a store was set aside or made anew."""


class StoreAccess(Protocol):
    """What the writer does with the store, see `StoreManager`."""

    def status(self) -> str:
        """See `StoreManager.status`."""

    def follow(self, path: Path, adapter: Adapter) -> None:
        """See `StoreManager.follow`."""

    def check_file(self) -> frozenset[SessionKey]:
        """See `StoreManager.check_file`."""

    def resume_points(self, prefix: str) -> tuple[list[Checkpoint], list[SessionKey]]:
        """See `StoreManager.resume_points`."""

    def query(self, question: Callable[[Store], T]) -> T:
        """See `StoreManager.query`."""

    def index_texts(self, count: int) -> None:
        """See `StoreManager.index_texts`."""

    def store_batches(self, batches: Sequence[SourceBatch]) -> frozenset[SessionKey]:
        """See `StoreManager.store_batches`."""

    def recover(self) -> frozenset[SessionKey]:
        """See `StoreManager.recover`."""

    def hasten(self) -> None:
        """See `StoreManager.hasten`."""

    def keep(self, batches: Iterable[Batch]) -> None:
        """See `StoreManager.keep`."""

    def close(self) -> int:
        """See `StoreManager.close`."""


class StoreManager:
    """Owns the store. When it fails, a private store replaces it until it works again.

    Each replacement is filled from the files that were read; batches of pipes are kept for it, in the ``spool`` if that
    can be written. ``fault`` is the error of the user's store, empty while it works. For one thread only, but
    `hasten`.

    A damaged store is set aside at once, and one that was deleted or replaced is opened again: the new one is filled
    from all files that are followed.
    """

    def __init__(
        self,
        open_store: Callable[[], Store],
        prices: PriceBook,
        spool: PipeSpool | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_store = open_store
        self._prices = prices
        self._spool = spool
        self._clock = clock
        self._files: dict[Path, Adapter] = {}
        """Files with batches in this run."""
        self._followed: dict[Path, Adapter] = {}
        self._unreported: frozenset[SessionKey] = frozenset()
        self._notice = ""
        self._notice_until = 0.0
        self._pipe_batches: list[Batch] = []
        self._retry_at = 0.0
        self._is_hasty = False
        self._keeps_all = False
        self.fault = ""
        try:
            self.store = self._open()
        except StoreError as error:
            self.store = private_store()
            self._set_fault(error)
            return
        try:
            self._restore_pipes()
        except StoreError as error:
            self._fall_back(error)

    def status(self) -> str:
        """Return the fault of the store, or for a while what was done about a damaged one; empty if all is well."""
        return self.fault or (self._notice if self._clock() < self._notice_until else "")

    def follow(self, path: Path, adapter: Adapter) -> None:
        """Add a file to those from which a new store is filled."""
        self._followed[path] = adapter

    def check_file(self) -> frozenset[SessionKey]:
        """Open the store again if another program has deleted, replaced or damaged it. Return the sessions whose totals
        may have changed, also while a question was answered."""
        sessions, self._unreported = self._unreported, frozenset()
        try:
            self.store.check_file()
        except StoreError as error:
            return sessions | self._fall_back(error)
        return sessions

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
            self._unreported |= self._fall_back(error)
            return self._read(question)

    def index_texts(self, count: int) -> None:
        """Make so many more texts searchable, if the store can be written just now."""
        with suppress(StoreError):  # storing has the same, and deals with it
            self.store.index_texts(count)

    def store_batches(self, batches: Sequence[SourceBatch]) -> frozenset[SessionKey]:
        """Store batches together, and return the sessions whose totals may have changed.

        Raises:
            Exception: one batch could not be stored, for an unforeseen reason; the others are.
        """
        self._files |= {Path(batch.after.path): adapter for batch, adapter in batches if adapter}
        if self.fault:
            self._keep_pipes(batches)
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
        private, start = self.store, self._clock()
        try:
            self.store = self._open()
            self.store.set_lock_timeout(RETRY_LOCK_S)
            sessions = self._catch_up(self._followed | self._files) | self._restore_pipes()
        except StoreError as error:
            if self.store is not private:
                self.store.close()
                self.store = private
            self._set_fault(error, MAX_RETRY_SHARE * (self._clock() - start))
            if isinstance(error, DamagedStoreError):
                with suppress(StoreError):  # the next try says so
                    self._set_notice(set_aside(error))
            return frozenset()
        private.close()
        self.fault = ""
        if not self._is_hasty:
            self.store.set_lock_timeout()
        return sessions

    def hasten(self) -> None:
        """Wait no longer than necessary for the store from now on, since the program ends. For any thread."""
        self._is_hasty = True
        self.store.set_lock_timeout(RETRY_LOCK_S)

    def keep(self, batches: Iterable[Batch]) -> None:
        """Keep the last batches of pipes before they are stored, so that they survive whatever happens."""
        self.hasten()
        for batch in batches:
            self._keep(batch)
        self._keeps_all = True

    def close(self) -> int:
        """Close the store. Return the number of responses from pipes that are neither stored nor kept for later."""
        with suppress(StoreError):
            if self.fault:
                self._retry_at = self._clock()
                self.recover()
            else:
                self._restore_pipes()
        self.store.close()
        return count_responses(self._pipe_batches)

    def _read(self, question: Callable[[Store], T]) -> T:
        with self.store.snapshot():
            return question(self.store)

    def _store(self, batches: Sequence[SourceBatch]) -> frozenset[SessionKey]:
        try:
            return self._ingest(batches)
        except StoreError as error:
            if not self.fault:
                self._keep_pipes(batches)
            return self._fall_back(error)

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
        priced = [enriched(batch, self._prices) for batch, _ in batches]
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

    def _open(self) -> Store:
        """Open the user's store; set it aside if it is damaged."""
        try:
            return self._open_store()
        except DamagedStoreError as error:
            self._set_notice(set_aside(error))
        return self._open_store()

    def _set_notice(self, text: str) -> None:
        self._notice, self._notice_until = text, self._clock() + NOTICE_S

    def _reopen(self, error: StoreError) -> frozenset[SessionKey]:
        """Take a new store in place of one that is closed, and damaged or not there any more; fill it.

        Raises:
            StoreError: that is not possible, or the error is another one.
        """
        if isinstance(error, DamagedStoreError):
            self._set_notice(set_aside(error))
        elif isinstance(error, ReplacedStoreError):
            self._set_notice(f"{error} The agents' files are read again.")
        else:
            raise error
        self.store = self._open()
        return self._catch_up(self._followed | self._files) | self._restore_pipes()

    def _set_fault(self, error: StoreError, retry_s: float = 0.0) -> None:
        self.fault, self._retry_at = str(error), self._clock() + max(RETRY_S, retry_s)

    def _fall_back(self, error: StoreError) -> frozenset[SessionKey]:
        """Replace the store: by a new one if it is lost for ever, else by a private one."""
        self.store.close()
        if not self.fault and not self._is_hasty:
            try:
                return self._reopen(error)
            except StoreError as failure:
                self.store.close()
                error = failure
        self._set_fault(error)
        self.store = private_store()
        if self._is_hasty:  # nobody looks at it any more
            return frozenset()
        return self._catch_up(self._files) | self._replay_pipes()

    def _keep_pipes(self, batches: Sequence[SourceBatch]) -> None:
        if not self._keeps_all:
            for batch, adapter in batches:
                if adapter is None:
                    self._keep(batch)

    def _keep(self, batch: Batch) -> None:
        """Keep a batch of a pipe, which cannot be read again: in memory if there is no spool."""
        if self._spool and not self._pipe_batches:
            with suppress(OSError):
                self._spool.append(batch)
                return
        self._pipe_batches.append(enriched(batch, self._prices))

    def _restore_pipes(self) -> frozenset[SessionKey]:
        """Store what is kept of pipes, and keep it no longer."""
        sessions = self._spool.restore(self.store) if self._spool else frozenset()
        sessions |= self._replay_memory()
        self._pipe_batches.clear()
        return sessions

    def _replay_pipes(self) -> frozenset[SessionKey]:
        sessions = self._spool.replay(self.store) if self._spool else frozenset()
        return sessions | self._replay_memory()

    def _replay_memory(self) -> frozenset[SessionKey]:
        return frozenset(session for batch in self._pipe_batches for session in store_once(self.store, batch))

    def _catch_up(self, files: Mapping[Path, Adapter]) -> frozenset[SessionKey]:
        """Read what the store lacks of these files."""
        sessions: set[SessionKey] = set()
        for path, adapter in files.items():
            if self._is_hasty:  # the next start reads it
                break
            try:
                sessions |= read_file(self.store, path, adapter, self._prices, lambda: self._is_hasty)
            except StoreError:
                raise
            except Exception:  # the file is gone, or a plug-in fails: the others are still to be read
                continue
        return frozenset(sessions)
