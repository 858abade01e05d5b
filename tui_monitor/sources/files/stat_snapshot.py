"""Detecting changed files by size and time, for sources that would otherwise have to read them whole."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

_COARSE_NS = 50_000_000
"""Nanoseconds within which two changes may have the same time stamp."""

_RECENT_NS = 2_000_000_000
"""The same for file systems that count in two seconds."""

_Stat = tuple[int, int, int]


class StatSnapshot:
    """The sizes and times of some files, any of which may be missing."""

    def __init__(self, *paths: Path) -> None:
        self._paths = paths
        self._stats: list[_Stat | None] = []
        self._checked_at = 0
        self._accepted: list[_Stat | None] | None = None

    def has_changed(self) -> bool:
        """Return True if any file may have changed since the last `accept`."""
        self._checked_at = time.time_ns()
        self._stats = [_stat(path) for path in self._paths]
        return self._stats != self._accepted

    def is_recent(self) -> bool:
        """Return True if a file was written only a moment before it was checked, and may change again unnoticed."""
        return any(stat is not None and stat[0] > self._checked_at - _COARSE_NS for stat in self._stats)

    def accept(self) -> None:
        """Mark the state of the last `has_changed` as read."""
        self._accepted = None if self.is_recent() else self._stats


def stamp_of(paths: Iterable[Path]) -> str:
    """Return a text that is another one once any of these files has changed, appeared or gone. It is empty while one of
    them is so new that it may change once more without that."""
    parts = []
    for path in paths:
        try:
            status = os.stat(path)  # noqa: PTH116  (of every file there is, each time)
        except OSError:
            parts.append("-")
            continue
        changed_at = max(status.st_mtime_ns, status.st_ctime_ns)
        if changed_at > time.time_ns() - _RECENT_NS:
            return ""
        parts.append(f"{status.st_dev}:{status.st_ino}:{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}")
    return " ".join(parts)


def _stat(path: Path) -> _Stat | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
