"""The database of threads that Codex keeps beside its rollouts: who spawned whom, names and roles. The rollouts report
it too, but not in all versions and not always. The database is only read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from tui_monitor.events import AgentStatus, AgentUpdate, Event, SessionUpdate
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex.lines import CodexLine, first_text
from tui_monitor.sources.files.folder_listing import list_folder, with_prefix
from tui_monitor.sources.files.readonly_sqlite import connect, is_interrupted, wal_of
from tui_monitor.sources.files.stat_snapshot import StatSnapshot
from tui_monitor.sources.shared.fields import put_bounded, text

FOLDERS = ("sessions", "archived_sessions")
"""Folders of rollouts in a home."""

_PREFIX, _SUFFIX = "state_", ".sqlite"
_MAX_THREADS = 256
_THREAD = "SELECT * FROM threads WHERE id = ?"
_PARENT = "SELECT parent_thread_id FROM thread_spawn_edges WHERE child_thread_id = ?"
_CHILDREN = """
    SELECT edges.child_thread_id AS child, edges.status AS edge, threads.* FROM thread_spawn_edges AS edges
    LEFT JOIN threads ON threads.id = edges.child_thread_id WHERE edges.parent_thread_id = ? ORDER BY edges.rowid
"""
_SPAWNED = "SELECT parent_thread_id, child_thread_id FROM thread_spawn_edges"
_THREADS = "SELECT id FROM threads"
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
            updates: list[Event] = []
            with _accepting(self._snapshot), closing(connect(self._path)) as database:
                updates += self._read(database, line)
            yield from updates

    def _read(self, database: sqlite3.Connection, line: CodexLine) -> Iterator[Event]:
        thread = line.thread
        row, parent_row = _first(database, _THREAD, thread), _first(database, _PARENT, thread)
        facts = [first_text([row.get("name"), row.get("title")]), text(parent_row.get("parent_thread_id"))]
        if self._is_new(thread, facts):
            yield SessionUpdate(**line.fields, title=facts[0], forked_from="" if line.agent else facts[1])
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
        parent=line.agent,
        type=role,
        description=name,
        model=model,
        status=status,
        ended=line.at if status else None,
    )


def threads_below(rollout: Path, thread: str) -> set[str] | None:
    """Return the sub-agents of a thread, at any depth; None if no database knows the thread."""
    path = _database(rollout)
    return _spawn_graph(path).threads_below(thread) if path else None


def parent_of(rollout: Path, thread: str) -> str:
    """Return the thread that spawned ``thread``; empty if no database says so."""
    path = _database(rollout)
    return _spawn_graph(path).parent_of(thread) if path else ""


@contextmanager
def _accepting(snapshot: StatSnapshot) -> Iterator[None]:
    """Accept a snapshot that is read inside, also if that takes too long: it would do so again. Other failures pass."""
    try:
        yield
    except OSError:
        return
    except sqlite3.Error as error:
        if not is_interrupted(error):
            return
    snapshot.accept()


class _SpawnGraph:
    """All threads of a home and who spawned them, read once for all rollouts, and again when the database has
    changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._snapshot = StatSnapshot(path, wal_of(path))
        self._threads: set[str] = set()
        self._parents: dict[str, str] = {}
        self._children: dict[str, list[str]] = {}

    def threads_below(self, thread: str) -> set[str] | None:
        """Return the threads that a thread spawned, at any depth; None for a thread that is not in the database."""
        self._refresh()
        if thread not in self._threads:
            return None
        threads, pending = {thread}, [thread]
        while pending:
            new = [child for child in self._children.get(pending.pop(), ()) if child not in threads]
            threads.update(new)
            pending += new
        return threads - {thread}

    def parent_of(self, thread: str) -> str:
        """Return the thread that spawned this one, empty if there is none."""
        self._refresh()
        return self._parents.get(thread, "")

    def _refresh(self) -> None:
        if self._snapshot.has_changed():
            with _accepting(self._snapshot):
                self._read()

    def _read(self) -> None:
        self._children, self._parents = {}, {}
        with closing(connect(self._path)) as database:
            self._threads = {text(thread) for (thread,) in database.execute(_THREADS)}
            for parent, child in database.execute(_SPAWNED):
                self._children.setdefault(text(parent), []).append(text(child))
                self._parents[text(child)] = text(parent)


_spawn_graph = lru_cache(maxsize=16)(_SpawnGraph)


def is_database(path: Path) -> bool:
    """Return True for the database or a file that SQLite keeps beside it."""
    return path.match(f"{_PREFIX}*{_SUFFIX}*")


def home_of(rollout: Path) -> Path | None:
    """Return the home in whose folders a rollout lies."""
    return next((folder.parent for folder in rollout.parents if folder.name in FOLDERS), None)


def _database(rollout: Path) -> Path | None:
    """Return the newest database in the home of a rollout."""
    if home := home_of(rollout):
        paths = (home / name for name in with_prefix(list_folder(home).files, _PREFIX) if name.endswith(_SUFFIX))
        with suppress(OSError):
            return max(paths, key=lambda path: path.stat().st_mtime_ns, default=None)
    return None


def _first(database: sqlite3.Connection, query: str, *parameters: Any) -> Record:
    row = database.execute(query, parameters).fetchone()
    return dict(row) if row else {}
