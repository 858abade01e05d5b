"""Waiting for changes: notifications of the operating system, with polling as a safety net."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from pathlib import Path
from threading import Event
from time import monotonic
from typing import NamedTuple

from tui_monitor.sources.files.notifier import Notifier

POLL_S = 0.1
"""Interval of polling the files themselves: network file systems send no notifications. Where one has come from a
device, others will, and once a second is enough."""

SLOW_POLL_S = 1.0
"""Interval of polling the others where there are notifications."""

FREQUENT = 8
"""Files that are polled at the short interval all the same: the first ones."""

RESCAN_S = 2.0
"""Interval at which folders are reported as changed, with or without notifications."""

CHECK_SHARE = 0.005
"""Largest share of a core that checking for created and removed folders may take."""

BUSY_S = 10.0
BUSY_STEP_MS = 15
QUIET_STEP_MS = 60
"""Resolution of waiting, for `BUSY_S` after a change and later: each step costs, half a frame is soon enough, and later
nobody waits for milliseconds."""
QUIET_POLL_S = 0.25
"""Interval of polling the files themselves later."""


class _Targets(NamedTuple):
    files: tuple[Path, ...] = ()
    folders: frozenset[Path] = frozenset()


class _Stat(NamedTuple):
    modified_ns: int
    size: int
    inode: int
    device: int


class FileWatcher:
    """Waits for changes of files and folders.

    One thread waits; `follow`, `wake` and `stop` may be called in any thread.
    """

    def __init__(self) -> None:
        self._wake_up = Event()
        self._stopped = False
        self._reports: deque[Path] = deque()
        self._targets = _Targets()
        self._notified_targets = self._targets
        self._notifier: Notifier | None = None
        self._stats: dict[Path, _Stat | None] = {}
        self._notifying_devices: set[int] = set()
        self._poll_at = self._slow_poll_at = self._rescan_at = self._check_at = 0.0
        self._busy_until = 0.0

    @property
    def fault(self) -> str:
        """The reason if changes are found by polling alone, and so a little later; else empty."""
        return self._notifier.fault if self._notifier else ""

    def follow(self, files: Iterable[Path], folders: Iterable[Path]) -> None:
        """Watch the content of these files and the entries of these folders (not below them) instead of earlier ones.

        None of them need exist. New ones are reported as changed. Files are polled, the first ones more often, so only
        active ones should be listed, the most active one first.
        """
        self._targets = _Targets(tuple(files), frozenset(folders))
        self._wake_up.set()

    def wake(self, *paths: Path) -> None:
        """Report these paths as changed."""
        self._reports.extend(paths)
        self._wake_up.set()

    def stop(self) -> None:
        """End waiting at once and for good."""
        self._stopped = True
        self._wake_up.set()

    def wait(self, timeout: float) -> set[Path]:
        """Wait for changes. Return files, new entries of folders, and folders that should be scanned again.

        Return an empty set after ``timeout`` seconds, or when stopped.
        """
        until = monotonic() + timeout
        while not self._stopped:
            changed = self._reported() | self._due_folders() | self._poll()
            remaining = until - monotonic()
            if not changed and remaining > 0:
                changed = self._wait_for_notification(min(remaining, self._poll_interval()))
            if changed or remaining <= 0:
                return changed
        self._close()
        return set()

    def _reported(self) -> set[Path]:
        self._wake_up.clear()
        paths: set[Path] = set()
        while self._reports:
            paths.add(self._reports.popleft())
        return paths

    def _due_folders(self) -> set[Path]:
        now, targets = monotonic(), self._targets
        due = now >= self._rescan_at
        missed: set[Path] = set()
        if self._must_replace_notifier(targets, now):
            missed = self._replace_notifier(targets)
        elif not due:
            return set()
        self._rescan_at = now + RESCAN_S
        return missed | targets.folders

    def _must_replace_notifier(self, targets: _Targets, now: float) -> bool:
        notifier, before = self._notifier, self._notified_targets
        if notifier is None or (targets.folders is not before.folders and targets.folders != before.folders):
            return True
        if targets.files != before.files:
            if not notifier.set_files(targets.files):
                return True
            self._notified_targets = targets
            self._poll_at = self._slow_poll_at = 0.0
        thoroughly = now >= self._check_at
        is_outdated = notifier.is_outdated(thoroughly)
        if thoroughly:
            self._check_at = now + max(RESCAN_S, (monotonic() - now) / CHECK_SHARE)
        return is_outdated

    def _replace_notifier(self, targets: _Targets) -> set[Path]:
        """Replace the notifier. Return the changes that the old one has not delivered yet."""
        old, self._notifier = self._notifier, Notifier(*targets)
        self._notified_targets = targets
        self._poll_at = self._slow_poll_at = 0.0
        if old is None:
            return set()
        missed = old.wait(1, 1, Event())
        old.close()
        return missed

    def _poll_interval(self) -> float:
        if self.fault:
            return POLL_S
        if not self._frequently_polled():
            return SLOW_POLL_S
        return POLL_S if monotonic() < self._busy_until else QUIET_POLL_S

    def _frequently_polled(self) -> list[Path]:
        """Return the first files, without those on a device from which notifications come."""
        stats = ((file, self._stats.get(file)) for file in self._notified_targets.files[:FREQUENT])
        return [file for file, stat in stats if stat is None or stat.device not in self._notifying_devices]

    def _poll(self) -> set[Path]:
        now, files = monotonic(), self._notified_targets.files
        if now < self._poll_at:
            return set()
        self._poll_at = now + self._poll_interval()
        if now < self._slow_poll_at and not self.fault:
            polled = {file: _stat(file) for file in self._frequently_polled()}
            before, self._stats = self._stats, self._stats | polled
        else:
            self._slow_poll_at = now + SLOW_POLL_S
            polled = {file: _stat(file) for file in files}
            before, self._stats = self._stats, polled
        return {file for file, stat in polled.items() if file not in before or before[file] != stat}

    def _wait_for_notification(self, timeout: float) -> set[Path]:
        if self._notifier is None:
            return set()
        step = BUSY_STEP_MS if monotonic() < self._busy_until else QUIET_STEP_MS
        changed = self._notifier.wait(max(1, round(timeout * 1000)), step, self._wake_up)
        if changed:
            self._busy_until = monotonic() + BUSY_S
        stats = {file: _stat(file) for file in changed if file in self._stats}
        self._stats |= stats
        self._notifying_devices |= {stat.device for stat in stats.values() if stat}
        return changed

    def _close(self) -> None:
        if self._notifier:
            self._notifier.close()
            self._notifier = None


def _stat(file: Path) -> _Stat | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return _Stat(status.st_mtime_ns, status.st_size, status.st_ino, status.st_dev)
