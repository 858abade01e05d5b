"""The queue of deliveries between the feed's threads and the UI thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator

from tui_monitor.feed.deliveries import Delivery, workload

CAPACITY = 20_000
"""Events that may wait. Above that the reader pauses, and its files keep the rest."""


class Inbox:
    """Accepts deliveries from any thread, for one consumer.

    ``notify`` is called once for everything that is put between two drains.
    """

    def __init__(self, notify: Callable[[], None], capacity: int = CAPACITY) -> None:
        self._notify = notify
        self._queue: deque[Delivery] = deque()
        self._capacity = capacity
        self._workload = 0
        self._notified = False
        self._changed = threading.Condition()

    def put(self, delivery: Delivery) -> None:
        """Append a delivery. Never blocks."""
        with self._changed:
            self._queue.append(delivery)
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
                delivery = self._queue.popleft()
                self._workload -= workload(delivery)
                self._changed.notify_all()
            yield delivery

    def __bool__(self) -> bool:
        return bool(self._queue)
