"""The open sources: read round-robin, on from where the store has them, into the inbox and the writer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from itertools import chain
from pathlib import Path
from threading import Event
from typing import TypeVar

from tui_monitor.events import Batch, Checkpoint, SessionKey
from tui_monitor.feed.batch_reader import error_reason
from tui_monitor.feed.deliveries import Delivery, EventsRead, Fault, KnownSessions, ReadIssues
from tui_monitor.feed.enrich import with_windows
from tui_monitor.feed.inbox import Inbox
from tui_monitor.feed.source_selection import SourceSelection
from tui_monitor.feed.unread_data import UnreadData
from tui_monitor.feed.writer import Writer, WriterEnded
from tui_monitor.pricing import PriceBook
from tui_monitor.regular_files import descriptor_limit
from tui_monitor.sources.base import Adapter, Source
from tui_monitor.sources.discovery.expand import STANDARD_INPUT
from tui_monitor.sources.discovery.registry import Registry
from tui_monitor.sources.files.head import UnrecognisedFormat
from tui_monitor.sources.files.line_source import LineSource
from tui_monitor.sources.files.pipe_source import PipeSource
from tui_monitor.sources.files.watcher import FileWatcher

T = TypeVar("T")

SLICE_BATCHES = 8
"""The most batches that are read of one source before the next one is read."""
FEW_LINES = 100
"""Lines of a source in the background that are read at once: the others wait for so many at most."""
MAX_ACTIVE = 64
"""Sources whose files are polled, besides the notifications of the operating system: the ones read last."""
MAX_OPEN = 512
"""Sources that may hold a descriptor, and at most a quarter of the descriptors that the system allows: those read last.
The others reopen their file when it changes; what is appended to one that is deleted before that is lost."""
POLL_S = 0.05
GRACE_S = 0.02
"""Seconds for a pipe's thread to hand over what it is reading."""
ANSWER_S = 30.0
"""Seconds to wait for the checkpoints of a source before it is read without them."""


class SourcePool:
    """Opens sources, reads them round-robin, and hands their batches to the inbox and the writer.

    For the reader thread only. ``stopped`` ends all waiting.
    """

    def __init__(
        self,
        registry: Registry,
        prices: PriceBook,
        inbox: Inbox,
        writer: Writer,
        watcher: FileWatcher,
        stopped: Event,
        unread: UnreadData,
    ) -> None:
        self._registry = registry
        self._prices = prices
        self._inbox = inbox
        self._writer = writer
        self._watcher = watcher
        self._stopped = stopped
        self._unread = unread
        self._sources: dict[Path, Source] = {}
        self._adapters: dict[Path, Adapter] = {}
        self._paths_by_file: dict[Path, list[Path]] = {}
        self._active: dict[Path, None] = {}
        """Paths of files with new data; the one with the newest is at the end."""
        self._first: list[Path] = []
        self._turns: Iterator[Path] = iter(())
        self._progress: dict[Path, tuple[int, int]] = {}
        self._bytes_read = self._size = 0
        self._selection: SourceSelection | None = None
        self._failed = False
        self._recent: dict[Path, None] = {}
        """Paths of the sources that may hold a descriptor; the one read last is at the end."""
        self._pipes: list[PipeSource] = []
        self._faults: dict[Path, str] = {}
        self._store_answers = True
        self._max_open = max_open()

    def deliver(self, delivery: Delivery) -> None:
        """Put a delivery into the inbox."""
        self._inbox.put(delivery)

    def deliver_when_stored(self, delivery: Delivery) -> None:
        """Put a delivery into the inbox once everything that was read is stored, and its totals are delivered."""
        self._writer.query(lambda manager: None).add_done_callback(lambda answer: self._inbox.put(delivery))

    def has_ended(self) -> bool:
        """Return True if nothing more can come: no file is or may be selected, and all pipes are read to their end."""
        selection = self._selection
        if selection is None or selection.files or selection.related or selection.background or selection.folders:
            return False
        return all(pipe.ended for pipe in self._pipes)

    def sources_of(self, changed: Path) -> list[Path]:
        """Return the paths of the sources to read again when the file ``changed`` changes."""
        return self._paths_by_file.get(changed, [])

    def open(self, selection: SourceSelection) -> list[Path]:
        """Open the selected sources that are not open yet, and return their paths."""
        if selection is self._selection and not self._failed:
            return []
        self._selection = selection
        adapters = selection.related | selection.files
        paths = (*selection.files, *selection.related, *selection.pipes)
        missing = [path for path in paths if path not in self._sources]
        opened = [path for path in missing if self._open(path, adapters.get(path))]
        self._failed = len(opened) < len(missing)
        return opened

    def unopened(self) -> dict[Path, Adapter]:
        """Return the sources in the background that are not open."""
        background = self._selection.background if self._selection else {}
        return {path: adapter for path, adapter in background.items() if path not in self._sources}

    def open_one(self, path: Path, adapter: Adapter) -> bool:
        """Open one source; False if that fails: it is tried again after the next scan."""
        return path in self._sources or self._open(path, adapter)

    def is_in_background(self, path: Path) -> bool:
        """Return True for a source that is read when no other one waits."""
        return self._selection is not None and path in self._selection.background

    def is_idle(self) -> bool:
        """Return True if all that was read is taken and stored, or is being stored."""
        return not self._inbox and not self._writer.backlog()

    def active_files(self) -> list[Path]:
        """Return the files to poll: those of the sources with the newest data, then those that were opened first."""
        paths = list(dict.fromkeys((*reversed(self._active), *self._first)))[:MAX_ACTIVE]
        return list(chain.from_iterable(self._adapters[path].watched_paths(path) for path in paths))

    def notice(self, paths: Iterable[Path]) -> None:
        """Record that these sources may have unread data, until they are read to their end."""
        for path in paths:
            self._unread.notice(path)

    def grown_sources(self, count: int) -> list[Path]:
        """Return those of the next ``count`` sources that have data that is not read; all get their turn."""
        grown: list[Path] = []
        for _ in range(min(count, len(self._adapters))):
            path = next(self._turns, None)
            if path is None:
                self._turns = iter(list(self._adapters))
                continue
            with suppress(Exception):  # it is gone, or a plug-in fails
                bytes_read, size = self._sources[path].progress()
                if bytes_read != size:
                    grown.append(path)
        return grown

    def hold(self, changed: Iterable[Path]) -> None:
        """Open released files that have changed at once: they may be deleted next."""
        for path in chain.from_iterable(map(self.sources_of, changed)):
            source = self._sources[path]
            if path not in self._recent and isinstance(source, LineSource):
                self._touch(path)
                source.reopen()

    def read_slice(self, path: Path) -> bool:
        """Read a few batches of a source. Return True if there may be more at once."""
        return self._read(path, self._sources[path].read, SLICE_BATCHES)

    def read_few(self, path: Path) -> bool:
        """Read a small batch of a source in the background. Return True if there may be more at once."""
        source = self._sources[path]
        read = partial(source.read, FEW_LINES) if isinstance(source, LineSource) else source.read
        return self._read(path, read, 1)

    def _read(self, path: Path, read: Callable[[], Batch | None], batches: int) -> bool:
        self._touch(path)
        sessions: frozenset[SessionKey] = frozenset()
        for _ in range(batches):
            self._wait_for_capacity()
            try:
                batch = read()
            except Exception as error:  # a plug-in may raise anything, and the other sources are still to be read
                self._report(path, _fault_text(path, error))
                self._unread.end(path)
                return False
            if batch or path.exists():  # a deleted file that gives nothing is still deleted
                self._report(path, "")
            if batch is None:
                self._measure(path)
                self._unread.end(path)
                return False
            self._emit(path, batch)
            if self._is_drained(path):
                self._measure(path)
                self._unread.end(path)
                return False
            sessions = batch.sessions() or sessions
        self._measure(path)
        self._unread.advance(path, *self._progress.get(path, (0, 0)), sessions)
        return True

    def _is_drained(self, path: Path) -> bool:
        source = self._sources[path]
        return isinstance(source, LineSource) and source.is_drained

    def progress(self) -> tuple[int, int]:
        """Return the bytes read and the total size of all sources."""
        return self._bytes_read, self._size

    def finish_pipes(self) -> None:
        """Take no more from the pipes, and hand what was taken to the writer: it cannot be read again."""
        for pipe in self._pipes:
            pipe.halt()
        for _ in range(2 if self._pipes else 0):
            for pipe in self._pipes:
                with suppress(OSError, UnrecognisedFormat):
                    while batch := pipe.read():
                        self._writer.put(batch, None)
            time.sleep(GRACE_S)

    def close(self) -> None:
        """Close all sources."""
        for source in self._sources.values():
            source.close()

    def _open(self, path: Path, adapter: Adapter | None) -> bool:
        """Open a file, or (without an adapter) a pipe. Return False if that fails: it is tried at the next scan."""
        try:
            files = list(adapter.watched_paths(path)) if adapter else [path]
            self._sources[path] = adapter.open(path, partial(self._checkpoints, path)) if adapter else self._pipe(path)
        except Exception as error:  # a plug-in may raise anything
            self._report(path, _fault_text(path, error))
            return False
        if adapter:
            self._adapters[path] = adapter
            self._writer.query(lambda manager: manager.follow(path, adapter), first=True)
            if len(self._first) < MAX_ACTIVE:
                self._first.append(path)
        self._measure(path)
        for file in files:
            self._paths_by_file.setdefault(file, []).append(path)
        return True

    def _pipe(self, path: Path) -> PipeSource:
        descriptor = 0 if path == STANDARD_INPUT else None
        pipe = PipeSource(path, self._registry, descriptor, lambda: self._watcher.wake(path))
        self._pipes.append(pipe)
        return pipe

    def _touch(self, path: Path) -> None:
        """Make a source the one read last, and release the descriptor of the one read longest ago."""
        self._recent.pop(path, None)
        self._recent[path] = None
        if len(self._recent) > self._max_open:
            oldest = next(iter(self._recent))
            del self._recent[oldest]
            self._sources[oldest].release()

    def _measure(self, path: Path) -> None:
        """Take how far a source is read into the sums of all."""
        before = self._progress.get(path, (0, 0))
        with suppress(OSError):
            now = self._progress[path] = self._sources[path].progress()
            self._bytes_read += now[0] - before[0]
            self._size += now[1] - before[1]

    def _emit(self, path: Path, batch: Batch) -> None:
        """Hand the events of a batch to the screen, and the whole batch to the store."""
        if path in self._adapters:
            self._active.pop(path, None)
            self._active[path] = None
            if len(self._active) > MAX_ACTIVE:
                del self._active[next(iter(self._active))]
        if batch.events:
            self._inbox.put(EventsRead(with_windows(batch, self._prices).events, path))
        health = batch.health
        if health.skipped or health.unknown or health.errors:
            self._inbox.put(ReadIssues(str(path), health))
        self._writer.put(batch, self._adapters.get(path), self._unread.noticed_at(path))

    def _checkpoints(self, path: Path, prefix: str) -> list[Checkpoint]:
        """Return the checkpoints of sources whose identity begins with ``prefix``, after delivering their sessions.

        Without an answer of the store there are none: the source is read from its beginning then, and the store takes
        from that what it lacks.
        """
        if not self._store_answers:
            return []
        try:
            checkpoints, sessions = self._wait_for(
                self._writer.query(lambda manager: manager.resume_points(prefix), first=True)
            )
        except WriterEnded:
            return []
        except TimeoutError:
            self._store_answers = False
            if not self._stopped.is_set():
                self._inbox.put(Fault("writer", "the store does not answer"))
            return []
        if sessions:
            self._inbox.put(KnownSessions(tuple(sessions), path))
        return checkpoints

    def _wait_for(self, answer: Future[T]) -> T:
        """Wait for an answer of the store.

        Raises:
            TimeoutError: it did not come in time, or reading was stopped.
            WriterEnded: it will never come.
        """
        until = time.monotonic() + ANSWER_S
        while True:
            try:
                return answer.result(POLL_S)
            except TimeoutError:
                if answer.done() or self._stopped.is_set() or time.monotonic() >= until:
                    raise

    def _wait_for_capacity(self) -> None:
        while not self._stopped.is_set() and not self._inbox.wait_for_capacity(POLL_S):
            pass
        while not self._writer.has_capacity() and not self._stopped.wait(POLL_S):
            pass

    def _report(self, path: Path, text: str) -> None:
        """Deliver a fault of a source, or (an empty text) its end, if that is new."""
        if self._faults.get(path, "") != text:
            self._faults[path] = text
            self._inbox.put(Fault(str(path), text))


def max_open() -> int:
    """Return how many sources may hold a descriptor."""
    return min(MAX_OPEN, descriptor_limit() // 4)


def _fault_text(path: Path, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{path} was deleted; what was read of it is kept"
    return str(error) if isinstance(error, UnrecognisedFormat) else f"{path} cannot be read: {error_reason(error)}"
