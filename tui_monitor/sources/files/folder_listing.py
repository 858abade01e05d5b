"""Entries of folders, read again only when they have changed: many sessions in a folder share one look at it."""

from __future__ import annotations

import os
import stat
import time
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

MAX_FOLDERS = 65_536
"""Folders whose entries are remembered; beyond that all are read again."""

_RECENT_NS = 2_000_000_000
"""A folder changed this recently may change again with the same time stamp: some file systems count in two seconds."""

_SLOW_S = 0.001
_REST = 20
"""A folder that took longer to read is not read again because it is recent for so many times the duration."""

_MAX_AGE_S = 60.0
"""Seconds after which a folder is read again although its time is the same: not every file system keeps it."""


class FolderListing(NamedTuple):
    """Names in one folder, each group sorted. A link is listed as its target; ``links`` are those to folders."""

    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    links: tuple[str, ...] = ()

    def own_folders(self) -> Iterator[str]:
        """Yield the folders that are in this one, and not only linked from it."""
        return (name for name in self.folders if name not in self.links)


class _Remembered(NamedTuple):
    """A listing that holds until a time (monotonic seconds) while the folder has this stamp."""

    stamp: tuple[int, int, int]
    until: float
    listing: FolderListing


_EMPTY = FolderListing()
_remembered: dict[str, _Remembered] = {}


def list_folder(folder: Path | str) -> FolderListing:
    """Return the entries of a folder; none if it is missing or cannot be read.

    The same object is returned while nothing was added, removed or renamed in it.
    """
    path = str(folder)
    try:
        status = os.stat(path)  # noqa: PTH116  (a third of the time of Path.stat, for each session)
        if not stat.S_ISDIR(status.st_mode):
            return _EMPTY
        stamp = (status.st_mtime_ns, status.st_ino, status.st_dev)
        remembered, start = _remembered.get(path), time.monotonic()
        if remembered and remembered.stamp == stamp and start < remembered.until:
            return remembered.listing
        listing = _read(path)
    except OSError:
        return _EMPTY
    if remembered and remembered.listing == listing:
        listing = remembered.listing
    if len(_remembered) >= MAX_FOLDERS:
        _remembered.clear()
    _remembered[path] = _Remembered(stamp, start + _valid_s(status.st_mtime_ns, time.monotonic() - start), listing)
    return listing


def _valid_s(modified_ns: int, duration_s: float) -> float:
    """Return how long a listing holds that took so long to read."""
    is_recent = abs(time.time_ns() - modified_ns) < _RECENT_NS
    if not is_recent:
        return _MAX_AGE_S
    return _REST * duration_s if duration_s > _SLOW_S else 0.0


def with_prefix(names: tuple[str, ...], prefix: str) -> tuple[str, ...]:
    """Return those of the sorted names that begin with ``prefix``."""
    start = bisect_left(names, prefix)
    end = bisect_left(names, prefix + "\U0010ffff", start)
    return names[start:end]


@lru_cache(maxsize=4096)
def files_in(folder: Path, listing: FolderListing, prefix: str, suffix: str) -> tuple[Path, ...]:
    """Return the files in a folder whose names begin and end so. The paths are made once for each listing: that takes
    longer than to list them."""
    return tuple(folder / name for name in with_prefix(listing.files, prefix) if name.endswith(suffix))


def files_below(folder: Path, prefix: str, suffix: str) -> Iterator[Path]:
    """Yield the files in a folder and below it whose names begin and end so. Links to folders are not followed."""
    listing = list_folder(folder)
    yield from files_in(folder, listing, prefix, suffix)
    for name in listing.own_folders():
        yield from files_below(folder / name, prefix, suffix)


class NewFiles:
    """The files in and below folders, each of them once, at a cost for each folder that has changed."""

    def __init__(self) -> None:
        self._listings: dict[str, FolderListing] = {}

    def below(self, folder: Path | str) -> Iterator[Path]:
        """Yield the files that have appeared since the last time. Links to folders are not followed."""
        pending = [str(folder)]
        while pending:
            path = pending.pop()
            listing, before = list_folder(path), self._listings.get(path, _EMPTY)
            if listing is not before:
                self._listings[path] = listing
                known = frozenset(before.files)
                yield from (Path(path, name) for name in listing.files if name not in known)
            pending.extend(os.path.join(path, name) for name in listing.own_folders())  # noqa: PTH118


def _read(path: str) -> FolderListing:
    files: list[str] = []
    folders: list[str] = []
    links: list[str] = []
    with os.scandir(path) as entries:
        for entry in entries:
            is_folder = _is_folder(entry)
            (folders if is_folder else files).append(entry.name)
            if is_folder and entry.is_symlink():
                links.append(entry.name)
    return FolderListing(tuple(sorted(files)), tuple(sorted(folders)), tuple(sorted(links)))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
