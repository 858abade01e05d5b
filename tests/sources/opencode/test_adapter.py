"""The OpenCode adapter: recognition, discovery, and reading without writing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.hostile import JSON, UNHURRIED, broken, check, places
from tests.sources.opencode_builder import CHILD, CWD, ROOT, START, Sessions, completed, read, tokens
from tests.sources.support import batches
from tui_monitor.events import Health, Prompt
from tui_monitor.sources.base import Record, SearchContext
from tui_monitor.sources.discovery.expand import expand
from tui_monitor.sources.discovery.find import find_sessions, session_here
from tui_monitor.sources.discovery.registry import Registry
from tui_monitor.sources.files.head import read_head
from tui_monitor.sources.opencode.adapter import OpenCode

REGISTRY = Registry((OpenCode(),))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Return a closed database in the usual place: an older session, and one with a sub-agent's."""
    path = tmp_path / ".local/share/opencode/opencode.db"
    path.parent.mkdir(parents=True)
    sessions = Sessions(path).session("ses_old", directory="/home/ada/boat").session().session(CHILD, ROOT)
    sessions.part(sessions.message("user"), "text", text="go")
    sessions.close()
    return path


def test_database_is_recognised_by_its_tables(database: Path) -> None:
    assert OpenCode().recognises(read_head(database))


def test_other_databases_and_files_are_not_recognised(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    sqlite3.connect(other).execute("CREATE TABLE session (id)").connection.close()
    broken_one, text = tmp_path / "broken.db", tmp_path / "text"
    broken_one.write_bytes(b"SQLite format 3\0 and then nothing of the kind")
    text.write_bytes(b"{}\n")
    assert not any(OpenCode().recognises(read_head(path)) for path in (other, broken_one, text))


def test_sessions_are_found_in_the_database(database: Path) -> None:
    home = database.parents[3]
    here = SearchContext(home, {}, home)
    adapter = OpenCode()
    assert sorted(path.name for path in adapter.session_paths(here)) == ["ses_old", ROOT]
    assert adapter.roots(here) == [database.parent]
    newest, oldest = find_sessions([adapter], here)
    assert (newest.path, newest.modified) == (database / ROOT, START + 3000)
    assert adapter.start_directory(newest.path) == CWD
    assert OpenCode().start_directory(oldest.path) == "/home/ada/boat"
    assert session_here([newest, oldest], Path("/home/ada/boat/src"), START) == oldest


def test_databases_can_be_set_by_the_environment(database: Path, tmp_path: Path) -> None:
    renamed = database.rename(tmp_path / "mine.db")
    env = {"XDG_DATA_HOME": str(tmp_path / "data"), "OPENCODE_DB": str(renamed)}
    assert {path.parent for path in OpenCode().session_paths(SearchContext(tmp_path, env, tmp_path))} == {renamed}
    assert OpenCode().roots(SearchContext(tmp_path, env, tmp_path)) == [tmp_path / "data/opencode"]


def test_unreadable_database_does_not_hide_others(database: Path) -> None:
    (database.parent / "opencode-beta.db").write_bytes(b"nonsense")
    home = database.parents[3]
    assert len(list(OpenCode().session_paths(SearchContext(home, {}, home)))) == 2


def test_sessions_of_a_database_are_related_to_it_newest_first(database: Path) -> None:
    [files] = expand([str(database)], REGISTRY).sessions
    assert files.path == database
    assert [path.name for path in files.related_files] == [CHILD, ROOT, "ses_old"]
    assert list(OpenCode().related_files(database / ROOT)) == [database / CHILD]
    assert list(OpenCode().related_files(database / CHILD)) == []


def test_database_and_wal_are_watched(database: Path) -> None:
    expected = [database, database.with_name("opencode.db-wal")]
    assert [list(OpenCode().watched_paths(path)) for path in (database, database / ROOT)] == [expected, expected]


def test_source_of_a_whole_database_has_only_errors(database: Path, tmp_path: Path) -> None:
    source = OpenCode().open(database)
    assert (source.read(), source.progress()) == (None, (0, 0))
    source.close()
    other = tmp_path / "other.db"
    sqlite3.connect(other).execute("CREATE TABLE other (id)").connection.close()
    with pytest.raises(OSError, match="has no sessions of OpenCode"):
        OpenCode().open(other).read()


def test_database_of_another_version_has_a_clear_error(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("ALTER TABLE part RENAME COLUMN data TO content")
    connection.close()
    with pytest.raises(OSError, match=r"no such column: part\.data"):
        OpenCode().open(database / ROOT).read()


def test_missing_columns_of_older_databases_are_tolerated(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        for column in ("agent", "version"):
            connection.execute(f"ALTER TABLE session DROP COLUMN {column}")
    connection.close()
    assert [event.text for event in read(database) if isinstance(event, Prompt)] == ["go"]


def test_missing_database_raises_file_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        OpenCode().open(tmp_path / "opencode.db" / ROOT).read()


def test_missing_session_has_no_events(database: Path) -> None:
    assert read(database, "ses_none") == []


def test_progress_is_counted_in_rows(database: Path) -> None:
    source = OpenCode().open(database / ROOT)
    assert source.progress() == (0, 0)
    assert len(list(batches(source))) == 1
    assert source.progress() == (2, 2)


@pytest.mark.parametrize("is_open", [False, True])
def test_reading_changes_no_file(tmp_path: Path, is_open: bool) -> None:
    path = tmp_path / "opencode.db"
    sessions = Sessions(path, "wal").session()
    sessions.message("user")
    if not is_open:
        sessions.close()
    before = {file.name: file.stat().st_size for file in tmp_path.iterdir()}
    content = path.read_bytes()
    assert len(read(path)) == 3
    assert {file.name: file.stat().st_size for file in tmp_path.iterdir()} == before
    assert path.read_bytes() == content
    sessions.close()


def test_writer_is_not_blocked_and_its_rows_are_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    sessions = Sessions(path, "wal").session()
    sessions.connection.execute("PRAGMA busy_timeout = 0")
    source = OpenCode().open(path / ROOT)
    for number in range(5):
        sessions.part(sessions.message("user"), "text", text=str(number))
        prompts = [event.text for batch in batches(source) for event in batch.events if isinstance(event, Prompt)]
        assert prompts == [str(number)]
    sessions.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert source.read() is None
    sessions.close()


ROWS: list[Record] = [
    {"role": "user", "time": {"created": 5}},
    {"role": "assistant", "time": {"created": 5, "completed": 6}, "tokens": tokens(5), "error": {"name": "x"}},
    {"type": "text", "text": "words", "time": {"start": 1, "end": 2}},
    {"type": "tool", "tool": "bash", "callID": "c", "state": completed({"command": "ls"}, "x", exit=0)},
    {"type": "tool", "tool": "edit", "callID": "c", "state": completed({"filePath": "a"}, files=[{"filePath": "a"}])},
    {"type": "tool", "tool": "task", "callID": "c", "state": completed({"description": "a"}, sessionId="s")},
    {"type": "tool", "tool": "todowrite", "callID": "c", "state": completed({"todos": [{"status": "completed"}]})},
    {"type": "step-finish", "tokens": tokens(5, 4, 3, 2, 1), "cost": 0.1},
    {"type": "retry", "attempt": 1, "error": {"data": {"message": "m"}}, "time": {"created": 1}},
]


@st.composite
def broken_rows(draw: Callable[..., Any]) -> list[str]:
    """Draw rows of which some are malformed or not JSON."""
    rows = [json.dumps(row) for row in ROWS]
    for at in draw(st.sets(st.integers(0, len(rows) - 1), min_size=1, max_size=6)):
        row = broken(ROWS[at], draw(st.sampled_from(places(ROWS[at]))), draw(JSON))
        rows[at] = draw(st.just(json.dumps(row)) | st.sampled_from(["", "{", "[]", "null", '"x"', "\0"]))
    return rows


@given(broken_rows())
@UNHURRIED
def test_broken_row_is_counted_and_does_not_affect_others(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str]
) -> None:
    path = tmp_path_factory.mktemp("hostile") / "opencode.db"
    sessions = Sessions(path).session()
    for at, row in enumerate(rows):
        is_message = "role" in ROWS[at]
        name = sessions.message("user") if is_message else sessions.part("msg_none", "text")
        table = "message" if is_message else "part"
        sessions.connection.execute(f"UPDATE {table} SET data = ? WHERE id = ?", (row, name))
    last = sessions.message("user")
    sessions.part(last, "text", text="the last")
    health = Health()
    prompts: list[str] = []
    for batch in batches(OpenCode().open(path / ROOT)):
        health += batch.health
        for event in batch.events:
            check(event)
            prompts += [event.text] if isinstance(event, Prompt) else []
    sessions.close()
    assert prompts[-1] == "the last"
    assert health.lines == len(ROWS) + 2
    assert all("\n" not in line for line in health.errors)


def test_errors_of_unreadable_rows_are_limited(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    sessions = Sessions(path).session()
    for _ in range(60):
        name = sessions.part(sessions.message("user"), "text")
        sessions.connection.execute("UPDATE part SET data = '{' WHERE id = ?", (name,))
    sessions.part(sessions.message("user"), "hologram")
    health = Health()
    for batch in batches(OpenCode().open(path / ROOT)):
        health += batch.health
    sessions.close()
    assert (health.skipped, health.unknown) == (60, 1)
    assert len(health.errors) == 20
    assert health.errors[0].startswith(f"{path / ROOT}: broken JSON in prt_")
