"""Selection of all live sessions on this machine, the one of the working directory before the others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path

from tui_monitor.events import SessionKey, SessionProcess
from tui_monitor.feed.source_selection import SourceSelection, Throttle
from tui_monitor.sources.base import Adapter, SearchContext
from tui_monitor.sources.discovery.expand import related_files_of
from tui_monitor.sources.discovery.find import (
    DiscoveredSession,
    SearchRoot,
    SessionFinder,
    StartDirectories,
    related_sessions,
    searched_roots,
    session_here,
)
from tui_monitor.sources.discovery.live_sessions import LiveSessions
from tui_monitor.sources.discovery.registry import Registry
from tui_monitor.sources.files.head import UnrecognisedFormat

MAX_QUIET_SHARE = 0.0015
"""The largest share of a core that searching may take while nothing is known to have changed."""
MAX_URGENT_SHARE = 0.05
"""The same when something is."""
MIN_URGENT_INTERVAL_S = 0.2
MAX_CAUSES = 1000
"""Paths that are remembered as the cause of a search, so that a file that changes often causes one."""
MAX_RECENT = 256
"""Sessions, newest first, whose folders may be watched."""
MAX_SESSION_FOLDERS = 64
"""Folders of sessions, newest first, that are watched for new ones: a search through very many sessions is too
expensive to be repeated every few seconds."""


class LiveSelector:
    """Selects the session of the working directory with its recordings and exports, and those that start there later;
    in the background all live sessions of all agents.

    That of the directory is the one started there, live before finished.
    """

    def __init__(self, context: SearchContext, registry: Registry, now: Callable[[], int]) -> None:
        self._context = context
        self._registry = registry
        self._now = now
        self._sessions: list[DiscoveredSession] = []
        self._directories = StartDirectories()
        self._live_sessions = LiveSessions(self._directories)
        self._here: Path | None = None
        self._first: dict[Path, Adapter] = {}
        """Main files of the sessions that are read first."""
        self._others: dict[Path, Adapter] = {}
        """Main files of those in the background."""
        self._live: dict[Path, Adapter] = {}
        self._live_among: tuple[list[DiscoveredSession], tuple[SessionProcess, ...]] = ([], ())
        self._related_files: dict[Path, dict[Path, Adapter]] = {}
        self._related: dict[Path, Adapter] = {}
        self._roots: frozenset[Path] = frozenset()
        self._finder = SessionFinder()
        self._throttle = Throttle(MAX_QUIET_SHARE)
        self._urgent_throttle = Throttle(MAX_URGENT_SHARE, min_interval=MIN_URGENT_INTERVAL_S)
        self._folders: frozenset[Path] = frozenset()
        self._session_folders: frozenset[Path] = frozenset()
        self._causes: list[Path] = []
        self._past_causes: set[Path] = set()
        self._sought: frozenset[SessionKey] = frozenset()
        """Sessions with a process at the last search: a process may run one whose folder is not watched."""
        self._started = False
        self._selected = SourceSelection({})

    def select(self, changed: Collection[Path] = (), processes: Iterable[SessionProcess] = ()) -> SourceSelection:
        """Return the session of the directory alone at first, so that nothing else delays it; later the others, too.

        It is the same object again if nothing has changed.
        """
        self._causes += [path for path in changed if path not in self._folders and path not in self._past_causes]
        processes = tuple(processes)
        sessions = frozenset(process.session for process in processes)
        throttle = self._urgent_throttle if self._causes or sessions - self._sought else self._throttle
        if throttle.allows():
            self._search()
            throttle.finish()
            self._sought = sessions
            self._past_causes = set([*self._causes, *self._past_causes][:MAX_CAUSES])
            self._causes.clear()
        if self._started or not self._here:
            self._find_live(processes)
        self._started = True
        selection = self._selection()
        if selection != self._selected:
            self._selected = selection
        return self._selected

    def follow(self, path: Path) -> None:
        """Select the session at ``path``, and have it read before those in the background."""
        found = next((session.adapter for session in self._sessions if session.path == path), None)
        if adapter := found or self._first.get(path) or self._recognised(path):
            self._first[path] = adapter

    def _recognised(self, path: Path) -> Adapter | None:
        with suppress(UnrecognisedFormat):
            return self._registry.recognise(path)
        return None

    def _find_live(self, processes: tuple[SessionProcess, ...]) -> None:
        """Select the live sessions, if there was a search or other processes run."""
        if self._live_among[0] is self._sessions and self._live_among[1] == processes:
            return
        self._live_among = self._sessions, processes
        live = self._live_sessions.among(self._sessions, processes, self._now())
        self._live = {session.path: session.adapter for session in live}
        self._others |= self._live

    def _selection(self) -> SourceSelection:
        for path, adapter in (self._first | self._live).items():
            files = self._related_files.setdefault(path, {})
            files |= dict.fromkeys(related_files_of(adapter, path), adapter)
        files = self._with_related_files(self._first)
        others = self._with_related_files(self._others)
        background = {path: adapter for path, adapter in others.items() if path not in files}
        related = {path: adapter for path, adapter in self._related.items() if path not in files}
        folders = {path.parent for path in (*files, *background, *related)}
        self._folders = frozenset(folders | self._session_folders | self._roots)
        roots = () if files or background else self._searched_roots()
        return SourceSelection(
            files,
            related,
            background,
            self._folders,
            roots=roots,
            here=self._here,
            has_sessions=bool(self._sessions),
        )

    def _with_related_files(self, main_files: dict[Path, Adapter]) -> dict[Path, Adapter]:
        files: dict[Path, Adapter] = {}
        for path, adapter in main_files.items():
            files |= {path: adapter, **self._related_files.get(path, {})}
        return files

    def _searched_roots(self) -> tuple[SearchRoot, ...]:
        return tuple(searched_roots(self._registry.adapters, self._context, self._sessions, self._now()))

    def _search(self) -> None:
        adapters, now = self._registry.adapters, self._now()
        self._sessions = sessions = self._finder.find(adapters, self._context, self._causes)
        here = session_here(sessions, self._context.cwd, now, self._directories)
        self._roots = frozenset(root for adapter in adapters for root in adapter.roots(self._context))
        parents = dict.fromkeys(session.path.parent for session in islice(sessions, MAX_RECENT))
        self._session_folders = frozenset(islice(parents, MAX_SESSION_FOLDERS))
        if here:
            self._here = here.path
            self._first[here.path] = here.adapter
            self._related |= {other.path: other.adapter for other in related_sessions(here, sessions)}
