"""The thread that owns the store: it stores batches and answers questions about what is stored."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any, Generic, TypeVar

from tui_monitor.events import Batch, SessionKey
from tui_monitor.feed.deliveries import Fault, TotalsUpdated
from tui_monitor.feed.inbox import Inbox
from tui_monitor.feed.store_manager import StoreManager
from tui_monitor.sources.base import Adapter

T = TypeVar("T")

COALESCE_S = 0.04
"""Seconds a batch may wait for more of its source; the first one after a pause is stored at once."""
FIRST_DELAY_S = 0.15
"""Seconds the very first batch waits: every source asks for its checkpoints first, and storing loads the price list."""
IDLE_S = 1.0
MAX_EVENTS = 5000
"""The most events that are stored in one transaction."""


class WriterEnded(RuntimeError):
    """The writer has ended: it stores nothing and answers nothing any more."""


@dataclass(frozen=True, slots=True)
class _StoreJob:
    """Consecutive batches of one source, to be stored no earlier than ``not_before`` (monotonic seconds)."""

    batches: tuple[Batch, ...]
    adapter: Adapter | None
    not_before: float

    @property
    def events(self) -> int:
        return sum(len(batch.events) for batch in self.batches)

    def merged(self) -> Batch:
        """Return all batches as one."""
        first, *others = self.batches
        if not others:
            return first
        events = tuple(chain.from_iterable(batch.events for batch in self.batches))
        health = sum((batch.health for batch in others), start=first.health)
        return Batch(first.before, others[-1].after, events, health)

    def can_append(self, batch: Batch) -> bool:
        """Return True if ``batch`` continues the last one and there is capacity for it."""
        end = self.batches[-1].after
        after = batch.after
        continues = (after.source, after.version, batch.before) == (end.source, end.version, end.cursor)
        return continues and self.events < MAX_EVENTS


@dataclass(frozen=True, slots=True)
class _Query(Generic[T]):
    """A question about the store, and the future of its answer."""

    question: Callable[[StoreManager], T]
    answer: Future[T]

    def run(self, manager: StoreManager) -> None:
        try:
            self.answer.set_result(self.question(manager))
        except Exception as error:  # raised where the answer is awaited
            self.answer.set_exception(error)


class Writer(threading.Thread):
    """Does everything that touches the store, one job at a time, and delivers the totals of changed sessions."""

    def __init__(self, make_manager: Callable[[], StoreManager], inbox: Inbox) -> None:
        super().__init__(name="tui-monitor-writer", daemon=True)
        self._make_manager = make_manager
        self._inbox = inbox
        self._jobs: deque[_StoreJob | _Query[Any]] = deque()
        self._backlog = 0
        self._changed = threading.Condition()
        self._not_before = 0.0
        self._stopped = False
        self._ended = False
        self._store_fault = ""

    def put(self, batch: Batch, adapter: Adapter | None) -> None:
        """Queue a batch; see `StoreManager.store_batch`. It is dropped if the writer has ended."""
        with self._changed:
            if self._ended:
                return
            self._backlog += len(batch.events)
            self._not_before = self._not_before or time.monotonic() + FIRST_DELAY_S
            last = self._jobs[-1] if self._jobs else None
            if isinstance(last, _StoreJob) and last.can_append(batch):
                self._jobs[-1] = replace(last, batches=(*last.batches, batch))
            else:
                self._jobs.append(_StoreJob((batch,), adapter, self._not_before))
            self._changed.notify()

    def query(self, question: Callable[[StoreManager], T], *, first: bool = False) -> Future[T]:
        """Ask something of the store, after the jobs that are queued or (``first``) before them.

        The future raises `WriterEnded` if the writer has ended, or ends before it comes to the question.
        """
        job = _Query(question, Future())
        with self._changed:
            if self._ended:
                job.answer.set_exception(WriterEnded("the store is no longer written"))
            else:
                (self._jobs.appendleft if first else self._jobs.append)(job)
                self._changed.notify()
        return job.answer

    def backlog(self) -> int:
        """Return how many events are waiting to be stored."""
        with self._changed:
            return self._backlog

    def stop(self) -> None:
        """End as soon as everything that was put is stored."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def run(self) -> None:
        """Work until stopped."""
        try:
            manager = self._make_manager()
            try:
                self._work(manager)
            finally:
                manager.close()
        except Exception as error:  # nobody may wait for a thread that has ended
            self._inbox.put(Fault("writer", f"nothing more is stored, please restart: {error!r}"))
        finally:
            self._end()

    def _end(self) -> None:
        with self._changed:
            self._ended = True
            jobs, self._backlog = list(self._jobs), 0
            self._jobs.clear()
        for job in jobs:
            if isinstance(job, _Query):
                job.answer.set_exception(WriterEnded("the store is no longer written"))

    def _work(self, manager: StoreManager) -> None:
        while True:
            self._report(manager.fault)
            job = self._next()
            if job is None and self._stopped:
                return
            if job is None:
                self._deliver_totals(manager, self._attempt(manager.recover))
            elif isinstance(job, _StoreJob):
                self._deliver_totals(manager, self._attempt(partial(manager.store_batch, job.merged(), job.adapter)))
                self._not_before = time.monotonic() + COALESCE_S
            else:
                job.run(manager)

    def _next(self) -> _StoreJob | _Query[Any] | None:
        """Return the next job once it is due, or None when the writer is idle or stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self._jobs or self._stopped, IDLE_S)
            while (delay := self._delay()) > 0:
                self._changed.wait(delay)
            job = self._jobs.popleft() if self._jobs else None
            if isinstance(job, _StoreJob):
                self._backlog -= job.events
            return job

    def _delay(self) -> float:
        """Return the seconds until the next job is due."""
        job = self._jobs[0] if self._jobs else None
        return job.not_before - time.monotonic() if isinstance(job, _StoreJob) and not self._stopped else 0.0

    def _attempt(self, store: Callable[[], frozenset[SessionKey]]) -> frozenset[SessionKey]:
        try:
            return store()
        except Exception as error:  # one bad batch must not end all storing
            self._inbox.put(Fault("writer", f"a batch was not stored: {error!r}"))
            return frozenset()

    def _deliver_totals(self, manager: StoreManager, sessions: frozenset[SessionKey]) -> None:
        try:
            if sessions:
                self._inbox.put(TotalsUpdated(manager.query(lambda store: tuple(map(store.totals, sessions)))))
        except Exception as error:  # of the private store that replaced the failed one, or an unforeseen one
            self._inbox.put(Fault("writer", f"totals were not read: {error}"))

    def _report(self, fault: str) -> None:
        if fault != self._store_fault:
            self._store_fault = fault
            self._inbox.put(Fault("store", fault))
