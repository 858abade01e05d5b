"""Selection of the sources to read: the paths of the command line, or the session of the working directory."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from glob import glob
from itertools import islice
from pathlib import Path
from typing import Protocol

from tui_monitor.sources.base import Adapter, SearchContext
from tui_monitor.sources.discovery.expand import (
    ExpandedPaths,
    SessionBundle,
    expand,
    is_pattern,
    related_files_of,
    superseded,
)
from tui_monitor.sources.discovery.find import (
    LIVE_MS,
    DiscoveredSession,
    SearchRoot,
    find_sessions,
    related_sessions,
    searched_roots,
    session_here,
)
from tui_monitor.sources.discovery.registry import Registry
from tui_monitor.sources.files.head import NoContentYet, UnrecognisedFormat

MAX_CPU_SHARE = 0.02
"""The largest share of a core that searching for new files may take."""
MIN_INTERVAL_S = 1.8
"""Seconds between two searches, however cheap they are: a little less than the watcher's rescan."""
MAX_RECENT = 32
"""Sessions whose sub-agent files are looked up each time; those of the others are found by the next search."""
MAX_PARENTS = 100
"""Sessions, newest first, that are checked for being the one that a sub-agent's file belongs to."""


@dataclass(frozen=True, slots=True)
class SourceSelection:
    """The sources to read by now.

    ``files``: sessions, most recently modified first, each before its sub-agent files; ``related``: other files about
    the same sessions; ``pipes``: new pipes, reported once; ``folders`` to watch for new files; ``notes``: what was
    skipped and why, for people; ``roots``: where sessions were searched for, if none was found.
    """

    files: dict[Path, Adapter]
    related: dict[Path, Adapter] = field(default_factory=dict)
    folders: frozenset[Path] = frozenset()
    pipes: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    roots: tuple[SearchRoot, ...] = ()


class SourceSelector(Protocol):
    """Selects the sources to read. It is called again whenever a folder may have changed."""

    def select(self) -> SourceSelection:
        """Return the current selection. It only grows: a source is never dropped."""


class Throttle:
    """A duty cycle: allows an expensive operation no more than its share of a core."""

    def __init__(self, share: float = MAX_CPU_SHARE, clock: Callable[[], float] = time.monotonic) -> None:
        self._share = share
        self._clock = clock
        self._started = self._next = 0.0

    def allows(self) -> bool:
        """Return True if the operation may run now. It is timed from here until `finish`."""
        self._started = self._clock()
        return self._started >= self._next

    def finish(self) -> None:
        """Note the end of the operation."""
        now = self._clock()
        self._next = now + max(MIN_INTERVAL_S, (now - self._started) / self._share)


class PathSelector:
    """Selects the files, folders, globs and pipes of a command line, and the files that appear in the folders."""

    def __init__(self, arguments: Sequence[str], registry: Registry) -> None:
        self._registry = registry
        self._arguments = tuple(arguments)
        self._files: dict[Path, Adapter] = {}
        self._main_files: dict[Path, Adapter] = {}
        self._waiting: set[Path] = set()
        self._checked: set[Path] = set()
        self._throttle = Throttle()
        self._started = False

    def select(self) -> SourceSelection:
        """Return everything that the arguments name by now."""
        expanded = ExpandedPaths()
        notes: list[str] = []
        allowed = self._throttle.allows()
        if not self._started:
            expanded = self._start()
            notes += [*expanded.errors, *expanded.skipped]
        if allowed:
            notes += self._add_new_files()
            self._throttle.finish()
        self._add_related_files(None if allowed else MAX_RECENT)
        folders = {path.parent for path in (*self._files, *self._waiting)} | set(self._folders())
        pipes = tuple(expanded.pipes)
        return SourceSelection(dict(self._files), folders=frozenset(folders), pipes=pipes, notes=tuple(notes))

    def _start(self) -> ExpandedPaths:
        """Select what the arguments name at first."""
        self._started = True
        expanded = expand(self._arguments, self._registry)
        for session in sorted(expanded.sessions, key=_session_mtime, reverse=True):
            self._main_files[session.path] = self._files[session.path] = session.adapter
            self._files |= dict.fromkeys(session.related_files, session.adapter)
        self._waiting.update(expanded.pending)
        others = (path for path in self._matching_paths() if path not in self._files)
        self._checked.update(self._files, (path for path in others if not self._is_too_short(path)))
        return expanded

    def _add_new_files(self) -> list[str]:
        """Select the files that have appeared since. Return a note for each that is not read."""
        new: dict[Path, Adapter] = {}
        notes: list[str] = []
        for path in (*self._waiting, *(path for path in self._matching_paths() if path not in self._checked)):
            try:
                new[path] = self._registry.recognise(path)
            except NoContentYet:
                continue
            except UnrecognisedFormat as error:
                if path in self._waiting and path not in self._folders():
                    notes.append(str(error))
            self._checked.add(path)
            self._waiting.discard(path)
        redundant = superseded(self._main_files | new) if new else {}
        selected = {path: adapter for path, adapter in new.items() if path not in redundant}
        self._main_files |= selected
        self._files |= selected
        return notes + [note for path, note in redundant.items() if path in new]

    def _add_related_files(self, limit: int | None) -> None:
        """Select the sub-agent files of the sessions modified last (None: of all)."""
        paths = list(self._main_files)
        if limit is not None and len(paths) > limit:
            paths = sorted(paths, key=_mtime, reverse=True)[:limit]
        for path in paths:
            adapter = self._main_files[path]
            self._files |= dict.fromkeys(related_files_of(adapter, path), adapter)

    def _is_too_short(self, path: Path) -> bool:
        """Return True while the file is too short for its format to be recognised."""
        if self._registry.is_sidecar(path):
            return False
        try:
            self._registry.recognise(path)
        except UnrecognisedFormat as error:
            return isinstance(error, NoContentYet)
        return False

    def _matching_paths(self) -> Iterator[Path]:
        """Yield the files in the folders and those that match the globs. Unreadable folders are skipped."""
        for folder in self._folders():
            for parent, _, names in os.walk(folder):
                yield from (Path(parent, name) for name in names)
        for argument in self._arguments:
            if is_pattern(argument):
                yield from map(Path.absolute, map(Path, glob(argument, recursive=True)))  # noqa: PTH207

    def _folders(self) -> list[Path]:
        """Return the arguments that are folders by now."""
        return [Path(argument).absolute() for argument in self._arguments if os.path.isdir(argument)]  # noqa: PTH112  (never raises)


class CwdSelector:
    """Selects the session of the working directory, later ones there, and their recordings and exports.

    That is the one started there, live before finished; without one the newest live session anywhere.
    """

    def __init__(self, context: SearchContext, registry: Registry, now: Callable[[], int]) -> None:
        self._context = context
        self._registry = registry
        self._now = now
        self._main_files: dict[Path, Adapter] = {}
        self._files: dict[Path, Adapter] = {}
        self._related: dict[Path, Adapter] = {}
        self._roots: tuple[SearchRoot, ...] = ()
        self._throttle = Throttle()

    def select(self) -> SourceSelection:
        """Return the session and those that have started in the same directory since."""
        if self._throttle.allows():
            self._search()
            self._throttle.finish()
        for path, adapter in self._main_files.items():
            self._files |= {path: adapter, **dict.fromkeys(related_files_of(adapter, path), adapter)}
        related = {path: adapter for path, adapter in self._related.items() if path not in self._files}
        folders = {path.parent for path in (*self._files, *related)}
        folders |= {root.path for root in self._roots if root.adapter.is_aggregate or not self._files}
        return SourceSelection(dict(self._files), related, frozenset(folders), roots=() if self._files else self._roots)

    def _search(self) -> None:
        adapters, now = self._registry.adapters, self._now()
        sessions = find_sessions(adapters, self._context)
        session = session_here(sessions, self._context.cwd, now)
        if session is None and not self._main_files:
            session = _newest_live(sessions, now)
        self._roots = tuple(searched_roots(adapters, self._context, sessions, now))
        if session:
            self._main_files[session.path] = session.adapter
            self._related |= {other.path: other.adapter for other in related_sessions(session, sessions)}


def _session_mtime(session: SessionBundle) -> float:
    """Return when a file of the session was last modified, in epoch seconds."""
    return max(map(_mtime, (session.path, *session.related_files)))


def _mtime(path: Path) -> float:
    """Return the modification time in epoch seconds; 0 if the file is gone."""
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0


def _newest_live(sessions: Sequence[DiscoveredSession], now: int) -> DiscoveredSession | None:
    """Return the newest live session.

    Real session files are preferred over aggregate exports, and main sessions over sub-agent files.
    """
    live = [session for session in sessions if session.modified >= now - LIVE_MS]
    newest = min(live, key=lambda session: session.adapter.is_aggregate, default=None)
    if newest is None or newest.adapter.is_aggregate or _has_start_directory(newest):
        return newest
    candidates = islice((other for other in sessions if other.adapter is newest.adapter), MAX_PARENTS)
    main_sessions = [other for other in candidates if _has_start_directory(other)]
    for other in main_sessions:
        if newest.path in related_files_of(other.adapter, other.path):
            return other
    return next((other for other in main_sessions if other in live), newest)


def _has_start_directory(session: DiscoveredSession) -> bool:
    """Return True for the file of a session that a person started; those of sub-agents have no start directory."""
    with suppress(Exception):  # a file that is gone, or a plug-in that fails
        return bool(session.adapter.start_directory(session.path))
    return False
