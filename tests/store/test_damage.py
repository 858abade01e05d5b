"""Damage to a store's file: told from all other errors, and set aside by one process without losing anything."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from tests.store.builders import APPLE, BIRCH, NOON, batch, finished, ingest, started, usage
from tui_monitor.events import Event
from tui_monitor.store import DamagedStoreError, ReplacedStoreError, Store, StoreError, open_store, set_aside
from tui_monitor.store.damage import has_wrong_types, may_be_damage
from tui_monitor.store.quarantine import MAX_UNPROVEN, folder_lock


def fill(path: Path) -> bytes:
    """Make a store with calls and responses of two sessions, and return its content."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(_whole_store())
    return _whole_store()


@cache
def _whole_store() -> bytes:
    events: list[Event] = []
    for session in (APPLE, BIRCH):
        for n in range(60):
            output = " ".join(str(number**2) for number in range(20 * n))
            events += started(f"c{n}", session, NOON + n), finished(f"c{n}", session, NOON + n, output=output)
            events.append(usage(f"r{session.id}{n}", session))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "monitoring.db"
        with closing(open_store(path)) as store:
            ingest(store, *events)
        return path.read_bytes()


def error_of(path: Path) -> StoreError:
    """Return the error with which the store is opened or read to its end."""
    with pytest.raises(StoreError) as caught:
        read_all(path)
    return caught.value


def read_all(path: Path) -> None:
    """Open the store, and read everything."""
    with closing(open_store(path)) as store:
        store.overall()
        for summary in store.sessions():
            history = store.history(summary.session)
            for call in history.calls:
                store.body(summary.session, call.id)


def execute(path: Path, *statements: str) -> None:
    """Execute statements on the database, as another program may."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def copies(path: Path) -> list[Path]:
    """Return the damaged stores that are kept beside ``path``."""
    return sorted(path.parent.glob(f"{path.name}.damaged-*Z"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"these are notes\n" * 500,
        lambda whole: whole[:30_000],
        lambda whole: bytes(100) + whole[100:],
        lambda whole: whole[:4096] + b"\xff" * (len(whole) - 4096),
        lambda whole: whole.replace(b"INTEGER NOT NULL DEFAULT", b"INTEGER NOT NULL \xcb\xcb\xcb\xcb\xcb\xcb\xcb"),
        lambda whole: whole[:60] + bytes(4) + whole[64:],
    ],
    ids=["text", "truncated", "no header", "pages", "schema that is no UTF-8", "no version"],
)
def test_damaged_content_is_told_from_other_errors(path: Path, damage: Callable[[bytes], bytes]) -> None:
    path.write_bytes(damage(fill(path)))
    error = error_of(path)
    assert isinstance(error, DamagedStoreError)
    assert error.is_proven
    assert "The store was damaged and is kept as monitoring.db.damaged-2" in set_aside(error)
    read_all(path)
    assert len(copies(path)) == 1


@pytest.mark.parametrize(
    ("statement", "is_proven"),
    [
        ("UPDATE bodies SET input = x'789c00'", True),
        ("UPDATE calls SET tool = CAST(x'cbcb' AS TEXT)", True),
        ("UPDATE sessions SET title = CAST(x'cbcb' AS TEXT)", True),
        ("UPDATE calls SET state = 'succeedex'", False),
        ("UPDATE calls SET lower_ranks = '{'", False),
        ("UPDATE totals SET output = output + 1", False),
    ],
)
def test_rows_that_make_no_sense_are_damage(path: Path, statement: str, is_proven: bool) -> None:
    fill(path)
    execute(path, statement)
    error = error_of(path)
    assert isinstance(error, DamagedStoreError)
    assert error.is_proven == is_proven


@pytest.mark.parametrize("seed", range(40))
def test_random_damage_raises_nothing_else_and_can_be_set_aside(path: Path, seed: int) -> None:
    random, content = Random(seed), bytearray(fill(path))
    for _ in range(random.choice([1, 20, 400])):
        content[random.randrange(len(content))] = random.randrange(256)
    if seed % 4 == 0:
        del content[random.randrange(len(content)) :]
    path.write_bytes(content)
    try:
        read_all(path)
        with closing(open_store(path)) as store:
            ingest(store, *(usage(f"n{n}") for n in range(20)))
    except DamagedStoreError as error:
        set_aside(error)
        read_all(path)
    except StoreError:  # a schema of another version, or another program's
        assert copies(path) == []


def test_store_and_its_log_are_kept_together(path: Path) -> None:
    fill(path)
    with closing(sqlite3.connect(path)) as other:  # keeps the log
        other.execute("SELECT * FROM event_counter").fetchone()
        with closing(open_store(path)) as store:
            ingest(store, usage("late"))
            error = store._database.damaged()
        assert isinstance(error, DamagedStoreError)
        set_aside(error)
    [copy] = copies(path)
    assert sorted(path.parent.iterdir()) == sorted(path.parent.glob(f"{copy.name}*"))
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM responses").fetchone() == (121,)


def test_one_of_many_that_notice_sets_the_store_aside(path: Path) -> None:
    path.write_bytes(fill(path)[:30_000])

    def open_or_replace(_: int) -> str:
        try:
            open_store(path).close()
        except DamagedStoreError as error:
            sentence = set_aside(error)
            open_store(path).close()
            return sentence
        return ""

    with ThreadPoolExecutor(8) as pool:
        sentences = list(pool.map(open_or_replace, range(8)))
    assert len(copies(path)) == 1
    assert sum("is kept as" in sentence for sentence in sentences) == 1


def test_second_damage_of_a_second_is_kept_under_another_name(path: Path) -> None:
    for _ in range(3):
        fill(path)
        path.write_text("no database " * 1000)
        error = error_of(path)
        assert isinstance(error, DamagedStoreError)
        set_aside(error)
    assert len(copies(path)) == 3


def test_damage_that_is_not_proven_cannot_fill_the_disk(path: Path) -> None:
    fill(path)
    execute(path, "UPDATE calls SET state = 'succeedex'")
    error = error_of(path)
    assert isinstance(error, DamagedStoreError)
    for n in range(MAX_UNPROVEN):
        path.with_name(f"{path.name}.damaged-2026010{n}T000000Z").touch()
    with pytest.raises(StoreError, match="remove them"):
        set_aside(error)
    assert path.exists()


def test_file_of_somebody_else_is_not_damaged(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("these are notes\n" * 500)
    with pytest.raises(StoreError, match="is not a database") as caught:
        open_store(path, is_ours=False)
    assert not isinstance(caught.value, DamagedStoreError)


def test_locked_folder_delays_setting_aside(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(fill(path)[:30_000])
    error = error_of(path)
    assert isinstance(error, DamagedStoreError)
    monkeypatch.setattr("tui_monitor.store.quarantine._LOCK_TIMEOUT_S", 0.0)
    with folder_lock(path.parent), pytest.raises(StoreError, match="cannot be set aside"):
        set_aside(error)
    assert path.exists()
    set_aside(error)
    assert not path.exists()


def test_pipe_in_place_of_the_folder_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    monkeypatch.setattr("tui_monitor.store.quarantine._LOCK_TIMEOUT_S", 0.0)
    other_end = os.open(pipe, os.O_RDWR)
    try:
        fcntl.flock(other_end, fcntl.LOCK_EX)
        with folder_lock(pipe, exclusive=True):
            pass
    finally:
        os.close(other_end)


def test_store_that_cannot_be_renamed_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(fill(path)[:30_000])
    error = error_of(path)
    assert isinstance(error, DamagedStoreError)

    def refuse(*args: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(StoreError, match=r"cannot be set aside \(Read-only file system\)") as caught:
        set_aside(error)
    assert not isinstance(caught.value, DamagedStoreError)


@pytest.mark.parametrize(
    "error",
    [
        sqlite3.OperationalError("database is locked"),
        sqlite3.OperationalError("database or disk is full"),
        sqlite3.OperationalError("disk I/O error"),
        MemoryError(),
        PermissionError(),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
        OverflowError(),
    ],
)
def test_other_errors_are_no_damage(error: Exception) -> None:
    assert not may_be_damage(error)


def test_damaged_rows_may_raise_many_errors() -> None:
    assert all(map(may_be_damage, [zlib.error(), KeyError(), sqlite3.IntegrityError(), ValueError(), TypeError()]))


def test_error_of_an_event_is_not_taken_for_damage(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(open_store(path)) as store:

        def fail(*args: object) -> None:
            raise KeyError("unforeseen")

        monkeypatch.setattr("tui_monitor.store.checkpoints.save_sessions", fail)
        for _ in range(2):
            with pytest.raises(KeyError):
                ingest(store, usage("r1"))


def test_table_that_disagrees_with_its_index_is_found_while_writing(path: Path) -> None:
    fill(path)
    execute(
        path,
        "PRAGMA writable_schema = ON",
        "DELETE FROM sqlite_master WHERE name = 'sqlite_autoindex_strings_1'",
        "PRAGMA writable_schema = OFF",
    )
    with pytest.raises(DamagedStoreError), closing(open_store(path)) as store:
        ingest(store, *(usage(f"n{n}") for n in range(3)))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE event_counter SET events = x'ff00'",
        "UPDATE event_counter SET events = 'many'",
        "UPDATE sessions SET started = x'00'",
        "UPDATE sessions SET cwd = x'ff'",
        "UPDATE bodies SET output = 7",
    ],
)
def test_value_of_a_wrong_type_is_proof_of_damage(path: Path, damage: str) -> None:
    fill(path)
    with closing(sqlite3.connect(path)) as connection:
        assert not has_wrong_types(connection)
        connection.execute(damage)
        assert has_wrong_types(connection)


@pytest.mark.parametrize("damage", ["UPDATE event_counter SET events = x'ff00'", "DELETE FROM event_counter"])
def test_counter_that_cannot_be_read_is_damage_found_while_writing(path: Path, damage: str) -> None:
    fill(path)
    execute(path, damage)
    with pytest.raises(DamagedStoreError), closing(open_store(path)) as store:
        ingest(store, usage("n"))


@pytest.mark.parametrize("number", [2**62, 2**63 - 1, -(2**62)])
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("totals", "output"),
        ("totals", "requests"),
        ("totals", "cost_millidollars"),
        ("totals", "max_prompt"),
        ("rollups", "input"),
        ("sessions", "calls"),
        ("checkpoints", "lines"),
    ],
)
def test_counts_beyond_all_sense_of_an_earlier_version_are_damage(
    path: Path, number: int, table: str, column: str
) -> None:
    fill(path)
    execute(path, f"UPDATE {table} SET {column} = {number} WHERE {column} >= 0")
    assert isinstance(error_of(path), DamagedStoreError)


def test_no_sum_of_absurd_counts_overflows(path: Path) -> None:
    fill(path)
    most = 2**63 - 1
    execute(
        path,
        f"UPDATE rollups SET input = {most}, output = {most}, cost_millidollars = {most}, cost_picodollars = {most}",
        f"UPDATE responses SET input = {most}, output = {most}",
        f"UPDATE files SET added = {most}, removed = {most}",
    )
    with closing(open_store(path)) as store:
        with store._database.writing() as connection:  # after the checks of the start
            connection.execute(f"UPDATE sessions SET calls = {most}, failed = {most}, rejected = {most}")
            connection.execute(f"UPDATE checkpoints SET lines = {most}, skipped = {most}, unknown = {most}")
        assert store.overall([APPLE, BIRCH]).calls == most
        with pytest.raises(DamagedStoreError):
            store.overall()
        assert store.overall(since=0).amount.input == most
        assert store.health().lines >= 0
        assert len(store.sessions()) == 2
        store.models(since=0)
        store.tools()
        with suppress(DamagedStoreError):
            ingest(store, usage(f"r{APPLE.id}1", APPLE, output=9))


class TestFileCheck:
    """The check of an open store's file."""

    def test_own_and_others_writing_is_no_damage(self, path: Path, file_store: Store) -> None:
        with closing(open_store(path)) as other:
            for n in range(30):
                ingest(file_store, *(usage(f"a{n}-{k}") for k in range(200)))
                file_store.check_file()
                other.ingest(batch([usage(f"b{n}", BIRCH)], str(n) if n else "", str(n + 1), source="other"))
                file_store.check_file()
            execute(path, "PRAGMA wal_checkpoint(TRUNCATE)")
            file_store.check_file()
        assert file_store.overall().amount.requests == 30 * 201

    def test_deleted_file_is_noticed(self, path: Path, file_store: Store) -> None:
        path.unlink()
        with pytest.raises(ReplacedStoreError, match="deleted or replaced"):
            file_store.check_file()

    def test_replaced_file_is_noticed(self, path: Path, file_store: Store) -> None:
        other = path.with_name("other")
        other.write_text("notes")
        other.replace(path)
        with pytest.raises(ReplacedStoreError):
            file_store.check_file()

    @pytest.mark.parametrize("size", [0, 3, 5000, 40_000])
    def test_truncated_file_is_noticed(self, path: Path, size: int) -> None:
        fill(path)
        with closing(open_store(path)) as store:
            with path.open("r+b") as file:
                file.truncate(size)
            with pytest.raises(DamagedStoreError):
                store.check_file()

    @pytest.mark.parametrize("at", [0, 4096, 20_000])
    def test_overwritten_file_is_noticed(self, path: Path, at: int) -> None:
        fill(path)
        with closing(open_store(path)) as store:
            with path.open("r+b") as file:
                file.seek(at)
                file.write(b"notes " * 4000)
            with pytest.raises(DamagedStoreError):
                store.check_file()

    def test_private_store_has_nothing_to_check(self, store: Store) -> None:
        store.check_file()
