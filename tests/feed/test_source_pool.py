"""Sources are read round-robin from their checkpoints; a fault of one is reported and affects no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.sources.support import Toy, append, toys
from tui_monitor.events import Prompt, SessionKey
from tui_monitor.feed import source_pool
from tui_monitor.feed.deliveries import EventsRead, Fault, KnownSessions, ReadIssues
from tui_monitor.feed.inbox import Inbox
from tui_monitor.feed.source_pool import FEW_LINES, MAX_OPEN, SLICE_BATCHES, SourcePool, max_open
from tui_monitor.feed.source_selection import SourceSelection
from tui_monitor.feed.store_manager import StoreManager
from tui_monitor.feed.unread_data import UnreadData
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


class PoolHarness:
    """A pool with its inbox, and a writer whose store is a file."""

    def __init__(self, store: Path) -> None:
        self.inbox = Inbox(lambda: None, capacity=100)
        self._writer = Writer(lambda: StoreManager(lambda: open_store(store), PRICES), self.inbox)
        self.stopped = Event()
        self.unread = UnreadData()
        self.pool = SourcePool(
            Registry((TOY,)), PRICES, self.inbox, self._writer, FileWatcher(), self.stopped, self.unread
        )
        self._writer.start()

    def open(self, *paths: Path) -> list[Path]:
        """Open these paths as toys."""
        return self.pool.open(SourceSelection(dict.fromkeys(paths, TOY)))

    def read_slice(self, path: Path) -> bool:
        """Read a slice of a source."""
        return self.pool.read_slice(path)

    def texts(self) -> list[str]:
        """Return the texts that were read since the last call."""
        reads = [delivery for delivery in self.inbox.drain() if isinstance(delivery, EventsRead)]
        events = [event for delivery in reads for event in delivery.events]
        return [event.text for event in events if isinstance(event, Prompt)]

    def faults(self) -> list[str]:
        """Return the faults that were delivered since the last call."""
        return [delivery.text for delivery in self.inbox.drain() if isinstance(delivery, Fault)]

    def close(self) -> None:
        """Close the pool, and the writer once everything is stored."""
        self.pool.close()
        self._writer.stop()
        self._writer.join()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return the path of the store."""
    return tmp_path / "data" / "monitoring.db"


@pytest.fixture
def harness(store: Path) -> Iterator[PoolHarness]:
    """A pool of nothing yet."""
    harness = PoolHarness(store)
    yield harness
    harness.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a file of two lines."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(toys(1, 2))
    return path


def test_events_of_a_source_are_delivered_and_then_appended_ones(harness: PoolHarness, path: Path) -> None:
    assert harness.open(path) == [path]
    assert harness.pool.sources_of(path) == [path]
    assert not harness.read_slice(path)
    assert harness.texts() == ["1", "2"]
    append(path, toys(3))
    harness.read_slice(path)
    assert harness.texts() == ["3"]
    assert harness.pool.progress() == (path.stat().st_size,) * 2


def test_sources_are_opened_once_in_the_order_of_the_selection(harness: PoolHarness, path: Path) -> None:
    other, absent = path.with_name("b.jsonl"), path.with_name("not there")
    other.write_bytes(toys(1))
    assert harness.open(other, absent, path) == [other, absent, path]
    assert harness.open(path, other) == []


def test_known_sessions_are_delivered_before_their_new_events(store: Path, path: Path) -> None:
    first = PoolHarness(store)
    first.open(path)
    first.read_slice(path)
    first.close()
    append(path, toys(3))
    restarted = PoolHarness(store)
    restarted.open(path)
    restarted.read_slice(path)
    sessions, events, *_ = restarted.inbox.drain()
    restarted.close()
    assert sessions == KnownSessions((SESSION,), path)
    assert events == EventsRead((Prompt(session=SESSION, at=2, text="3"),), path)


def test_long_file_is_read_in_slices(harness: PoolHarness, path: Path) -> None:
    harness.inbox = harness.pool._inbox = Inbox(lambda: None)
    path.write_bytes(toys(1) * CHUNK_LINES * (SLICE_BATCHES + 1))
    harness.open(path)
    assert harness.read_slice(path), "there is more"
    assert len(harness.texts()) == CHUNK_LINES * SLICE_BATCHES
    assert not harness.read_slice(path)
    assert len(harness.texts()) == CHUNK_LINES


def test_files_read_last_are_the_active_ones(harness: PoolHarness, path: Path) -> None:
    other = path.with_name("b.jsonl")
    other.write_bytes(toys(1))
    harness.open(path, other)
    harness.read_slice(other)
    harness.read_slice(path)
    assert harness.pool.active_files() == [path, other]
    append(other, toys(2))
    harness.read_slice(other)
    assert harness.pool.active_files() == [other, path]


def test_unusable_lines_are_reported_with_their_file(harness: PoolHarness, path: Path) -> None:
    path.write_bytes(b'{"odd": 1}\n{"toy": 1}\nno JSON at all\n')
    harness.open(path)
    harness.read_slice(path)
    (issues,) = (delivery for delivery in harness.inbox.drain() if isinstance(delivery, ReadIssues))
    assert issues.path == str(path)
    assert (issues.health.lines, issues.health.unknown, issues.health.skipped) == (3, 1, 1)


def test_deleted_file_is_reported_until_it_is_back(harness: PoolHarness, path: Path) -> None:
    harness.open(path)
    harness.read_slice(path)
    path.unlink()
    harness.read_slice(path)
    harness.read_slice(path)
    assert harness.faults() == [f"{path} was deleted; what was read of it is kept"]
    path.write_bytes(toys(7))
    harness.read_slice(path)
    harness.read_slice(path)
    assert harness.faults() == [""]


class OpensSecondTime(Toy):
    """A plug-in whose first attempt to open a source fails."""

    def __init__(self) -> None:
        self._refused = False

    def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
        if not self._refused:
            self._refused = True
            raise LookupError("not yet")
        return super().open(path, checkpoints)


def test_source_that_cannot_be_opened_is_reported_and_retried(harness: PoolHarness, path: Path) -> None:
    other = path.with_name("b.jsonl")
    other.write_bytes(toys(1))
    selection = SourceSelection({path: OpensSecondTime(), other: TOY})
    assert harness.pool.open(selection) == [other]
    assert harness.faults() == [f"{path} cannot be read: LookupError('not yet')"]
    assert harness.pool.active_files() == [other]
    assert harness.pool.open(selection) == [path]
    harness.read_slice(path)
    assert harness.faults() == [""]


def test_unreadable_file_is_reported_once_and_read_later(harness: PoolHarness, path: Path) -> None:
    path.unlink()
    path.mkdir()
    harness.open(path)
    harness.read_slice(path)
    harness.read_slice(path)
    assert harness.faults() == [f"{path} cannot be read: is a folder"]
    path.rmdir()
    path.write_bytes(toys(1))
    harness.read_slice(path)
    assert harness.faults() == [""]


def test_failing_plug_in_source_is_reported(harness: PoolHarness, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise LookupError("a plug-in's own error")

    harness.open(path)
    monkeypatch.setattr(harness.pool._sources[path], "read", fail)
    assert not harness.read_slice(path)
    assert harness.faults() == [f'{path} cannot be read: LookupError("a plug-in\'s own error")']


def test_full_inbox_pauses_reading(harness: PoolHarness, path: Path) -> None:
    thread = _start_waiting_slice(harness, path)
    assert len(harness.texts()) == 200
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def test_stop_ends_waiting_for_the_inbox(harness: PoolHarness, path: Path) -> None:
    thread = _start_waiting_slice(harness, path)
    harness.stopped.set()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def _start_waiting_slice(harness: PoolHarness, path: Path) -> Thread:
    path.write_bytes(toys(1) * 200)
    harness.open(path)
    thread = Thread(target=harness.read_slice, args=(path,), daemon=True)
    thread.start()
    thread.join(0.1)
    assert thread.is_alive()
    return thread


def test_sources_that_grow_without_a_notification_are_found_in_turns(harness: PoolHarness, path: Path) -> None:
    paths = [path.with_name(f"{n}.jsonl") for n in range(5)]
    for each in paths:
        each.write_bytes(toys(1))
    harness.open(*paths)
    for each in paths:
        harness.read_slice(each)
    assert [harness.pool.grown_sources(2) for _ in range(3)] == [[], [], []]
    append(paths[3], toys(2))
    assert [grown for _ in range(4) for grown in harness.pool.grown_sources(2)] == [paths[3]]


def test_progress_is_that_of_all_sources(harness: PoolHarness, path: Path) -> None:
    other = path.with_name("b.jsonl")
    other.write_bytes(toys(1, 2, 3))
    harness.open(path, other)
    size = path.stat().st_size + other.stat().st_size
    assert harness.pool.progress() == (0, size)
    harness.read_slice(path)
    assert harness.pool.progress() == (path.stat().st_size, size)
    harness.read_slice(other)
    assert harness.pool.progress() == (size, size)


@pytest.mark.parametrize("is_rotated", [False, True])
def test_last_lines_of_a_released_source_are_read(is_rotated: bool, harness: PoolHarness, path: Path) -> None:
    harness.pool._max_open = 1
    other = path.with_name("b.jsonl")
    other.write_bytes(toys(7))
    harness.open(path, other)
    for each in (path, other):  # which releases the first one
        harness.read_slice(each)
    assert harness.texts() == ["1", "2", "7"]
    append(path, toys(3))
    if is_rotated:
        path.rename(path.with_suffix(".1"))
        path.write_bytes(toys(4))
    harness.read_slice(path)
    assert harness.texts() == (["3", "4"] if is_rotated else ["3"])


def test_released_source_is_held_as_soon_as_it_has_changed(harness: PoolHarness, path: Path) -> None:
    harness.pool._max_open = 1
    other = path.with_name("b.jsonl")
    other.write_bytes(toys(7))
    harness.open(path, other)
    for each in (path, other):  # which releases the first one
        harness.read_slice(each)
    append(path, toys(3))
    harness.pool.hold([path])
    path.unlink()
    harness.read_slice(path)
    assert harness.texts() == ["1", "2", "7", "3"]


@pytest.mark.parametrize(("allowed", "held"), [(256, 64), (1024, 256), (1 << 20, MAX_OPEN)])
def test_quarter_of_the_descriptors_is_held(allowed: int, held: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_pool, "descriptor_limit", lambda: allowed)
    assert max_open() == held


def test_source_is_unread_from_its_first_events_to_its_end(harness: PoolHarness, path: Path) -> None:
    harness.inbox = harness.pool._inbox = Inbox(lambda: None)
    path.write_bytes(toys(1) * CHUNK_LINES * (SLICE_BATCHES + 1))
    harness.open(path)
    harness.pool.notice([path])
    noticed_at = harness.unread.noticed_at(path)
    assert harness.unread.oldest(SESSION) is None
    harness.read_slice(path)
    assert harness.unread.oldest(SESSION) == noticed_at
    harness.read_slice(path)
    assert harness.unread.oldest(SESSION) is None


def test_source_that_cannot_be_read_is_not_waited_for(harness: PoolHarness, path: Path) -> None:
    harness.inbox = harness.pool._inbox = Inbox(lambda: None)
    path.write_bytes(toys(1) * CHUNK_LINES * (SLICE_BATCHES + 1))
    harness.open(path)
    harness.read_slice(path)
    assert harness.unread.oldest(SESSION) is not None
    path.unlink()
    path.mkdir()
    for _ in range(2):
        harness.read_slice(path)
    assert harness.unread.oldest(SESSION) is None


def test_little_is_read_of_a_source_in_the_background(harness: PoolHarness, path: Path) -> None:
    path.write_bytes(toys(*range(FEW_LINES + 1)))
    harness.open(path)
    assert harness.pool.read_few(path)
    (events, *_) = (delivery for delivery in harness.inbox.drain() if isinstance(delivery, EventsRead))
    assert len(events.events) == FEW_LINES
