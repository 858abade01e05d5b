"""The sessions that agents have left on this machine: all of them, and the one that is meant here."""

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

LIVE_MS = 10 * 60 * 1000
"""So long after its last line a session may still be under way."""

LOOKED_AT = 10_000
"""Past sessions, the newest first, that are opened to see where they were started."""


@dataclass(frozen=True, slots=True)
class DiscoveredSession:
    """The main file of a session, as it lies on the disk. ``modified`` is in epoch milliseconds, ``size`` in bytes."""

    adapter: Adapter
    path: Path
    modified: int
    size: int


@dataclass(frozen=True, slots=True)
class SearchRoot:
    """A folder in which sessions were looked for, and how many of its sessions were under way today."""

    adapter: Adapter
    path: Path
    today: int


def find_sessions(adapters: Iterable[Adapter], context: SearchContext) -> list[DiscoveredSession]:
    """All sessions of all formats, the newest first. Nothing is opened."""
    found = [session for adapter in adapters for session in _sessions_of(adapter, context)]
    return sorted(found, key=lambda session: session.modified, reverse=True)


def session_here(sessions: Sequence[DiscoveredSession], cwd: Path, now: int) -> DiscoveredSession | None:
    """The session that was started in this folder, else in the nearest folder above it.

    Args:
        sessions: what `find_sessions` answered. A live one goes before any other, then the newer before the older.
        cwd: an absolute path.
        now: epoch milliseconds.
    """
    distances = _distances(cwd)
    live = [session for session in sessions if session.modified >= now - LIVE_MS]
    past = islice(sessions, len(live), len(live) + LOOKED_AT)
    return _nearest(live, distances) or _nearest(past, distances)


def related_sessions(session: DiscoveredSession, sessions: Iterable[DiscoveredSession]) -> list[DiscoveredSession]:
    """The other files that tell of this session, and those that gather what agents export.

    Args:
        session: one of ``sessions``.
        sessions: what `find_sessions` answered.
    """
    others = [other for other in sessions if other.path != session.path]
    beside = [other for other in others if other.adapter.is_aggregate]
    own = [other for other in others if other.adapter is session.adapter and _may_tell_of(session, other)]
    name = _session_id_of(session) if own else ""
    return beside + [other for other in own if name and _session_id_of(other) == name]


def searched_roots(
    adapters: Iterable[Adapter], context: SearchContext, sessions: Sequence[DiscoveredSession], now: int
) -> list[SearchRoot]:
    """The folders in which `find_sessions` looked, with what it found there that changed since local midnight."""
    midnight = datetime.fromtimestamp(now / 1000, UTC).astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    today = [session.path for session in sessions if session.modified >= midnight.timestamp() * 1000]
    return [
        SearchRoot(adapter, root, sum(path.is_relative_to(root) for path in today))
        for adapter in adapters
        for root in adapter.roots(context)
    ]


def _sessions_of(adapter: Adapter, context: SearchContext) -> Iterator[DiscoveredSession]:
    # A folder that cannot be read, or a plug-in that fails, must not hide the sessions of the others.
    found: list[SessionFile] = []
    superseded: frozenset[Path] = frozenset()
    with suppress(Exception):
        found.extend(adapter.session_files(context))
    with suppress(Exception):
        found.extend(recorded_runs(adapter, context))
        superseded = frozenset(adapter.superseded([session.path for session in found]))
    for session in found:
        if session.path not in superseded:
            yield DiscoveredSession(adapter, session.path, session.modified, session.size)


def _distances(cwd: Path) -> dict[str, int]:
    """For this folder and all above it, by its given and its real name: how many steps up it is."""
    return {
        str(folder): steps for start in (cwd.resolve(), cwd) for steps, folder in enumerate((start, *start.parents))
    }


def _nearest(sessions: Iterable[DiscoveredSession], distances: Mapping[str, int]) -> DiscoveredSession | None:
    nearest, least = None, max(distances.values()) + 1
    for session in sessions:
        distance = distances.get(_start_directory(session), least)
        if distance < least:
            nearest, least = session, distance
        if least == 0:
            break
    return nearest


def _may_tell_of(session: DiscoveredSession, other: DiscoveredSession) -> bool:
    """What tells of a session in another way is written at the same time; of its earlier runs recordings tell."""
    return is_recorded_run(other.path) or is_recorded_run(session.path) or other.modified >= session.modified - LIVE_MS


def _session_id_of(session: DiscoveredSession) -> str:
    with suppress(Exception):  # a file that is gone, or a plug-in that fails
        return session.adapter.session_id_of(session.path)
    return ""


def _start_directory(session: DiscoveredSession) -> str:
    with suppress(Exception):
        if folder := session.adapter.start_directory(session.path):
            return os.path.normpath(folder)
    return ""
