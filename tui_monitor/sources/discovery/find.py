"""Finding the sessions on this machine, and the one of the current directory."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from tui_monitor.sources.base import Adapter, SearchContext, SessionFile
from tui_monitor.sources.discovery.recorded_runs import is_recorded_run, recorded_runs
from tui_monitor.sources.discovery.session_stats import SessionStats
from tui_monitor.sources.shared.fields import plausible_time

LIVE_MS = 10 * 60 * 1000
"""Time after its last line for which a session counts as live."""

MAX_OPENED = 10_000
"""Past sessions, newest first, that are opened to find their start directory."""


@dataclass(frozen=True, slots=True)
class DiscoveredSession:
    """The main file of a session with its adapter. ``modified`` is in epoch milliseconds, ``size`` in bytes."""

    adapter: Adapter
    path: Path
    modified: int
    size: int


@dataclass(frozen=True, slots=True)
class SearchRoot:
    """A folder in which sessions were searched, and the number of its sessions that were active today."""

    adapter: Adapter
    path: Path
    today: int


class SessionFinder:
    """Finds the sessions of all formats again and again, at a cost for what may have changed."""

    def __init__(self) -> None:
        self._stats: dict[str, SessionStats] = {}

    def find(
        self, adapters: Iterable[Adapter], context: SearchContext, changed: Iterable[Path] = ()
    ) -> list[DiscoveredSession]:
        """Return all sessions, newest first. No session file is opened; those known to have ``changed`` are looked
        at."""
        paths = frozenset(changed)
        sessions = [session for adapter in adapters for session in self._sessions_of(adapter, context, paths)]
        return sorted(sessions, key=lambda session: session.modified, reverse=True)

    def _sessions_of(
        self, adapter: Adapter, context: SearchContext, changed: frozenset[Path]
    ) -> Iterator[DiscoveredSession]:
        # A folder that cannot be read, or a plug-in that fails, must not hide the sessions of the others.
        files: list[SessionFile] = []
        superseded: frozenset[Path] = frozenset()
        with suppress(Exception):
            files.extend(self._files_of(adapter, context, changed))
        with suppress(Exception):
            files.extend(recorded_runs(adapter, context))
            superseded = frozenset(adapter.superseded([session.path for session in files]))
        for session in files:
            if session.path not in superseded:
                yield DiscoveredSession(adapter, session.path, plausible_time(session.modified), session.size)

    def _files_of(self, adapter: Adapter, context: SearchContext, changed: frozenset[Path]) -> Iterable[SessionFile]:
        if type(adapter).session_files is not Adapter.session_files:
            return adapter.session_files(context)
        return self._stats.setdefault(adapter.name, SessionStats()).of(adapter.session_paths(context), changed)


def find_sessions(adapters: Iterable[Adapter], context: SearchContext) -> list[DiscoveredSession]:
    """Return all sessions of all formats, newest first, once."""
    return SessionFinder().find(adapters, context)


class StartDirectories:
    """The directories in which sessions were started; each file is read again only if it has changed."""

    def __init__(self) -> None:
        self._by_path: dict[Path, str] = {}
        self._untold: dict[Path, tuple[int, int]] = {}

    def of(self, session: DiscoveredSession) -> str:
        """Return the directory; empty if it is unknown, as that of a sub-agent's file is."""
        path, stamp = session.path, (session.modified, session.size)
        if path in self._by_path:
            return self._by_path[path]
        if self._untold.get(path) == stamp:
            return ""
        if folder := _start_directory(session):
            self._by_path[path] = folder
        else:
            self._untold[path] = stamp
        return folder


def session_here(
    sessions: Sequence[DiscoveredSession], cwd: Path, now: int, directories: StartDirectories | None = None
) -> DiscoveredSession | None:
    """Return the session that was started in this directory, else in the nearest one above it.

    Args:
        sessions: the result of `find_sessions`. Live sessions are preferred, then newer ones.
        cwd: an absolute path.
        now: epoch milliseconds.
        directories: what is known of them already.
    """
    directories = directories or StartDirectories()
    distances = folder_distances(cwd)
    live = [session for session in sessions if session.modified >= now - LIVE_MS]
    past = islice(sessions, len(live), len(live) + MAX_OPENED)
    return _nearest(live, distances, directories) or _nearest(past, distances, directories)


def related_sessions(session: DiscoveredSession, sessions: Iterable[DiscoveredSession]) -> list[DiscoveredSession]:
    """Return the other files about this session, and all aggregate exports.

    Args:
        session: one of ``sessions``.
        sessions: the result of `find_sessions`.
    """
    others = [other for other in sessions if other.path != session.path]
    aggregates = [other for other in others if other.adapter.is_aggregate]
    candidates = [other for other in others if other.adapter is session.adapter and _may_be_related(session, other)]
    session_id = _session_id_of(session) if candidates else ""
    return aggregates + [other for other in candidates if session_id and _session_id_of(other) == session_id]


def searched_roots(
    adapters: Iterable[Adapter], context: SearchContext, sessions: Sequence[DiscoveredSession], now: int
) -> list[SearchRoot]:
    """Return the folders that `find_sessions` searched, each with its sessions that changed since local midnight."""
    midnight = datetime.fromtimestamp(now / 1000, UTC).astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    today = [session.path for session in sessions if session.modified >= midnight.timestamp() * 1000]
    return [
        SearchRoot(adapter, root, sum(path.is_relative_to(root) for path in today))
        for adapter in adapters
        for root in adapter.roots(context)
    ]


def folder_distances(cwd: Path) -> dict[str, int]:
    """Return the number of steps up to each folder from ``cwd``, by its literal and by its resolved path."""
    return {
        str(folder): steps for start in (cwd.resolve(), cwd) for steps, folder in enumerate((start, *start.parents))
    }


def _nearest(
    sessions: Iterable[DiscoveredSession], distances: Mapping[str, int], directories: StartDirectories
) -> DiscoveredSession | None:
    nearest, least = None, max(distances.values()) + 1
    for session in sessions:
        distance = distances.get(directories.of(session), least)
        if distance < least:
            nearest, least = session, distance
        if least == 0:
            break
    return nearest


def _may_be_related(session: DiscoveredSession, other: DiscoveredSession) -> bool:
    """Other files of a session are written at the same time; recorded runs may be of earlier times."""
    return other.modified >= session.modified - LIVE_MS or is_recorded_run(other.path) or is_recorded_run(session.path)


def _session_id_of(session: DiscoveredSession) -> str:
    with suppress(Exception):  # a file that is gone, or a plug-in that fails
        return session.adapter.session_id_of(session.path)
    return ""


def _start_directory(session: DiscoveredSession) -> str:
    with suppress(Exception):
        if folder := session.adapter.start_directory(session.path):
            return os.path.normpath(folder)
    return ""
