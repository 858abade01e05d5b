"""Databases of OpenCode as sources: each session of one, and the database itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tui_monitor.events import Batch, Checkpoint, Event, Health
from tui_monitor.sources.base import Adapter, Checkpoints, matching_checkpoints, no_checkpoints
from tui_monitor.sources.files.record_reader import MAX_ERRORS
from tui_monitor.sources.files.stat_snapshot import StatSnapshot
from tui_monitor.sources.opencode.database import open_database, watched_paths
from tui_monitor.sources.opencode.owner import SOURCE
from tui_monitor.sources.opencode.reader import SessionPosition, SessionReader
from tui_monitor.sources.shared.fields import path_text


class SessionSource:
    """One session of a database, read by row ids; unfinished rows are read again when the database changes.

    ``path`` is the virtual path of the session. The database may be written meanwhile; it is open only during `read`.
    """

    def __init__(
        self, adapter: Adapter, database: Path, session: str, checkpoints: Checkpoints = no_checkpoints
    ) -> None:
        self.path = database / session
        self._adapter = adapter
        self._database = database
        self._session = session
        self._checkpoints = matching_checkpoints(adapter, checkpoints)
        self._snapshot = StatSnapshot(*watched_paths(database))
        self._source = ""
        self._cursor = ""
        self._state = ""
        self._errors = 0
        self._rows = self._size = 0

    def read(self) -> Batch | None:
        """Return the events of new and changed rows; None when there are none.

        Raises:
            FileNotFoundError: the database is not there.
            OSError: it cannot be read now, or is of an unknown version.
        """
        if not self._snapshot.has_changed():
            return None
        self._restore()
        reader = SessionReader(SessionPosition.restore(self._state), path_text(self.path), self._adapter.name)
        with open_database(self._database) as database:
            events = tuple(reader.events(database, self._session))
            self._size = self._size or database.count_rows(self._session)
        if reader.position.cursor == self._cursor:
            self._snapshot.accept()
            return None
        return self._make_batch(reader, events)

    def progress(self) -> tuple[int, int]:
        """Return the number of rows read, and the number of rows at the start."""
        return min(self._rows, self._size), self._size

    def release(self) -> None:
        """Do nothing: no file is held open."""

    def close(self) -> None:
        """Do nothing: no file is held open."""

    def _restore(self) -> None:
        """Continue from the checkpoint of this session in this database, unless it is the database of the last read."""
        status = self._database.stat()
        source = f"{SOURCE}:{status.st_dev}:{status.st_ino}:{self._session}"
        if source == self._source:
            return
        self._source = source
        saved = next((saved for saved in self._checkpoints(source) if saved.source == source), None)
        self._cursor, self._state = (saved.cursor, saved.state) if saved else ("", "")

    def _make_batch(self, reader: SessionReader, events: tuple[Event, ...]) -> Batch:
        """Return the batch of one read and advance to its end."""
        before, self._cursor, self._state = self._cursor, reader.position.cursor, reader.position.state()
        self._rows += reader.rows
        after = Checkpoint(
            self._source, reader.path, self._adapter.name, self._adapter.version, self._cursor, self._state
        )
        return Batch(before, after, events, self._limit_errors(reader.health))

    def _limit_errors(self, health: Health) -> Health:
        """Drop errors beyond the number that a person reads."""
        errors = health.errors[: MAX_ERRORS - self._errors]
        self._errors += len(errors)
        return replace(health, errors=errors)


class DatabaseSource:
    """The database itself: it has no events, since its sessions are sources of their own, only errors."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Batch | None:
        """Return None.

        Raises:
            OSError: the database cannot be read now, or is of an unknown version.
        """
        with open_database(self.path) as database:
            database.session("")
        return None

    def progress(self) -> tuple[int, int]:
        """Return zero of zero."""
        return 0, 0

    def release(self) -> None:
        """Do nothing: no file is held open."""

    def close(self) -> None:
        """Do nothing: no file is held open."""
