"""A database made by somebody else may have tables that never end: looking at it ends, and says why."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.sources.opencode_builder import Sessions, read
from tui_monitor.sources.files import readonly_sqlite
from tui_monitor.sources.files.head import read_head
from tui_monitor.sources.opencode.adapter import OpenCode
from tui_monitor.sources.opencode.database import open_database

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"


@pytest.fixture(autouse=True)
def _short_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readonly_sqlite, "MAX_LOOK_S", 0.2)


def endless_views(path: Path) -> Path:
    """Make a database whose views are named like the tables of sessions."""
    columns = "i AS id, i AS rowid, i AS session_id, i AS message_id, 1 AS time_created, 2 AS data"
    with closing(sqlite3.connect(path)) as database:
        for name in ("session", "message", "part"):
            database.execute(f"CREATE VIEW {name} AS {ENDLESS} SELECT {columns} FROM n")
    return path


def test_views_are_no_tables_of_sessions(tmp_path: Path) -> None:
    path = endless_views(tmp_path / "x.db")
    assert not OpenCode().recognises(read_head(path))
    with pytest.raises(OSError, match="has no sessions of OpenCode"), open_database(path):
        pass


def test_query_that_does_not_end_is_interrupted(tmp_path: Path) -> None:
    path = Sessions(tmp_path / "x.db").path
    with pytest.raises(OSError, match="a query takes more than 0 s"), open_database(path) as database:
        list(database._rows(f"{ENDLESS} SELECT max(i) FROM n"))


def test_sessions_are_still_read_after_an_interrupted_query(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path / "x.db").session()
    with pytest.raises(OSError, match="a query takes"), open_database(sessions.path) as database:
        list(database._rows(f"{ENDLESS} SELECT max(i) FROM n"))
    assert read(sessions.path)


@pytest.mark.parametrize("function", ["randomblob(9)", "zeroblob(1000000000)", "printf('%1000000000d', 1)"])
def test_database_can_call_no_function_that_its_reader_does_not_call(tmp_path: Path, function: str) -> None:
    path = Sessions(tmp_path / "x.db").path
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"CREATE VIEW trap AS SELECT {function} AS i")
    with pytest.raises(OSError, match="not authorized"), open_database(path) as opened:
        list(opened._rows("SELECT i FROM trap"))


def test_index_on_a_field_of_messages_hides_no_session(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path / "x.db").session()
    with closing(sqlite3.connect(sessions.path)) as database:
        database.execute("CREATE INDEX roles ON message (id, json_extract(data, '$.role'))")
        database.execute("CREATE INDEX steps ON part (session_id) WHERE json_valid(data)")
    assert read(sessions.path)
