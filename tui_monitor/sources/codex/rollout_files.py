"""The rollouts of one home: which belong to a thread, and which to its sub-agents.

A thread may have several files: going back to an earlier prompt continues in a new one. Sub-agents are threads with
files of their own, whose first line names the thread that spawned them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from tui_monitor.sources.base import Record
from tui_monitor.sources.codex import thread_database
from tui_monitor.sources.codex.agents import parent_thread
from tui_monitor.sources.files.compressed_file import SUFFIX as COMPRESSED
from tui_monitor.sources.files.compressed_file import open_file
from tui_monitor.sources.files.decode import decode
from tui_monitor.sources.files.folder_listing import FolderListing, list_folder, with_prefix
from tui_monitor.sources.shared.fields import table, text

PREFIX = "rollout-"
SUFFIXES = (".jsonl", f".jsonl{COMPRESSED}")
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NAME = re.compile(rf"(?:({PREFIX}\d{{4}}-\d\d-\d\dT\d\d-\d\d-\d\d)-)?({_UUID})(?:_({_UUID}))?\Z")
_REFRESH_S = 1.0
"""Seconds after which folders are looked at again."""
_DAY_S = 24 * 3600.0
_FIRST_READ, _MAX_META_LENGTH = 32 << 10, 1 << 20
_MAX_DEPTH = 16


class RolloutName(NamedTuple):
    """The parts of a rollout's name: its thread, and the id of the file, which is empty for the first of a thread.
    ``begin`` is its first part, with the local time."""

    thread: str
    file: str = ""
    begin: str = ""

    @classmethod
    def parse(cls, path: Path) -> RolloutName | None:
        """Return the ids in the name of a file; None if it has none."""
        match = _NAME.search(stem_of(path.name))
        return cls(match[2], match[3] or "", match[1] or "") if match else None


class ThreadOrigin(NamedTuple):
    """The threads in the first line of a rollout: its own, the one that spawned it, and the session's, if known."""

    thread: str = ""
    parent: str = ""
    root: str = ""


def stem_of(name: str) -> str:
    """Return the name of a rollout, compressed or not, without its suffixes."""
    return name.removesuffix(COMPRESSED).removesuffix(".jsonl")


def first_record(path: Path) -> Record:
    """Return the first record of a file; empty when it cannot be read."""
    try:
        file = open_file(path)
        try:
            line, end, _ = file.read(0, _FIRST_READ).partition(b"\n")
            if not end and len(line) == _FIRST_READ:
                line = file.read(0, _MAX_META_LENGTH).partition(b"\n")[0]
        finally:
            file.close()
        return next(decode(line), {})
    except (OSError, ValueError):
        return {}


def related_rollouts(path: Path, thread: str) -> Iterator[Path]:
    """Yield the other files of the thread in the rollout at ``path``, and those of its sub-agents at any depth."""
    files = _rollouts_beside(path)
    sub_agents = thread_database.threads_below(path, thread)
    if sub_agents is None:
        sub_agents = files.threads_below(path, thread)
    related = (file for one in (thread, *sorted(sub_agents)) for file in files.of_thread(one))
    yield from (file for file in related if file.name != path.name)


def root_thread(path: Path, thread: str) -> str:
    """Return the thread that a person started, above the given one: the session of the rollout at ``path``."""
    files = _rollouts_beside(path)
    visited = {thread}
    for _ in range(_MAX_DEPTH):
        origins = [files.origin_of(file) for file in files.of_thread(thread)]
        origin = next(iter(origins), ThreadOrigin())
        if origin.root and origin.root != thread:
            return origin.root
        parent = origin.parent or thread_database.parent_of(path, thread)
        if not parent or parent in visited:
            break
        visited.add(parent)
        thread = parent
    return thread


class _Rollouts:
    """The files below some folders by thread."""

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self._roots = roots
        self._read_at = 0.0
        self._listings: dict[Path, tuple[FolderListing, dict[str, list[Path]]]] = {}
        self._files: dict[str, list[Path]] = {}
        self._origins: dict[Path, ThreadOrigin] = {}

    def of_thread(self, thread: str) -> list[Path]:
        """Return the files of a thread, oldest first, each once though it may lie in two folders."""
        self._refresh()
        return list({stem_of(file.name): file for file in self._files.get(thread, ())}.values())

    def threads_below(self, path: Path, thread: str) -> set[str]:
        """Return the threads that ``thread`` has spawned, at any depth, by the first lines of the files that were begun
        while it was at work."""
        self._refresh()
        origins = [self.origin_of(file) for file in self._begun_during(path, thread)]
        threads: set[str] = set()
        while True:
            above = {thread, *threads}
            matches = {one.thread for one in origins if one.parent in above or (one.parent and one.root in above)}
            if matches - {thread} <= threads:
                return threads
            threads |= matches - {thread}

    def origin_of(self, path: Path) -> ThreadOrigin:
        """Return what the first line of a file says, which never changes once it is there."""
        origin = self._origins.get(path)
        if origin is None:
            meta = table(first_record(path).get("payload"))
            thread, parent = text(meta.get("id")), parent_thread(meta)
            origin = ThreadOrigin(thread, parent, text(meta.get("session_id")) if parent else "")
            if thread:
                self._origins[path] = origin
        return origin

    def _begun_during(self, path: Path, thread: str) -> Iterator[Path]:
        files = self.of_thread(thread) or [path]
        names = [name for file in files if (name := RolloutName.parse(file))]
        begin = min((name.begin for name in names), default="")
        try:
            end = max(file.stat().st_mtime for file in files)
        except OSError:
            end = time.time()
        last = time.strftime(f"{PREFIX}%Y-%m-%dT%H-%M-%S", time.gmtime(end + _DAY_S))
        for other, others in self._files.items():
            if other != thread:
                yield from (file for file in others if begin <= file.name <= last)

    def _refresh(self) -> None:
        now = time.monotonic()
        if self._read_at and now - self._read_at < _REFRESH_S:
            return
        listings = {folder: list_folder(folder) for root in self._roots for folder in _folders_below(root)}
        self._read_at = now
        if listings.keys() == self._listings.keys() and all(
            listing is self._listings[folder][0] for folder, listing in listings.items()
        ):
            return
        self._listings = {folder: self._parsed(folder, listing) for folder, listing in listings.items()}
        self._files = {}
        for _, files in self._listings.values():
            for thread, paths in files.items():
                self._files.setdefault(thread, []).extend(paths)

    def _parsed(self, folder: Path, listing: FolderListing) -> tuple[FolderListing, dict[str, list[Path]]]:
        before = self._listings.get(folder)
        if before and before[0] is listing:
            return before
        files: dict[str, list[Path]] = {}
        for path in _rollouts_in(folder, listing):
            if name := RolloutName.parse(path):
                files.setdefault(name.thread, []).append(path)
        return listing, files


def _rollouts_in(folder: Path, listing: FolderListing) -> Iterable[Path]:
    """Return the rollouts in one folder; a compressed one only where it is the only one."""
    names = set(listing.files)
    for name in with_prefix(listing.files, PREFIX):
        if name.endswith(SUFFIXES[0]) or (name.endswith(SUFFIXES[1]) and name.removesuffix(COMPRESSED) not in names):
            yield folder / name


def _folders_below(root: Path) -> Iterator[Path]:
    """Yield a folder and those below it."""
    yield root
    for name in list_folder(root).folders:
        if not (root / name).is_symlink():
            yield from _folders_below(root / name)


_rollouts = lru_cache(maxsize=16)(_Rollouts)


def _rollouts_beside(path: Path) -> _Rollouts:
    """Return the rollouts of the home of a rollout; of its folder, if that is in no home."""
    home = thread_database.home_of(path)
    return _rollouts(tuple(home / name for name in thread_database.FOLDERS) if home else (path.parent,))
