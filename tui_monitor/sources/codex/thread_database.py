"""The database of threads that Codex keeps beside its rollouts: who spawned whom, names and roles. The rollouts report
it too, but not in all versions and not always. The database is only read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from tui_monitor.events import MAIN, AgentStatus, AgentUpdate, Event, SessionUpdate
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex.lines import CodexLine, first_text
from tui_monitor.sources.files.folder_listing import list_folder, with_prefix
from tui_monitor.sources.files.readonly_sqlite import connect, wal_of
from tui_monitor.sources.files.stat_snapshot import StatSnapshot
from tui_monitor.sources.shared.fields import put_bounded, text

_FOLDERS = ("sessions", "archived_sessions")
_PREFIX, _SUFFIX = "state_", ".sqlite"
_MAX_THREADS = 256
_THREAD = "SELECT * FROM threads WHERE id = ?"
_PARENT = "SELECT parent_thread_id FROM thread_spawn_edges WHERE child_thread_id = ?"
_CHILDREN = """
    SELECT edges.child_thread_id AS child, edges.status AS edge, threads.* FROM thread_spawn_edges AS edges
    LEFT JOIN threads ON threads.id = edges.child_thread_id WHERE edges.parent_thread_id = ? ORDER BY edges.rowid
"""
_SPAWNED = """
    SELECT edges.parent_thread_id AS parent, edges.child_thread_id AS child, threads.rollout_path AS path
    FROM thread_spawn_edges AS edges LEFT JOIN threads ON threads.id = edges.child_thread_id
"""
_STATUSES = {"closed": AgentStatus.COMPLETED}
"""An open thread may run or rest, so it maps to no status."""


class ThreadDatabase:
    """Facts about one thread, emitted when new. ``emitted`` holds those of earlier runs."""

    def __init__(self, rollout: Path, emitted: dict[str, list[str]]) -> None:
        self._emitted = emitted
        self._path = _database(rollout)
        self._snapshot = StatSnapshot(self._path, wal_of(self._path)) if self._path else None

    def state(self) -> dict[str, list[str]]:
        """Return the emitted facts by thread."""
        return self._emitted

    def updates(self, line: CodexLine) -> Iterator[Event]:
        """Yield new facts about the thread and those that it spawned."""
        if self._path and self._snapshot and self._snapshot.has_changed():
            with suppress(sqlite3.Error, OSError):
                with closing(connect(self._path)) as database:
                    updates = list(self._read(database, line))
                self._snapshot.accept()
                yield from updates

    def _read(self, database: sqlite3.Connection, line: CodexLine) -> Iterator[Event]:
        thread = line.session.id
        row, parent_row = _first(database, _THREAD, thread), _first(database, _PARENT, thread)
        facts = [first_text([row.get("name"), row.get("title")]), text(parent_row.get("parent_thread_id"))]
        if self._is_new(thread, facts):
            yield SessionUpdate(session=line.session, at=line.at, title=facts[0], forked_from=facts[1])
        for row in database.execute(_CHILDREN, (thread,)):
            child: Record = dict(row)
            name = first_text([child.get("agent_nickname"), child.get("agent_path"), child.get("title")])
            facts = [text(child.get("agent_role")), name, text(child.get("edge"))]
            if self._is_new(text(child.get("child")), facts):
                yield _agent(text(child.get("child")), facts, text(child.get("model")), line)

    def _is_new(self, thread: str, facts: list[str]) -> bool:
        if not thread or not any(facts) or self._emitted.get(thread) == facts:
            return False
        put_bounded(self._emitted, thread, facts, _MAX_THREADS)
        return True


def _agent(thread: str, facts: list[str], model: str, line: CodexLine) -> AgentUpdate:
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
    """Yield the existing rollouts of a thread's sub-agents, at any depth."""
    home, path = _home(rollout), _database(rollout)
    if home and path:
        paths = _spawn_graph(path).rollouts_below(thread)
        yield from (file for file in (_relocate(home, name) for name in sorted(paths)) if file.is_file())


class _SpawnGraph:
    """All threads that others spawned, read once for all rollouts, and again when the database has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._snapshot = StatSnapshot(path, wal_of(path))
        self._children: dict[str, list[tuple[str, str]]] = {}

    def rollouts_below(self, thread: str) -> set[str]:
        """Return the paths of the rollouts of all threads that a thread spawned, at any depth."""
        if self._snapshot.has_changed():
            with suppress(sqlite3.Error, OSError):
                self._read()
                self._snapshot.accept()
        paths, threads, pending = set(), {thread}, [thread]
        while pending:
            for child, path in self._children.get(pending.pop(), ()):
                if child not in threads:
                    threads.add(child)
                    pending.append(child)
                    paths.add(path)
        return paths - {""}

    def _read(self) -> None:
        self._children = {}
        with closing(connect(self._path)) as database:
            for parent, child, path in database.execute(_SPAWNED):
                self._children.setdefault(text(parent), []).append((text(child), text(path)))


_spawn_graph = lru_cache(maxsize=16)(_SpawnGraph)


def is_database(path: Path) -> bool:
    """Return True for the database or a file that SQLite keeps beside it."""
    return path.match(f"{_PREFIX}*{_SUFFIX}*")


def _home(rollout: Path) -> Path | None:
    return next((folder.parent for folder in rollout.parents if folder.name in _FOLDERS), None)


def _relocate(home: Path, path: str) -> Path:
    """Return where a rollout is now: the database holds absolute paths, and the home may have been renamed."""
    parts = Path(path).parts
    return home.joinpath(*parts[max((n for n, part in enumerate(parts) if part in _FOLDERS), default=0) :])


def _database(rollout: Path) -> Path | None:
    """Return the newest database in the home of a rollout."""
    if home := _home(rollout):
        paths = (home / name for name in with_prefix(list_folder(home).files, _PREFIX) if name.endswith(_SUFFIX))
        with suppress(OSError):
            return max(paths, key=lambda path: path.stat().st_mtime_ns, default=None)
    return None


def _first(database: sqlite3.Connection, query: str, *parameters: Any) -> Record:
    row = database.execute(query, parameters).fetchone()
    return dict(row) if row else {}
