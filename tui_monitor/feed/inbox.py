"""The one place where threads meet: what they deliver waits here until the screen takes it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator

from tui_monitor.feed.deliveries import Delivery, cost

CAPACITY = 20_000
"""Events that may wait. A thread that delivers faster than the screen takes is slowed down, its file keeps the rest."""


class Inbox:
    """Takes from any thread, gives to one. ``notify`` is called once for all that comes between two takings."""

    def __init__(self, notify: Callable[[], None], capacity: int = CAPACITY) -> None:
        self._notify = notify
        self._waiting: deque[Delivery] = deque()
        self._room = capacity
        self._weight = 0
        self._notified = False
        self._changed = threading.Condition()

    def put(self, delivery: Delivery) -> None:
        """Deliver; never waits."""
        with self._changed:
            self._waiting.append(delivery)
            self._weight += cost(delivery)
            first, self._notified = not self._notified, True
        if first:
            self._notify()

    def wait_for_capacity(self, timeout: float) -> bool:
        """Wait until there is room for more, at most ``timeout`` seconds; whether there is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._weight < self._room, timeout)

    def drain(self) -> Iterator[Delivery]:
        """What is waiting, oldest first, until there is no more or the taker stops."""
        with self._changed:
            self._notified = False
        while True:
            with self._changed:
                if not self._waiting:
                    return
                delivery = self._waiting.popleft()
                self._weight -= cost(delivery)
                self._changed.notify_all()
            yield delivery

    def __bool__(self) -> bool:
        return bool(self._waiting)
