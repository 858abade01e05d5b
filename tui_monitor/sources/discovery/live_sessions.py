"""The sessions that are going on, among all that were found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from tui_monitor.events import SessionKey, SessionProcess
from tui_monitor.sources.base import Adapter
from tui_monitor.sources.discovery.expand import related_files_of
from tui_monitor.sources.discovery.find import LIVE_MS, DiscoveredSession, StartDirectories

MAX_LIVE = 24
"""Sessions that count as live at most: those with a process, then those changed last."""
MAX_OPENED = 100
"""Sessions of an agent, newest first, that are opened to find the one of a process or of a sub-agent's file."""


class LiveSessions:
    """Finds the sessions that are going on: those changed lately, and those with a process, however quiet they are."""

    def __init__(self, directories: StartDirectories) -> None:
        self._directories = directories
        self._main_files: dict[Path, Path] = {}
        """Main files by the files of sub-agents."""
        self._named: dict[SessionKey, Path] = {}

    def among(
        self, sessions: Sequence[DiscoveredSession], processes: Iterable[SessionProcess], now: int
    ) -> list[DiscoveredSession]:
        """Return the live ones, at most `MAX_LIVE`: the main session in place of a sub-agent's file.

        Args:
            sessions: the result of `find_sessions`.
            processes: those that live.
            now: epoch milliseconds.
        """
        by_path = {session.path: session for session in sessions}
        recent = [session for session in sessions if session.modified >= now - LIVE_MS]
        paths = [*self._of_processes(sessions, by_path, processes), *self._main_files_of(recent, sessions)]
        live = [by_path[path] for path in dict.fromkeys(paths) if path in by_path]
        return live[:MAX_LIVE]

    def _of_processes(
        self,
        sessions: Sequence[DiscoveredSession],
        by_path: Mapping[Path, DiscoveredSession],
        processes: Iterable[SessionProcess],
    ) -> list[Path]:
        """Return the files of the sessions that processes run, the one changed last first."""
        processes = list(processes)
        self._find_by_name(sessions, {process.session for process in processes if process.session.id})
        named = [self._named[process.session] for process in processes if process.session in self._named]
        others = [self._in_folder(sessions, process) for process in processes if not process.session.id]
        found = {by_path[path] for path in (*named, *others) if path and path in by_path}
        return [session.path for session in sorted(found, key=lambda session: session.modified, reverse=True)]

    def _find_by_name(self, sessions: Iterable[DiscoveredSession], wanted: set[SessionKey]) -> None:
        """Find the files of sessions by their names: to open hundreds would be too much."""
        missing = wanted - self._named.keys()
        for session in sessions if missing else ():
            key = SessionKey(session.adapter.name, _named(session.adapter, session.path))
            if key in missing:
                self._named.setdefault(key, session.path)

    def _in_folder(self, sessions: Iterable[DiscoveredSession], process: SessionProcess) -> Path | None:
        """Return the newest session of the process's agent that was started in its folder."""
        own = (session for session in sessions if session.adapter.name == process.session.source)
        matches = (each.path for each in islice(own, MAX_OPENED) if self._directories.of(each) == process.cwd)
        return next(matches, None)

    def _main_files_of(
        self, recent: Iterable[DiscoveredSession], sessions: Sequence[DiscoveredSession]
    ) -> Iterable[Path]:
        """Yield the main file of each session, real session files before aggregate exports."""
        for session in sorted(recent, key=lambda session: session.adapter.is_aggregate):
            if session.adapter.is_aggregate or self._directories.of(session):
                yield session.path
            else:
                if session.path not in self._main_files:
                    self._main_files[session.path] = self._main_file_of(session, sessions)
                yield self._main_files[session.path]

    def _main_file_of(self, session: DiscoveredSession, sessions: Iterable[DiscoveredSession]) -> Path:
        """Return the file of the session that a sub-agent's file belongs to; the file itself if there is none."""
        own = islice((other for other in sessions if other.adapter is session.adapter), MAX_OPENED)
        main_files = (other.path for other in own if self._directories.of(other))
        owners = (path for path in main_files if session.path in related_files_of(session.adapter, path))
        return next(owners, session.path)


def _named(adapter: Adapter, path: Path) -> str:
    try:
        return adapter.session_named(path)
    except Exception:  # a plug-in may raise anything
        return ""
