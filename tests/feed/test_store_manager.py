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
    def keeper(self) -> Iterator[StoreManager]:
        """A keeper of it, closed at the end."""
        keeper = StoreManager(self.open, PRICES, lambda: self.now)
        yield keeper
        keeper.close()

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
def source_of(path: Path, keeper: StoreManager) -> Iterator[Source]:
    """The file, read on from where the keeper has it."""
    with closing(ADAPTER.open(path, lambda prefix: keeper.recall(prefix)[0])) as source:
        yield source


def take_all(keeper: StoreManager, source: Source) -> None:
    """Have all stored that can be read."""
    while piece := source.read():
        keeper.store_batch(with_windows(piece, PRICES), ADAPTER)


def pipes(*numbers: int) -> Sequence[Batch]:
    """Batches of a pipe, each with one response, named by their numbers."""
    return [batch([usage(f"r{n}")], before=str(n - 1) if n > 1 else "", after=str(n), source="pipe:1") for n in numbers]


def test_a_store_that_cannot_be_opened_is_told_and_a_private_one_takes_its_place(place: Place, rollout: Path) -> None:
    place.works = False
    with place.keeper() as keeper, source_of(rollout, keeper) as source:
        assert keeper.fault == "the store is away"
        take_all(keeper, source)
        assert keeper.store.path is None
        assert keeper.store.totals(CODEX).calls > 0


def test_the_store_is_tried_again_from_time_to_time_and_then_has_everything(place: Place, rollout: Path) -> None:
    place.works = False
    with place.keeper() as keeper, source_of(rollout, keeper) as source:
        take_all(keeper, source)
        place.works = True
        assert not keeper.recover(), "not yet"
        place.now += RETRY_S
        assert keeper.recover() == {CODEX}
        assert not keeper.fault
        rollout.write_bytes(WHOLE)
        take_all(keeper, source)
    assert place.told() == clean_answers({NAME: WHOLE})


def test_a_store_that_still_fails_is_told_anew_and_left_for_the_same_time(place: Place, rollout: Path) -> None:
    place.works = False
    with place.keeper() as keeper, source_of(rollout, keeper) as source:
        take_all(keeper, source)
        calls = keeper.store.totals(CODEX).calls
        place.now += RETRY_S
        assert not keeper.recover()
        place.works = True
        place.now += RETRY_S / 2
        assert not keeper.recover()
        assert keeper.fault
        assert keeper.store.totals(CODEX).calls == calls


def test_a_full_disk_loses_nothing(place: Place, rollout: Path) -> None:
    with closing(place.open()) as empty:
        place.most_pages = empty._database.connection.execute("PRAGMA page_count").fetchone()[0] + 4
    with place.keeper() as keeper, source_of(rollout, keeper) as source:
        rollout.write_bytes(WHOLE)
        take_all(keeper, source)
        assert keeper.fault == f"There is no room left for {place.path}: free some disk space."
        assert keeper.store.path is None
        place.most_pages, place.now = 0, RETRY_S
        assert keeper.recover() == {CODEX}
    assert place.told() == clean_answers({NAME: WHOLE})


def test_a_disk_that_is_full_again_while_catching_up_keeps_the_private_store(place: Place, rollout: Path) -> None:
    with closing(place.open()) as empty:
        place.most_pages = empty._database.connection.execute("PRAGMA page_count").fetchone()[0] + 4
    with place.keeper() as keeper, source_of(rollout, keeper) as source:
        rollout.write_bytes(WHOLE)
        take_all(keeper, source)
        assert keeper.fault
        totals = keeper.store.totals(CODEX)
        place.now = RETRY_S
        assert not keeper.recover()
        assert keeper.fault
        assert keeper.store.totals(CODEX) == totals


def test_a_locked_store_catches_up_when_it_is_free(
    place: Place, rollout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.01)
    with place.keeper() as keeper, source_of(rollout, keeper) as source:
        other = sqlite3.connect(place.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        take_all(keeper, source)
        assert "is being written by another program" in keeper.fault
        assert keeper.store.totals(CODEX).calls > 0
        other.close()
        rollout.write_bytes(WHOLE)
        take_all(keeper, source)
        place.now = RETRY_S
        keeper.recover()
    assert place.told() == clean_answers({NAME: WHOLE})


def test_where_another_monitor_was_faster_it_goes_on_from_there(place: Place, rollout: Path) -> None:
    with place.keeper() as keeper, source_of(rollout, keeper) as source:
        late = source.read()
        assert late
        rollout.write_bytes(WHOLE)
        with closing(place.open()) as other:
            read_all(other, [rollout])
        assert keeper.store_batch(late, ADAPTER) == {CODEX}
        take_all(keeper, source)
        assert not keeper.fault
    assert place.told() == clean_answers({NAME: WHOLE})


@pytest.mark.parametrize(
    "ask", [lambda keeper: keeper.recall("file:"), lambda keeper: keeper.ask(lambda store: store.totals(CODEX))]
)
def test_a_question_that_the_store_cannot_answer_is_answered_from_the_files(
    place: Place, rollout: Path, ask: Callable[[StoreManager], object]
) -> None:
    with place.keeper() as keeper, source_of(rollout, keeper) as source:
        take_all(keeper, source)
        before = ask(keeper)
        keeper.store.close()
        assert ask(keeper) == before
        assert keeper.fault
        assert keeper.store.path is None


def test_a_file_that_is_gone_does_not_stop_the_others_from_being_caught_up(place: Place, rollout: Path) -> None:
    gone = rollout.with_name("gone.jsonl")
    gone.write_bytes(HALF)
    with place.keeper() as keeper:
        for path in (gone, rollout):
            with source_of(path, keeper) as source:
                take_all(keeper, source)
        totals = keeper.store.totals(CODEX)
        gone.unlink()
        keeper.store.close()
        assert keeper.ask(lambda store: store.totals(CODEX)) == totals


class Failing(Codex):
    """A plug-in that cannot open a file again."""

    def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
        raise LookupError("no such thing")


def test_nor_does_a_plug_in_that_fails(place: Place, rollout: Path) -> None:
    odd = rollout.with_name("odd.jsonl")
    odd.write_bytes(HALF)
    with place.keeper() as keeper:
        with source_of(odd, keeper) as source:
            while batch := source.read():
                keeper.store_batch(batch, Failing())
        with source_of(rollout, keeper) as source:
            take_all(keeper, source)
        keeper.store.close()
        assert keeper.ask(lambda store: store.totals(CODEX)).calls > 0


def test_what_a_pipe_brings_while_the_store_is_away_is_handed_over_later(place: Place) -> None:
    with place.keeper() as keeper:
        for piece in pipes(1, 2):
            keeper.store_batch(piece, None)
        keeper.store.close()
        place.works = False
        for piece in pipes(3, 4):
            assert keeper.store_batch(piece, None) == {APPLE}
        assert keeper.store.totals(APPLE).amount.requests == 2
        place.works, place.now = True, RETRY_S
        assert keeper.recover() == {APPLE}
        for piece in pipes(5):
            keeper.store_batch(piece, None)
        assert keeper.store.totals(APPLE).amount.requests == 5


def test_recovering_without_trouble_does_nothing(place: Place) -> None:
    with place.keeper() as keeper:
        store = keeper.store
        place.now = 10 * RETRY_S
        assert not keeper.recover()
        assert keeper.store is store
