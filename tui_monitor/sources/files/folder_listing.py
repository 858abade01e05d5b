"""Entries of folders, read again only when they have changed: many sessions in a folder share one look at it."""

from __future__ import annotations

import os
import stat
import time
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MAX_FOLDERS = 65_536
"""Folders whose entries are remembered; beyond that all are read again."""

_RECENT_NS = 2_000_000_000
"""A folder changed this recently may change again with the same time stamp: some file systems count in two seconds."""

_MAX_AGE_S = 60.0
"""Seconds after which a folder is read again although its time is the same: not every file system keeps it."""


class FolderListing(NamedTuple):
    """Names in one folder, each group sorted. A link is listed as its target."""

    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


class _Remembered(NamedTuple):
    stamp: tuple[int, int, int] | None
    read_at: float
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
        now = time.time_ns()
        stamp = (status.st_mtime_ns, status.st_ino, status.st_dev)
        remembered = _remembered.get(path)
        if remembered and remembered.stamp == stamp and time.monotonic() - remembered.read_at < _MAX_AGE_S:
            return remembered.listing
        listing = _read(path)
    except OSError:
        return _EMPTY
    if remembered and remembered.listing == listing:
        listing = remembered.listing
    if len(_remembered) >= MAX_FOLDERS:
        _remembered.clear()
    is_recent = abs(now - status.st_mtime_ns) < _RECENT_NS
    _remembered[path] = _Remembered(None if is_recent else stamp, time.monotonic(), listing)
    return listing


def with_prefix(names: tuple[str, ...], prefix: str) -> tuple[str, ...]:
    """Return those of the sorted names that begin with ``prefix``."""
    start = bisect_left(names, prefix)
    end = bisect_left(names, prefix + "\U0010ffff", start)
    return names[start:end]


def files_below(folder: Path, prefix: str, suffix: str) -> Iterator[Path]:
    """Yield the files in a folder and below it whose names begin and end so. Links to folders are not followed."""
    listing = list_folder(folder)
    yield from (folder / name for name in with_prefix(listing.files, prefix) if name.endswith(suffix))
    for name in listing.folders:
        if not (folder / name).is_symlink():
            yield from files_below(folder / name, prefix, suffix)


def _read(path: str) -> FolderListing:
    files: list[str] = []
    folders: list[str] = []
    with os.scandir(path) as entries:
        for entry in entries:
            (folders if _is_folder(entry) else files).append(entry.name)
    return FolderListing(tuple(sorted(files)), tuple(sorted(folders)))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
