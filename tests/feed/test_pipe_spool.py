"""What came from a pipe is in the store at the end, or kept for the next start, or counted as lost."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from tests.feed.pipes import LINES, PATIENCE_S, piped
from tests.feed.sessions import answers
from tui_monitor.events import Batch, SessionKey
from tui_monitor.feed.batch_reader import read_pipe
from tui_monitor.feed.deliveries import EventsRead
from tui_monitor.feed.feed import Feed
from tui_monitor.feed.path_selection import PathSelector
from tui_monitor.feed.pipe_spool import PipeSpool, count_responses, spool_folder
from tui_monitor.feed.store_manager import RETRY_S, StoreManager
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.discovery.registry import Registry, default_registry
from tui_monitor.store import Store, database, open_store, private_store

if sys.platform == "win32":
    pytest.skip("pipes are read otherwise there", allow_module_level=True)

PRICES = PriceBook()


def clean(path: Path = Path("-")) -> dict[str, object]:
    """Return what is known after a pipe of this name was read without disturbance."""
    reading, writing = os.pipe()

    def write() -> None:
        with open(writing, "wb") as pipe:  # noqa: PTH123  (a descriptor)
            pipe.write(LINES)

    writer = Thread(target=write)
    writer.start()
    with closing(private_store(bodies=True)) as store:
        read_pipe(store, path, reading, default_registry(), PRICES)
        writer.join()
        os.close(reading)
        return answers(store, path)


class LockableStore:
    """A store that another program can keep locked, with its spool."""

    def __init__(self, path: Path) -> None:
        self.path = path
        open_store(path).close()
        self.spool = PipeSpool(spool_folder(path), default_registry, PRICES)

    def open(self) -> Store:
        return open_store(self.path)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other programs from writing."""
        with closing(sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield

    def manager(self, clock: Callable[[], float] = time.monotonic) -> StoreManager:
        """Return a new manager, as each start of the monitor has."""
        return StoreManager(self.open, PRICES, self.spool, clock)

    def answers(self, pipe: Path = Path("-")) -> dict[str, object]:
        """Return what the store knows."""
        with closing(self.open()) as store:
            return answers(store, pipe)

    def files(self) -> list[Path]:
        """Return what is kept beside the store."""
        return list(self.spool.folder.iterdir()) if self.spool.folder.exists() else []


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LockableStore:
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.02)
    return LockableStore(tmp_path / "monitoring.db")


def put(manager: StoreManager, batches: Sequence[Batch]) -> None:
    for batch in batches:
        manager.store_batches([(batch, None)])


@pytest.mark.parametrize("stored", [0, 5])
def test_next_start_stores_what_a_locked_store_did_not_take(store: LockableStore, stored: int) -> None:
    batches = piped()
    manager = store.manager()
    put(manager, batches[:stored])
    with store.locked():
        put(manager, batches[stored:])
        assert manager.fault
        assert manager.close() == 0
    assert store.files()
    assert store.manager().close() == 0
    assert not store.spool.folder.exists()
    assert store.answers() == clean()


def test_store_that_is_free_at_the_end_takes_all(store: LockableStore) -> None:
    manager = store.manager()
    with store.locked():
        put(manager, piped())
    assert manager.close() == 0
    assert not store.files()
    assert store.answers() == clean()


def test_batches_before_during_and_after_a_fault_are_stored_once(store: LockableStore) -> None:
    now = 0.0
    batches = piped()
    manager = store.manager(lambda: now)
    for lap in range(3):
        put(manager, batches[9 * lap : 9 * lap + 3])
        with store.locked():
            put(manager, batches[9 * lap + 3 : 9 * lap + 9])
            assert manager.fault
        now += RETRY_S
        manager.recover()
        assert not manager.fault
        assert not store.files()
    put(manager, batches[27:])
    manager.close()
    assert store.answers() == clean()


def test_last_batches_survive_a_kill_before_they_are_stored(store: LockableStore) -> None:
    batches = piped()
    killed = store.manager()
    put(killed, batches[:4])
    killed.keep(batches[4:])
    put(killed, batches[4:7])
    killed.store.close()  # as if killed here
    store.manager().close()
    assert not store.files()
    assert store.answers() == clean()


def test_restore_that_was_killed_before_it_removed_its_file_is_repeated_without_effect(store: LockableStore) -> None:
    for batch in piped():
        store.spool.append(batch)
    (path,) = store.files()
    content = path.read_bytes()
    store.manager().close()
    before = store.answers()
    path.parent.mkdir()
    path.with_suffix(".1.taken").write_bytes(content)
    store.manager().close()
    assert store.answers() == before == clean()
    assert not store.files()


def test_torn_end_of_a_file_is_left_out(store: LockableStore) -> None:
    batches = piped()
    for batch in batches[:6]:
        store.spool.append(batch)
    (path,) = store.files()
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    store.manager().close()
    with closing(store.open()) as stored:
        (checkpoint,) = stored.checkpoints("pipe:")
    assert checkpoint.cursor == batches[4].after.cursor


def test_process_that_still_writes_notices_that_its_file_was_taken(
    store: LockableStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = piped()
    write = os.write
    other = PipeSpool(store.spool.folder, default_registry, PRICES)

    def write_after_another_process_has_read(descriptor: int, data: bytes) -> int:
        monkeypatch.setattr(os, "write", write)
        with closing(store.open()) as opened:
            other.restore(opened)
        return write(descriptor, data)

    store.spool.append(batches[0])
    for batch in batches[1:]:
        monkeypatch.setattr(os, "write", write_after_another_process_has_read)
        store.spool.append(batch)
    store.manager().close()
    assert store.answers() == clean()


def test_spool_that_cannot_be_written_is_counted_as_lost(store: LockableStore) -> None:
    store.spool.folder.touch()  # a file in its place
    batches = piped()
    manager = store.manager()
    with store.locked():
        put(manager, batches)
        assert manager.close() == count_responses(batches) > 0


def test_memory_takes_the_place_of_a_spool_that_cannot_be_written(store: LockableStore) -> None:
    store.spool.folder.touch()
    manager = store.manager()
    with store.locked():
        put(manager, piped())
    assert manager.close() == 0
    assert store.answers() == clean()


def test_format_that_is_not_installed_any_more_is_kept(store: LockableStore) -> None:
    for batch in piped()[:3]:
        store.spool.append(batch)
    without = PipeSpool(store.spool.folder, lambda: Registry(()), PRICES)
    with closing(store.open()) as opened:
        assert not without.restore(opened)
    assert store.files()


def test_lines_of_another_adapter_version_are_parsed_from_the_beginning(store: LockableStore) -> None:
    for batch in piped():
        store.spool.append(replace(batch, after=replace(batch.after, version=-7), state_before="of another version"))
    store.manager().close()
    assert not store.files()
    with closing(store.open()) as opened:
        assert opened.overall().amount.requests > 0


def test_private_replacement_shows_what_is_kept(store: LockableStore) -> None:
    manager = store.manager()
    with store.locked():
        put(manager, piped())
        session = SessionKey("stream", "s1")
        assert manager.store.totals(session).amount.requests == count_responses(piped())
        manager.store.close()  # the replacement fails, too
        assert manager.query(lambda opened: opened.totals(session)).amount.requests == count_responses(piped())
    manager.close()


class TestFeed:
    """The whole feed at its end."""

    @staticmethod
    def feed(store: LockableStore, path: Path, spool: PipeSpool | None) -> Feed:
        return Feed(
            default_registry,
            lambda registry: PathSelector([str(path)], registry),
            PRICES,
            store.open,
            lambda: None,
            spool,
        )

    @pytest.fixture
    def pipe(self, tmp_path: Path) -> Iterator[tuple[Path, Callable[[bytes], None]]]:
        """Yield a named pipe, and a function that writes to it."""
        path = tmp_path / "pipe"
        os.mkfifo(path)
        writers: list[int] = []

        def write(data: bytes) -> None:
            if not writers:
                writers.append(os.open(path, os.O_WRONLY))
            rest = data
            while rest:
                rest = rest[os.write(writers[0], rest) :]

        yield path, write
        for descriptor in writers:
            os.close(descriptor)

    def test_quitting_while_the_store_is_locked_keeps_everything(
        self, store: LockableStore, pipe: tuple[Path, Callable[[bytes], None]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(database, "BUSY_TIMEOUT", 60.0)
        path, write = pipe
        feed = self.feed(store, path, store.spool)
        with store.locked():
            feed.start()
            write(LINES)
            until = time.monotonic() + PATIENCE_S
            while not any(isinstance(delivery, EventsRead) for delivery in feed.drain()) and time.monotonic() < until:
                time.sleep(0.01)  # what is still in the pipe at the end was not taken from it
            start = time.monotonic()
            feed.stop(PATIENCE_S)
            assert time.monotonic() - start < 3.0
            assert "for the next start" in feed.closing_note()
        store.manager().close()
        assert store.answers(path) == clean(path)

    def test_quitting_stores_what_was_given_a_moment_before(
        self, store: LockableStore, pipe: tuple[Path, Callable[[bytes], None]]
    ) -> None:
        path, write = pipe
        feed = self.feed(store, path, store.spool)
        feed.start()
        write(LINES)
        feed.stop(PATIENCE_S)
        assert feed.closing_note() == ""
        assert not store.files()

    def test_without_a_store_nothing_is_kept_and_nothing_said(
        self, store: LockableStore, pipe: tuple[Path, Callable[[bytes], None]]
    ) -> None:
        path, write = pipe
        feed = Feed(
            default_registry,
            lambda registry: PathSelector([str(path)], registry),
            PRICES,
            private_store,
            lambda: None,
        )
        feed.start()
        write(LINES)
        feed.stop(PATIENCE_S)
        assert feed.closing_note() == ""
        assert not store.files()
