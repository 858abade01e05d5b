"""The thread that reads: it waits for changes, and reads what is new for the screen and the store."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path

from tui_monitor.feed.deliveries import DiscoveryResult, Polling, Progress
from tui_monitor.feed.source_pool import SourcePool
from tui_monitor.feed.source_selection import SourceSelection, SourceSelector
from tui_monitor.sources.files.watcher import FileWatcher

WAIT_S = 1.0
READ_INTERVAL_S = 0.012
"""Seconds between reads while data keeps coming, so that they are larger; after a pause it is read at once."""
PROGRESS_INTERVAL_S = 0.1
ROUND_S = 0.05
"""Seconds of reading after which changes are looked for again, however many sources may have more."""
CHECK_INTERVAL_S = 1.0
FEW_CHECKED, MANY_CHECKED = 32, 512
"""Sources that are checked for growth each time, with notifications of the operating system and without."""


class Reader(threading.Thread):
    """Reads the selected sources on from where the store has them, and then whatever is appended.

    ``make_selector`` and ``make_pool`` are called in the thread, ``fail`` with the error that ends it.
    """

    def __init__(
        self,
        make_selector: Callable[[], SourceSelector],
        make_pool: Callable[[], SourcePool],
        watcher: FileWatcher,
        stopped: threading.Event,
        fail: Callable[[str], None],
    ) -> None:
        super().__init__(name="tui-monitor-reader", daemon=True)
        self._make_selector = make_selector
        self._make_pool = make_pool
        self._watcher = watcher
        self._stopped = stopped
        self._fail = fail
        self._pending: dict[Path, None] = {}
        self._backlog: int | None = None
        self._last_read = 0.0
        self._next_progress = 0.0
        self._next_check = 0.0
        self._selection: SourceSelection | None = None
        self._polling = ""
        self.busy_since: float | None = None
        """When changes were last waited for, while it does something else; None while it waits. For any thread."""

    def stop(self) -> None:
        """End soon."""
        self._stopped.set()
        self._watcher.stop()

    def run(self) -> None:
        """Read until stopped."""
        try:
            self._read()
        except Exception as error:  # the screen must say that nothing new will come
            self._fail(f"reading has ended, please restart: {error!r}")

    def _read(self) -> None:
        self.busy_since = time.monotonic()
        self._selector, self._pool = self._make_selector(), self._make_pool()
        self._scan(())
        while not self._stopped.is_set():
            self.busy_since = None
            changed = self._watcher.wait(0 if self._pending else WAIT_S)
            self.busy_since = time.monotonic()
            self._stopped.wait(self._last_read + READ_INTERVAL_S - time.monotonic())
            self._last_read = time.monotonic()
            self._report_polling()
            if others := [path for path in changed if not self._pool.sources_of(path)]:
                self._scan(others)
            news = dict.fromkeys(chain.from_iterable(map(self._pool.sources_of, changed)))
            news |= dict.fromkeys(self._unnoticed())
            self._pool.notice(news)
            self._read_pending(news)
        self._pool.finish_pipes()
        self._pool.close()

    def _scan(self, changed: Sequence[Path]) -> None:
        """Open what is selected by now."""
        selection = self._selector.select(changed)
        opened = self._pool.open(selection)
        self._pool.notice(opened)
        self._pending |= dict.fromkeys(opened)
        self._watcher.follow(self._pool.active_files(), selection.folders)
        if selection is not self._selection:
            self._selection = selection
            self._pool.deliver(DiscoveryResult(selection.notes, selection.roots))

    def _unnoticed(self) -> list[Path]:
        """Return sources that have grown without a notification. Some are checked each second, and so all in time."""
        now = time.monotonic()
        if now < self._next_check:
            return []
        self._next_check = now + CHECK_INTERVAL_S
        return self._pool.grown_sources(FEW_CHECKED if not self._watcher.fault else MANY_CHECKED)

    def _read_pending(self, news: Mapping[Path, None]) -> None:
        """Read a slice of each source that may have more, for a while: those with news first, then in turns."""
        first = [path for path in self._pending if path in news]  # in their order
        self._pending = dict.fromkeys((*first, *news, *self._pending))
        until = time.monotonic() + ROUND_S
        for path in list(self._pending):
            if self._stopped.is_set():
                return
            del self._pending[path]
            if self._pool.read_slice(path):
                self._pending[path] = None  # at the end
            if time.monotonic() >= until:
                break
        self._report_progress()

    def _report_polling(self) -> None:
        if self._polling != self._watcher.fault:
            self._polling = self._watcher.fault
            self._pool.deliver(Polling(self._polling))

    def _report_progress(self) -> None:
        """Deliver how much of the initial backlog is read, until all of it is."""
        now = time.monotonic()
        if self._backlog == 0 or (self._pending and now < self._next_progress):
            return
        self._next_progress = now + PROGRESS_INTERVAL_S
        bytes_read, size = self._pool.progress()
        self._backlog = self._backlog or size
        if not self._pending or bytes_read >= self._backlog:
            bytes_read, self._backlog = size, 0
        self._pool.deliver(Progress(bytes_read, max(bytes_read, self._backlog)))
