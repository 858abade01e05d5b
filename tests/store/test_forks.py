"""A fork copies the history of its parent: responses, calls and files count once, for the owner."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.store.builders import APPLE, BIRCH, NOON, change, finished, ingest, started, usage
from tui_monitor.events import CallState, Event, SessionKey
from tui_monitor.store import Store
from tui_monitor.totals import SessionTotals


def shared_events(session: SessionKey) -> list[Event]:
    """Return events of both parent and fork: a response, and a failed call that had changed a file."""
    return [
        usage("r1", session),
        started("c1", session),
        finished("c1", session, state=CallState.FAILED, changes=(change("/p/a"),)),
    ]


def own_events(session: SessionKey, at: int) -> list[Event]:
    """Return events of this session only."""
    call = f"own of {session.id}"
    return [usage(call, session, at), started(call, session, at), finished(call, session, at + 1)]


def counts(totals: SessionTotals) -> tuple[int, int, int, int, int]:
    return totals.amount.requests, totals.calls, totals.failed, totals.files_changed, totals.lines_added


PARENT = [*shared_events(APPLE), *own_events(APPLE, NOON + 10)]
FORK = [*shared_events(BIRCH), *own_events(BIRCH, NOON + 99)]


@pytest.mark.parametrize("events", [[*PARENT, *FORK], [*FORK, *PARENT], [*FORK[:3], *PARENT, *FORK[3:]]])
@pytest.mark.parametrize("size", [1, 2, 100])
def test_shared_history_counts_for_the_elder_session_in_any_order(store: Store, events: list[Event], size: int) -> None:
    for begin in range(0, len(events), size):
        ingest(store, *events[begin : begin + size])
    assert counts(store.totals(APPLE)) == (2, 2, 1, 1, 2)
    assert counts(store.totals(BIRCH)) == (1, 1, 0, 0, 0)
    assert counts(store.overall()) == (3, 3, 1, 1, 2)


def test_ownership_moves_when_the_other_session_proves_to_be_older(store: Store) -> None:
    ingest(store, *PARENT, *FORK)
    result = ingest(store, usage("earlier", BIRCH, NOON - 10))
    assert result.sessions == {APPLE, BIRCH}
    assert counts(store.totals(APPLE)) == (1, 1, 0, 0, 0)
    assert counts(store.totals(BIRCH)) == (3, 2, 1, 1, 2)


def test_shared_history_is_shown_in_both_sessions(store: Store) -> None:
    ingest(store, *PARENT, *FORK)
    assert {call.id for call in store.history(APPLE).calls} & {call.id for call in store.history(BIRCH).calls} == {"c1"}
    assert store.body(BIRCH, "c1") is not None


def test_calls_are_shared_without_a_shared_response(store: Store) -> None:
    ingest(store, started("c1", BIRCH), started("c1", APPLE), usage("r1", APPLE, NOON), usage("r2", BIRCH, NOON + 1))
    assert (store.totals(APPLE).calls, store.totals(BIRCH).calls) == (1, 0)
    ingest(store, usage("r3", BIRCH, NOON - 1))
    assert (store.totals(APPLE).calls, store.totals(BIRCH).calls) == (0, 1)


def test_call_recorded_by_a_second_source_is_the_same(store: Store) -> None:
    hook = replace(started("c1", APPLE), uid="hook of c1")
    ingest(store, hook, *PARENT, hook, *FORK, hook)
    assert counts(store.overall()) == (3, 3, 1, 1, 2)


def test_equal_call_ids_of_different_lines_are_different_calls(store: Store) -> None:
    ingest(store, started("c1", APPLE), replace(started("c1", BIRCH), uid="another line"))
    assert (store.totals(APPLE).calls, store.totals(BIRCH).calls) == (1, 1)


def test_largest_response_moves_with_its_owner(store: Store) -> None:
    ingest(store, usage("r1", APPLE, output=900), usage("own", APPLE, NOON + 5), usage("r1", BIRCH))
    assert store.totals(APPLE).models[0].max_output == 5
    assert store.totals(BIRCH).models[0].max_output == 900
    ingest(store, usage("b", BIRCH, NOON + 9))
    assert store.totals(APPLE).models[0].max_output == 900
    assert store.totals(BIRCH).models[0].max_output == 5
    assert [model.max_output for model in store.models(since=0)] == [900]
