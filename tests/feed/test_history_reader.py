"""The history is read in slices, can be stopped after each, and gives the store that one clean run gives."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feed.sessions import all_kinds, answers, clean_answers, write
from tui_monitor.feed import history_reader
from tui_monitor.feed.history_reader import HistoryReader
from tui_monitor.pricing import PriceBook
from tui_monitor.search.query import parse_query
from tui_monitor.sources.base import Adapter, Checkpoints, Source, no_checkpoints
from tui_monitor.sources.codex.adapter import Codex
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.files import stat_snapshot
from tui_monitor.store import DamagedStoreError, Store, StoreError, open_store, private_store, set_aside

FILES = all_kinds(12)
EXPECTED = clean_answers(FILES)


def adapters(paths: list[Path]) -> dict[Path, Adapter]:
    return {path: default_registry().recognise(path) for path in paths}


def after_slices(count: int) -> Callable[[int, int], bool]:
    """Return a function that lets so many slices be read."""
    remaining = iter(range(count))
    return lambda bytes_read, size: next(remaining, None) is not None


def read(store: Store, files: dict[Path, Adapter], slices: int = 10**6) -> bool:
    return HistoryReader(store, files, PriceBook(), after_slices(slices)).read()


@settings(deadline=None, max_examples=20)
@given(slice_bytes=st.integers(1, 40_000), stops=st.lists(st.integers(0, 4), max_size=5))
def test_any_slices_and_stops_give_the_store_of_one_clean_run(
    tmp_path_factory: pytest.TempPathFactory, slice_bytes: int, stops: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("files")
    files = adapters(write(folder, FILES))
    database = tmp_path_factory.mktemp("store") / "monitoring.db"
    with pytest.MonkeyPatch.context() as patch, closing(open_store(database)) as other:
        patch.setattr(history_reader, "SLICE_BYTES", slice_bytes)
        for number, slices in enumerate(stops):
            if number % 2:
                read(other, files, slices)
                continue
            with closing(open_store(database)) as store:
                read(store, files, slices)
        assert read(other, files)
        assert answers(other, folder) == EXPECTED


def full(store: Store, other: sqlite3.Connection) -> None:
    pages = store._database.connection.execute("PRAGMA page_count").fetchone()[0]
    store._database.connection.execute(f"PRAGMA max_page_count = {pages + 4}")


def read_only(store: Store, other: sqlite3.Connection) -> None:
    store._database.connection.execute("PRAGMA query_only = ON")


def locked(store: Store, other: sqlite3.Connection) -> None:
    store.set_lock_timeout(0)
    other.execute("BEGIN IMMEDIATE")


@pytest.mark.parametrize("fault", [full, read_only, locked])
@pytest.mark.parametrize("slices", [0, 3])
def test_store_that_fails_meanwhile_lacks_nothing_once_it_is_mended(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[Store, sqlite3.Connection], None],
    slices: int,
) -> None:
    monkeypatch.setattr(history_reader, "SLICE_BYTES", 5000)
    files = adapters(write(tmp_path / "files", FILES))
    with closing(open_store(tmp_path / "monitoring.db")) as store:
        read(store, files, slices)
        with closing(sqlite3.connect(tmp_path / "monitoring.db", isolation_level=None)) as other:
            fault(store, other)
            with pytest.raises(StoreError):
                read(store, files)
    with closing(open_store(tmp_path / "monitoring.db")) as store:
        assert read(store, files)
        assert answers(store, tmp_path / "files") == EXPECTED


def read_or_set_aside(database: Path, files: dict[Path, Adapter]) -> None:
    try:
        with closing(open_store(database)) as store:
            read(store, files)
            store.retention.check()
    except DamagedStoreError as error:
        set_aside(error)
        raise


@pytest.mark.parametrize("share", [0, 0.3, 0.9])
def test_truncated_store_is_set_aside_and_read_anew(tmp_path: Path, share: float) -> None:
    files = adapters(write(tmp_path / "files", FILES))
    database = tmp_path / "monitoring.db"
    with closing(open_store(database)) as store:
        read(store, files, 3)
    os.truncate(database, int(database.stat().st_size * share))
    with suppress(DamagedStoreError):
        read_or_set_aside(database, files)
    with closing(open_store(database)) as store:
        assert read(store, files)
        assert answers(store, tmp_path / "files") == EXPECTED


def test_progress_rises_to_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_reader, "SLICE_BYTES", 1)
    reports: list[tuple[int, int]] = []

    def may_go_on(bytes_read: int, size: int) -> bool:
        reports.append((bytes_read, size))
        return True

    files = adapters(write(tmp_path, FILES))
    with closing(private_store()) as store:
        HistoryReader(store, files, PriceBook(), may_go_on).read()
    size = sum(map(len, FILES.values()))
    assert reports == sorted(reports)
    assert reports[0] == (0, size)
    assert reports[-1] == (size, size)


class CountedCodex(Codex):
    """The adapter that counts the files that it opens, and fails at some."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
        self.opened.append(path.name)
        if path.name == "broken.jsonl":
            raise LookupError("no such thing")
        return super().open(path, checkpoints)


def test_only_what_is_new_is_opened_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stat_snapshot, "_RECENT_NS", -1)
    adapter = CountedCodex()
    names = ("broken.jsonl", "rollout.jsonl", "other.jsonl")
    paths = write(tmp_path, {name: next(iter(all_kinds(2).values())) for name in names})
    missing = tmp_path / "gone.jsonl"
    with closing(private_store()) as store:
        for _ in range(2):
            assert read(store, dict.fromkeys([missing, *paths], adapter))
    assert adapter.opened == [*names, "broken.jsonl"]


def test_history_is_searchable_in_the_end(tmp_path: Path) -> None:
    files = adapters(write(tmp_path, FILES))
    with closing(private_store(bodies=True)) as store:
        assert not read(store, files, 1)
        assert read(store, files)
        answer = store.search(parse_query('"part 3"'))
        assert answer.hits
        assert answer.unindexed == 0
