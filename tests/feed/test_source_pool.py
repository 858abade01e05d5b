"""Sources are read in turns from where the store has them; what is wrong with one is told and hurts no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.sources.support import Toy, append, toys
from tui_monitor.events import Prompt, SessionKey
from tui_monitor.feed.deliveries import EventsRead, Fault, KnownSessions, ReadIssues
from tui_monitor.feed.inbox import Inbox
from tui_monitor.feed.source_pool import SLICE_BATCHES, SourcePool
from tui_monitor.feed.source_selection import SourceSelection
from tui_monitor.feed.store_manager import StoreManager
from tui_monitor.feed.writer import Writer
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.base import Checkpoints, Source, no_checkpoints
from tui_monitor.sources.discovery.registry import Registry
from tui_monitor.sources.files.file_reader import CHUNK_LINES
from tui_monitor.sources.files.watcher import FileWatcher
from tui_monitor.store import open_store

TOY = Toy()
SESSION = SessionKey("toy", "s")
PRICES = PriceBook()
PATIENCE_S = 10.0


class Desk:
    """A pool with its inbox; the writer's store is kept in a file."""

    def __init__(self, store: Path) -> None:
        self.inbox = Inbox(lambda: None, capacity=100)
        self._writer = Writer(lambda: StoreManager(lambda: open_store(store), PRICES), self.inbox)
        self.stopped = Event()
        self.pool = SourcePool(Registry((TOY,)), PRICES, self.inbox, self._writer, FileWatcher(), self.stopped)
        self._writer.start()

    def open(self, *paths: Path) -> list[Path]:
        """Open these as toys."""
        return self.pool.open(SourceSelection(dict.fromkeys(paths, TOY)))

    def read_slice(self, path: Path) -> bool:
        """Give a source its turn."""
        return self.pool.read_slice(path)

    def texts(self) -> list[str]:
        """What was read since the last time."""
        reads = [delivery for delivery in self.inbox.drain() if isinstance(delivery, EventsRead)]
        events = [event for delivery in reads for event in delivery.events]
        return [event.text for event in events if isinstance(event, Prompt)]

    def troubles(self) -> list[str]:
        """What was told as wrong, or (empty) as right again, since the last time."""
        return [delivery.text for delivery in self.inbox.drain() if isinstance(delivery, Fault)]

    def close(self) -> None:
        """End, when all is stored."""
        self.pool.close()
        self._writer.stop()
        self._writer.join()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Where the store is."""
    return tmp_path / "data" / "monitoring.db"


@pytest.fixture
def desk(store: Path) -> Iterator[Desk]:
    """A pool of nothing yet."""
    desk = Desk(store)
    yield desk
    desk.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of two lines."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(toys(1, 2))
    return path


def test_what_a_source_tells_is_delivered_and_then_what_is_appended(desk: Desk, path: Path) -> None:
    assert desk.open(path) == [path]
    assert desk.pool.sources_of(path) == [path]
    assert not desk.read_slice(path)
    assert desk.texts() == ["1", "2"]
    append(path, toys(3))
    desk.read_slice(path)
    assert desk.texts() == ["3"]
    assert desk.pool.progress() == (path.stat().st_size,) * 2


def test_each_is_opened_once_in_the_order_in_which_it_is_wanted(desk: Desk, path: Path) -> None:
    other, absent = path.with_name("b.jsonl"), path.with_name("not there")
    other.write_bytes(toys(1))
    assert desk.open(other, absent, path) == [other, absent, path]
    assert desk.open(path, other) == []


def test_after_a_restart_what_the_store_remembers_is_told_before_anything_new(store: Path, path: Path) -> None:
    first = Desk(store)
    first.open(path)
    first.read_slice(path)
    first.close()
    append(path, toys(3))
    again = Desk(store)
    again.open(path)
    again.read_slice(path)
    known, read, *_ = again.inbox.drain()
    again.close()
    assert known == KnownSessions((SESSION,))
    assert read == EventsRead((Prompt(session=SESSION, at=2, text="3"),))


def test_a_long_file_lets_the_others_have_their_turn(desk: Desk, path: Path) -> None:
    desk.inbox = desk.pool._inbox = Inbox(lambda: None)
    path.write_bytes(toys(1) * CHUNK_LINES * (SLICE_BATCHES + 1))
    desk.open(path)
    assert desk.read_slice(path), "there is more"
    assert len(desk.texts()) == CHUNK_LINES * SLICE_BATCHES
    assert not desk.read_slice(path)
    assert len(desk.texts()) == CHUNK_LINES


def test_the_files_read_last_are_the_active_ones(desk: Desk, path: Path) -> None:
    other = path.with_name("b.jsonl")
    other.write_bytes(toys(1))
    desk.open(path, other)
    desk.read_slice(other)
    desk.read_slice(path)
    assert desk.pool.active_files() == [path, other]
    append(other, toys(2))
    desk.read_slice(other)
    assert desk.pool.active_files() == [other, path]


def test_what_could_not_be_used_is_told_with_its_file(desk: Desk, path: Path) -> None:
    path.write_bytes(b'{"odd": 1}\n{"toy": 1}\nno JSON at all\n')
    desk.open(path)
    desk.read_slice(path)
    (met,) = (delivery for delivery in desk.inbox.drain() if isinstance(delivery, ReadIssues))
    assert met.path == str(path)
    assert (met.health.lines, met.health.unknown, met.health.skipped) == (3, 1, 1)


def test_a_file_that_is_gone_is_told_until_it_is_back(desk: Desk, path: Path) -> None:
    desk.open(path)
    desk.read_slice(path)
    path.unlink()
    desk.read_slice(path)
    desk.read_slice(path)
    assert desk.troubles() == [f"{path} is gone; what was read of it stays"]
    path.write_bytes(toys(7))
    desk.read_slice(path)
    desk.read_slice(path)
    assert desk.troubles() == [""]


class Shy(Toy):
    """A plug-in that opens nothing the first time."""

    def __init__(self) -> None:
        self._refused = False

    def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
        if not self._refused:
            self._refused = True
            raise LookupError("not yet")
        return super().open(path, checkpoints)


def test_a_source_that_cannot_be_opened_is_told_and_tried_again(desk: Desk, path: Path) -> None:
    other = path.with_name("b.jsonl")
    other.write_bytes(toys(1))
    wanted = SourceSelection({path: Shy(), other: TOY})
    assert desk.pool.open(wanted) == [other]
    assert desk.troubles() == [f"{path} cannot be read: LookupError('not yet')"]
    assert desk.pool.active_files() == [other]
    assert desk.pool.open(wanted) == [path]
    desk.read_slice(path)
    assert desk.troubles() == [""]


def test_a_file_that_cannot_be_read_is_told_once_and_read_when_it_can(desk: Desk, path: Path) -> None:
    path.unlink()
    path.mkdir()
    desk.open(path)
    desk.read_slice(path)
    desk.read_slice(path)
    assert desk.troubles() == [f"{path} cannot be read: is a directory"]
    path.rmdir()
    path.write_bytes(toys(1))
    desk.read_slice(path)
    assert desk.troubles() == [""]


def test_a_source_of_a_plug_in_that_fails_is_told(desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise LookupError("a plug-in's own error")

    desk.open(path)
    monkeypatch.setattr(desk.pool._sources[path], "read", fail)
    assert not desk.read_slice(path)
    assert desk.troubles() == [f'{path} cannot be read: LookupError("a plug-in\'s own error")']


def test_a_taker_that_is_slow_makes_the_source_wait(desk: Desk, path: Path) -> None:
    turn = _waiting_turn(desk, path)
    assert len(desk.texts()) == 200
    turn.join(PATIENCE_S)
    assert not turn.is_alive()


def test_waiting_for_a_slow_taker_ends_when_it_is_stopped(desk: Desk, path: Path) -> None:
    turn = _waiting_turn(desk, path)
    desk.stopped.set()
    turn.join(PATIENCE_S)
    assert not turn.is_alive()


def _waiting_turn(desk: Desk, path: Path) -> Thread:
    path.write_bytes(toys(1) * 200)
    desk.open(path)
    turn = Thread(target=desk.read_slice, args=(path,), daemon=True)
    turn.start()
    turn.join(0.1)
    assert turn.is_alive()
    return turn
