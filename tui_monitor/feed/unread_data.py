"""Since when data is waiting to be read, by source."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tui_monitor.events import SessionKey

MARK_S = 0.5
"""Seconds between two sizes of a file that are remembered."""
MAX_MARKS = 1000
"""Sizes of a file to remember; data beyond them counts as noticed when they are read."""


@dataclass(slots=True)
class _Unread:
    """What is unread of a source: when that was noticed first, and ``marks`` of times and sizes known then."""

    noticed_at: float
    marks: deque[tuple[float, int]] = field(default_factory=deque)
    sessions: frozenset[SessionKey] = frozenset()


class UnreadData:
    """Tells for how long data of a session has been waiting to be read, from the sizes of the files over time.

    A source counts for the sessions of its last events, and for none before it gave any. For any thread.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sources: dict[Path, _Unread] = {}
        self._lock = threading.Lock()

    def notice(self, path: Path) -> None:
        """Record that a source may have unread data from now on, unless it had some."""
        with self._lock:
            if path not in self._sources:
                self._sources[path] = _Unread(self._clock())

    def advance(self, path: Path, bytes_read: int, size: int, sessions: frozenset[SessionKey]) -> None:
        """Record that a source has been read up to ``bytes_read`` of ``size``, and may have more."""
        now = self._clock()
        with self._lock:
            unread = self._sources.setdefault(path, _Unread(now))
            unread.sessions = sessions or unread.sessions
            marks = unread.marks
            if not marks:
                marks.append((unread.noticed_at, size))
            elif size > marks[-1][1] and now >= marks[-1][0] + MARK_S and len(marks) < MAX_MARKS:
                marks.append((now, size))
            # What a reader has read ahead, up to the end, is as old as the last mark.
            while marks and marks[0][1] <= bytes_read and (len(marks) > 1 or bytes_read < size):
                marks.popleft()
            unread.noticed_at = marks[0][0] if marks else now

    def end(self, path: Path) -> None:
        """Record that a source has been read to its end."""
        with self._lock:
            self._sources.pop(path, None)

    def noticed_at(self, path: Path) -> float:
        """Return when the next data of a source was noticed, in seconds of the clock; now if it has none."""
        with self._lock:
            unread = self._sources.get(path)
        return unread.noticed_at if unread else self._clock()

    def oldest(self, session: SessionKey) -> float | None:
        """Return when the oldest unread data of a session was noticed; None if there is none."""
        with self._lock:
            times = [unread.noticed_at for unread in self._sources.values() if session in unread.sessions]
        return min(times, default=None)
