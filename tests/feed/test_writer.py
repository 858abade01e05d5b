"""The writer does one job at a time, merges waiting batches, and survives failures."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace

import pytest

from tests.store.builders import APPLE, BIRCH, batch, usage
from tui_monitor.events import Batch, SessionKey
from tui_monitor.feed.deliveries import Fault, TotalsUpdated
from tui_monitor.feed.inbox import Inbox
from tui_monitor.feed.store_manager import StoreAccess, StoreManager
from tui_monitor.feed.store_queue import MAX_EVENTS, SourceBatch
from tui_monitor.feed.writer import Writer, WriterEnded
from tui_monitor.pricing import PriceBook
from tui_monitor.store import StoreError, private_store
from tui_monitor.totals import SessionTotals

PATIENCE_S = 10.0


class RecordingManager(StoreManager):
    """A manager that records its batches, and fails at one whose cursor is ``bad``."""

    def __init__(self) -> None:
        super().__init__(private_store, PriceBook())
        self.transactions: list[list[Batch]] = []
        self.closed = False

    def store_batches(self, batches: Sequence[SourceBatch]) -> frozenset[SessionKey]:
        self.transactions.append([batch for batch, _ in batches])
        return super().store_batches(batches)

    def _ingest(self, batches: Sequence[SourceBatch]) -> frozenset[SessionKey]:
        if any(batch.after.cursor == "bad" for batch, _ in batches):
            raise RuntimeError("unforeseen")
        return super()._ingest(batches)

    @property
    def batches(self) -> list[Batch]:
        """All batches, in order."""
        return [batch for transaction in self.transactions for batch in transaction]

    def close(self) -> int:
        self.closed = True
        return super().close()


class WriterHarness:
    """A writer with its manager and its inbox."""

    def __init__(self) -> None:
        self.inbox = Inbox(lambda: None)
        self.managers: Future[RecordingManager] = Future()
        self.writer = Writer(self._make_manager, self.inbox)
        self._releases: list[threading.Event] = []

    def manager(self) -> RecordingManager:
        """Return the manager that the writer has made."""
        return self.managers.result(PATIENCE_S)

    def query(self, question: Callable[[StoreAccess], object]) -> object:
        """Return the answer to a question, once all jobs before it are done."""
        return self.writer.query(question).result(PATIENCE_S)

    def hold(self) -> threading.Event:
        """Keep the writer busy until the event is set."""
        busy, release = threading.Event(), threading.Event()
        self._releases.append(release)

        def wait(manager: StoreAccess) -> None:
            busy.set()
            release.wait(PATIENCE_S)

        self.writer.query(wait)
        assert busy.wait(PATIENCE_S)
        return release

    def stop(self) -> None:
        """Stop the writer, and wait for its end."""
        for release in self._releases:
            release.set()
        self.writer.stop()
        self.writer.join(PATIENCE_S)
        assert not self.writer.is_alive()

    def _make_manager(self) -> StoreManager:
        manager = RecordingManager()
        self.managers.set_result(manager)
        return manager


@pytest.fixture
def harness() -> Iterator[WriterHarness]:
    """Yield a started writer."""
    harness = WriterHarness()
    harness.writer.start()
    yield harness
    if harness.writer.is_alive():
        harness.stop()


def nth_batch(n: int, source: str = "file-1", session: SessionKey = APPLE, events: int = 1) -> Batch:
    """Return the nth batch of a source."""
    events_of_batch = [usage(f"{source} {n} {event}", session) for event in range(events)]
    return batch(events_of_batch, before=str(n - 1) if n > 1 else "", after=str(n), source=source)


def test_totals_of_stored_batches_are_delivered(harness: WriterHarness) -> None:
    harness.writer.put(nth_batch(1), None)
    harness.query(lambda manager: None)
    (totals_update,) = harness.inbox.drain()
    assert isinstance(totals_update, TotalsUpdated)
    assert [(total.session, total.amount.requests) for total in totals_update.totals] == [(APPLE, 1)]


def test_consecutive_batches_of_a_source_are_stored_as_one(harness: WriterHarness) -> None:
    release = harness.hold()
    for n in (1, 2, 3):
        harness.writer.put(nth_batch(n), None)
    assert harness.writer.backlog() == 3
    release.set()
    harness.query(lambda manager: None)
    (batches,) = harness.manager().batches
    assert (batches.before, batches.after.cursor, len(batches.events), batches.health.lines) == ("", "3", 3, 3)
    assert harness.writer.backlog() == 0


def test_batches_of_all_sources_are_stored_in_one_transaction(harness: WriterHarness) -> None:
    release = harness.hold()
    for n in (1, 2):
        for source in ("file-1", "file-2", "file-3"):
            harness.writer.put(nth_batch(n, source), None)
    release.set()
    harness.query(lambda manager: None)
    (transaction,) = harness.manager().transactions
    assert [(joined.after.source, joined.before, joined.after.cursor) for joined in transaction] == [
        ("file-1", "", "2"),
        ("file-2", "", "2"),
        ("file-3", "", "2"),
    ]


def test_transactions_are_limited_in_size(harness: WriterHarness) -> None:
    release = harness.hold()
    for n in (1, 2, 3):
        harness.writer.put(nth_batch(n, events=MAX_EVENTS // 2), None)
    release.set()
    harness.query(lambda manager: None)
    assert [len(batches.events) for batches in harness.manager().batches] == [MAX_EVENTS, MAX_EVENTS // 2]


def test_query_waits_for_the_batches_before_it_alone(harness: WriterHarness) -> None:
    release = harness.hold()
    harness.writer.put(nth_batch(1), None)
    answer = harness.writer.query(lambda manager: manager.query(lambda store: len(store.checkpoints("file-"))))
    for n in range(5):
        harness.writer.put(nth_batch(1, f"file-{n + 2}", events=MAX_EVENTS), None)
    release.set()
    assert answer.result(PATIENCE_S) == 2  # of six
    harness.query(lambda manager: None)


def test_oldest_is_when_the_first_data_of_the_session_that_are_not_stored_were_noticed(harness: WriterHarness) -> None:
    assert harness.writer.oldest(APPLE) is None
    release = harness.hold()
    harness.writer.put(nth_batch(1), None, 5.0)
    harness.writer.put(nth_batch(1, "file-2"), None, 3.0)
    harness.writer.put(nth_batch(1, "file-3", session=BIRCH), None, 1.0)
    assert harness.writer.oldest(APPLE) == 3.0
    release.set()
    harness.query(lambda manager: None)
    assert harness.writer.oldest(APPLE) is None


def test_batches_count_as_waiting_while_they_are_stored(harness: WriterHarness) -> None:
    storing, release = threading.Event(), threading.Event()
    store_batches = harness.manager().store_batches

    def store_slowly(batches: Sequence[SourceBatch]) -> frozenset[SessionKey]:
        storing.set()
        release.wait(PATIENCE_S)
        return store_batches(batches)

    harness.manager().store_batches = store_slowly  # type: ignore[method-assign]
    harness.writer.put(nth_batch(1), None, 5.0)
    assert storing.wait(PATIENCE_S)
    assert harness.writer.oldest(APPLE) == 5.0
    release.set()
    harness.query(lambda manager: None)
    assert harness.writer.oldest(APPLE) is None


def test_backlog_in_bytes_is_limited_too(harness: WriterHarness) -> None:
    release = harness.hold()
    assert harness.writer.has_capacity()
    harness.writer.put(replace(nth_batch(1), size=65 << 20), None)
    assert not harness.writer.has_capacity()
    release.set()
    harness.query(lambda manager: None)
    assert harness.writer.has_capacity()


def test_query_sees_the_batches_put_before_it(harness: WriterHarness) -> None:
    release = harness.hold()
    requests = lambda manager: manager.store.totals(APPLE).amount.requests  # noqa: E731
    answers = [harness.writer.query(requests)]
    for n in (1, 2):
        harness.writer.put(nth_batch(n), None)
        answers.append(harness.writer.query(requests))
    release.set()
    requests_seen = [answer.result(PATIENCE_S) for answer in answers]
    assert requests_seen[0] == 0
    assert requests_seen[1] in (1, 2)  # both batches may be in one transaction
    assert requests_seen[2] == 2


def test_failed_query_raises_where_it_is_awaited(harness: WriterHarness) -> None:
    with pytest.raises(ZeroDivisionError):
        harness.query(lambda manager: 1 / 0)
    assert harness.query(lambda manager: "alive") == "alive"
    assert not list(harness.inbox.drain())


def test_batch_that_cannot_be_stored_is_reported_and_the_others_are_stored(harness: WriterHarness) -> None:
    release = harness.hold()
    harness.writer.put(nth_batch(1, "file-1"), None)
    harness.writer.put(batch([usage("a")], after="bad", source="file-2"), None)
    harness.writer.put(nth_batch(1, "file-3"), None)
    release.set()
    assert harness.query(lambda manager: manager.query(lambda store: store.totals(APPLE).amount.requests)) == 2
    harness.writer.put(nth_batch(2, "file-3"), None)
    harness.query(lambda manager: None)
    fault, totals_update = harness.inbox.drain()
    assert isinstance(fault, Fault)
    assert "unforeseen" in fault.text
    assert isinstance(totals_update, TotalsUpdated)
    assert totals_update.totals[0].amount.requests == 3


def test_fault_of_the_store_is_reported_once_and_when_it_ends(harness: WriterHarness) -> None:
    manager = harness.manager()
    for fault in ("is full", "is full", ""):
        manager.fault = fault
        harness.query(lambda manager: None)
    harness.stop()
    assert list(harness.inbox.drain()) == [Fault("store", "is full"), Fault("store", "")]


def test_totals_come_from_the_private_store_if_the_first_fails(harness: WriterHarness) -> None:
    def fail(manager: StoreAccess) -> None:
        harness.manager().store.close()

    harness.writer.put(nth_batch(1), None)
    harness.query(fail)
    harness.writer.put(nth_batch(2), None)
    harness.stop()
    *_, last = (delivery for delivery in harness.inbox.drain() if isinstance(delivery, TotalsUpdated))
    assert last.totals[0].amount.requests == 1


def test_totals_that_cannot_be_read_are_reported(harness: WriterHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(session: SessionKey) -> SessionTotals:
        raise ValueError("unforeseen")

    with monkeypatch.context() as broken:
        broken.setattr(harness.manager().store, "totals", fail)
        harness.writer.put(nth_batch(1), None)
        harness.query(lambda manager: None)
    harness.writer.put(nth_batch(2), None)
    harness.query(lambda manager: None)
    fault, totals_update = harness.inbox.drain()
    assert fault == Fault("writer", "totals were not read: unforeseen")
    assert isinstance(totals_update, TotalsUpdated)
    assert totals_update.totals[0].amount.requests == 2


def test_failed_store_is_retried_by_an_idle_writer_and_by_a_busy_one(harness: WriterHarness) -> None:
    recovered = threading.Event()

    def recover() -> frozenset[SessionKey]:
        recovered.set()
        return frozenset({APPLE})

    harness.manager().recover = recover  # type: ignore[method-assign]
    assert recovered.wait(PATIENCE_S)
    recovered.clear()
    harness.writer.put(nth_batch(1), None)
    harness.query(lambda manager: None)
    assert recovered.is_set()


def test_stop_stores_everything_that_was_put(harness: WriterHarness) -> None:
    release = harness.hold()
    for n in (1, 2, 3):
        harness.writer.put(nth_batch(n), None)
    harness.writer.stop()
    release.set()
    harness.stop()
    assert sum(len(batches.events) for batches in harness.manager().batches) == 3
    assert harness.manager().closed
    with pytest.raises(StoreError):
        harness.manager().store.totals(APPLE)


class TestWriterEnd:
    def test_writer_whose_store_cannot_be_made_reports_a_fault_and_fails_all_queries(self) -> None:
        def fail() -> StoreManager:
            raise RuntimeError("unforeseen")

        inbox = Inbox(lambda: None)
        writer = Writer(fail, inbox)
        waiting = writer.query(lambda manager: manager.status())
        writer.put(nth_batch(1), None)
        writer.start()
        with pytest.raises(WriterEnded):
            waiting.result(PATIENCE_S)
        writer.join(PATIENCE_S)
        assert not writer.is_alive()
        (fault,) = inbox.drain()
        assert fault == Fault("writer", "nothing more is stored, please restart: RuntimeError('unforeseen')")
        with pytest.raises(WriterEnded):
            writer.query(lambda manager: manager.status()).result(0)
        writer.put(nth_batch(2), None)
        assert writer.backlog() == 0

    def test_queries_that_a_stopped_writer_does_not_reach_fail(self, harness: WriterHarness) -> None:
        harness.stop()
        with pytest.raises(WriterEnded):
            harness.writer.query(lambda manager: manager.status()).result(0)
