"""Reading the history in slices: what was on disk before, while nothing else has to be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

from tui_monitor.feed.batch_reader import file_stamp
from tui_monitor.feed.joined_ingest import JoinedIngest
from tui_monitor.feed.session_search import TEXTS_AT_ONCE
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.base import Adapter
from tui_monitor.sources.shared.fields import path_text
from tui_monitor.store import Store, StoreError

SLICE_BYTES = 512 << 10
"""Bytes of sources that are stored before others get their turn: other programs cannot write for some 30 ms."""

MayGoOn: TypeAlias = Callable[[int, int], bool]
"""Called after each slice with the bytes read, and those to read in all. It may wait, and returns False to stop."""


class HistoryReader:
    """Reads what a store lacks of files, in their order. One that cannot be read is left to the reports, which say so,
    and one that another program stores at the same time to the next start."""

    def __init__(self, store: Store, files: Mapping[Path, Adapter], prices: PriceBook, may_go_on: MayGoOn) -> None:
        self._store = store
        self._files = files
        self._may_go_on = may_go_on
        self._joined = JoinedIngest(store, prices, SLICE_BYTES)
        self._stamps: dict[Path, str] = {}
        """Stamps of the files that were read to their end since the last slice."""
        self._bytes_read = self._size = 0

    def read(self) -> bool:
        """Read until everything is stored and searchable, or until it must stop; return whether everything is.

        Raises:
            StoreError: the store cannot be written.
        """
        unread = self._unread()
        self._size = sum(size for size, _ in unread.values())
        if not self._may_go_on(0, self._size):
            return False
        for path, (size, stamp) in unread.items():
            if not self._read_unless_broken(path, size, stamp):
                return False
            self._bytes_read += size
        return self._end_slice(0) and self._index()

    def _index(self) -> bool:
        """Make what is stored searchable."""
        while self._store.index_texts(TEXTS_AT_ONCE):
            if not self._may_go_on(self._size, self._size):
                return False
        return True

    def _unread(self) -> dict[Path, tuple[int, str]]:
        """Return the files that may have something new, each with its size and stamp."""
        known, unread = self._store.stamps(), dict[Path, tuple[int, str]]()
        for path, adapter in self._files.items():
            try:
                stamp = file_stamp(path, adapter)
                if not stamp or known.get(path_text(path)) != stamp:
                    unread[path] = path.stat().st_size, stamp
            except Exception:  # it is gone, or a plug-in fails
                continue
        return unread

    def _read_unless_broken(self, path: Path, size: int, stamp: str) -> bool:
        try:
            return self._read_file(path, size, stamp)
        except StoreError:
            raise
        except Exception:  # it cannot be read, or a plug-in fails
            return True

    def _read_file(self, path: Path, size: int, stamp: str) -> bool:
        with closing(self._files[path].open(path, self._store.checkpoints)) as source:
            while batch := source.read():
                is_stored = self._joined.add(path, batch)
                done, whole = source.progress()
                if is_stored and not self._end_slice(size * min(done, whole) // max(whole, 1)):
                    return False
        if stamp:
            self._stamps[path] = stamp
        return True

    def _end_slice(self, bytes_read: int) -> bool:
        """Save which files are read, and ask whether to go on after so many bytes of the file under way."""
        self._joined.flush()
        stamps = {path_text(path): stamp for path, stamp in self._stamps.items() if path not in self._joined.refused}
        if stamps:
            self._store.save_stamps(stamps)
        self._stamps.clear()
        return self._may_go_on(self._bytes_read + bytes_read, self._size)
