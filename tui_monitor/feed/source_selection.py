"""What to read: the files that a person named, or the session of the folder in which the monitor was started."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
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

SHARE = 0.02
"""The most of a core that looking for new files may take."""
LOOK_S = 2.0
MOST_ASKERS = 100
"""So many sessions, the newest, may be the one for which an agent works that has a file of its own."""


@dataclass(frozen=True, slots=True)
class SourceSelection:
    """What is to be read by now: ``files``, the session heard of last first and each before its companions, then what
    tells of them ``related``, ``pipes`` once, and the ``folders`` in which more may appear. ``notes`` are lines for a
    person: what was skipped and why. ``roots`` is where was looked in vain."""

    files: dict[Path, Adapter]
    related: dict[Path, Adapter] = field(default_factory=dict)
    folders: frozenset[Path] = frozenset()
    pipes: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    roots: tuple[SearchRoot, ...] = ()


class SourceSelector(Protocol):
    """Decides what to read; asked again whenever a folder may have changed."""

    def select(self) -> SourceSelection:
        """What to read by now. What was wanted once stays wanted."""


class Throttle:
    """Says when something costly may be done again, so that it takes no more than its share of a core."""

    def __init__(self, share: float = SHARE, clock: Callable[[], float] = time.monotonic) -> None:
        self._share = share
        self._clock = clock
        self._due = 0.0

    def allows(self) -> bool:
        """Whether it is time; what follows is timed until `done`."""
        self._began = self._clock()
        return self._began >= self._due

    def done(self) -> None:
        """The costly thing is over."""
        now = self._clock()
        self._due = now + max(LOOK_S * 0.9, (now - self._began) / self._share)


class PathSelector:
    """What the words of a command line name, and what comes to be in the folders among them."""

    def __init__(self, words: Sequence[str], registry: Registry) -> None:
        self._registry = registry
        self._words = tuple(words)
        self._files: dict[Path, Adapter] = {}
        self._mains: dict[Path, Adapter] = {}
        self._waiting: set[Path] = set()
        self._judged: set[Path] = set()
        self._pace = Throttle()
        self._began = False

    def select(self) -> SourceSelection:
        """All that the words name by now."""
        selection = ExpandedPaths() if self._began else self._begin()
        notes = (*selection.errors, *selection.skipped)
        if self._pace.allows():
            notes += tuple(self._look_again())
            self._pace.done()
        for path, adapter in self._mains.items():
            self._files |= dict.fromkeys(related_files_of(adapter, path), adapter)
        folders = {path.parent for path in (*self._files, *self._waiting)} | set(self._named_folders())
        return SourceSelection(dict(self._files), folders=frozenset(folders), pipes=tuple(selection.pipes), notes=notes)

    def _begin(self) -> ExpandedPaths:
        self._began = True
        selection = expand(self._words, self._registry)
        for files in sorted(selection.sessions, key=_heard_of, reverse=True):
            self._mains[files.path] = self._files[files.path] = files.adapter
            self._files |= dict.fromkeys(files.related_files, files.adapter)
        self._waiting.update(selection.waiting)
        others = (path for path in self._there() if path not in self._files)
        self._judged.update(self._files, (path for path in others if not self._is_unwritten(path)))
        return selection

    def _look_again(self) -> list[str]:
        """Take in what is there by now; a line for each file that was waited for in vain, or need not be read."""
        new: dict[Path, Adapter] = {}
        notes: list[str] = []
        for path in (*self._waiting, *(path for path in self._there() if path not in self._judged)):
            try:
                new[path] = self._registry.recognise(path)
            except NoContentYet:
                continue
            except UnrecognisedFormat as error:
                if path in self._waiting and path not in self._named_folders():
                    notes.append(str(error))
            self._judged.add(path)
            self._waiting.discard(path)
        told_again = superseded(self._mains | new) if new else {}
        wanted = {path: adapter for path, adapter in new.items() if path not in told_again}
        self._mains |= wanted
        self._files |= wanted
        return notes + [line for path, line in told_again.items() if path in new]

    def _is_unwritten(self, path: Path) -> bool:
        """Whether it will show only when more of the file is written what it is."""
        if self._registry.is_sidecar(path):
            return False
        try:
            self._registry.recognise(path)
        except UnrecognisedFormat as error:
            return isinstance(error, NoContentYet)
        return False

    def _there(self) -> Iterable[Path]:
        for folder in self._named_folders():
            for parent, _, names in os.walk(folder):  # one that cannot be read, or goes meanwhile, is passed over
                yield from (Path(parent, name) for name in names)
        for word in self._words:
            if is_pattern(word):
                yield from map(Path.absolute, map(Path, glob(word, recursive=True)))  # noqa: PTH207

    def _named_folders(self) -> list[Path]:
        return [Path(word).absolute() for word in self._words if os.path.isdir(word)]  # noqa: PTH112  (never raises)


class CwdSelector:
    """The session of a folder: the one started there, live before past; else the newest live one anywhere. A session
    that begins there later is wanted too, and whatever else tells of these: what was printed, and what was exported."""

    def __init__(self, places: SearchContext, registry: Registry, now: Callable[[], int]) -> None:
        self._places = places
        self._registry = registry
        self._now = now
        self._mains: dict[Path, Adapter] = {}
        self._files: dict[Path, Adapter] = {}
        self._beside: dict[Path, Adapter] = {}
        self._roots: tuple[SearchRoot, ...] = ()
        self._pace = Throttle()

    def select(self) -> SourceSelection:
        """The session, and any that has begun in the same folder since."""
        if self._pace.allows():
            self._search()
            self._pace.done()
        for path, adapter in self._mains.items():
            self._files |= {path: adapter, **dict.fromkeys(related_files_of(adapter, path), adapter)}
        related = {path: adapter for path, adapter in self._beside.items() if path not in self._files}
        folders = {path.parent for path in (*self._files, *related)}
        folders |= {root.path for root in self._roots if root.adapter.is_aggregate or not self._files}
        return SourceSelection(dict(self._files), related, frozenset(folders), roots=() if self._files else self._roots)

    def _search(self) -> None:
        adapters, now = self._registry.adapters, self._now()
        sessions = find_sessions(adapters, self._places)
        found = session_here(sessions, self._places.cwd, now) or (None if self._mains else _newest_live(sessions, now))
        self._roots = tuple(searched_roots(adapters, self._places, sessions, now))
        if found:
            self._mains[found.path] = found.adapter
            self._beside |= {other.path: other.adapter for other in related_sessions(found, sessions)}


def _heard_of(files: SessionBundle) -> float:
    """When anything of a session was last written, in epoch seconds."""
    times = [0.0]
    for path in (files.path, *files.related_files):
        with suppress(OSError):
            times.append(path.stat().st_mtime)
    return max(times)


def _newest_live(sessions: Sequence[DiscoveredSession], now: int) -> DiscoveredSession | None:
    """What is gathered of many sessions is shown only where no session has a file of its own, and an agent that has one
    only where the session that it works for is not found."""
    live = [session for session in sessions if session.modified >= now - LIVE_MS]
    newest = min(live, key=lambda session: session.adapter.is_aggregate, default=None)
    if newest is None or newest.adapter.is_aggregate or _says_where(newest):
        return newest
    same = islice((other for other in sessions if other.adapter is newest.adapter), MOST_ASKERS)
    own = [other for other in same if _says_where(other)]
    asker = next((other for other in own if newest.path in related_files_of(other.adapter, other.path)), None)
    return asker or next((other for other in own if other in live), newest)


def _says_where(session: DiscoveredSession) -> bool:
    """Whether a file tells where a person started it; those of agents do not."""
    with suppress(Exception):  # a file that is gone, or a plug-in that fails
        return bool(session.adapter.start_directory(session.path))
    return False
