"""Work that is asked for more often than it is worth doing."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from textual.message_pump import MessagePump
from textual.timer import Timer


class RateLimiter:
    """Does its work at once when it is asked for after a pause; while it is asked for again and again, once in so many
    ``seconds``. The timers are those of ``node``."""

    def __init__(self, node: MessagePump, seconds: float, work: Callable[[], None]) -> None:
        self._node = node
        self._seconds = seconds
        self._work = work
        self._timer: Timer | None = None
        self._done_at = float("-inf")

    def ask(self) -> None:
        """Have it done: now, or as soon as it is time again."""
        if self._timer:
            return
        wait = self._done_at + self._seconds - perf_counter()
        if wait <= 0:
            self.now()
        else:
            self._timer = self._node.set_timer(wait, self.now)

    def now(self) -> None:
        """Do it."""
        if self._timer:
            self._timer.stop()
            self._timer = None
        self._done_at = perf_counter()
        self._work()
