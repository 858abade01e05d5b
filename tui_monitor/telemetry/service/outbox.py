"""Delivery of events to a store that may be unavailable: exactly once, sooner or later, never in the agent's way."""

from __future__ import annotations

import atexit
import logging
import os
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from threading import RLock, Thread
from typing import Any, Generic, Protocol, TypeVar

from tui_monitor.events import Batch, Checkpoint, Event
from tui_monitor.telemetry.recorder.errors import DatabaseError
from tui_monitor.telemetry.recorder.runtime import new_uid
from tui_monitor.telemetry.service.jobs import Job, work_off

RETRY_S = 15.0
RETRY_LOCKED_S = 1.0
OPEN_WAIT_S, PUT_WAIT_S = 1.0, 5.0
"""Seconds that an agent waits until the store is open, and until a record is stored (the price list is loaded with the
first one). What takes longer is stored behind its back, and the next records are not waited for until it is."""
PUT_LOCK_WAIT_S, QUERY_LOCK_WAIT_S = 0.2, 1.0
"""Seconds to wait for a store that another program writes."""
QUERY_WAIT_S = 5.0
"""Seconds that an agent waits for an answer."""
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
    def set_lock_timeout(self, seconds: float | None = None) -> None: ...
    def ingest(self, batch: Batch) -> WriteResult: ...
    def snapshot(self) -> AbstractContextManager[None]: ...
    def close(self) -> None: ...


S = TypeVar("S", bound=EventStore)
T = TypeVar("T")

_stores_of_parent: list[object] = []
"""Stores inherited through a fork. They are never closed: closing one in the child would release the parent's locks."""


class Outbox(Generic[S]):
    """Queue of event batches for a store, for all threads of a process; a forked child starts with an empty one.

    One thread has the store, so that nothing in it, a lock or a slow disk, holds the agent for more than a moment. Each
    batch has a unique cursor, and is accepted only if the store is at the cursor of the batch before, so each is stored
    exactly once, whoever else writes. Batches that cannot be written wait, at most `MAX_WAITING_BATCHES`. They are
    retried with the first batch after a while, and before every query.
    """

    _retry_at: float
    _lost_count: int
    _is_behind: bool

    def __init__(
        self,
        path: Path,
        open_store: Callable[[Path], S],
        store_error: type[Exception],
        replace_store: Callable[[Exception], bool] = lambda error: False,
        *,
        prepare: Callable[[tuple[Event, ...]], tuple[Event, ...]] = lambda events: events,
        restore: Callable[[], Iterable[Event]] = lambda: (),
    ) -> None:
        """Make a queue for the store at ``path``.

        Args:
            path: Path of the store.
            open_store: Opens it.
            store_error: Exception that ``open_store`` and all methods of the store raise.
            replace_store: Called with such an exception; True if a new store can be opened at once.
            prepare: Called with the events of a batch before it is written; may be slow.
            restore: Returns the events to write first into a store that replaces a lost one.
        """
        self._path = path
        self._replace_store = replace_store
        self._open_store = open_store
        self._store_error = store_error
        self._prepare = prepare
        self._restore = restore
        self._reset()
        self._store: S | None = None
        _outboxes.add(self)

    def put(self, *events: Event) -> None:
        """Add a batch of events, and write it now if the store is available. Errors of the store are not raised."""
        with self._process_lock():
            self._waiting.append(events)
            if len(self._waiting) > MAX_WAITING_BATCHES:
                self._waiting.popleft()
                self._lost_count += 1
            if self._is_behind and time.monotonic() < self._retry_at:
                return
            is_closed, job = self._store is None, self._submit(self._write)
            is_behind, self._is_behind = self._is_behind, True
            self._retry_at = time.monotonic() + RETRY_LOCKED_S
        if not is_behind:
            job.wait(OPEN_WAIT_S if is_closed else PUT_WAIT_S)

    def query(self, read: Callable[[S], T]) -> T:
        """Return the result of ``read``, which is called with the store after all waiting batches are written.

        Raises:
            DatabaseError: The store is unavailable.
        """
        with self._process_lock():
            job = self._submit(lambda: self._answer(read))
        if not job.wait(QUERY_WAIT_S):
            raise DatabaseError(f"{self._path} does not answer: wait until other programs are done with it.")
        return job.result()

    def close(self) -> None:
        """Try once more to write the waiting batches, and close the store."""
        with self._process_lock():
            if self._jobs is None:
                return
            job = self._submit(self._finish)
        job.wait(QUERY_WAIT_S)

    def _reset(self) -> None:
        self._process: int = os.getpid()
        self._lock = RLock()
        self._waiting: deque[tuple[Event, ...]] = deque()
        self._cursor: str = ""
        self._trouble: str = ""
        self._retry_at = 0.0
        self._lost_count = 0
        self._is_behind = False
        self._has_lost_store: bool = False
        self._jobs: SimpleQueue[Job[Any] | None] | None = None

    def _process_lock(self) -> RLock:
        """Return the lock of this process, after resetting the state inherited through a fork."""
        if self._process != os.getpid():
            _stores_of_parent.append(self._store)
            self._store = None
            self._reset()
        return self._lock

    def _submit(self, work: Callable[[], T]) -> Job[T]:
        """Have the thread of the store do some work, after all that it was asked to do before."""
        if self._jobs is None:
            self._jobs = SimpleQueue()
            Thread(target=work_off, args=(self._jobs,), name="tui-monitor store", daemon=True).start()
            weakref.finalize(self, self._jobs.put, None)
        job = Job(work)
        self._jobs.put(job)
        return job

    def _write(self) -> None:
        try:
            while not self._is_done():
                self._flush(PUT_LOCK_WAIT_S)
        except self._store_error as error:
            self._suspend(error)

    def _is_done(self) -> bool:
        """Return True if nothing waits; the next batch is then awaited again."""
        with self._lock:
            self._is_behind = bool(self._waiting)
            return not self._waiting

    def _answer(self, read: Callable[[S], T]) -> T:
        try:
            store = self._flush(QUERY_LOCK_WAIT_S)
            self._is_done()
            with store.snapshot():
                return read(store)
        except self._store_error as error:
            self._suspend(error)
            raise DatabaseError(str(error)) from error

    def _finish(self) -> None:
        self._write()
        self._close_store()

    def _flush(self, lock_wait: float) -> S:
        """Write all waiting batches. Return the open store."""
        if self._store is None:
            self._store = self._open_store(self._path)
        self._store.set_lock_timeout(lock_wait)
        self._store.check_file()
        if self._has_lost_store and (events := tuple(self._restore())):
            self._ingest(self._store, events)
        self._has_lost_store = False
        while self._waiting:
            batch = self._waiting[0]
            self._ingest(self._store, self._prepare(batch))
            with self._lock:
                if self._waiting and self._waiting[0] is batch:
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
        self._is_behind = True
        self._close_store()
        can_replace = self._replace_store(error) or not self._path.parent.exists()
        self._has_lost_store = self._has_lost_store or can_replace
        self._retry_at = time.monotonic() + (0.0 if can_replace else RETRY_S)

    def _close_store(self) -> None:
        if self._store is not None:
            store, self._store = self._store, None
            store.close()


_outboxes: weakref.WeakSet[Outbox[Any]] = weakref.WeakSet()


@atexit.register
def _finish_all() -> None:
    """Write what still waits in services that were not closed."""
    for outbox in list(_outboxes):
        outbox.close()
