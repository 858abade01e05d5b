"""Lines of pipes that could not be stored, in files beside the store until it can be written: pipes give them once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import time_ns

from tui_monitor.events import Batch, Checkpoint, SessionKey, Usage
from tui_monitor.feed.enrich import enriched
from tui_monitor.pricing import PriceBook
from tui_monitor.regular_files import open_binary, open_descriptor
from tui_monitor.sources.discovery.registry import Registry
from tui_monitor.sources.files.file_reader import Chunk
from tui_monitor.sources.files.line_buffer import Line
from tui_monitor.sources.files.line_source import LineAdapter
from tui_monitor.sources.files.record_reader import RecordReader
from tui_monitor.store import Store

_OPEN, _TAKEN = ".pipe", ".taken"
_MAX_HEADER_BYTES = 64 << 20
_ATTEMPTS = 3


def spool_folder(store: Path) -> Path:
    """Return the folder of what could not be stored in the store at this path."""
    return store.with_name(f"{store.name}-pipes")


@dataclass(frozen=True, slots=True)
class _Header:
    """The first line of a batch in a spool file: everything but its lines, of which it has offsets and lengths."""

    before: str
    after: Checkpoint
    state_before: str
    lines: list[tuple[int, int]]

    def to_json(self) -> bytes:
        after = self.after
        fields = {
            "source": after.source,
            "path": after.path,
            "adapter": after.adapter,
            "version": after.version,
            "before": self.before,
            "after": after.cursor,
            "state_before": self.state_before,
            "lines": self.lines,
        }
        return json.dumps(fields).encode() + b"\n"

    @classmethod
    def from_json(cls, text: bytes) -> _Header:
        fields = json.loads(text)
        after = Checkpoint(fields["source"], fields["path"], fields["adapter"], fields["version"], fields["after"], "")
        return cls(fields["before"], after, fields["state_before"], [(at, size) for at, size in fields["lines"]])


class PipeSpool:
    """Files of batches, one per pipe, that are stored later: by this process, or by the next one.

    A file is renamed before it is read, so that a process that still writes it notices, and begins another one.
    """

    def __init__(self, folder: Path, make_registry: Callable[[], Registry], prices: PriceBook) -> None:
        self.folder = folder
        self._make_registry = make_registry
        self._prices = prices

    def append(self, batch: Batch) -> None:
        """Keep a batch with its lines.

        Raises:
            OSError: it cannot be written.
        """
        header = _Header(batch.before, batch.after, batch.state_before, [(at, len(data)) for at, data in batch.lines])
        data = b"".join((header.to_json(), *(data for _, data in batch.lines), b"\n"))
        path = self.folder / f"{batch.after.source.rpartition(':')[2]}{_OPEN}"
        if not any(_append(path, data) for _ in range(_ATTEMPTS)):
            raise OSError(f"{path} is removed again and again")

    def is_used(self) -> bool:
        """Return True if anything is kept."""
        return bool(self._files())

    def restore(self, store: Store) -> frozenset[SessionKey]:
        """Store everything that is kept, each batch once, and remove it. Return the sessions with new events.

        Raises:
            StoreError: the store cannot be written; the rest is kept.
        """
        sessions: frozenset[SessionKey] = frozenset()
        for path in self._take_files():
            with suppress(OSError, LookupError):  # it is kept for another time
                sessions |= self._restore_file(path, store)
                path.unlink()
        with suppress(OSError):
            self.folder.rmdir()
        return sessions

    def replay(self, store: Store) -> frozenset[SessionKey]:
        """Store everything that is kept in another store, and keep it."""
        sessions: frozenset[SessionKey] = frozenset()
        for path in self._files():
            with suppress(OSError, LookupError):
                sessions |= self._restore_file(path, store)
        return sessions

    def _files(self) -> list[Path]:
        with suppress(OSError):
            return sorted(path for path in self.folder.iterdir() if path.suffix in (_OPEN, _TAKEN))
        return []

    def _take_files(self) -> Iterator[Path]:
        for path in self._files():
            if path.suffix == _TAKEN:
                yield path
                continue
            with suppress(OSError):
                yield path.rename(path.with_suffix(f".{time_ns():020d}{_TAKEN}"))  # names keep the order

    def _restore_file(self, path: Path, store: Store) -> frozenset[SessionKey]:
        sessions: frozenset[SessionKey] = frozenset()
        for header, lines in _read(path):
            sessions |= store_once(store, self._parse(header, lines))
        return sessions

    def _parse(self, header: _Header, lines: list[Line]) -> Batch:
        """Parse the lines again.

        Raises:
            LookupError: their format is not installed any more.
        """
        after = header.after
        adapter = self._make_registry().by_name(after.adapter)
        if not isinstance(adapter, LineAdapter):
            raise LookupError(after.adapter)
        state = header.state_before if adapter.version == after.version else ""
        chunk = Chunk(after.source, header.before, after.cursor, lines, state)
        batch = RecordReader(adapter, Path(after.path)).batch(chunk)
        return enriched(batch, self._prices)


def store_once(store: Store, batch: Batch) -> frozenset[SessionKey]:
    """Store a batch of a pipe, also after a gap, unless the store is further. Return the sessions with new events."""
    result = store.ingest(batch)
    if result.accepted or _offset(result.cursor) >= _offset(batch.after.cursor):
        return result.sessions
    return store.ingest(Batch(result.cursor, batch.after, batch.events, batch.health)).sessions


def count_responses(batches: Iterable[Batch]) -> int:
    """Return the number of different model responses in these batches."""
    usages = [event for batch in batches for event in batch.events if isinstance(event, Usage)]
    with_id = {usage.strong_ids[0] for usage in usages if usage.strong_ids}
    return len(with_id) + sum(not usage.strong_ids for usage in usages)


def _offset(cursor: str) -> int:
    return int(cursor.rpartition(":")[2] or -1)


def _append(path: Path, data: bytes) -> bool:
    """Append data as a whole or not at all. Return False if the file or its folder was taken away meanwhile."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = open_descriptor(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    except FileNotFoundError:
        return False
    try:
        before = os.fstat(descriptor)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        except OSError:
            os.ftruncate(descriptor, before.st_size)
            raise
    finally:
        os.close(descriptor)
    with suppress(OSError):
        return os.path.samestat(path.stat(), before)
    return False


def _read(path: Path) -> Iterator[tuple[_Header, list[Line]]]:
    """Yield the batches in a spool file. One that was not written to its end, and all after it, are left out."""
    with open_binary(path) as file:
        while text := file.readline(_MAX_HEADER_BYTES):
            try:
                header = _Header.from_json(text)
            except (ValueError, KeyError, TypeError):
                return
            lines = [Line(at, file.read(size)) for at, size in header.lines]
            if file.read(1) != b"\n":
                return
            yield header, lines
