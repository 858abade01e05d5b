"""The thread that stores, and answers questions from the store."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import TypeAlias, TypeVar

from tui_monitor.events import Batch, SessionKey
from tui_monitor.feed.deliveries import Fault, TotalsUpdated
from tui_monitor.feed.inbox import Inbox
from tui_monitor.feed.store_manager import StoreManager
from tui_monitor.sources.base import Adapter

T = TypeVar("T")

PACE_S = 0.04
"""The first batch after a pause is stored at once. While more come they are stored together, so often."""
START_S = 0.15
"""So long the very first batch waits: to store it loads the price list, and all sources ask where to begin before."""
IDLE_S = 1.0
MOST_EVENTS = 5000
"""So many events are stored at once at most."""


@dataclass(frozen=True, slots=True)
class _Storing:
    """Batches of one source that follow on one another."""

    batches: tuple[Batch, ...]
    adapter: Adapter | None

    @property
    def events(self) -> int:
        return sum(len(batch.events) for batch in self.batches)

    def joined(self) -> Batch:
        """All of them as one."""
        first, *rest = self.batches
        if not rest:
            return first
        events = tuple(chain.from_iterable(batch.events for batch in self.batches))
        health = first.health
        for batch in rest:
            health += batch.health
        return Batch(first.before, rest[-1].after, events, health)


_Asking: TypeAlias = Callable[[StoreManager], None]


class Writer(threading.Thread):
    """Does everything that touches the store, one thing after the other, and delivers the sums of what has changed."""

    def __init__(self, make_keeper: Callable[[], StoreManager], inbox: Inbox) -> None:
        super().__init__(name="tui-monitor-writer", daemon=True)
        self._make_keeper = make_keeper
        self._inbox = inbox
        self._jobs: deque[_Storing | _Asking] = deque()
        self._changed = threading.Condition()
        self._not_before = 0.0
        self._stopped = False
        self._trouble = ""

    def put(self, batch: Batch, adapter: Adapter | None) -> None:
        """Store a batch, some time soon; see `StoreManager.store_batch`."""
        with self._changed:
            self._not_before = self._not_before or time.monotonic() + START_S
            last = self._jobs[-1] if self._jobs else None
            if isinstance(last, _Storing) and _follows(batch, last):
                self._jobs[-1] = replace(last, batches=(*last.batches, batch))
            else:
                self._jobs.append(_Storing((batch,), adapter))
            self._changed.notify()

    def call(self, question: Callable[[StoreManager], T], *, first: bool = False) -> Future[T]:
        """Ask something of the store, in its turn, or ``first``, before what waits to be stored."""
        answer: Future[T] = Future()
        with self._changed:
            (self._jobs.appendleft if first else self._jobs.append)(partial(_answer, question, answer))
            self._changed.notify()
        return answer

    def backlog(self) -> int:
        """Events that wait to be stored."""
        return sum(job.events for job in tuple(self._jobs) if isinstance(job, _Storing))

    def stop(self) -> None:
        """End when everything that was put has been stored."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def run(self) -> None:
        """Work until stopped."""
        keeper = self._make_keeper()
        try:
            self._work(keeper)
        finally:
            keeper.close()

    def _work(self, keeper: StoreManager) -> None:
        while True:
            self._tell(keeper.trouble)
            job = self._next()
            if job is None and self._stopped:
                return
            if job is None:
                self._sum(keeper, self._attempt(keeper.recover))
            elif isinstance(job, _Storing):
                self._sum(keeper, self._attempt(partial(keeper.store_batch, job.joined(), job.adapter)))
                self._not_before = time.monotonic() + PACE_S
            else:
                job(keeper)

    def _next(self) -> _Storing | _Asking | None:
        """The next job; storing only when it is time, so that what comes meanwhile is stored together."""
        with self._changed:
            self._changed.wait_for(lambda: self._jobs or self._stopped, IDLE_S)
            self._changed.wait_for(self._must_go_on, max(0.0, self._not_before - time.monotonic()))
            return self._jobs.popleft() if self._jobs else None

    def _must_go_on(self) -> bool:
        return self._stopped or not self._jobs or not isinstance(self._jobs[0], _Storing)

    def _attempt(self, store: Callable[[], frozenset[SessionKey]]) -> frozenset[SessionKey]:
        try:
            return store()
        except Exception as error:  # one batch that nobody foresaw must not end all storing
            self._inbox.put(Fault("writer", f"a batch was not stored: {error!r}"))
            return frozenset()

    def _sum(self, keeper: StoreManager, sessions: frozenset[SessionKey]) -> None:
        try:
            if sessions:
                self._inbox.put(TotalsUpdated(keeper.ask(lambda store: tuple(map(store.totals, sessions)))))
        except Exception as error:  # of the private store that has taken its place, or one that nobody foresaw
            self._inbox.put(Fault("writer", f"sums were not read: {error}"))

    def _tell(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._inbox.put(Fault("store", trouble))


def _follows(batch: Batch, last: _Storing) -> bool:
    """Whether a batch goes on where the last one that waits ends, and there is room for it."""
    end = last.batches[-1].after
    same = batch.after.source == end.source and batch.before == end.cursor and batch.after.version == end.version
    return same and last.events < MOST_EVENTS


def _answer(question: Callable[[StoreManager], T], answer: Future[T], keeper: StoreManager) -> None:
    try:
        answer.set_result(question(keeper))
    except Exception as error:  # whoever asked is told
        answer.set_exception(error)
