"""The database file: created for its owner only, and refused in helpful words."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.builders import APPLE, ingest, usage
from tui_monitor.store import StoreError, database, open_store, private_store

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def test_file_and_folders_are_accessible_to_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deeper" / "monitoring.db"
    store = open_store(path)
    ingest(store, usage("r1"))
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.rglob("*")}
    assert modes.pop("new") == modes.pop("deeper") == 0o700
    assert set(modes) >= {"monitoring.db", "monitoring.db-wal"}
    assert set(modes.values()) == {0o600}
    store.close()


def test_connection_uses_wal_and_no_trusted_schema(path: Path) -> None:
    store = open_store(path)
    pragmas = [
        store._database.connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "trusted_schema", "foreign_keys")
    ]
    assert pragmas == ["wal", 1, 0, 0]
    store.close()


def test_store_opened_eight_times_at_once_is_created_once(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: open_store(path, any_thread=True), range(8)))
    for store in stores:
        assert store.totals(APPLE).calls == 0
        store.close()


def test_database_of_a_newer_version_is_refused(path: Path) -> None:
    open_store(path).close()
    _execute(path, "PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="written by a newer tui-monitor"):
        open_store(path)


@pytest.mark.parametrize(
    "change", ["ALTER TABLE calls DROP COLUMN result_rank", "DROP VIEW telemetry", "DROP INDEX calls_time"]
)
def test_database_of_an_unreleased_version_is_refused_and_unchanged(path: Path, change: str) -> None:
    _use(path)
    _execute(path, change)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="unreleased version of tui-monitor: move it away"):
        open_store(path)
    assert path.read_bytes() == before


def test_database_with_an_additional_table_is_accepted(path: Path) -> None:
    _use(path)
    _execute(path, "CREATE TABLE mine (id)")
    _use(path)


def test_database_of_another_program_is_refused_and_unchanged(path: Path) -> None:
    path.parent.mkdir()
    _execute(path, "CREATE TABLE agents (id TEXT PRIMARY KEY)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        open_store(path)
    assert path.read_bytes() == before


def test_file_that_is_not_a_database_is_refused_and_unchanged(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("these are notes\n" * 100)
    with pytest.raises(StoreError, match="is not a database"):
        open_store(path)
    assert path.read_text().startswith("these are notes")


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        open_store(tmp_path)


def test_path_through_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store(tmp_path / "file" / "monitoring.db")


def test_damaged_database_is_reported(path: Path) -> None:
    store = open_store(path)
    ingest(store, *(usage(f"r{n}") for n in range(2000)))
    store.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    with pytest.raises(StoreError, match="is damaged"):
        _use(path)


def test_empty_file_becomes_a_store(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    _use(path)


@pytest.mark.skipif(ROOT, reason="the superuser may write everywhere")
@pytest.mark.parametrize("mode", [0o500, 0o000])
def test_folder_that_is_not_writable_is_reported(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)
    try:
        with pytest.raises(StoreError, match="permissions"):
            open_store(tmp_path / "monitoring.db")
    finally:
        tmp_path.chmod(0o700)


def test_database_that_is_not_writable_is_reported_and_answers_queries(path: Path) -> None:
    store = open_store(path)
    ingest(store, usage("r1"))
    store._database.connection.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match="cannot be written"):
        ingest(store, usage("r2"))
    assert store.totals(APPLE).amount.requests == 1
    store.close()


def test_writing_waits_for_other_programs(path: Path) -> None:
    with closing(open_store(path)) as store, closing(sqlite3.connect(path, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.2, other.rollback)
        timer.start()
        assert ingest(store, usage("r1")).accepted
        timer.join()


def test_another_thread_can_shorten_the_wait(path: Path) -> None:
    with closing(open_store(path)) as store, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        start = time.monotonic()
        timer = threading.Timer(0.2, store.set_lock_timeout, [0.0])
        timer.start()
        with pytest.raises(StoreError, match="another program"):
            ingest(store, usage("r1"))
        assert time.monotonic() - start < database.BUSY_TIMEOUT / 2
        timer.join()
        assert store.totals(APPLE).amount.requests == 0


def test_closed_store_raises_a_store_error(path: Path) -> None:
    store = open_store(path)
    store.close()
    with pytest.raises(StoreError, match="cannot be used"):
        store.totals(APPLE)


def test_private_stores_are_separate_and_leave_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first, second = private_store(), private_store()
    ingest(first, usage("r1"))
    assert first.path is None
    assert (first.totals(APPLE).amount.requests, second.totals(APPLE).amount.requests) == (1, 0)
    first.close()
    second.close()
    assert list(tmp_path.iterdir()) == []


def test_private_store_is_in_memory_if_no_file_can_be_created(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = database._connect

    def without_files(name: str, any_thread: bool = False) -> sqlite3.Connection:
        return connect(name or str(tmp_path / "missing" / "file"), any_thread)

    monkeypatch.setattr(database, "_connect", without_files)
    store = private_store()
    assert ingest(store, usage("r1")).accepted
    store.close()


def _execute(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def _use(path: Path) -> None:
    store = open_store(path)
    try:
        assert ingest(store, usage("r1")).accepted
        store.history(APPLE)
    finally:
        store.close()
