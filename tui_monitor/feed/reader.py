"""The thread that reads: waits for change, reads what is new, hands it to the screen and to the store."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path

from tui_monitor.feed.deliveries import DiscoveryResult, Progress
from tui_monitor.feed.source_pool import SourcePool
from tui_monitor.feed.source_selection import SourceSelector
from tui_monitor.sources.files.watcher import FileWatcher

WAIT_S = 1.0
PACE_S = 0.012
"""What comes after a pause is read at once. While more comes it is read so often, in larger pieces."""
PROGRESS_S = 0.1


class Reader(threading.Thread):
    """Reads what is wanted from where the store has it, and then whatever is appended."""

    def __init__(
        self,
        choose: Callable[[], SourceSelector],
        make_pool: Callable[[], SourcePool],
        watch: FileWatcher,
        fail: Callable[[str], None],
    ) -> None:
        super().__init__(name="tui-monitor-reader", daemon=True)
        self._choose = choose
        self._make_pool = make_pool
        self._watch = watch
        self._fail = fail
        self._stopped = threading.Event()
        self._pending: dict[Path, None] = {}
        self._backlog: int | None = None
        self._read_at = 0.0
        self._progress_at = 0.0

    def stop(self) -> None:
        """End soon."""
        self._stopped.set()
        self._watch.stop()

    def run(self) -> None:
        """Read until stopped."""
        try:
            self._read()
        except Exception as error:  # the screen must say that nothing new will come
            self._fail(f"reading has ended, please start anew: {error!r}")

    def _read(self) -> None:
        self._choice, self._pool = self._choose(), self._make_pool()
        self._look()
        while not self._stopped.is_set():
            hints = self._watch.wait(0 if self._pending else WAIT_S)
            self._stopped.wait(self._read_at + PACE_S - time.monotonic())
            self._read_at = time.monotonic()
            if not all(map(self._pool.meant, hints)):
                self._look()
            self._pending |= dict.fromkeys(chain.from_iterable(map(self._pool.meant, hints)))
            self._take_turns()
        self._pool.close()

    def _look(self) -> None:
        wanted = self._choice.select()
        self._pending |= dict.fromkeys(self._pool.open(wanted))
        self._watch.follow(self._pool.active(), wanted.folders)
        self._pool.deliver(DiscoveryResult(wanted.notes, wanted.roots))

    def _take_turns(self) -> None:
        """One turn for each source of which there may be more."""
        for path in list(self._pending):
            if self._stopped.is_set():
                return
            if not self._pool.turn(path, self._stopped):
                del self._pending[path]
        self._tell_progress()

    def _tell_progress(self) -> None:
        """Say how far is read what was there at the start, until all of it is."""
        now = time.monotonic()
        if self._backlog == 0 or (self._pending and now < self._progress_at):
            return
        self._progress_at = now + PROGRESS_S
        done, size = self._pool.progress()
        self._backlog = self._backlog or size
        if not self._pending or done >= self._backlog:
            done, self._backlog = size, 0
        self._pool.deliver(Progress(done, max(done, self._backlog)))
