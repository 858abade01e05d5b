"""The thread that reads: it waits for changes, and reads what is new for the screen and the store."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

from tui_monitor.events import ProcessScan, SessionKey, SessionProcess
from tui_monitor.feed.deliveries import DiscoveryResult, EndOfInput, Polling, Progress
from tui_monitor.feed.source_pool import SourcePool
from tui_monitor.feed.source_selection import SourceSelection, SourceSelector
from tui_monitor.sources.base import Adapter
from tui_monitor.sources.files.watcher import FileWatcher

WAIT_S = 1.0
READ_INTERVAL_S = 0.012
"""Seconds between reads while data keeps coming, so that they are larger; after a pause it is read at once."""
MAX_INTERVAL_S = 0.04
"""The same when the last read took more than `MAX_SHARE` of a core: larger reads cost less for each line."""
MAX_SHARE = 1 / 4
PROGRESS_INTERVAL_S = 0.1
QUIET_S = 0.5
"""Seconds without anything to read after which the history may be read."""
ROUND_S = 0.05
"""Seconds of reading after which changes are looked for again, however many sources may have more."""
BACKGROUND_S = 0.01
"""Seconds for sources in the background, and then for a pause, while no other source waits."""
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
        self._background: dict[Path, None] = {}
        """Sources in the background that may have more."""
        self._unopened: dict[Path, Adapter] = {}
        """Those that are not open yet."""
        self._has_scanned_all = False
        self._has_ended = False
        self._processes: dict[str, tuple[SessionProcess, ...]] = {}
        self._to_follow: deque[Path] = deque()
        self._backlog: int | None = None
        self._last_read = self._cpu = 0.0
        self._next_progress = 0.0
        self._next_check = 0.0
        self._selection: SourceSelection | None = None
        self._polling = ""
        self.busy_since: float | None = None
        """When changes were last waited for, while it does something else; None while it waits. For any thread."""
        self._last_news = time.monotonic()

    def stop(self) -> None:
        """End soon."""
        self._stopped.set()
        self._watcher.stop()

    def is_quiet(self) -> bool:
        """Return True if it waits, and has for a while. Any thread may call this."""
        return self.busy_since is None and time.monotonic() - self._last_news > QUIET_S

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
            self._report_end()
            self.busy_since = None
            changed = self._watcher.wait(self._patience())
            self.busy_since = time.monotonic()
            self._pool.hold(changed)
            self._stopped.wait(self._last_read + self._interval() - time.monotonic())
            self._last_read = time.monotonic()
            self._report_polling()
            others = [path for path in changed if not self._pool.sources_of(path)]
            if others or self._to_follow or not (self._pending or self._has_scanned_all):
                self._scan(others)
            news = dict.fromkeys(chain.from_iterable(map(self._pool.sources_of, changed)))
            news |= dict.fromkeys(self._unnoticed())
            self._pool.notice(news)
            self._read_news(news)
            if news or self._pending or self._background or self._unopened:
                self._last_news = time.monotonic()
        self._pool.finish_pipes()
        self._pool.close()

    def follow(self, path: Path) -> None:
        """Read the session at ``path`` too, before those in the background. Any thread may call this."""
        self._to_follow.append(path)
        self._watcher.wake(path)

    def note_processes(self, scans: Iterable[ProcessScan]) -> None:
        """Look for the sessions of these processes soon. Any thread may call this."""
        before = self._processes
        self._processes = before | {scan.source: scan.processes for scan in scans}
        self._watcher.wake(*(Path(cwd) for _, cwd in _places(self._processes) - _places(before)))

    def _interval(self) -> float:
        """Return the seconds from the last read to the next, by the processor time of the last one."""
        before, self._cpu = self._cpu, time.thread_time()
        return min(max((self._cpu - before) / MAX_SHARE, READ_INTERVAL_S), MAX_INTERVAL_S)

    def _patience(self) -> float:
        """Return for how many seconds to wait for changes."""
        if self._pending:
            return 0
        return BACKGROUND_S if self._background or self._unopened else WAIT_S

    def _scan(self, changed: Sequence[Path]) -> None:
        """Open what is selected by now; what is in the background is opened later."""
        while self._to_follow:
            self._selector.follow(self._to_follow.popleft())
        self._has_scanned_all = self._selection is not None
        selection = self._selector.select(changed, list(chain.from_iterable(self._processes.values())))
        if selection is not self._selection:
            self._selection = selection
            here, has_sessions = selection.here, selection.has_sessions
            self._pool.deliver(DiscoveryResult(selection.notes, selection.roots, here, has_sessions))
        opened = self._pool.open(selection)
        self._pool.notice(opened)
        self._pending |= dict.fromkeys(opened)
        self._unopened = self._pool.unopened()
        self._watcher.follow(self._pool.active_files(), selection.folders)

    def _unnoticed(self) -> list[Path]:
        """Return sources that have grown without a notification. Some are checked each second, and so all in time."""
        now = time.monotonic()
        if now < self._next_check:
            return []
        self._next_check = now + CHECK_INTERVAL_S
        return self._pool.grown_sources(FEW_CHECKED if not self._watcher.fault else MANY_CHECKED)

    def _read_news(self, news: Mapping[Path, None]) -> None:
        """Read on, first what has news, and sources in the background only while no other one waits."""
        background = {path: None for path in (*news, *self._background) if self._pool.is_in_background(path)}
        self._pending |= {path: None for path in self._background if path not in background}
        self._background = background
        self._read_pending({path: None for path in news if path not in background})
        if not self._pending and self._pool.is_idle():
            self._read_background()

    def _read_background(self) -> None:
        """Read a batch of each source in the background, or open one, for a while."""
        until = time.monotonic() + BACKGROUND_S
        while (self._background or self._unopened) and time.monotonic() < until and not self._stopped.is_set():
            path = next(iter(self._background or self._unopened))
            if path in self._background:
                del self._background[path]
                may_have_more = self._pool.read_few(path)
            else:
                may_have_more = self._pool.open_one(path, self._unopened.pop(path))
                self._pool.notice([path] if may_have_more else [])
            if may_have_more:
                self._background[path] = None  # at the end

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

    def _report_end(self) -> None:
        """Deliver once that nothing more can come."""
        if not self._has_ended and not self._pending and self._pool.has_ended():
            self._has_ended = True
            self._pool.deliver_when_stored(EndOfInput())

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


def _places(processes: Mapping[str, Iterable[SessionProcess]]) -> set[tuple[SessionKey, str]]:
    """Return which sessions run where."""
    return {(process.session, process.cwd) for process in chain.from_iterable(processes.values())}
