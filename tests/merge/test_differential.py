"""Live state is the same whether it runs on, is restored from the store, or is built anew from events in any order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.merge.histories import HistoryBuilder
from tests.merge.views import view_of
from tui_monitor.events import Batch, Checkpoint, Event
from tui_monitor.live import log
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.store import Store, private_store

MAX_EVENTS = 40


def batches_of(events: Sequence[Event], random: Random) -> Iterator[Batch]:
    """Cut events into batches of one source."""
    cuts = sorted({0, len(events), *(random.randrange(len(events) + 1) for _ in range(random.randrange(4)))})
    for begin, end in pairwise(cuts):
        yield Batch(str(begin or ""), Checkpoint("s", "/s", "claude-code", 1, str(end)), tuple(events[begin:end]))


def live_after(events: Sequence[Event]) -> LiveState:
    """Return live state that has merged these events."""
    live = LiveState()
    live.apply(events, Changes())
    return live


def restore(live: LiveState, store: Store, events: Sequence[Event]) -> None:
    """Restore the sessions of these events from the store."""
    for session in dict.fromkeys(event.session for event in events):
        live.restore(store.history(session), Changes())


@pytest.fixture(autouse=True)
def few_open_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Close calls as abandoned with few of them."""
    monkeypatch.setattr(log, "MAX_OPEN", 2)


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 2**32 - 1), st.integers(1, MAX_EVENTS))
def test_restored_state_equals_the_running_one(seed: int, number: int) -> None:
    random = Random(seed)
    events = HistoryBuilder(random).events(number)
    expected = view_of(live_after(events))
    store = private_store(bodies=True)
    batches = list(batches_of(events, random))
    restart_after = random.randrange(len(batches))
    restarted = LiveState()
    for index, batch in enumerate(batches):
        store.ingest(batch)
        restarted.apply(batch.events, Changes())
        if index == restart_after:
            restarted = LiveState()
            restore(restarted, store, [event for earlier in batches[: index + 1] for event in earlier.events])
    restored = LiveState()
    restore(restored, store, events)
    store.close()
    assert view_of(restored) == expected
    assert view_of(restarted) == expected


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 2**32 - 1), st.integers(1, MAX_EVENTS))
def test_history_that_arrives_late_completes_the_state(seed: int, number: int) -> None:
    random = Random(seed)
    events = HistoryBuilder(random).events(number)
    begin, end = sorted(random.randrange(number + 1) for _ in range(2))
    store, live = private_store(bodies=True), live_after(events[begin:])
    store.ingest(Batch("", Checkpoint("s", "/s", "claude-code", 1, "1"), tuple(events[:end])))
    restore(live, store, events)
    store.close()
    assert view_of(live, in_order=False) == view_of(live_after(events), in_order=False)


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 2**32 - 1), st.integers(1, MAX_EVENTS))
def test_state_does_not_depend_on_the_order_of_reading(seed: int, number: int) -> None:
    random = Random(seed)
    events = HistoryBuilder(random, distinct_times=True).events(number)
    other = live_after(random.sample([*events, *events[::3]], len(events) + len(events[::3])))
    assert view_of(other, in_order=False) == view_of(live_after(events), in_order=False)
