"""A store that is damaged while it is used: that is said, and everything is read again into a new one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.feed.running import RunningFeed, running
from tests.feed.sessions import CLAUDE, CODEX, answers, claude_lines, clean_answers, codex_lines
from tests.sources.support import append
from tui_monitor.feed import store_manager
from tui_monitor.feed.deliveries import Fault
from tui_monitor.store import Store, StoreError, open_store, private_store

CODEX_NAME, CLAUDE_NAME = "rollout.jsonl", "session.jsonl"
ROLLOUT, TRANSCRIPT = codex_lines(20), claude_lines(12)
MORE = codex_lines(26)


@pytest.fixture
def sessions(tmp_path: Path) -> Path:
    """Return a folder with two sessions."""
    folder = tmp_path / "sessions"
    folder.mkdir()
    (folder / CODEX_NAME).write_bytes(ROLLOUT)
    (folder / CLAUDE_NAME).write_bytes(TRANSCRIPT)
    return folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of the store."""
    return tmp_path / "data" / "monitoring.db"


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"garbage " * 2000)


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_text("notes " * 1000)
    other.replace(path)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "text": lambda path: path.write_text("notes " * 1000),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:9000]),
    "emptied": lambda path: path.write_bytes(b""),
    "overwritten": overwrite,
    "replaced": replace,
    "deleted": lambda path: path.unlink(),
}


def store_fault(run: RunningFeed) -> str:
    """Return what was said last about the store."""
    return run.faults().get("store", "")


def read(path: Path, folder: Path) -> None:
    """Read the sessions into the store, as an earlier run does."""
    with running(folder, open_store=lambda: open_store(path)) as run:
        run.wait_until_read()
        run.wait_for(lambda: {CODEX.id, CLAUDE.id} <= set(run.totals()))


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_to_the_store_of_an_idle_monitor_is_reported_and_nothing_is_missing(
    damage: Callable[[Path], object], path: Path, sessions: Path
) -> None:
    read(path, sessions)  # so that nothing of it is read by the next run
    with running(sessions, open_store=lambda: open_store(path)) as run:
        run.wait_until_read()
        damage(path)
        run.wait_for(lambda: store_fault(run))
        append(sessions / CODEX_NAME, MORE[len(ROLLOUT) :] or MORE)
        run.wait_for_calls(CODEX.id, 26)
        run.wait_for(lambda: run.totals().get(CLAUDE.id))
        assert not [fault for fault in run.of(Fault) if fault.where != "store"]
    content = {CODEX_NAME: (sessions / CODEX_NAME).read_bytes(), CLAUDE_NAME: TRANSCRIPT}
    with closing(open_store(path)) as store:
        assert answers(store, sessions) == clean_answers(content)


def test_damaged_store_is_set_aside_at_the_start(path: Path, sessions: Path) -> None:
    read(path, sessions)
    path.write_text("notes " * 1000)
    with running(sessions, open_store=lambda: open_store(path)) as run:
        run.wait_for_calls(CODEX.id, 20)
        assert "is kept as monitoring.db.damaged-" in store_fault(run)
    with closing(open_store(path)) as store:
        assert answers(store, sessions) == clean_answers({CODEX_NAME: ROLLOUT, CLAUDE_NAME: TRANSCRIPT})


def test_rows_that_make_no_sense_are_noticed_by_the_query(path: Path, sessions: Path) -> None:
    read(path, sessions)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE calls SET state = 'succeedex'")
    with running(sessions, open_store=lambda: open_store(path)) as run:
        run.wait_until_read()
        run.feed.request_history(CODEX)
        run.wait_for_calls(CODEX.id, 20)
        run.wait_for(lambda: store_fault(run))
        assert "writer" not in run.faults()


def test_store_that_cannot_be_set_aside_is_replaced_by_a_private_one(
    path: Path, sessions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(path, sessions)
    path.write_text("notes " * 1000)

    def refuse(error: Exception) -> str:
        raise StoreError("it cannot be set aside")

    monkeypatch.setattr(store_manager, "set_aside", refuse)
    with running(sessions, open_store=lambda: open_store(path)) as run:
        run.wait_for_calls(CODEX.id, 20)
        assert store_fault(run) == "it cannot be set aside"


def test_notice_ends_after_a_while(path: Path, sessions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_manager, "NOTICE_S", 0.5)
    read(path, sessions)
    path.write_text("notes " * 1000)
    with running(sessions, open_store=lambda: open_store(path)) as run:
        run.wait_for(lambda: [fault.text for fault in run.of(Fault) if fault.text == ""])
        assert len([fault for fault in run.of(Fault) if "damaged" in fault.text]) == 1


def test_end_of_the_writer_is_reported_and_the_sessions_are_shown(sessions: Path) -> None:
    def fail() -> Store:
        raise RuntimeError("unforeseen")

    with running(sessions, open_store=fail) as run:
        run.wait_until_read()
        run.wait_for(lambda: run.faults().get("writer"))
        assert "nothing more is stored" in run.faults()["writer"]


def test_private_store_is_never_replaced(sessions: Path) -> None:
    with running(sessions, open_store=private_store) as run:
        run.wait_for_calls(CODEX.id, 20)
        assert store_fault(run) == ""
    assert list(sessions.parent.iterdir()) == [sessions]
