"""A rate limiter for work that is requested more often than it is worth doing."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from textual.message_pump import MessagePump
from textual.timer import Timer


class RateLimiter:
    """Runs ``work`` at once when it is requested after a pause, and at most once per ``seconds`` while requests keep
    coming; the last request is never lost. The timers belong to ``node``."""

    def __init__(self, node: MessagePump, seconds: float, work: Callable[[], None]) -> None:
        self._node = node
        self._seconds = seconds
        self._work = work
        self._timer: Timer | None = None
        self._last_run = float("-inf")

    def request(self) -> None:
        """Run the work now, or as soon as the interval has passed."""
        if self._timer:
            return
        wait = self._last_run + self._seconds - perf_counter()
        if wait <= 0:
            self.run()
        else:
            self._timer = self._node.set_timer(wait, self.run)

    def run(self) -> None:
        """Run the work now, even within the interval."""
        if self._timer:
            self._timer.stop()
            self._timer = None
        self._last_run = perf_counter()
        self._work()
