"""The times and sizes of session files, of which the old ones are looked at in turns: looking at all takes long."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from tui_monitor.sources.base import SessionFile, session_file

FEW = 64
"""Files that are all looked at each time; of more, as many of the old ones."""
RECENT_MS = 24 * 60 * 60 * 1000
"""Age up to which a file is looked at each time: it may go on."""


class SessionStats:
    """The session files at given paths. A file that was not changed for a day is looked at every few times; a process
    that goes on with one shows in the scan of processes before."""

    def __init__(self) -> None:
        self._files: dict[Path, SessionFile] = {}
        self._turn = 0

    def of(self, paths: Iterable[Path], changed: Collection[Path] = ()) -> Iterator[SessionFile]:
        """Yield the sessions in those of the files that exist; those that have ``changed`` are looked at."""
        turns = 1 + len(self._files) // FEW
        self._turn = (self._turn + 1) % turns
        recent = time.time_ns() // 1_000_000 - RECENT_MS
        before, self._files = self._files, {}
        for number, path in enumerate(paths):
            file = before.get(path)
            if file is None or file.modified >= recent or number % turns == self._turn or path in changed:
                file = None
                with suppress(OSError):
                    file = session_file(path)
            if file:
                self._files[path] = file
                yield file
