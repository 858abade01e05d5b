"""One session of the database, read on by row ids: rows that are not over are looked at again whenever it changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tui_monitor.events import Batch, Checkpoint, Event, Health
from tui_monitor.sources.base import Adapter, Checkpoints, no_checkpoints, own_checkpoints
from tui_monitor.sources.glance import Glance
from tui_monitor.sources.opencode.chain import SOURCE
from tui_monitor.sources.opencode.database import opened, signs
from tui_monitor.sources.opencode.position import Position
from tui_monitor.sources.opencode.rows import Look
from tui_monitor.sources.paths import path_text
from tui_monitor.sources.records import MOST_ERRORS


class SessionSource:
    """The session ``session`` of the database at ``database``; ``path`` is its own path below that.

    The database may be written meanwhile, and is open only as long as one `read` takes.
    """

    def __init__(
        self, adapter: Adapter, database: Path, session: str, checkpoints: Checkpoints = no_checkpoints
    ) -> None:
        self.path = database / session
        self._adapter = adapter
        self._database = database
        self._session = session
        self._checkpoints = own_checkpoints(adapter, checkpoints)
        self._glance = Glance(*signs(database))
        self._source = ""
        self._cursor = ""
        self._state = ""
        self._errors = 0
        self._rows = self._size = 0

    def read(self) -> Batch | None:
        """What new rows, and the rows that have changed, tell.

        Raises:
            FileNotFoundError: the database is not there.
            OSError: it cannot be read just now, or is of an unknown version.
        """
        if not self._glance.is_new():
            return None
        self._begin()
        look = Look(Position.of(self._state), path_text(self.path))
        with opened(self._database) as database:
            events = tuple(look.events(database, self._session))
            self._size = self._size or database.count(self._session)
        if look.position.cursor == self._cursor:
            self._glance.done()
            return None
        return self._batch(look, events)

    def progress(self) -> tuple[int, int]:
        """How many rows have been read, and how many there were at the start."""
        return min(self._rows, self._size), self._size

    def close(self) -> None:
        """Nothing is held open."""

    def _begin(self) -> None:
        """Go on from where this session of this very database was left, if it is another one than a moment ago."""
        status = self._database.stat()
        source = f"{SOURCE}:{status.st_dev}:{status.st_ino}:{self._session}"
        if source == self._source:
            return
        self._source = source
        kept = next((kept for kept in self._checkpoints(source) if kept.source == source), None)
        self._cursor, self._state = (kept.cursor, kept.state) if kept else ("", "")

    def _batch(self, look: Look, events: tuple[Event, ...]) -> Batch:
        """What a look brought; reading goes on from there."""
        before, self._cursor, self._state = self._cursor, look.position.cursor, look.position.state()
        self._rows += look.rows
        after = Checkpoint(
            self._source, look.path, self._adapter.name, self._adapter.version, self._cursor, self._state
        )
        return Batch(before, after, events, self._bounded(look.health))

    def _bounded(self, health: Health) -> Health:
        """With no more errors than a person reads."""
        told = health.errors[: MOST_ERRORS - self._errors]
        self._errors += len(told)
        return replace(health, errors=told)


class WholeDatabase:
    """The database itself: it tells nothing, for its sessions are sources of their own, but that it cannot be read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Batch | None:
        """Nothing, ever.

        Raises:
            OSError: it cannot be read just now, or is of an unknown version.
        """
        with opened(self.path) as database:
            database.session("")
        return None

    def progress(self) -> tuple[int, int]:
        """Nothing of nothing."""
        return 0, 0

    def close(self) -> None:
        """Nothing is held open."""
