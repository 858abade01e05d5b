"""What a fork and its parent spent: each its own, in whatever order and pieces their files are read."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sources.codex.test_inheritance import (
    CHILD,
    GRANDCHILD,
    LATER_MS,
    fork,
    own_turn,
    parent_rollout,
    spawned,
    thread_id,
    turn_id,
)
from tests.sources.codex_builder import BEGIN_MS, THREAD, Rollout, read, usage
from tests.store.builders import batch, ingest
from tui_monitor.events import Event, SessionKey
from tui_monitor.sources.codex.lines import SOURCE
from tui_monitor.store import Store, private_store

PARENTS, OWNS, LAST = 60 + 6 + 6, 5 + 3 + 2, 7 + 7
"""Tokens of the parent, the fork and a fork of that."""


def family() -> dict[str, Rollout]:
    """Return a thread, its fork, and a fork of that."""
    parent = parent_rollout()
    child = own_turn(fork(parent))
    grandchild = Rollout(GRANDCHILD, begin_ms=LATER_MS + 10**6, forked_from_id=CHILD).copy(child.records)
    grandchild.sum = child.sum
    return {THREAD: parent, CHILD: child, GRANDCHILD: own_turn(grandchild, usage(7, output=7))}


FAMILY = {thread: read(rollout.records) for thread, rollout in family().items()}


def spent(store: Store) -> dict[str, int]:
    """Return the tokens of each thread, of those with any."""
    totals = {thread: store.totals(SessionKey(SOURCE, thread)).amount.total_tokens for thread in FAMILY}
    return {thread: tokens for thread, tokens in totals.items() if tokens}


def spent_after(*pieces: Iterable[Event]) -> dict[str, int]:
    with closing(private_store()) as store:
        for piece in pieces:
            ingest(store, *piece)
        return spent(store)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([CHILD], {THREAD: PARENTS, CHILD: OWNS}),
        ([GRANDCHILD], {CHILD: PARENTS + OWNS, GRANDCHILD: LAST}),
        ([THREAD, GRANDCHILD], {THREAD: PARENTS, CHILD: OWNS, GRANDCHILD: LAST}),
        ([CHILD, GRANDCHILD], {THREAD: PARENTS, CHILD: OWNS, GRANDCHILD: LAST}),
    ],
)
def test_fork_has_its_own_responses_though_files_are_gone(files: list[str], expected: dict[str, int]) -> None:
    assert spent_after(*(FAMILY[thread] for thread in files)) == expected
    assert spent_after(*(FAMILY[thread] for thread in reversed(files))) == expected


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_shares_do_not_depend_on_the_order_and_pieces_in_which_files_are_read(data: st.DataObject) -> None:
    remaining = {thread: list(events) for thread, events in FAMILY.items()}
    with closing(private_store()) as store:
        while any(remaining.values()):
            thread = data.draw(st.sampled_from([thread for thread, events in remaining.items() if events]))
            size = data.draw(st.integers(1, len(remaining[thread])))
            piece, remaining[thread] = remaining[thread][:size], remaining[thread][size:]
            assert store.ingest(batch(piece, source=f"{thread}-{len(remaining[thread])}")).accepted
        assert spent(store) == {THREAD: PARENTS, CHILD: OWNS, GRANDCHILD: LAST}


def test_own_response_soon_after_the_copy_is_the_forks_once_its_parent_is_read() -> None:
    parent = parent_rollout()
    soon = read(own_turn(fork(parent), pause_ms=500).records)
    assert spent_after(soon) == {THREAD: PARENTS + OWNS}
    assert spent_after(soon, read(parent.records)) == {THREAD: PARENTS, CHILD: OWNS}
    assert spent_after(read(parent.records), soon) == {THREAD: PARENTS, CHILD: OWNS}


def test_copies_of_a_sub_agent_are_of_the_agent_that_spawned_it() -> None:
    parent, thread = parent_rollout(turn=turn_id(BEGIN_MS)), thread_id(LATER_MS, 1)
    child = own_turn(fork(parent, thread, source=spawned()), pause_ms=5, turn=turn_id(LATER_MS + 20))
    assert spent_by_agents(read(child.records)) == {"": PARENTS, thread: OWNS}


def test_times_alone_take_nothing_from_a_sub_agent() -> None:
    parent = parent_rollout()
    child = own_turn(fork(parent, source=spawned()), pause_ms=5)
    assert spent_by_agents(read(child.records), read(parent.records)) == {"": PARENTS, CHILD: OWNS}


def spent_by_agents(*pieces: Iterable[Event]) -> dict[str, int]:
    """Return the tokens of the session's agents."""
    with closing(private_store()) as store:
        for piece in pieces:
            ingest(store, *piece)
        agents = store.totals(SessionKey(SOURCE, THREAD)).agents
    return {agent.agent: agent.amount.total_tokens for agent in agents}
