"""OpenCode: the sessions in its database, and what ``opencode run`` prints for programs.

Each session of a database has a virtual path of its own, ``<database>/<session>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from tui_monitor.regular_files import read_bytes
from tui_monitor.sources.base import (
    AgentTraits,
    Checkpoints,
    Head,
    Parser,
    SearchContext,
    SessionFile,
    Source,
    no_checkpoints,
)
from tui_monitor.sources.files.line_source import LineAdapter, LineSource
from tui_monitor.sources.opencode.database import SessionRow, is_opencode, open_database, watched_paths
from tui_monitor.sources.opencode.owner import SOURCE

SQLITE = b"SQLite format 3\0"
"""Beginning of every SQLite database."""

_SESSION = "ses_"
_HEAD_LENGTH = 4096
_PRINTED = re.compile(rb'"sessionID"\s*:\s*"(ses_\w+)"')


class OpenCode(LineAdapter):
    """Sessions of OpenCode since version 1.2."""

    name: ClassVar[str] = SOURCE
    version: ClassVar[int] = 5
    programs: ClassVar[frozenset[str]] = frozenset({"opencode"})
    traits: ClassVar[AgentTraits] = AgentTraits(
        title="OpenCode",
        exact_states="The database records what runs, and not that a permission is asked for.",
        resume="opencode --session {}",
    )
    database_name: ClassVar[str] = "opencode"
    """Name of the folder with the databases, and beginning of their names."""
    database_variable: ClassVar[str] = "OPENCODE_DB"
    """Environment variable with the path of another database."""

    def __init__(self) -> None:
        self._directories: dict[Path, str] = {}

    def recognises(self, head: Head) -> bool:
        from tui_monitor.sources.opencode.printed import is_printed

        if any(map(is_printed, head.records)):
            return True
        return head.raw.startswith(SQLITE) and is_opencode(head.path)

    def parser(self, path: Path, state: str) -> Parser:
        from tui_monitor.sources.opencode.printed import RunOutputParser

        return RunOutputParser(path, state)

    def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
        if _is_lines(path):
            return LineSource(self, path, checkpoints)
        from tui_monitor.sources.opencode.database_sources import DatabaseSource, SessionSource

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
