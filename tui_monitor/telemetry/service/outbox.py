"""Delivery of events to a store that may be unavailable: exactly once, sooner or later."""

from __future__ import annotations

import logging
import os
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from threading import RLock
from typing import Generic, Protocol, TypeVar

from tui_monitor.events import Batch, Checkpoint, Event
from tui_monitor.telemetry.recorder.errors import DatabaseError
from tui_monitor.telemetry.recorder.runtime import new_uid

RETRY_S = 15.0
MAX_WAITING_BATCHES = 1000
_CHECKPOINT = Checkpoint("monitoring-service", "", "monitoring-service", 1)
_LOG = logging.getLogger("tui_monitor.telemetry")


class WriteResult(Protocol):
    """Result of writing a batch. If it was not accepted, the store is at ``cursor``."""

    @property
    def accepted(self) -> bool: ...
    @property
    def cursor(self) -> str: ...


class EventStore(Protocol):
    """Interface of a store: `tui_monitor.store.Store`, which this module does not import."""

    def check_file(self) -> None: ...
    def ingest(self, batch: Batch) -> WriteResult: ...
    def snapshot(self) -> AbstractContextManager[None]: ...
    def close(self) -> None: ...


S = TypeVar("S", bound=EventStore)
T = TypeVar("T")

_stores_of_parent: list[object] = []
"""Stores inherited through a fork. They are never closed: closing one in the child would release the parent's locks."""


class Outbox(Generic[S]):
    """Queue of event batches for a store, for all threads of a process; a forked child starts with an empty one.

    Each batch has a unique cursor, and is accepted only if the store is at the cursor of the batch before, so each is
    stored exactly once, whoever else writes. Batches that cannot be written wait, at most `MAX_WAITING_BATCHES`. They
    are retried with the first batch after `RETRY_S` seconds, and before every query.
    """

    def __init__(
        self,
        path: Path,
        open_store: Callable[[Path], S],
        store_error: type[Exception],
        replace_store: Callable[[Exception], bool] = lambda error: False,
    ) -> None:
        """``store_error`` is the exception that ``open_store`` and all methods of the store raise. ``replace_store``
        is called with it, and returns True if a new store can be opened at once."""
        self._path = path
        self._replace_store = replace_store
        self._open_store = open_store
        self._store_error = store_error
        self._reset()
        self._store: S | None = None

    def put(self, *events: Event) -> None:
        """Add a batch of events, and write it now if the store is available. Errors of the store are not raised."""
        with self._process_lock():
            self._waiting.append(events)
            if len(self._waiting) > MAX_WAITING_BATCHES:
                self._waiting.popleft()
                self._lost_count += 1
            if not self._trouble or time.monotonic() >= self._retry_at:
                try:
                    self._flush()
                except self._store_error as error:
                    self._suspend(error)

    def query(self, read: Callable[[S], T]) -> T:
        """Return the result of ``read``, which is called with the store after all waiting batches are written.

        Raises:
            DatabaseError: The store is unavailable.
        """
        with self._process_lock():
            try:
                store = self._flush()
                with store.snapshot():
                    return read(store)
            except self._store_error as error:
                self._suspend(error)
                raise DatabaseError(str(error)) from error

    def close(self) -> None:
        """Try once more to write the waiting batches, and close the store."""
        with self._process_lock():
            try:
                if self._waiting:
                    self._flush()
            except self._store_error as error:
                self._suspend(error)
            self._close_store()

    def _reset(self) -> None:
        self._process = os.getpid()
        self._lock = RLock()
        self._waiting: deque[tuple[Event, ...]] = deque()
        self._cursor = self._trouble = ""
        self._retry_at = 0.0
        self._lost_count = 0

    def _process_lock(self) -> RLock:
        """Return the lock of this process, after resetting the state inherited through a fork."""
        if self._process != os.getpid():
            _stores_of_parent.append(self._store)
            self._store = None
            self._reset()
        return self._lock

    def _flush(self) -> S:
        """Write all waiting batches. Return the open store."""
        if self._store is None:
            self._store = self._open_store(self._path)
        self._store.check_file()
        while self._waiting:
            self._ingest(self._store, self._waiting[0])
            self._waiting.popleft()
        if self._trouble:
            self._trouble = ""
            _LOG.info("monitoring has resumed; %d batches were lost", self._lost_count)
        return self._store

    def _ingest(self, store: S, events: tuple[Event, ...]) -> None:
        checkpoint, accepted = replace(_CHECKPOINT, cursor=new_uid()), False
        while not accepted:  # another process has written meanwhile
            result = store.ingest(Batch(self._cursor, checkpoint, events))
            accepted, self._cursor = result.accepted, result.cursor

    def _suspend(self, error: Exception) -> None:
        if not self._trouble:
            _LOG.warning("agents cannot be stored at the moment: %s", error)
        self._trouble = str(error)
        self._close_store()
        self._retry_at = time.monotonic() + (0.0 if self._replace_store(error) else RETRY_S)

    def _close_store(self) -> None:
        if self._store is not None:
            store, self._store = self._store, None
            store.close()
