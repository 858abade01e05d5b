"""Selection of the sources to read: the paths of the command line, or the session of the working directory."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Protocol

from tui_monitor.sources.base import Adapter, SearchContext
from tui_monitor.sources.discovery.expand import (
    related_files_of,
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
from tui_monitor.sources.shared.fields import plausible_time

MAX_CPU_SHARE = 0.005
"""The largest share of a core that searching for new files may take while nothing is known to have changed."""
MAX_URGENT_SHARE = 0.05
"""The same when something is."""
MIN_INTERVAL_S = 1.8
"""Seconds between two searches, however cheap they are: a little less than the watcher's rescan."""
MIN_URGENT_INTERVAL_S = 0.2
MAX_CAUSES = 1000
"""Paths that are remembered as the cause of a search, so that a file that changes often causes one."""
MAX_SESSION_FOLDERS = 64
"""Folders of past sessions, newest first, that are watched for new ones while there is none to show: a search through
very many sessions is too expensive to be repeated every few seconds."""
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

    def select(self, changed: Collection[Path] = ()) -> SourceSelection:
        """Return the current selection. It only grows: a source is never dropped.

        ``changed`` are paths that changed and are no selected files: new entries of the selection's folders, or these
        folders themselves when they are due to be looked at.
        """


class Throttle:
    """A duty cycle: allows an expensive operation no more than its share of a core."""

    def __init__(
        self,
        share: float = MAX_CPU_SHARE,
        clock: Callable[[], float] = time.monotonic,
        min_interval: float = MIN_INTERVAL_S,
    ) -> None:
        self._share = share
        self._min_interval = min_interval
        self._clock = clock
        self._started = self._next = 0.0

    def allows(self) -> bool:
        """Return True if the operation may run now. It is timed from here until `finish`."""
        self._started = self._clock()
        return self._started >= self._next

    def finish(self) -> None:
        """Note the end of the operation."""
        now = self._clock()
        self._next = now + max(self._min_interval, (now - self._started) / self._share)


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
        self._urgent_throttle = Throttle(MAX_URGENT_SHARE, min_interval=MIN_URGENT_INTERVAL_S)
        self._folders: frozenset[Path] = frozenset()
        self._session_folders: frozenset[Path] = frozenset()
        self._causes: list[Path] = []
        self._past_causes: set[Path] = set()

    def select(self, changed: Collection[Path] = ()) -> SourceSelection:
        """Return the session and those that have started in the same directory since."""
        self._causes += [path for path in changed if path not in self._folders and path not in self._past_causes]
        throttle = self._urgent_throttle if self._causes else self._throttle
        if throttle.allows():
            self._search()
            throttle.finish()
            self._past_causes = set([*self._causes, *self._past_causes][:MAX_CAUSES])
            self._causes.clear()
        for path, adapter in self._main_files.items():
            self._files |= {path: adapter, **dict.fromkeys(related_files_of(adapter, path), adapter)}
        related = {path: adapter for path, adapter in self._related.items() if path not in self._files}
        folders = {path.parent for path in (*self._files, *related)}
        folders |= {root.path for root in self._roots if root.adapter.is_aggregate or not self._files}
        self._folders = frozenset(folders if self._files else folders | self._session_folders)
        return SourceSelection(dict(self._files), related, self._folders, roots=() if self._files else self._roots)

    def _search(self) -> None:
        adapters, now = self._registry.adapters, self._now()
        sessions = find_sessions(adapters, self._context)
        session = session_here(sessions, self._context.cwd, now)
        if session is None and not self._main_files:
            session = _newest_live(sessions, now)
        self._roots = tuple(searched_roots(adapters, self._context, sessions, now))
        parents = dict.fromkeys(other.path.parent for other in sessions)
        self._session_folders = frozenset(islice(parents, MAX_SESSION_FOLDERS))
        if session:
            self._main_files[session.path] = session.adapter
            self._related |= {other.path: other.adapter for other in related_sessions(session, sessions)}


def modified(path: Path) -> float:
    """Return the modification time in epoch seconds; 0 if the file is gone, or that time is still to come."""
    with suppress(OSError):
        status = path.stat()
        return status.st_mtime if plausible_time(status.st_mtime_ns // 1_000_000) else 0.0
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
