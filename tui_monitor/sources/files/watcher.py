"""Waiting for change: hints of the operating system, and a net below them for those that do not come."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from pathlib import Path
from threading import Event
from time import monotonic
from typing import NamedTuple

from tui_monitor.sources.files.notifier import Notifier

NET_S = 0.1
"""How often the files themselves are looked at: network file systems give no hints."""

RESCAN_S = 2.0
"""How often folders are told as changed, whether hints of them came or not."""

BUSY_S = 10.0
BUSY_STEP_MS = 5
QUIET_STEP_MS = 20
"""How finely is listened for so long after a change, and later: steps cost, and nobody waits for milliseconds then."""


class _Wanted(NamedTuple):
    files: frozenset[Path] = frozenset()
    folders: frozenset[Path] = frozenset()


_Mark = tuple[int, int, int]


class FileWatcher:
    """Waits until something may have changed that matters.

    One thread waits; `follow`, `wake` and `stop` may be called in any.
    """

    def __init__(self) -> None:
        self._woken = Event()
        self._stopped = False
        self._hints: deque[Path] = deque()
        self._wanted = _Wanted()
        self._heard_for = self._wanted
        self._listener: Notifier | None = None
        self._marks: dict[Path, _Mark | None] = {}
        self._look_at = self._rescan_at = 0.0
        self._busy_until = 0.0

    @property
    def fault(self) -> str:
        """Why changes are found by looking alone, and so a little later; empty when they are not."""
        return self._listener.fault if self._listener else ""

    def follow(self, files: Iterable[Path], folders: Iterable[Path]) -> None:
        """What matters from now on: the content of these files, and what appears in these folders (not below them).

        None of them need be there. What is followed for the first time is told as changed. Files are looked at ten
        times a second, so only those that are under way should be named.
        """
        self._wanted = _Wanted(frozenset(files), frozenset(folders))
        self._woken.set()

    def wake(self, *paths: Path) -> None:
        """Have these told as changed."""
        self._hints.extend(paths)
        self._woken.set()

    def stop(self) -> None:
        """End the waiting at once, and for good."""
        self._stopped = True
        self._woken.set()

    def wait(self, timeout: float) -> set[Path]:
        """What may have changed: files, what appeared in a folder, and folders that should be looked through again.

        Waits for ``timeout`` seconds at most, and answers with nothing then, or when it is stopped.
        """
        until = monotonic() + timeout
        while not self._stopped:
            changed = self._told() | self._rescanned() | self._looked_up()
            left = until - monotonic()
            if not changed and left > 0:
                changed = self._heard(min(left, NET_S))
            if changed or left <= 0:
                return changed
        self._close()
        return set()

    def _told(self) -> set[Path]:
        self._woken.clear()
        told: set[Path] = set()
        while self._hints:
            told.add(self._hints.popleft())
        return told

    def _rescanned(self) -> set[Path]:
        now, wanted = monotonic(), self._wanted
        due = now >= self._rescan_at
        missed: set[Path] = set()
        if self._listener is None or wanted != self._heard_for or self._listener.is_outdated(thoroughly=due):
            missed = self._listen(wanted)
        elif not due:
            return set()
        self._rescan_at = now + RESCAN_S
        return missed | wanted.folders

    def _listen(self, wanted: _Wanted) -> set[Path]:
        """Replace the notifier. Return the changes that the old one has not delivered yet."""
        old, self._listener = self._listener, Notifier(*wanted)
        self._heard_for = wanted
        self._look_at = 0.0
        if old is None:
            return set()
        missed = old.hear(1, 1, Event())
        old.close()
        return missed

    def _looked_up(self) -> set[Path]:
        now = monotonic()
        if now < self._look_at:
            return set()
        self._look_at = now + NET_S
        before, self._marks = self._marks, {file: _mark(file) for file in self._heard_for.files}
        return {file for file, mark in self._marks.items() if file not in before or before[file] != mark}

    def _heard(self, timeout: float) -> set[Path]:
        if self._listener is None:
            return set()
        step = BUSY_STEP_MS if monotonic() < self._busy_until else QUIET_STEP_MS
        heard = self._listener.hear(max(1, round(timeout * 1000)), step, self._woken)
        if heard:
            self._busy_until = monotonic() + BUSY_S
        self._marks |= {file: _mark(file) for file in heard if file in self._marks}
        return heard

    def _close(self) -> None:
        if self._listener:
            self._listener.close()
            self._listener = None


def _mark(file: Path) -> _Mark | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
