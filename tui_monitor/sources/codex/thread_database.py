"""The tree of threads that Codex keeps in a database beside its rollouts: who spawned whom, and what they are called.

Rollouts tell of it too, but not all versions do, and not always. The database is only ever read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from tui_monitor.events import MAIN, AgentStatus, AgentUpdate, Event, SessionUpdate
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex.lines import Line, first_text
from tui_monitor.sources.files.readonly_sqlite import connect, wal_of
from tui_monitor.sources.files.stat_snapshot import StatSnapshot
from tui_monitor.sources.shared.fields import put_bounded, text

_FOLDERS = ("sessions", "archived_sessions")
_DATABASES = "state_*.sqlite"
_MAX_THREADS = 256
_THREAD = "SELECT * FROM threads WHERE id = ?"
_PARENT = "SELECT parent_thread_id FROM thread_spawn_edges WHERE child_thread_id = ?"
_CHILDREN = """
    SELECT edges.child_thread_id AS child, edges.status AS edge, threads.* FROM thread_spawn_edges AS edges
    LEFT JOIN threads ON threads.id = edges.child_thread_id WHERE edges.parent_thread_id = ? ORDER BY edges.rowid
"""
_BELOW = """
    WITH RECURSIVE below(id) AS (
        SELECT child_thread_id FROM thread_spawn_edges WHERE parent_thread_id = ?
        UNION SELECT child_thread_id FROM thread_spawn_edges, below WHERE parent_thread_id = below.id
    )
    SELECT threads.rollout_path AS path FROM threads JOIN below USING (id) ORDER BY path
"""
_STATUSES = {"closed": AgentStatus.COMPLETED}
"""An open thread may run or rest: nothing is said of it."""


class Tree:
    """What the database says of one thread, told when it is news. ``told`` is what an earlier one has told."""

    def __init__(self, rollout: Path, told: dict[str, list[str]]) -> None:
        self._told = told
        self._path = _database(rollout)
        self._snapshot = StatSnapshot(self._path, wal_of(self._path)) if self._path else None

    def state(self) -> dict[str, list[str]]:
        """What has been told, by thread."""
        return self._told

    def look(self, line: Line) -> Iterator[Event]:
        """What is new of the thread and of those that it spawned."""
        if self._path and self._snapshot and self._snapshot.is_new():
            with suppress(sqlite3.Error, OSError):
                with closing(connect(self._path)) as database:
                    found = list(self._read(database, line))
                self._snapshot.done()
                yield from found

    def _read(self, database: sqlite3.Connection, line: Line) -> Iterator[Event]:
        thread = line.session.id
        own, parent = _first(database, _THREAD, thread), _first(database, _PARENT, thread)
        facts = [first_text([own.get("name"), own.get("title")]), text(parent.get("parent_thread_id"))]
        if self._is_news(thread, facts):
            yield SessionUpdate(session=line.session, at=line.at, title=facts[0], forked_from=facts[1])
        for row in database.execute(_CHILDREN, (thread,)):
            child: Record = dict(row)
            name = first_text([child.get("agent_nickname"), child.get("agent_path"), child.get("title")])
            facts = [text(child.get("agent_role")), name, text(child.get("edge"))]
            if self._is_news(text(child.get("child")), facts):
                yield _agent(text(child.get("child")), facts, text(child.get("model")), line)

    def _is_news(self, thread: str, facts: list[str]) -> bool:
        if not thread or not any(facts) or self._told.get(thread) == facts:
            return False
        put_bounded(self._told, thread, facts, _MAX_THREADS)
        return True


def _agent(thread: str, facts: list[str], model: str, line: Line) -> AgentUpdate:
    role, name, edge = facts
    status = _STATUSES.get(edge)
    return AgentUpdate(
        session=line.session,
        agent=thread,
        at=line.at,
        parent=MAIN,
        type=role,
        description=name,
        model=model,
        status=status,
        ended=line.at if status else None,
    )


def rollouts_below(rollout: Path, thread: str) -> Iterator[Path]:
    """The rollouts of the threads that a thread spawned, and of those that these did, as they are on the disk now."""
    home, path = _home(rollout), _database(rollout)
    with suppress(sqlite3.Error, OSError):
        if home and path:
            with closing(connect(path)) as database:
                told = [text(row["path"]) for row in database.execute(_BELOW, (thread,))]
            yield from (file for file in (_within(home, name) for name in told) if file.is_file())


def is_database(path: Path) -> bool:
    """Whether this is such a database, or a file that SQLite keeps beside it."""
    return path.match(f"{_DATABASES}*")


def _home(rollout: Path) -> Path | None:
    return next((folder.parent for folder in rollout.parents if folder.name in _FOLDERS), None)


def _within(home: Path, told: str) -> Path:
    """Where a rollout is that Codex knows by an absolute path: the home may have another name by now."""
    parts = Path(told).parts
    return home.joinpath(*parts[max((n for n, part in enumerate(parts) if part in _FOLDERS), default=0) :])


def _database(rollout: Path) -> Path | None:
    """The newest database in the home of a rollout."""
    if home := _home(rollout):
        with suppress(OSError):
            return max(home.glob(_DATABASES), key=lambda path: path.stat().st_mtime_ns, default=None)
    return None


def _first(database: sqlite3.Connection, question: str, *about: Any) -> Record:
    row = database.execute(question, about).fetchone()
    return dict(row) if row else {}
