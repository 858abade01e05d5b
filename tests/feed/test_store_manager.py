"""Whatever becomes of the store, all that was read is in one, and in the first as soon as it works again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.feed.sessions import CODEX, answers, clean_answers, codex_lines, read_all
from tests.store.builders import APPLE, batch, usage
from tui_monitor.events import Batch
from tui_monitor.feed.enrich import with_windows
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


class Place:
    """Where a store is; it can be out of order, and time passes when it is told to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = 0.0
        self.works = True
        self.most_pages = 0

    def open(self) -> Store:
        """Open it, if it works."""
        if not self.works:
            raise StoreError("the store is away")
        store = open_store(self.path)
        if self.most_pages:
            store._database.connection.execute(f"PRAGMA max_page_count = {self.most_pages}")
        return store

    @contextmanager
    def manager(self) -> Iterator[StoreManager]:
        """A manager of it, closed at the end."""
        manager = StoreManager(self.open, PRICES, lambda: self.now)
        yield manager
        manager.close()

    def told(self) -> dict[str, object]:
        """What is in it."""
        with closing(open_store(self.path)) as store:
            return answers(store, self.path.parent)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A store that works."""
    return Place(tmp_path / "monitoring.db")


@pytest.fixture
def rollout(tmp_path: Path) -> Path:
    """A rollout that is half written."""
    path = tmp_path / NAME
    path.write_bytes(HALF)
    return path


@contextmanager
def source_of(path: Path, manager: StoreManager) -> Iterator[Source]:
    """The file, read on from where the manager has it."""
    with closing(ADAPTER.open(path, lambda prefix: manager.resume_points(prefix)[0])) as source:
        yield source


def take_all(manager: StoreManager, source: Source) -> None:
    """Have all stored that can be read."""
    while piece := source.read():
        manager.store_batch(with_windows(piece, PRICES), ADAPTER)


def pipes(*numbers: int) -> Sequence[Batch]:
    """Batches of a pipe, each with one response, named by their numbers."""
    return [batch([usage(f"r{n}")], before=str(n - 1) if n > 1 else "", after=str(n), source="pipe:1") for n in numbers]


def test_a_store_that_cannot_be_opened_is_told_and_a_private_one_takes_its_place(place: Place, rollout: Path) -> None:
    place.works = False
    with place.manager() as manager, source_of(rollout, manager) as source:
        assert manager.fault == "the store is away"
        take_all(manager, source)
        assert manager.store.path is None
        assert manager.store.totals(CODEX).calls > 0


def test_the_store_is_tried_again_from_time_to_time_and_then_has_everything(place: Place, rollout: Path) -> None:
    place.works = False
    with place.manager() as manager, source_of(rollout, manager) as source:
        take_all(manager, source)
        place.works = True
        assert not manager.recover(), "not yet"
        place.now += RETRY_S
        assert manager.recover() == {CODEX}
        assert not manager.fault
        rollout.write_bytes(WHOLE)
        take_all(manager, source)
    assert place.told() == clean_answers({NAME: WHOLE})


def test_a_store_that_still_fails_is_told_anew_and_left_for_the_same_time(place: Place, rollout: Path) -> None:
    place.works = False
    with place.manager() as manager, source_of(rollout, manager) as source:
        take_all(manager, source)
        calls = manager.store.totals(CODEX).calls
        place.now += RETRY_S
        assert not manager.recover()
        place.works = True
        place.now += RETRY_S / 2
        assert not manager.recover()
        assert manager.fault
        assert manager.store.totals(CODEX).calls == calls


def test_a_full_disk_loses_nothing(place: Place, rollout: Path) -> None:
    with closing(place.open()) as empty:
        place.most_pages = empty._database.connection.execute("PRAGMA page_count").fetchone()[0] + 4
    with place.manager() as manager, source_of(rollout, manager) as source:
        rollout.write_bytes(WHOLE)
        take_all(manager, source)
        assert manager.fault == f"There is no room left for {place.path}: free some disk space."
        assert manager.store.path is None
        place.most_pages, place.now = 0, RETRY_S
        assert manager.recover() == {CODEX}
    assert place.told() == clean_answers({NAME: WHOLE})


def test_a_disk_that_is_full_again_while_catching_up_keeps_the_private_store(place: Place, rollout: Path) -> None:
    with closing(place.open()) as empty:
        place.most_pages = empty._database.connection.execute("PRAGMA page_count").fetchone()[0] + 4
    with place.manager() as manager, source_of(rollout, manager) as source:
        rollout.write_bytes(WHOLE)
        take_all(manager, source)
        assert manager.fault
        totals = manager.store.totals(CODEX)
        place.now = RETRY_S
        assert not manager.recover()
        assert manager.fault
        assert manager.store.totals(CODEX) == totals


def test_a_locked_store_catches_up_when_it_is_free(
    place: Place, rollout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.01)
    with place.manager() as manager, source_of(rollout, manager) as source:
        other = sqlite3.connect(place.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        take_all(manager, source)
        assert "is being written by another program" in manager.fault
        assert manager.store.totals(CODEX).calls > 0
        other.close()
        rollout.write_bytes(WHOLE)
        take_all(manager, source)
        place.now = RETRY_S
        manager.recover()
    assert place.told() == clean_answers({NAME: WHOLE})


def test_where_another_monitor_was_faster_it_goes_on_from_there(place: Place, rollout: Path) -> None:
    with place.manager() as manager, source_of(rollout, manager) as source:
        late = source.read()
        assert late
        rollout.write_bytes(WHOLE)
        with closing(place.open()) as other:
            read_all(other, [rollout])
        assert manager.store_batch(late, ADAPTER) == {CODEX}
        take_all(manager, source)
        assert not manager.fault
    assert place.told() == clean_answers({NAME: WHOLE})


@pytest.mark.parametrize(
    "ask",
    [lambda manager: manager.resume_points("file:"), lambda manager: manager.query(lambda store: store.totals(CODEX))],
)
def test_a_question_that_the_store_cannot_answer_is_answered_from_the_files(
    place: Place, rollout: Path, ask: Callable[[StoreManager], object]
) -> None:
    with place.manager() as manager, source_of(rollout, manager) as source:
        take_all(manager, source)
        before = ask(manager)
        manager.store.close()
        assert ask(manager) == before
        assert manager.fault
        assert manager.store.path is None


def test_a_file_that_is_gone_does_not_stop_the_others_from_being_caught_up(place: Place, rollout: Path) -> None:
    gone = rollout.with_name("gone.jsonl")
    gone.write_bytes(HALF)
    with place.manager() as manager:
        for path in (gone, rollout):
            with source_of(path, manager) as source:
                take_all(manager, source)
        totals = manager.store.totals(CODEX)
        gone.unlink()
        manager.store.close()
        assert manager.query(lambda store: store.totals(CODEX)) == totals


class Failing(Codex):
    """A plug-in that cannot open a file again."""

    def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
        raise LookupError("no such thing")


def test_nor_does_a_plug_in_that_fails(place: Place, rollout: Path) -> None:
    odd = rollout.with_name("odd.jsonl")
    odd.write_bytes(HALF)
    with place.manager() as manager:
        with source_of(odd, manager) as source:
            while batch := source.read():
                manager.store_batch(batch, Failing())
        with source_of(rollout, manager) as source:
            take_all(manager, source)
        manager.store.close()
        assert manager.query(lambda store: store.totals(CODEX)).calls > 0


def test_what_a_pipe_brings_while_the_store_is_away_is_handed_over_later(place: Place) -> None:
    with place.manager() as manager:
        for piece in pipes(1, 2):
            manager.store_batch(piece, None)
        manager.store.close()
        place.works = False
        for piece in pipes(3, 4):
            assert manager.store_batch(piece, None) == {APPLE}
        assert manager.store.totals(APPLE).amount.requests == 2
        place.works, place.now = True, RETRY_S
        assert manager.recover() == {APPLE}
        for piece in pipes(5):
            manager.store_batch(piece, None)
        assert manager.store.totals(APPLE).amount.requests == 5


def test_recovering_without_trouble_does_nothing(place: Place) -> None:
    with place.manager() as manager:
        store = manager.store
        place.now = 10 * RETRY_S
        assert not manager.recover()
        assert manager.store is store
