"""Whether files may have changed, told from the outside, for sources that would otherwise have to look all through."""

from __future__ import annotations

import time
from pathlib import Path

_COARSE_NS = 50_000_000
"""Two changes that are closer together than this may bear the same time."""

_Mark = tuple[int, int, int]


class StatSnapshot:
    """Watches the size and time of some files, of which any may be missing."""

    def __init__(self, *paths: Path) -> None:
        self._paths = paths
        self._marks: list[_Mark | None] = []
        self._looked_at = 0
        self._settled: list[_Mark | None] | None = None

    def is_new(self) -> bool:
        """Whether any of them may have changed since what was then to be read was `done`."""
        self._looked_at = time.time_ns()
        self._marks = [_mark(path) for path in self._paths]
        return self._marks != self._settled

    def is_fresh(self) -> bool:
        """Whether any of them was written only a moment before it was looked at, and may be again."""
        return any(mark is not None and mark[0] > self._looked_at - _COARSE_NS for mark in self._marks)

    def done(self) -> None:
        """All that was there when it was asked whether they are new has been read."""
        self._settled = None if self.is_fresh() else self._marks


def _mark(path: Path) -> _Mark | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
