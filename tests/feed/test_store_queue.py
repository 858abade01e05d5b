"""The queue gives each source its share, and joins what belongs together."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.store.builders import APPLE, BIRCH, batch, usage
from tui_monitor.events import Batch
from tui_monitor.feed.store_queue import MAX_BYTES, MAX_EVENTS, SourceBatch, StoreQueue


def nth_batch(source: int, n: int, events: int = 1) -> Batch:
    """Return the nth batch of a source, whose cursors are numbers."""
    return batch([usage(f"{source} {n}")] * events, str(n) if n else "", str(n + 1), source=f"file-{source}")


def summary(batches: list[SourceBatch]) -> list[tuple[str, str, str]]:
    """Return source, begin and end of each batch."""
    return [(one.after.source, one.before, one.after.cursor) for one, _ in batches]


def test_batches_after_a_gap_are_not_joined() -> None:
    queue = StoreQueue()
    for n in (0, 1, 3, 4):
        queue.put(nth_batch(1, n), None, 0)
    assert summary(queue.take()) == [("file-1", "", "2"), ("file-1", "3", "5")]


def test_source_with_a_long_backlog_does_not_delay_another() -> None:
    queue = StoreQueue()
    for n in range(10):
        queue.put(nth_batch(1, n, MAX_EVENTS // 4), None, 0)
    queue.put(nth_batch(2, 0), None, 0)
    assert ("file-2", "", "1") in summary(queue.take())


def test_transaction_is_limited_in_bytes() -> None:
    queue = StoreQueue()
    for n in range(3):
        queue.put(replace(nth_batch(n, 0), size=MAX_BYTES), None, 0)
    assert [len(queue.take()) for _ in range(3)] == [1, 1, 1]
    assert (queue.size, queue.events, bool(queue)) == (0, 0, False)


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([1, 10, MAX_EVENTS])), max_size=30), st.data())
def test_everything_is_taken_once_and_in_the_order_of_its_source(
    steps: list[tuple[int, int]], data: st.DataObject
) -> None:
    queue = StoreQueue()
    ends = [0, 0, 0, 0]
    positions = ["", "", "", ""]
    for source, events in steps:
        queue.put(nth_batch(source, ends[source], events), None, 0)
        ends[source] += 1
        if data.draw(st.booleans()):
            _check(queue, positions)
    while queue:
        _check(queue, positions)
    assert positions == [str(end) if end else "" for end in ends]
    assert (queue.events, queue.stored_number()) == (0, len(steps))


def _check(queue: StoreQueue, positions: list[str]) -> None:
    """Take a transaction's worth, and move the positions of its sources."""
    taken = queue.take()
    assert sum(len(one.events) for one, _ in taken) < 2 * MAX_EVENTS
    for one, _ in taken:
        source = int(one.after.source.removeprefix("file-"))
        assert one.before == positions[source]
        positions[source] = one.after.cursor


def test_oldest_batch_and_number_follow_what_waits() -> None:
    queue = StoreQueue()
    queue.put(nth_batch(1, 0, MAX_EVENTS), None, 5.0)
    queue.put(nth_batch(2, 0), None, 6.0)
    assert (queue.oldest(APPLE), queue.stored_number()) == (5.0, 0)
    queue.take()
    assert (queue.oldest(APPLE), queue.stored_number()) == (5.0, 1)
    queue.complete()
    assert (queue.oldest(APPLE), queue.stored_number()) == (6.0, 1)


def test_backlog_of_one_session_makes_no_other_wait() -> None:
    queue = StoreQueue()
    queue.put(batch([usage("a", APPLE)], "", "1", source="file-1"), None, 5.0)
    queue.put(batch([usage("b", BIRCH)], "1", "2", source="file-1"), None, 6.0)
    assert (queue.oldest(APPLE), queue.oldest(BIRCH)) == (5.0, 6.0)
