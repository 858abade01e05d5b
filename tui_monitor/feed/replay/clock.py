"""The clock of a replay: it shows the time of the recording, and can be stopped, moved and made faster."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

SLOWEST, FASTEST = 0.1, 1000.0
"""Limits of the speed: seconds of the recording in one second."""


class ReplayClock:
    """Runs from ``begin`` to ``end`` (epoch ms) once it is started; for any thread. ``timer`` returns seconds."""

    def __init__(self, begin: int, end: int, speed: float = 1.0, timer: Callable[[], float] = time.monotonic) -> None:
        self.begin = begin
        self.end = max(begin, end)
        self._timer = timer
        self._speed = _within_limits(speed)
        self._is_playing = True
        self._base: float = begin
        self._since = timer()
        self._changed = threading.Condition()

    def now(self) -> int:
        """Return the time of the recording in epoch milliseconds."""
        with self._changed:
            return int(self._now())

    @property
    def speed(self) -> float:
        """Seconds of the recording in one second."""
        return self._speed

    @property
    def is_playing(self) -> bool:
        """True while it runs; at the end it stands."""
        return self._is_playing and self.now() < self.end

    def set_playing(self, is_playing: bool) -> None:
        """Let it run, or stop it."""
        with self._changed:
            self._rebase(self._now())
            self._is_playing = is_playing

    def set_speed(self, speed: float) -> None:
        """Set the speed, within its limits."""
        with self._changed:
            self._rebase(self._now())
            self._speed = _within_limits(speed)

    def move_to(self, at: int) -> None:
        """Show another time, within the recording."""
        with self._changed:
            self._rebase(max(self.begin, min(self.end, at)))

    def wait_until(self, at: int | None, timeout: float) -> None:
        """Return when it shows ``at`` (None: never), when it was changed, or after ``timeout`` seconds."""
        with self._changed:
            if at is not None and self._is_playing:
                timeout = min(timeout, max(0.0, (at - self._now()) / 1000 / self._speed))
            if timeout:
                self._changed.wait(timeout)

    def wake(self) -> None:
        """Let all `wait_until` return."""
        with self._changed:
            self._changed.notify_all()

    def _now(self) -> float:
        passed = (self._timer() - self._since) * 1000 * self._speed if self._is_playing else 0.0
        return min(self.end, self._base + passed)

    def _rebase(self, at: float) -> None:
        self._base, self._since = at, self._timer()
        self._changed.notify_all()


def _within_limits(speed: float) -> float:
    return max(SLOWEST, min(FASTEST, speed))
