"""A rate limiter for work that is requested more often than it is worth doing."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter, thread_time

from textual.message_pump import MessagePump
from textual.timer import Timer

MAX_STRETCH = 3
"""How many times as long an interval may get."""


class RateLimiter:
    """Runs ``work`` at once when it is requested after a pause, and at most once per ``seconds`` while requests keep
    coming; the last request is never lost. The timers belong to ``node``.

    The interval is stretched when the thread (the work, and the drawing that follows from it) would spend more than
    ``max_share`` of a core, which the threads that read and store need, too.
    """

    def __init__(
        self, node: MessagePump, seconds: float, work: Callable[[], None], max_share: float | None = None
    ) -> None:
        self._node = node
        self._seconds = seconds
        self._work = work
        self._timer: Timer | None = None
        self._last_run = self._due_at = float("-inf")
        self._max_share = max_share
        self._cpu_at_last_run = 0.0
        self._divisor = 1
        self.interval = seconds
        """Seconds between two runs at present."""

    def request(self) -> None:
        """Run the work now if the interval has passed; else as soon as it has."""
        wait = self.interval - self.since_last_run()
        if wait <= 0:
            self.run()
        elif not self._timer:
            self._timer = self._node.set_timer(wait, self.run)

    def schedule(self, early: float = 0.0) -> None:
        """Run the work when the interval has passed from the first such call on; one that comes at most ``early``
        seconds before that runs it at once."""
        if not self._timer:
            self._due_at = perf_counter() + self.interval
            self._timer = self._node.set_timer(self.interval, self.run)
        elif perf_counter() >= self._due_at - early:
            self.run()

    def since_last_run(self) -> float:
        """Return the seconds since the work was run last."""
        return perf_counter() - self._last_run

    def give_way(self, is_behind: bool) -> None:
        """Spend half as much, and run half as often if need be, while the other threads are behind."""
        self._divisor = 2 if is_behind else 1

    def run(self) -> None:
        """Run the work now, even within the interval."""
        if self._timer:
            self._timer.stop()
            self._timer = None
        self._last_run = perf_counter()
        self._stretch()
        self._work()

    def _stretch(self) -> None:
        """Choose the interval by the time of the processor since the last run."""
        if self._max_share:
            now = thread_time()
            needed = (now - self._cpu_at_last_run) / self._max_share * self._divisor
            self._cpu_at_last_run = now
            self.interval = min(max(needed, self._seconds), MAX_STRETCH * self._divisor * self._seconds)
