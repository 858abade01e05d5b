"""The one place where threads meet: what they deliver waits here until the screen takes it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator

from tui_monitor.feed.deliveries import Delivery, weight

ROOM = 20_000
"""Events that may wait. A thread that delivers faster than the screen takes is slowed down, its file keeps the rest."""


class Inbox:
    """Takes from any thread, gives to one. ``wake`` is called once for all that comes between two takings."""

    def __init__(self, wake: Callable[[], None], room: int = ROOM) -> None:
        self._wake = wake
        self._waiting: deque[Delivery] = deque()
        self._room = room
        self._weight = 0
        self._woken = False
        self._changed = threading.Condition()

    def put(self, delivery: Delivery) -> None:
        """Deliver; never waits."""
        with self._changed:
            self._waiting.append(delivery)
            self._weight += weight(delivery)
            wake, self._woken = not self._woken, True
        if wake:
            self._wake()

    def wait_for_room(self, timeout: float) -> bool:
        """Wait until there is room for more, at most ``timeout`` seconds; whether there is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._weight < self._room, timeout)

    def take(self) -> Iterator[Delivery]:
        """What is waiting, oldest first, until there is no more or the taker stops."""
        with self._changed:
            self._woken = False
        while True:
            with self._changed:
                if not self._waiting:
                    return
                delivery = self._waiting.popleft()
                self._weight -= weight(delivery)
                self._changed.notify_all()
            yield delivery

    def __bool__(self) -> bool:
        return bool(self._waiting)
