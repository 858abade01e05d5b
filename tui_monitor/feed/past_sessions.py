"""The past sessions on this machine: those in the store, and those whose files were found and never read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from tui_monitor.events import SessionKey
from tui_monitor.feed.deliveries import PastSession
from tui_monitor.sources.base import Adapter, SearchContext
from tui_monitor.sources.discovery.find import DiscoveredSession, StartDirectories, find_sessions
from tui_monitor.store import Store
from tui_monitor.totals import SessionSummary

MAX_STORED = 500
"""Sessions of the store that are listed, the last active first."""
MAX_FOUND = 200
"""Files that are opened to find their folders, newest first, when they are not in the store."""


class PastSessions:
    """Lists the past sessions. ``adapters`` is called when they are needed."""

    def __init__(self, adapters: Callable[[], Iterable[Adapter]], context: SearchContext) -> None:
        self._adapters = adapters
        self._context = context
        self._directories = StartDirectories()

    def list(self, store: Store) -> tuple[PastSession, ...]:
        """Return them, the last active first. The lists are bounded.

        Raises:
            StoreError: the store cannot be read.
        """
        stored = [_of_summary(summary) for summary in store.sessions(limit=MAX_STORED)]
        paths = {session.path for session in stored}
        keys = {session.session for session in stored}
        found = (each for each in find_sessions(self._adapters(), self._context) if each.path not in paths)
        others = [session for session in self._of_files(found) if session.session not in keys]
        return tuple(sorted([*stored, *others], key=lambda session: session.ended, reverse=True))

    def _of_files(self, found: Iterable[DiscoveredSession]) -> Iterator[PastSession]:
        """Yield the sessions that a person started; those of sub-agents have no folder."""
        for file in islice((each for each in found if not each.adapter.is_aggregate), MAX_FOUND):
            if folder := self._directories.of(file):
                yield PastSession(file.adapter.name, file.path, _key(file), folder=folder, ended=file.modified)


def _of_summary(summary: SessionSummary) -> PastSession:
    return PastSession(
        summary.session.source,
        Path(summary.path) if summary.path else None,
        summary.session,
        folder=summary.folder or summary.cwd,
        branch=summary.branch,
        title=summary.title,
        ended=summary.ended,
        percentage=100 * summary.context / summary.limit if summary.context and summary.limit else None,
        totals=summary.totals,
    )


def _key(file: DiscoveredSession) -> SessionKey | None:
    with suppress(Exception):  # a plug-in may raise anything
        if name := file.adapter.session_named(file.path):
            return SessionKey(file.adapter.name, name)
    return None
