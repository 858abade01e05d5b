"""The sources that are read: opened from where the store has them, read in turns, delivered to screen and store."""

from __future__ import annotations

import time
from contextlib import suppress
from itertools import chain
from pathlib import Path
from threading import Event

from tui_monitor.events import Batch, Checkpoint
from tui_monitor.feed.batch_reader import reason
from tui_monitor.feed.deliveries import Delivery, EventsRead, Fault, KnownSessions, ReadIssues
from tui_monitor.feed.enrich import with_windows
from tui_monitor.feed.inbox import Inbox
from tui_monitor.feed.source_selection import SourceSelection
from tui_monitor.feed.writer import Writer
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.base import Adapter, Source
from tui_monitor.sources.discovery.expand import STANDARD_INPUT
from tui_monitor.sources.discovery.registry import Registry
from tui_monitor.sources.files.head import Unrecognised
from tui_monitor.sources.files.pipe_source import PipeSource
from tui_monitor.sources.files.watcher import FileWatcher

TURN = 8
"""So many batches of one source in a row, then the others have their turn."""
MOST_ACTIVE = 64
"""So many files, the ones read last, are looked at even where the system gives no hints."""
STORE_BACKLOG = 50_000
"""Events that may wait for the store; then reading waits too, the file keeps the rest."""
PATIENCE_S = 0.05


class SourcePool:
    """Used by the reading thread alone."""

    def __init__(self, registry: Registry, prices: PriceBook, inbox: Inbox, writer: Writer, watch: FileWatcher) -> None:
        self._registry = registry
        self._prices = prices
        self._inbox = inbox
        self._writer = writer
        self._watch = watch
        self._sources: dict[Path, Source] = {}
        self._adapters: dict[Path, Adapter] = {}
        self._signs: dict[Path, list[Path]] = {}
        self._read_at: dict[Path, float] = {}
        self._troubles: dict[Path, str] = {}

    def deliver(self, delivery: Delivery) -> None:
        """Tell the screen."""
        self._inbox.put(delivery)

    def meant(self, changed: Path) -> list[Path]:
        """The paths of the sources of which there may be more to read when this file has changed."""
        return self._signs.get(changed, [])

    def open(self, wanted: SourceSelection) -> list[Path]:
        """Open what is wanted and not open yet; the paths of what was opened."""
        adapters = wanted.related | wanted.files
        new = [path for path in (*wanted.files, *wanted.related, *wanted.pipes) if path not in self._sources]
        return [path for path in new if self._open(path, adapters.get(path))]

    def active(self) -> list[Path]:
        """The files that tell of change in the sources that were read last."""
        newest_first = sorted(self._adapters, key=lambda path: self._read_at.get(path, 0.0), reverse=True)
        return list(
            chain.from_iterable(self._adapters[path].watched_paths(path) for path in newest_first[:MOST_ACTIVE])
        )

    def turn(self, path: Path, stopped: Event) -> bool:
        """Read a few batches; whether there may be more at once."""
        for _ in range(TURN):
            self._wait_for_room(stopped)
            try:
                batch = self._sources[path].read()
            except Exception as error:  # also of a plug-in's own kind: the others are still to be read
                self._trouble(path, _sentence(path, error))
                return False
            if batch or path.exists():  # one that is gone and gives nothing is still gone
                self._trouble(path, "")
            if batch is None:
                return False
            self._take(path, batch)
        return True

    def progress(self) -> tuple[int, int]:
        """Bytes read and bytes there are, of all sources."""
        done = size = 0
        for source in self._sources.values():
            with suppress(OSError):
                some, all_ = source.progress()
                done, size = done + some, size + all_
        return done, size

    def close(self) -> None:
        """Close all sources."""
        for source in self._sources.values():
            source.close()

    def _open(self, path: Path, adapter: Adapter | None) -> bool:
        """Open a file, or (without an adapter) a pipe; whether it could be."""
        try:
            signs = list(adapter.watched_paths(path)) if adapter else [path]
            self._sources[path] = adapter.open(path, self._checkpoints) if adapter else self._pipe(path)
        except Exception as error:  # of a plug-in's own kind: it is tried again when folders are looked through
            self._trouble(path, _sentence(path, error))
            return False
        if adapter:
            self._adapters[path] = adapter
        for sign in signs:
            self._signs.setdefault(sign, []).append(path)
        return True

    def _take(self, path: Path, batch: Batch) -> None:
        self._read_at[path] = time.monotonic()
        if batch.events:
            batch = with_windows(batch, self._prices)
            self._inbox.put(EventsRead(batch.events))
        health = batch.health
        if health.skipped or health.unknown or health.errors:
            self._inbox.put(ReadIssues(str(path), health))
        self._writer.put(batch, self._adapters.get(path))

    def _checkpoints(self, prefix: str) -> list[Checkpoint]:
        """Asked by a source when it begins to read; what the store knows of its sessions is delivered first."""
        kept, sessions = self._writer.call(lambda keeper: keeper.recall(prefix), first=True).result()
        if sessions:
            self._inbox.put(KnownSessions(tuple(sessions)))
        return kept

    def _pipe(self, path: Path) -> PipeSource:
        descriptor = 0 if path == STANDARD_INPUT else None
        return PipeSource(path, self._registry, descriptor, lambda: self._watch.wake(path))

    def _wait_for_room(self, stopped: Event) -> None:
        while not stopped.is_set() and not self._inbox.wait_for_capacity(PATIENCE_S):
            pass
        while self._writer.backlog() > STORE_BACKLOG and not stopped.wait(PATIENCE_S):
            pass

    def _trouble(self, path: Path, text: str) -> None:
        if self._troubles.get(path, "") != text:
            self._troubles[path] = text
            self._inbox.put(Fault(str(path), text))


def _sentence(path: Path, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{path} is gone; what was read of it stays"
    return str(error) if isinstance(error, Unrecognised) else f"{path} cannot be read: {reason(error)}"
