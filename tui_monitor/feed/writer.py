"""The thread that owns the store: it stores batches and answers questions about what is stored."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from tui_monitor.events import Batch, SessionKey
from tui_monitor.feed.deliveries import Fault, TotalsUpdated
from tui_monitor.feed.inbox import Inbox
from tui_monitor.feed.pipe_spool import count_responses
from tui_monitor.feed.store_manager import StoreAccess
from tui_monitor.feed.store_queue import SourceBatch, StoreQueue
from tui_monitor.sources.base import Adapter
from tui_monitor.store import Store

T = TypeVar("T")

COALESCE_S = 0.04
"""Seconds between transactions, in which batches are collected; the first one after a pause is stored at once."""
FIRST_DELAY_S = 0.25
"""Seconds the very first batch waits: every source asks for its checkpoints first, and storing loads the price list,
which would delay the first frame."""
IDLE_S = 1.0
MAX_BACKLOG = 8_000
"""Events that may wait to be stored; above that reading pauses, and the file keeps the rest."""
MAX_BACKLOG_BYTES = 64 << 20
"""Bytes read that may wait."""


_REPRICED = "other prices were applied to the store: what comes now has them after a restart of the monitor"


class WriterEnded(RuntimeError):
    """The writer has ended: it stores nothing and answers nothing any more."""


@dataclass(frozen=True, slots=True)
class _Query(Generic[T]):
    """A question about the store, asked once all batches up to number ``after`` are stored, and its future answer."""

    question: Callable[[StoreAccess], T]
    answer: Future[T]
    after: int

    def run(self, manager: StoreAccess) -> None:
        try:
            self.answer.set_result(self.question(manager))
        except Exception as error:  # raised where the answer is awaited
            self.answer.set_exception(error)


class Writer(threading.Thread):
    """Does everything that touches the store, one job at a time, and delivers the totals of changed sessions."""

    def __init__(self, make_manager: Callable[[], StoreAccess], inbox: Inbox) -> None:
        super().__init__(name="tui-monitor-writer", daemon=True)
        self._make_manager = make_manager
        self._inbox = inbox
        self._queue = StoreQueue()
        self._queries: deque[_Query[Any]] = deque()
        self._changed = threading.Condition()
        self._not_before = 0.0
        self._manager: StoreAccess | None = None
        self._lost = 0
        self._stopped = False
        self._is_closing = False
        self._ended = False
        self._store_fault = ""
        self._tracked: set[SessionKey] = set()
        self._repricings: int | None = None

    def put(self, batch: Batch, adapter: Adapter | None, noticed_at: float | None = None) -> None:
        """Queue a batch; see `StoreManager.store_batches`. It is dropped if the writer has ended.

        ``noticed_at``: when its data were noticed (see `UnreadData`), if that was before now.
        """
        now = time.monotonic()
        with self._changed:
            if self._ended:
                return
            self._not_before = self._not_before or now + FIRST_DELAY_S
            self._queue.put(batch, adapter, now if noticed_at is None else noticed_at)
            self._changed.notify()

    def query(self, question: Callable[[StoreAccess], T], *, first: bool = False) -> Future[T]:
        """Ask something of the store, after the jobs that are queued or (``first``) before them.

        The future raises `WriterEnded` if the writer has ended, or ends before it comes to the question.
        """
        with self._changed:
            query = _Query(question, Future[T](), 0 if first else self._queue.number)
            if self._ended:
                query.answer.set_exception(WriterEnded("the store is no longer written"))
            else:
                (self._queries.appendleft if first else self._queries.append)(query)
                self._changed.notify()
        return query.answer

    def has_capacity(self) -> bool:
        """Return False while so much waits to be stored that no more should be read."""
        with self._changed:
            return self._queue.events <= MAX_BACKLOG and self._queue.size <= MAX_BACKLOG_BYTES

    def backlog(self) -> int:
        """Return how many events are waiting to be stored."""
        with self._changed:
            return self._queue.events

    def oldest(self, session: SessionKey) -> float | None:
        """Return when the oldest data of a session that are not stored yet were noticed; None if all are stored."""
        with self._changed:
            return self._queue.oldest(session)

    def stop(self) -> None:
        """End as soon as everything that was put is stored, waiting no longer than necessary."""
        with self._changed:
            self._stopped = True
            if self._manager:
                self._manager.hasten()
            self._changed.notify()

    def unsaved_responses(self) -> int:
        """Return how many responses from pipes are neither stored nor kept for later, once it has been stopped."""
        with self._changed:
            return self._lost + (0 if self._is_closing else count_responses(self._queue.pipe_batches()))

    def track(self, session: SessionKey) -> None:
        """Deliver the totals of a session again when other prices are applied to the store. For queries."""
        self._tracked.add(session)

    def run(self) -> None:
        """Work until stopped."""
        try:
            manager = self._manager = self._make_manager()
            self._deliver_repriced(manager)
            try:
                self._work(manager)
            finally:
                self._lost = manager.close()
        except Exception as error:  # nobody may wait for a thread that has ended
            self._inbox.put(Fault("writer", f"nothing more is stored, please restart: {error!r}"))
        finally:
            self._end()

    def _end(self) -> None:
        with self._changed:
            self._ended = True
            queries = list(self._queries)
            self._queries.clear()
            self._queue = StoreQueue()
        for query in queries:
            query.answer.set_exception(WriterEnded("the store is no longer written"))

    def _work(self, manager: StoreAccess) -> None:
        while True:
            self._report(manager.status())
            if self._stopped and not self._is_closing:
                self._begin_closing(manager)
            job = self._next()
            if job is None and self._stopped:
                return
            if isinstance(job, _Query):
                job.run(manager)
                continue
            self._deliver_totals(manager, self._attempt(manager.check_file) | self._attempt(manager.recover))
            if job:
                self._deliver_totals(manager, self._attempt(partial(manager.store_batches, job)))
                self._complete()
            self._deliver_repriced(manager)

    def _complete(self) -> None:
        with self._changed:
            self._queue.complete()
            self._not_before = time.monotonic() + COALESCE_S

    def _begin_closing(self, manager: StoreAccess) -> None:
        """Keep what pipes gave before it is stored: the program may end before the store can be written."""
        with self._changed:
            batches = self._queue.pipe_batches()
        manager.keep(batches)
        self._is_closing = True

    def _next(self) -> list[SourceBatch] | _Query[Any] | None:
        """Return the next job once it is due, or None when the writer is idle or stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._queries or self._stopped, IDLE_S)
            while not (query := self._due_query()) and (delay := self._delay()) > 0:
                self._changed.wait(delay)
            if query or not self._queue:
                return query
            return self._queue.take()

    def _due_query(self) -> _Query[Any] | None:
        """Remove and return the next question, once all batches before it are stored."""
        if self._queries and self._queries[0].after <= self._queue.stored_number():
            return self._queries.popleft()
        return None

    def _delay(self) -> float:
        """Return the seconds until batches are to be stored."""
        return self._not_before - time.monotonic() if self._queue and not self._stopped else 0.0

    def _attempt(self, store: Callable[[], frozenset[SessionKey]]) -> frozenset[SessionKey]:
        try:
            return store()
        except Exception as error:  # one bad batch must not end all storing
            self._inbox.put(Fault("writer", f"a batch was not stored: {error!r}"))
            return frozenset()

    def _deliver_totals(self, manager: StoreAccess, sessions: frozenset[SessionKey]) -> None:
        try:
            if sessions:
                self._tracked |= sessions
                self._inbox.put(TotalsUpdated(manager.query(lambda store: tuple(map(store.totals, sessions)))))
        except Exception as error:  # of the private store that replaced the failed one, or an unforeseen one
            self._inbox.put(Fault("writer", f"totals were not read: {error}"))

    def _deliver_repriced(self, manager: StoreAccess) -> None:
        """Deliver all totals again once another program has applied other prices to the store."""
        try:
            repricings = manager.query(Store.repricings)
        except Exception:  # reported where something is stored
            return
        before, self._repricings = self._repricings, repricings
        if before is not None and repricings > before:
            self._deliver_totals(manager, frozenset(self._tracked))
            self._inbox.put(Fault("prices", _REPRICED))

    def _report(self, fault: str) -> None:
        if fault != self._store_fault:
            self._store_fault = fault
            self._inbox.put(Fault("store", fault))
