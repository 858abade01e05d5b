"""OpenCode: the sessions in its database. Each has a path of its own, ``<database>/<session>``, where no file is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from tui_monitor.sources.base import Adapter, Checkpoints, Found, Head, Places, Source, no_checkpoints
from tui_monitor.sources.opencode.chain import SOURCE
from tui_monitor.sources.opencode.database import Session, is_opencode, opened, signs
from tui_monitor.sources.opencode.source import SessionSource, WholeDatabase

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

    def companions(self, path: Path) -> Iterable[Path]:
        database, session = _parts(path)
        with opened(database) as look:
            inside = look.below(session) if session else [told.id for told in look.sessions()]
        return [database / name for name in inside]

    def signs(self, path: Path) -> Iterable[Path]:
        return signs(_parts(path)[0])

    def roots(self, places: Places) -> list[Path]:
        return [_data_folder(places)]

    def sessions(self, places: Places) -> Iterable[Path]:
        return (session.path for session in self.found(places))

    def found(self, places: Places) -> Iterable[Found]:
        for database in _databases(places):
            with suppress(OSError):
                yield from self._found_in(database)

    def started_in(self, path: Path) -> str | None:
        if path not in self._folders:
            database, session = _parts(path)
            with suppress(OSError), opened(database) as look:
                if told := look.session(session):
                    self._folders[path] = told.directory
        return self._folders.get(path) or None

    def _found_in(self, database: Path) -> Iterator[Found]:
        with opened(database) as look:
            sessions = look.sessions()
        names = {told.id for told in sessions}
        for told in sessions:
            if told.parent not in names:
                self._folders[database / told.id] = told.directory
                yield Found(database / told.id, _changed(told, sessions))


def _changed(told: Session, sessions: list[Session]) -> int:
    """When the session or one of its own sub-agents' changed last."""
    return max(other.updated for other in sessions if told.id in (other.id, other.parent))


def _parts(path: Path) -> tuple[Path, str]:
    """The database of a path, and the session in it that it names; empty where it is the database's own."""
    return (path.parent, path.name) if path.name.startswith(_SESSION) and not path.is_file() else (path, "")


def _data_folder(places: Places) -> Path:
    return Path(places.env.get("XDG_DATA_HOME") or places.home / ".local" / "share") / "opencode"


def _databases(places: Places) -> Iterator[Path]:
    """Versions other than the released ones have a database of their own beside it."""
    yield from sorted(_data_folder(places).glob("opencode*.db"))
    named = places.env.get("OPENCODE_DB")
    if named and Path(named).is_absolute() and Path(named).is_file():
        yield Path(named)
