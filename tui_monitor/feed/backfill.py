"""The thread that has the history read by a process of its own: it takes neither the interpreter nor the processor from
the live session, and waits whenever that has something."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from tui_monitor.feed.deliveries import Delivery, HistoryProgress
from tui_monitor.regular_files import open_descriptor

LOCK_NAME = "history.lock"
GO_ON = b"\n"
"""What the process waits for after each slice; the end of its input ends it."""
POLL_S = 0.1
RETRY_S = 30.0
"""Seconds between two looks at whether the monitor that reads the history has gone."""


class HistoryBackfill(threading.Thread):
    """Runs the process that ``words`` name once, if no other monitor of this ``folder`` does, and delivers what it says
    about its progress.

    ``is_quiet`` returns True while the process may work. Without it nothing is lost: the next start goes on.
    """

    def __init__(
        self,
        words: Sequence[str],
        folder: Path,
        is_quiet: Callable[[], bool],
        deliver: Callable[[Delivery], None],
        stopped: threading.Event,
    ) -> None:
        super().__init__(name="tui-monitor-backfill", daemon=True)
        self._words = words
        self._lock = folder / LOCK_NAME
        self._is_quiet = is_quiet
        self._deliver = deliver
        self._stopped = stopped
        self._percentage = -1
        self._process: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """End soon, and the process at once: it may be killed at any time."""
        self._stopped.set()
        if process := self._process:
            process.kill()

    def run(self) -> None:
        """Have the history read, when the first backlog of the live session is."""
        with suppress(OSError):  # it cannot be started, or has ended
            while self._wait_until_quiet():
                with _locked(self._lock) as is_ours:
                    if is_ours:
                        self._read()
                        return
                self._stopped.wait(RETRY_S)

    def _read(self) -> None:
        with subprocess.Popen(
            self._words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            self._process = process
            assert process.stdin
            assert process.stdout
            try:
                self._follow(process.stdout, process.stdin)
            finally:
                process.kill()
                self._report(1, 1)

    def _follow(self, progress: IO[bytes], go_on: IO[bytes]) -> None:
        for line in progress:
            self._report(*map(int, line.split()))
            if not self._wait_until_quiet():
                return
            go_on.write(GO_ON)
            go_on.flush()

    def _wait_until_quiet(self) -> bool:
        """Wait; return False if it is stopped."""
        while not self._stopped.is_set():
            if self._is_quiet():
                return True
            self._stopped.wait(POLL_S)
        return False

    def _report(self, bytes_read: int, size: int) -> None:
        progress = HistoryProgress(bytes_read, size)
        if progress.percentage != self._percentage:
            self._percentage = progress.percentage
            self._deliver(progress)


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Hold a lock among the monitors of a folder; yield False if another has it. Without locks each gets it."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield True
        return
    descriptor = open_descriptor(path, os.O_RDWR | os.O_CREAT)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:  # a file system without such locks
            pass
        yield True
    finally:
        os.close(descriptor)
