"""OpenCode: the sessions in its database, and what ``opencode run`` prints for programs.

Each session of a database has a virtual path of its own, ``<database>/<session>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from tui_monitor.events import Batch, Checkpoint, Event, Health
from tui_monitor.regular_files import read_bytes
from tui_monitor.sources.base import (
    Adapter,
    AgentTraits,
    Checkpoints,
    Head,
    Parser,
    SearchContext,
    SessionFile,
    Source,
    matching_checkpoints,
    no_checkpoints,
)
from tui_monitor.sources.files.line_source import LineAdapter, LineSource
from tui_monitor.sources.files.record_reader import MAX_ERRORS
from tui_monitor.sources.files.stat_snapshot import StatSnapshot
from tui_monitor.sources.opencode import printed
from tui_monitor.sources.opencode.database import SessionRow, is_opencode, open_database, watched_paths
from tui_monitor.sources.opencode.owner import SOURCE
from tui_monitor.sources.opencode.reader import SessionPosition, SessionReader
from tui_monitor.sources.shared.fields import path_text

SQLITE = b"SQLite format 3\0"
"""Beginning of every SQLite database."""

_SESSION = "ses_"
_HEAD_LENGTH = 4096
_PRINTED = re.compile(rb'"sessionID"\s*:\s*"(ses_\w+)"')


class OpenCode(LineAdapter):
    """Sessions of OpenCode since version 1.2."""

    name: ClassVar[str] = SOURCE
    version: ClassVar[int] = 4
    programs: ClassVar[frozenset[str]] = frozenset({"opencode"})
    traits: ClassVar[AgentTraits] = AgentTraits(
        title="OpenCode", exact_states="The database records what runs, and not that a permission is asked for."
    )
    database_name: ClassVar[str] = "opencode"
    """Name of the folder with the databases, and beginning of their names."""
    database_variable: ClassVar[str] = "OPENCODE_DB"
    """Environment variable with the path of another database."""

    def __init__(self) -> None:
        self._directories: dict[Path, str] = {}

    def recognises(self, head: Head) -> bool:
        if any(map(printed.is_printed, head.records)):
            return True
        return head.raw.startswith(SQLITE) and is_opencode(head.path)

    def parser(self, path: Path, state: str) -> Parser:
        return printed.RunOutputParser(path, state)

    def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
        if _is_lines(path):
            return LineSource(self, path, checkpoints)
        database, session = _split_path(path)
        return SessionSource(self, database, session, checkpoints) if session else DatabaseSource(database)

    def related_files(self, path: Path) -> Iterable[Path]:
        if _is_lines(path):
            return []
        database, session = _split_path(path)
        with open_database(database) as view:
            names = view.descendants(session) if session else [row.id for row in view.sessions()]
        return [database / name for name in names]

    def watched_paths(self, path: Path) -> Iterable[Path]:
        return (path,) if _is_lines(path) else watched_paths(_split_path(path)[0])

    def roots(self, context: SearchContext) -> list[Path]:
        return [self.data_folder(context)]

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        return (session.path for session in self.session_files(context))

    def session_files(self, context: SearchContext) -> Iterable[SessionFile]:
        for database in self._databases(context):
            with suppress(OSError):
                yield from self._sessions_in(database)

    def start_directory(self, path: Path) -> str | None:
        if path not in self._directories and not _is_lines(path):
            database, session = _split_path(path)
            with suppress(OSError), open_database(database) as view:
                if row := view.session(session):
                    self._directories[path] = row.directory
        return self._directories.get(path) or None

    def session_named(self, path: Path) -> str:
        return _split_path(path)[1]

    def session_id_of(self, path: Path) -> str:
        return _split_path(path)[1] or _printed_session(path)

    def superseded(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Return the printed output of sessions that are in a database among ``paths``."""
        paths = list(paths)
        files = [path for path in paths if not path.name.startswith(_SESSION) or path.suffix]
        runs = {path: session for path in files if _is_lines(path) and (session := _printed_session(path))}
        if not runs:
            return []
        saved = {path.name for path in paths if path not in runs}
        for path in files:
            if path not in runs:
                with suppress(OSError), open_database(path) as view:
                    saved.update(session for session in runs.values() if view.session(session))
        return [path for path, session in runs.items() if session in saved]

    def data_folder(self, context: SearchContext) -> Path:
        """Return the folder with the databases."""
        folder = context.env.get("XDG_DATA_HOME")
        return (Path(folder) if folder else context.home / ".local" / "share") / self.database_name

    def _databases(self, context: SearchContext) -> Iterator[Path]:
        """Yield the databases; versions other than the released ones have one of their own."""
        yield from sorted(self.data_folder(context).glob(f"{self.database_name}*.db"))
        extra = context.env.get(self.database_variable)
        if extra and Path(extra).is_absolute() and Path(extra).is_file():
            yield Path(extra)

    def _sessions_in(self, database: Path) -> Iterator[SessionFile]:
        with open_database(database) as view:
            sessions = view.sessions()
        last = _last_modified(sessions)
        for row in sessions:
            if row.parent not in last:
                self._directories[database / row.id] = row.directory
                yield SessionFile(database / row.id, last[row.id])


def _last_modified(sessions: list[SessionRow]) -> dict[str, int]:
    """Return when each session or one of its own sub-agents changed last."""
    last = {row.id: row.updated for row in sessions}
    for row in sessions:
        if row.parent in last:
            last[row.parent] = max(last[row.parent], row.updated)
    return last


def _split_path(path: Path) -> tuple[Path, str]:
    """Split a path into database and session; the session is empty for the path of the database."""
    return (path.parent, path.name) if path.name.startswith(_SESSION) and not path.is_file() else (path, "")


def _is_lines(path: Path) -> bool:
    """Return True for a file of printed lines."""
    if _split_path(path)[1]:
        return False
    try:
        head = read_bytes(path, _HEAD_LENGTH)
    except OSError:
        return False
    return bool(head) and not head.startswith(SQLITE)


def _printed_session(path: Path) -> str:
    """Return the session in the first lines of printed output; empty if there is none."""
    try:
        match = _PRINTED.search(read_bytes(path, _HEAD_LENGTH))
    except OSError:
        return ""
    return match[1].decode() if match else ""


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
