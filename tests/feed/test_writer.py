"""The storing thread does one thing after the other, stores together what waits, and survives what goes wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import pytest

from tests.store.builders import APPLE, BIRCH, batch, usage
from tui_monitor.events import Batch, SessionKey
from tui_monitor.feed.deliveries import Fault, TotalsUpdated
from tui_monitor.feed.inbox import Inbox
from tui_monitor.feed.store_manager import StoreManager
from tui_monitor.feed.writer import COALESCE_S, MAX_EVENTS, Writer, WriterEnded
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.base import Adapter
from tui_monitor.store import StoreError, private_store
from tui_monitor.totals import SessionTotals

PATIENCE_S = 10.0


class Watched(StoreManager):
    """A manager that remembers what it was given, and fails at a batch whose cursor is ``bad``."""

    def __init__(self) -> None:
        super().__init__(private_store, PriceBook())
        self.taken: list[Batch] = []
        self.closed = False

    def store_batch(self, batch: Batch, adapter: Adapter | None) -> frozenset[SessionKey]:
        self.taken.append(batch)
        if batch.after.cursor == "bad":
            raise RuntimeError("nobody foresaw this")
        return super().store_batch(batch, adapter)

    def close(self) -> None:
        super().close()
        self.closed = True


class Desk:
    """A writer, its manager and its inbox."""

    def __init__(self) -> None:
        self.inbox = Inbox(lambda: None)
        self.managers: Future[Watched] = Future()
        self.writer = Writer(self._make_manager, self.inbox)
        self._held: list[threading.Event] = []

    def manager(self) -> Watched:
        """The manager that the writer has made."""
        return self.managers.result(PATIENCE_S)

    def ask(self, question: Callable[[StoreManager], object]) -> object:
        """The answer to a question, and so everything before it is done."""
        return self.writer.query(question).result(PATIENCE_S)

    def hold(self) -> threading.Event:
        """Keep the writer busy until the event is set."""
        held, go = threading.Event(), threading.Event()
        self._held.append(go)

        def wait(manager: StoreManager) -> None:
            held.set()
            go.wait(PATIENCE_S)

        self.writer.query(wait)
        assert held.wait(PATIENCE_S)
        return go

    def stop(self) -> None:
        """Wait for its end."""
        for go in self._held:
            go.set()
        self.writer.stop()
        self.writer.join(PATIENCE_S)
        assert not self.writer.is_alive()

    def _make_manager(self) -> StoreManager:
        manager = Watched()
        self.managers.set_result(manager)
        return manager


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A writer that works."""
    desk = Desk()
    desk.writer.start()
    yield desk
    if desk.writer.is_alive():
        desk.stop()


def piece(n: int, source: str = "file-1", session: SessionKey = APPLE, events: int = 1) -> Batch:
    """The nth batch of a source."""
    told = [usage(f"{source} {n} {event}", session) for event in range(events)]
    return batch(told, before=str(n - 1) if n > 1 else "", after=str(n), source=source)


def test_sums_are_delivered_of_what_was_stored(desk: Desk) -> None:
    desk.writer.put(piece(1), None)
    desk.ask(lambda manager: None)
    (summed,) = desk.inbox.drain()
    assert isinstance(summed, TotalsUpdated)
    assert [(total.session, total.amount.requests) for total in summed.totals] == [(APPLE, 1)]


def test_batches_that_follow_on_one_another_while_it_is_busy_are_stored_as_one(desk: Desk) -> None:
    go = desk.hold()
    for n in (1, 2, 3):
        desk.writer.put(piece(n), None)
    assert desk.writer.backlog() == 3
    go.set()
    desk.ask(lambda manager: None)
    (taken,) = desk.manager().taken
    assert (taken.before, taken.after.cursor, len(taken.events), taken.health.lines) == ("", "3", 3, 3)
    assert desk.writer.backlog() == 0


def test_those_of_another_source_or_after_a_gap_stay_by_themselves(desk: Desk) -> None:
    go = desk.hold()
    for put in (piece(1), piece(1, "file-2", BIRCH), piece(2, "file-2", BIRCH), piece(4, "file-2", BIRCH)):
        desk.writer.put(put, None)
    go.set()
    desk.ask(lambda manager: None)
    assert [(taken.after.source, taken.before, taken.after.cursor) for taken in desk.manager().taken] == [
        ("file-1", "", "1"),
        ("file-2", "", "2"),
        ("file-2", "3", "4"),
    ]


def test_no_more_is_joined_than_one_transaction_should_hold(desk: Desk) -> None:
    go = desk.hold()
    for n in (1, 2, 3):
        desk.writer.put(piece(n, events=MAX_EVENTS // 2), None)
    go.set()
    desk.ask(lambda manager: None)
    assert [len(taken.events) for taken in desk.manager().taken] == [MAX_EVENTS, MAX_EVENTS // 2]


def test_a_question_is_answered_in_its_turn(desk: Desk) -> None:
    go = desk.hold()
    requests = lambda manager: manager.store.totals(APPLE).amount.requests  # noqa: E731
    answers = [desk.writer.query(requests)]
    for n in (1, 2):
        desk.writer.put(piece(n), None)
        answers.append(desk.writer.query(requests))
    go.set()
    assert [answer.result(PATIENCE_S) for answer in answers] == [0, 1, 2]


def test_a_question_that_fails_tells_whoever_asked_and_nobody_else(desk: Desk) -> None:
    with pytest.raises(ZeroDivisionError):
        desk.ask(lambda manager: 1 / 0)
    assert desk.ask(lambda manager: "alive") == "alive"
    assert not list(desk.inbox.drain())


def test_a_batch_that_cannot_be_stored_is_told_and_the_next_ones_are_stored(desk: Desk) -> None:
    desk.writer.put(batch([usage("a")], after="bad"), None)
    desk.writer.put(piece(1, "file-2"), None)
    desk.ask(lambda manager: None)
    trouble, summed = desk.inbox.drain()
    assert isinstance(trouble, Fault)
    assert "nobody foresaw this" in trouble.text
    assert isinstance(summed, TotalsUpdated)


def test_trouble_with_the_store_is_told_once_and_when_it_is_over(desk: Desk) -> None:
    manager = desk.manager()
    for trouble in ("is full", "is full", ""):
        manager.fault = trouble
        desk.ask(lambda manager: None)
    desk.stop()
    assert list(desk.inbox.drain()) == [Fault("store", "is full"), Fault("store", "")]


def test_sums_come_from_the_private_store_when_the_first_fails_just_then(desk: Desk) -> None:
    def fail(manager: StoreManager) -> None:
        manager.store.close()

    desk.writer.put(piece(1), None)
    desk.ask(fail)
    desk.writer.put(piece(2), None)
    desk.stop()
    *_, last = (delivery for delivery in desk.inbox.drain() if isinstance(delivery, TotalsUpdated))
    assert last.totals[0].amount.requests == 1


def test_sums_that_nobody_can_read_are_told_and_it_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(session: SessionKey) -> SessionTotals:
        raise ValueError("nobody foresaw this")

    with monkeypatch.context() as broken:
        broken.setattr(desk.manager().store, "totals", fail)
        desk.writer.put(piece(1), None)
        desk.ask(lambda manager: None)
    desk.writer.put(piece(2), None)
    desk.ask(lambda manager: None)
    trouble, summed = desk.inbox.drain()
    assert trouble == Fault("writer", "totals were not read: nobody foresaw this")
    assert isinstance(summed, TotalsUpdated)
    assert summed.totals[0].amount.requests == 2


def test_it_tries_a_failed_store_again_when_it_has_nothing_else_to_do(desk: Desk) -> None:
    recovered = threading.Event()

    def recover() -> frozenset[SessionKey]:
        recovered.set()
        return frozenset({APPLE})

    desk.manager().recover = recover  # type: ignore[method-assign]
    assert recovered.wait(PATIENCE_S)


def test_everything_that_was_put_is_stored_before_it_ends(desk: Desk) -> None:
    go = desk.hold()
    for n in (1, 2, 3):
        desk.writer.put(piece(n), None)
    desk.writer.stop()
    go.set()
    desk.stop()
    assert sum(len(taken.events) for taken in desk.manager().taken) == 3
    assert desk.manager().closed
    with pytest.raises(StoreError):
        desk.manager().store.totals(APPLE)


class TestEnd:
    def test_writer_whose_store_cannot_be_made_reports_a_fault_and_fails_all_queries(self) -> None:
        def fail() -> StoreManager:
            raise RuntimeError("nobody foresaw this")

        inbox = Inbox(lambda: None)
        writer = Writer(fail, inbox)
        waiting = writer.query(lambda manager: manager.fault)
        writer.put(piece(1), None)
        writer.start()
        with pytest.raises(WriterEnded):
            waiting.result(PATIENCE_S)
        writer.join(PATIENCE_S)
        assert not writer.is_alive()
        (fault,) = inbox.drain()
        assert fault == Fault("writer", "nothing more is stored, please restart: RuntimeError('nobody foresaw this')")
        with pytest.raises(WriterEnded):
            writer.query(lambda manager: manager.fault).result(0)
        writer.put(piece(2), None)
        assert writer.backlog() == 0

    def test_queries_that_a_stopped_writer_does_not_reach_fail(self, desk: Desk) -> None:
        desk.stop()
        with pytest.raises(WriterEnded):
            desk.writer.query(lambda manager: manager.fault).result(0)


def test_batches_of_many_sources_are_stored_without_a_pause_between_them(desk: Desk) -> None:
    sources = [f"file-{n}" for n in range(50)]
    go = desk.hold()
    for source in sources:
        desk.writer.put(piece(1, source), None)
    begin = time.monotonic()
    go.set()
    desk.ask(lambda manager: None)
    assert [batch.after.source for batch in desk.manager().taken] == sources
    assert time.monotonic() - begin < COALESCE_S * len(sources) / 2
