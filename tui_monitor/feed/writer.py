"""The thread that stores, and answers questions from the store."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from queue import Empty, SimpleQueue
from typing import TypeAlias, TypeVar

from tui_monitor.events import Batch, SessionKey
from tui_monitor.feed.deliveries import Summed, Trouble
from tui_monitor.feed.inbox import Inbox
from tui_monitor.feed.keeper import NONE, Keeper
from tui_monitor.sources.base import Adapter
from tui_monitor.store import StoreError

T = TypeVar("T")
Job: TypeAlias = Callable[[Keeper], frozenset[SessionKey]]

SUM_INTERVAL_S = 0.03
"""Sums are delivered at once when nothing waits to be stored, and this often while something does."""
IDLE_S = 1.0


class Writer(threading.Thread):
    """Does everything that touches the store, one job after the other, and delivers the sums of what has changed."""

    def __init__(self, make_keeper: Callable[[], Keeper], inbox: Inbox) -> None:
        super().__init__(name="tui-monitor-writer", daemon=True)
        self._make_keeper = make_keeper
        self._inbox = inbox
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._trouble = ""

    def put(self, batch: Batch, adapter: Adapter | None) -> None:
        """Store a batch, some time soon; see `Keeper.take`."""
        self._jobs.put(lambda keeper: keeper.take(batch, adapter))

    def call(self, question: Callable[[Keeper], T]) -> Future[T]:
        """Ask something of the store, in its turn."""
        answer: Future[T] = Future()
        self._jobs.put(partial(_answer, question, answer))
        return answer

    def backlog(self) -> int:
        """Jobs that wait."""
        return self._jobs.qsize()

    def stop(self) -> None:
        """End when everything that was put has been stored."""
        self._jobs.put(None)

    def run(self) -> None:
        """Work until stopped."""
        keeper = self._make_keeper()
        try:
            self._work(keeper)
        finally:
            keeper.close()

    def _work(self, keeper: Keeper) -> None:
        touched: set[SessionKey] = set()
        summed_at = 0.0
        while True:
            self._tell(keeper.trouble)
            try:
                job = self._jobs.get(timeout=IDLE_S)
            except Empty:
                touched |= keeper.recover()
            else:
                if job is None:
                    return
                touched |= self._done(job, keeper)
            if touched and (self._jobs.empty() or time.monotonic() - summed_at > SUM_INTERVAL_S):
                self._sum(keeper, touched)
                touched.clear()
                summed_at = time.monotonic()

    def _done(self, job: Job, keeper: Keeper) -> frozenset[SessionKey]:
        try:
            return job(keeper)
        except Exception as error:  # one batch that nobody foresaw must not end all storing
            self._inbox.put(Trouble("writer", f"a batch was not stored: {error!r}"))
            return NONE

    def _sum(self, keeper: Keeper, sessions: set[SessionKey]) -> None:
        try:
            self._inbox.put(Summed(tuple(keeper.store.totals(session) for session in sessions)))
        except StoreError as error:
            self._tell(str(error))

    def _tell(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._inbox.put(Trouble("store", trouble))


def _answer(question: Callable[[Keeper], T], answer: Future[T], keeper: Keeper) -> frozenset[SessionKey]:
    try:
        answer.set_result(question(keeper))
    except Exception as error:  # whoever asked is told
        answer.set_exception(error)
    return NONE
