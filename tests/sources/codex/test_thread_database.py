"""The database of threads: its facts are read, and it is never changed."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from unittest.mock import Mock

import pytest

from tests.sources.codex_builder import THREAD, Rollout, only, read, read_resuming
from tui_monitor.events import MAIN, AgentStatus, AgentUpdate, SessionUpdate, SourceRef
from tui_monitor.sources.codex import thread_database
from tui_monitor.sources.codex.adapter import Codex
from tui_monitor.sources.codex.thread_database import threads_below
from tui_monitor.sources.files import readonly_sqlite
from tui_monitor.sources.files.readonly_sqlite import connect

CHILD = "0199cccc-0000-7000-8000-000000000003"
PARENT = "0199bbbb-0000-7000-8000-000000000002"

_TABLES = """
    CREATE TABLE threads (id TEXT PRIMARY KEY, title TEXT, name TEXT, agent_nickname TEXT, agent_role TEXT, model TEXT);
    CREATE TABLE thread_spawn_edges (parent_thread_id TEXT, child_thread_id TEXT PRIMARY KEY, status TEXT);
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home of Codex with one thread that has a child."""
    with closing(sqlite3.connect(tmp_path / "state_5.sqlite")) as database:
        database.executescript(_TABLES)
        database.execute("INSERT INTO threads VALUES (?, 'Mend the valve', NULL, NULL, NULL, 'gpt-5.4')", (THREAD,))
        database.execute("INSERT INTO threads VALUES (?, 'look', NULL, 'Newton', 'explorer', 'gpt-5.4-mini')", (CHILD,))
        database.execute("INSERT INTO thread_spawn_edges VALUES (?, ?, 'open')", (THREAD, CHILD))
        database.commit()
    return tmp_path


def rollout_of(home: Path, folder: str = "sessions") -> Path:
    return home / folder / "2026" / "03" / "01" / f"rollout-2026-03-01T10-00-00-{THREAD}.jsonl"


def change(home: Path, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(home / "state_5.sqlite")) as database:
        database.execute(statement, values)
        database.commit()


@pytest.mark.parametrize("folder", ["sessions", "archived_sessions"])
def test_thread_has_title_and_children(home: Path, folder: str) -> None:
    events = read(Rollout().records, rollout_of(home, folder))
    (child,) = only(events, AgentUpdate)
    assert (child.session.id, child.agent, child.parent) == (THREAD, CHILD, MAIN)
    assert (child.type, child.description, child.model) == ("explorer", "Newton", "gpt-5.4-mini")
    assert (child.status, child.ended) == (None, None)
    assert only(events, SessionUpdate)[-1].title == "Mend the valve"


def test_name_given_by_a_person_takes_precedence_over_the_title(home: Path) -> None:
    change(home, "UPDATE threads SET name = 'Valves' WHERE id = ?", THREAD)
    assert only(read(Rollout().records, rollout_of(home)), SessionUpdate)[-1].title == "Valves"


def test_child_has_its_parent(home: Path) -> None:
    change(home, "INSERT INTO thread_spawn_edges VALUES (?, ?, 'open')", PARENT, THREAD)
    assert only(read(Rollout().records, rollout_of(home)), SessionUpdate)[-1].forked_from == PARENT


def test_facts_are_emitted_once_and_resuming_gives_the_same_events(home: Path) -> None:
    rollout = Rollout().event("task_started").event("task_complete").event("task_started")
    events = read(rollout.records, rollout_of(home))
    assert len(only(events, AgentUpdate)) == 1
    assert read_resuming(rollout.records, rollout_of(home)) == events


def test_changes_are_emitted_at_the_next_turn(home: Path) -> None:
    path = rollout_of(home)
    parser = Codex().parser(path, "")
    first, turn = Rollout().event("task_complete").records
    list(parser.parse(first, SourceRef(str(path), 0, 1)))
    change(home, "UPDATE thread_spawn_edges SET status = 'closed'")
    (child,) = only(parser.parse(turn, SourceRef(str(path), 1, 1)), AgentUpdate)
    assert (child.status, child.ended) == (AgentStatus.COMPLETED, child.at)


def test_unknown_or_missing_database_has_no_events(tmp_path: Path) -> None:
    assert only(read(Rollout().records, rollout_of(tmp_path)), AgentUpdate) == []
    (tmp_path / "state_7.sqlite").write_bytes(b"no database")
    assert only(read(Rollout().records, rollout_of(tmp_path)), AgentUpdate) == []
    (tmp_path / "state_7.sqlite").unlink()
    with closing(sqlite3.connect(tmp_path / "state_7.sqlite")) as database:
        database.execute("CREATE TABLE threads (id TEXT)")
    assert only(read(Rollout().records, rollout_of(tmp_path)), AgentUpdate) == []


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_the_database_is_left_as_it_was(home: Path, mode: str) -> None:
    change(home, f"PRAGMA journal_mode = {mode}")
    before = (home / "state_5.sqlite").read_bytes()
    assert only(read(Rollout().records, rollout_of(home)), AgentUpdate)
    assert [path.name for path in home.iterdir()] == ["state_5.sqlite"]
    assert (home / "state_5.sqlite").read_bytes() == before


GRANDCHILD = "0199dddd-0000-7000-8000-000000000004"


def test_rollouts_of_all_agents_of_a_thread_are_related_to_it(home: Path) -> None:
    change(home, "INSERT INTO thread_spawn_edges VALUES (?, ?, 'open')", CHILD, GRANDCHILD)
    change(home, "INSERT INTO thread_spawn_edges VALUES (?, ?, 'open')", GRANDCHILD, PARENT)
    change(home, "INSERT INTO threads (id) VALUES (?)", GRANDCHILD)
    days = {CHILD: "01", GRANDCHILD: "02"}
    paths = [home / f"sessions/2026/03/{day}/rollout-2026-03-{day}T10-00-00-{one}.jsonl" for one, day in days.items()]
    for path in paths:
        path.parent.mkdir(parents=True)
        path.touch()
    assert list(Codex().related_files(rollout_of(home))) == paths
    assert list(Codex().related_files(paths[0])) == paths[1:]
    assert list(Codex().related_files(home / "sessions" / "other.jsonl")) == []


def test_without_a_database_of_that_shape_no_rollout_is_related(home: Path) -> None:
    assert list(Codex().related_files(rollout_of(home))) == []
    (home / "state_5.sqlite").unlink()
    assert list(Codex().related_files(rollout_of(home))) == []
    assert list(Codex().related_files(Path("rollout.jsonl"))) == []


def test_database_that_never_ends_is_read_once_until_it_changes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readonly_sqlite, "MAX_LOOK_S", 0.1)
    database = home / "state_5.sqlite"
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id FROM n"
    change(home, "DROP TABLE threads")
    change(home, f"CREATE VIEW threads AS {endless}")
    os.utime(database, (1, 1))
    look = Mock(side_effect=connect)
    monkeypatch.setattr(thread_database, "connect", look)
    assert [threads_below(rollout_of(home), THREAD) for _ in range(3)] == [None] * 3
    assert look.call_count == 1
