"""The queue of deliveries between the feed's threads and the UI thread."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator

from tui_monitor.feed.deliveries import Delivery, workload

CAPACITY = 20_000
"""Events that may wait. Above that the reader pauses, and its files keep the rest."""


class Inbox:
    """Accepts deliveries from any thread, for one consumer.

    ``notify`` is called once for everything that is put between two drains.
    """

    def __init__(
        self, notify: Callable[[], None], capacity: int = CAPACITY, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._notify = notify
        self._queue: deque[tuple[float, Delivery]] = deque()
        self._capacity = capacity
        self._workload = 0
        self._notified = False
        self._changed = threading.Condition()

    def put(self, delivery: Delivery) -> None:
        """Append a delivery. Never blocks."""
        with self._changed:
            self._queue.append((self._clock(), delivery))
            self._workload += workload(delivery)
            is_first, self._notified = not self._notified, True
        if is_first:
            self._notify()

    def wait_for_capacity(self, timeout: float) -> bool:
        """Block until below capacity. Return False on timeout."""
        with self._changed:
            return self._changed.wait_for(lambda: self._workload < self._capacity, timeout)

    def drain(self) -> Iterator[Delivery]:
        """Yield the waiting deliveries, oldest first. The consumer may stop at any of them."""
        with self._changed:
            self._notified = False
        while True:
            with self._changed:
                if not self._queue:
                    return
                _, delivery = self._queue.popleft()
                self._workload -= workload(delivery)
                self._changed.notify_all()
            yield delivery

    def oldest(self) -> float | None:
        """Return when the oldest delivery was put, in seconds of the clock; None if there is none."""
        with self._changed:
            return self._queue[0][0] if self._queue else None

    def __bool__(self) -> bool:
        return bool(self._queue)
