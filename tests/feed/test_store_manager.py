"""Fail-over: everything that is read is in some store, and in the user's once it works again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.feed.sessions import CODEX, answers, clean_answers, codex_lines, read_all
from tests.store.builders import APPLE, batch, usage
from tui_monitor.events import Batch
from tui_monitor.feed.pipe_spool import PipeSpool
from tui_monitor.feed.store_manager import RETRY_S, StoreManager
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.base import Checkpoints, Source, no_checkpoints
from tui_monitor.sources.codex.adapter import Codex
from tui_monitor.store import Store, StoreError, database, open_store

PRICES = PriceBook()
ADAPTER = Codex()
NAME = "rollout.jsonl"
WHOLE = codex_lines(40)
HALF = WHOLE[: WHOLE.find(b"\n", len(WHOLE) // 2) + 1]


class StoreFixture:
    """A store that can fail, and a clock that is set by hand."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = 0.0
        self.works = True
        self.max_pages = 0
        self.spool: PipeSpool | None = None

    def open(self) -> Store:
        """Open the store, if it works."""
        if not self.works:
            raise StoreError("the store is away")
        store = open_store(self.path)
        if self.max_pages:
            store._database.connection.execute(f"PRAGMA max_page_count = {self.max_pages}")
        return store

    @contextmanager
    def manager(self) -> Iterator[StoreManager]:
        """Yield a manager of the store."""
        manager = StoreManager(self.open, PRICES, self.spool, lambda: self.now)
        yield manager
        manager.close()

    def answers(self) -> dict[str, object]:
        """Return what the store knows."""
        with closing(open_store(self.path)) as store:
            return answers(store, self.path.parent)


@pytest.fixture
def fixture(tmp_path: Path) -> StoreFixture:
    """Return a store that works."""
    return StoreFixture(tmp_path / "monitoring.db")


@pytest.fixture
def rollout(tmp_path: Path) -> Path:
    """Return the path of a rollout that is half written."""
    path = tmp_path / NAME
    path.write_bytes(HALF)
    return path


@contextmanager
def source_of(path: Path, manager: StoreManager) -> Iterator[Source]:
    """Yield the source of a file, at the manager's checkpoint."""
    with closing(ADAPTER.open(path, lambda prefix: manager.resume_points(prefix)[0])) as source:
        yield source


def store_all(manager: StoreManager, source: Source) -> None:
    """Store everything that can be read."""
    while pipe_batch := source.read():
        manager.store_batches([(pipe_batch, ADAPTER)])


def pipe_batches(*numbers: int) -> Sequence[Batch]:
    """Return batches of a pipe, each with one response, named by their numbers."""
    return [batch([usage(f"r{n}")], before=str(n - 1) if n > 1 else "", after=str(n), source="pipe:1") for n in numbers]


def test_private_store_replaces_one_that_cannot_be_opened(fixture: StoreFixture, rollout: Path) -> None:
    fixture.works = False
    with fixture.manager() as manager, source_of(rollout, manager) as source:
        assert manager.fault == "the store is away"
        store_all(manager, source)
        assert manager.store.path is None
        assert manager.store.totals(CODEX).calls > 0


def test_failed_store_is_retried_and_then_complete(fixture: StoreFixture, rollout: Path) -> None:
    fixture.works = False
    with fixture.manager() as manager, source_of(rollout, manager) as source:
        store_all(manager, source)
        fixture.works = True
        assert not manager.recover(), "not yet"
        fixture.now += RETRY_S
        assert manager.recover() == {CODEX}
        assert not manager.fault
        rollout.write_bytes(WHOLE)
        store_all(manager, source)
    assert fixture.answers() == clean_answers({NAME: WHOLE})


def test_store_that_still_fails_is_retried_after_the_same_interval(fixture: StoreFixture, rollout: Path) -> None:
    fixture.works = False
    with fixture.manager() as manager, source_of(rollout, manager) as source:
        store_all(manager, source)
        calls = manager.store.totals(CODEX).calls
        fixture.now += RETRY_S
        assert not manager.recover()
        fixture.works = True
        fixture.now += RETRY_S / 2
        assert not manager.recover()
        assert manager.fault
        assert manager.store.totals(CODEX).calls == calls


def test_full_disk_loses_nothing(fixture: StoreFixture, rollout: Path) -> None:
    with closing(fixture.open()) as empty:
        fixture.max_pages = empty._database.connection.execute("PRAGMA page_count").fetchone()[0] + 4
    with fixture.manager() as manager, source_of(rollout, manager) as source:
        rollout.write_bytes(WHOLE)
        store_all(manager, source)
        assert manager.fault == f"No space left for {fixture.path}: free some disk space."
        assert manager.store.path is None
        fixture.max_pages, fixture.now = 0, RETRY_S
        assert manager.recover() == {CODEX}
    assert fixture.answers() == clean_answers({NAME: WHOLE})


def test_private_store_is_kept_if_the_disk_is_full_again(fixture: StoreFixture, rollout: Path) -> None:
    with closing(fixture.open()) as empty:
        fixture.max_pages = empty._database.connection.execute("PRAGMA page_count").fetchone()[0] + 4
    with fixture.manager() as manager, source_of(rollout, manager) as source:
        rollout.write_bytes(WHOLE)
        store_all(manager, source)
        assert manager.fault
        totals = manager.store.totals(CODEX)
        fixture.now = RETRY_S
        assert not manager.recover()
        assert manager.fault
        assert manager.store.totals(CODEX) == totals


def test_locked_store_catches_up_once_it_is_free(
    fixture: StoreFixture, rollout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.01)
    with fixture.manager() as manager, source_of(rollout, manager) as source:
        other = sqlite3.connect(fixture.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        store_all(manager, source)
        assert "is being written by another program" in manager.fault
        assert manager.store.totals(CODEX).calls > 0
        other.close()
        rollout.write_bytes(WHOLE)
        store_all(manager, source)
        fixture.now = RETRY_S
        manager.recover()
    assert fixture.answers() == clean_answers({NAME: WHOLE})


def test_reading_continues_where_another_monitor_has_stored(fixture: StoreFixture, rollout: Path) -> None:
    with fixture.manager() as manager, source_of(rollout, manager) as source:
        late = source.read()
        assert late
        rollout.write_bytes(WHOLE)
        with closing(fixture.open()) as other:
            read_all(other, [rollout])
        assert manager.store_batches([(late, ADAPTER)]) == {CODEX}
        store_all(manager, source)
        assert not manager.fault
    assert fixture.answers() == clean_answers({NAME: WHOLE})


@pytest.mark.parametrize(
    "ask",
    [lambda manager: manager.resume_points("file:"), lambda manager: manager.query(lambda store: store.totals(CODEX))],
)
def test_query_that_the_store_cannot_answer_is_answered_from_the_files(
    fixture: StoreFixture, rollout: Path, ask: Callable[[StoreManager], object]
) -> None:
    with fixture.manager() as manager, source_of(rollout, manager) as source:
        store_all(manager, source)
        before = ask(manager)
        manager.store.close()
        assert ask(manager) == before
        assert manager.fault
        assert manager.store.path is None


def test_deleted_file_does_not_prevent_others_from_being_restored(fixture: StoreFixture, rollout: Path) -> None:
    deleted = rollout.with_name("gone.jsonl")
    deleted.write_bytes(HALF)
    with fixture.manager() as manager:
        for path in (deleted, rollout):
            with source_of(path, manager) as source:
                store_all(manager, source)
        totals = manager.store.totals(CODEX)
        deleted.unlink()
        manager.store.close()
        assert manager.query(lambda store: store.totals(CODEX)) == totals


class FailingPlugIn(Codex):
    """A plug-in that cannot open a file again."""

    def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
        raise LookupError("no such thing")


def test_failing_plug_in_does_not_prevent_others_from_being_restored(fixture: StoreFixture, rollout: Path) -> None:
    other = rollout.with_name("odd.jsonl")
    other.write_bytes(HALF)
    with fixture.manager() as manager:
        with source_of(other, manager) as source:
            while batch := source.read():
                manager.store_batches([(batch, FailingPlugIn())])
        with source_of(rollout, manager) as source:
            store_all(manager, source)
        manager.store.close()
        assert manager.query(lambda store: store.totals(CODEX)).calls > 0


def test_pipe_batches_are_stored_once_the_store_works_again(fixture: StoreFixture) -> None:
    with fixture.manager() as manager:
        for pipe_batch in pipe_batches(1, 2):
            manager.store_batches([(pipe_batch, None)])
        manager.store.close()
        fixture.works = False
        for pipe_batch in pipe_batches(3, 4):
            assert manager.store_batches([(pipe_batch, None)]) == {APPLE}
        assert manager.store.totals(APPLE).amount.requests == 2
        fixture.works, fixture.now = True, RETRY_S
        assert manager.recover() == {APPLE}
        for pipe_batch in pipe_batches(5):
            manager.store_batches([(pipe_batch, None)])
        assert manager.store.totals(APPLE).amount.requests == 5


def test_recover_without_a_fault_does_nothing(fixture: StoreFixture) -> None:
    with fixture.manager() as manager:
        store = manager.store
        fixture.now = 10 * RETRY_S
        assert not manager.recover()
        assert manager.store is store
