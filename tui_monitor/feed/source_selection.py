"""What a selection of the sources to read is, and how often it may be made."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tui_monitor.events import SessionProcess
from tui_monitor.sources.base import Adapter
from tui_monitor.sources.discovery.find import SearchRoot
from tui_monitor.sources.shared.fields import plausible_time

MAX_CPU_SHARE = 0.003
"""The largest share of a core that searching for new files may take while nothing is known to have changed."""
MIN_INTERVAL_S = 1.8
"""Seconds between two searches, however cheap they are: a little less than the watcher's rescan."""


@dataclass(frozen=True, slots=True)
class SourceSelection:
    """The sources to read by now.

    ``files``: sessions, most recently modified first, each before its sub-agent files; ``related``: other files about
    the same sessions; ``background``: files of sessions that are read when none of these waits; ``pipes``: new pipes,
    reported once; ``folders`` to watch for new files; ``notes``: what was skipped and why, for people; ``roots``: where
    sessions were searched for, if none is followed; ``here`` the session of the working directory, if it is one that
    was looked for; ``has_sessions``: there is any session, live or past.
    """

    files: dict[Path, Adapter]
    related: dict[Path, Adapter] = field(default_factory=dict)
    background: dict[Path, Adapter] = field(default_factory=dict)
    folders: frozenset[Path] = frozenset()
    pipes: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    roots: tuple[SearchRoot, ...] = ()
    here: Path | None = None
    has_sessions: bool = False


class SourceSelector(Protocol):
    """Selects the sources to read. It is called again whenever a folder may have changed."""

    def select(self, changed: Collection[Path] = (), processes: Iterable[SessionProcess] = ()) -> SourceSelection:
        """Return the current selection. It only grows: a source is never dropped.

        ``changed`` are paths that changed and are no selected files: new entries of the selection's folders, or these
        folders themselves when they are due to be looked at. ``processes`` are the agents' that live.
        """

    def follow(self, path: Path) -> None:
        """Select the session at ``path``, and have it read before those in the background."""


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


def modified(path: Path) -> float:
    """Return the modification time in epoch seconds; 0 if the file is gone, or that time is still to come."""
    with suppress(OSError):
        status = path.stat()
        return status.st_mtime if plausible_time(status.st_mtime_ns // 1_000_000) else 0.0
    return 0.0
