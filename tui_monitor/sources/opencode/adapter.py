"""x"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from tui_monitor.events import Batch, Checkpoint, Event, Health
from tui_monitor.sources.base import (
    Adapter,
    Checkpoints,
    Head,
    SearchContext,
    SessionFile,
    Source,
    matching_checkpoints,
    no_checkpoints,
)
from tui_monitor.sources.files.record_reader import MOST_ERRORS
from tui_monitor.sources.files.stat_snapshot import StatSnapshot
from tui_monitor.sources.opencode.database import Session, is_opencode, opened, watched_paths
from tui_monitor.sources.opencode.owner import SOURCE
from tui_monitor.sources.opencode.reader import Look, Position
from tui_monitor.sources.shared.fields import path_text

_SQLITE = b"SQLite format 3\0"
_SESSION = "ses_"


class OpenCode(Adapter):
    """The sessions of OpenCode since version 1.2."""

    name: ClassVar[str] = SOURCE
    version: ClassVar[int] = 1

    def __init__(self) -> None:
        self._folders: dict[Path, str] = {}

    def recognises(self, head: Head) -> bool:
        return head.raw.startswith(_SQLITE) and is_opencode(head.path)

    def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
        database, session = _parts(path)
        return SessionSource(self, database, session, checkpoints) if session else WholeDatabase(database)

    def related_files(self, path: Path) -> Iterable[Path]:
        database, session = _parts(path)
        with opened(database) as look:
            inside = look.below(session) if session else [told.id for told in look.sessions()]
        return [database / name for name in inside]

    def watched_paths(self, path: Path) -> Iterable[Path]:
        return watched_paths(_parts(path)[0])

    def roots(self, context: SearchContext) -> list[Path]:
        return [_data_folder(context)]

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        return (session.path for session in self.session_files(context))

    def session_files(self, context: SearchContext) -> Iterable[SessionFile]:
        for database in _databases(context):
            with suppress(OSError):
                yield from self._found_in(database)

    def start_directory(self, path: Path) -> str | None:
        if path not in self._folders:
            database, session = _parts(path)
            with suppress(OSError), opened(database) as look:
                if told := look.session(session):
                    self._folders[path] = told.directory
        return self._folders.get(path) or None

    def _found_in(self, database: Path) -> Iterator[SessionFile]:
        with opened(database) as look:
            sessions = look.sessions()
        names = {told.id for told in sessions}
        for told in sessions:
            if told.parent not in names:
                self._folders[database / told.id] = told.directory
                yield SessionFile(database / told.id, _changed(told, sessions))


def _changed(told: Session, sessions: list[Session]) -> int:
    """When the session or one of its own sub-agents' changed last."""
    return max(other.updated for other in sessions if told.id in (other.id, other.parent))


def _parts(path: Path) -> tuple[Path, str]:
    """The database of a path, and the session in it that it names; empty where it is the database's own."""
    return (path.parent, path.name) if path.name.startswith(_SESSION) and not path.is_file() else (path, "")


def _data_folder(context: SearchContext) -> Path:
    return Path(context.env.get("XDG_DATA_HOME") or context.home / ".local" / "share") / "opencode"


def _databases(context: SearchContext) -> Iterator[Path]:
    """Versions other than the released ones have a database of their own beside it."""
    yield from sorted(_data_folder(context).glob("opencode*.db"))
    named = context.env.get("OPENCODE_DB")
    if named and Path(named).is_absolute() and Path(named).is_file():
        yield Path(named)


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
        self._checkpoints = matching_checkpoints(adapter, checkpoints)
        self._snapshot = StatSnapshot(*watched_paths(database))
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
        if not self._snapshot.is_new():
            return None
        self._begin()
        look = Look(Position.of(self._state), path_text(self.path))
        with opened(self._database) as database:
            events = tuple(look.events(database, self._session))
            self._size = self._size or database.count(self._session)
        if look.position.cursor == self._cursor:
            self._snapshot.done()
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
