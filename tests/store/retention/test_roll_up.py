"""Pruning changes no total, and what was pruned neither comes back nor counts twice."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.oracle import any_usage
from tests.store.builders import APPLE, BIRCH, NOON, QUARTER, change, filled, finished, ingest, started, usage
from tests.store.retention.figures import figures
from tests.store.test_order import call_events
from tui_monitor.events import (
    AgentMessage,
    CallState,
    ContextUpdate,
    Event,
    Prompt,
    Rank,
    SessionTotalUpdate,
    SessionUpdate,
    Tokens,
)
from tui_monitor.store import Store, private_store
from tui_monitor.store.retention.prunings import Pruning, PruningKind
from tui_monitor.store.retention.roll_up import PrunedCounts
from tui_monitor.store.retention.row_dump import SINGLE

EVER = 2**60
SOME = [
    Prompt(session=APPLE, at=NOON, text="go"),
    usage("r1"),
    replace(usage("r2", at=NOON + 1), rank=Rank.PLACEHOLDER, plan="plan-1", task="task-1"),
    started("c1"),
    finished("c1", changes=(change("/p/a"), change("/p/b", 0, 0)), output="a long text"),
    started("c2", tool="Read"),
    finished("c2", at=NOON + 3000, state=CallState.FAILED),
    SessionTotalUpdate(session=APPLE, at=NOON + 7, cost=10**15, until=NOON + 8),
]
TEXT_BYTES = len("a long text") + 2 * len(change("").diff)


def prune(store: Store, kind: PruningKind = PruningKind.ROWS, before: int = EVER) -> PrunedCounts:
    groups = store.retention.prunable(kind, before)
    return store.retention.prune(groups, Pruning(kind, before, at=NOON, reason="for this test"))


def rows(store: Store, *tables: str) -> list[int]:
    connection = store._database.connection
    return [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]


@st.composite
def other_events(draw: st.DrawFn) -> Event:
    """Draw a reported total, a prompt or a context of one of the sessions."""
    session, moment = draw(st.sampled_from([APPLE, BIRCH])), draw(st.integers(1, 20))
    kind = draw(st.integers(0, 2))
    if kind == 0:
        until = draw(st.sampled_from([0, moment]))
        counts = Tokens(moment * 10, moment)
        return SessionTotalUpdate(
            session=session, at=moment, run=f"run-{moment % 2}", cost=moment * 1000, tokens=counts, until=until
        )
    return (
        Prompt(session=session, at=moment, text="go")
        if kind == 1
        else ContextUpdate(session=session, at=moment, tokens=moment)
    )


EVENTS = st.lists(any_usage() | call_events() | other_events(), max_size=16)


@settings(deadline=None, max_examples=60)
@given(EVENTS, EVENTS, st.integers(0, 30), st.data())
def test_no_total_changes_however_often_the_sources_are_read_again(
    first: list[Event], second: list[Event], before: int, data: st.DataObject
) -> None:
    with closing(private_store(bodies=True)) as store:
        ingest(store, *first)
        ingest(store, *second)
        expected = figures(store)
        prune(store, before=before)
        assert figures(store) == expected
        ingest(store, *data.draw(st.permutations([*first, *second])))
        assert figures(store) == expected
        prune(store)
        kept = rows(store, *SINGLE)
        assert figures(store) == expected
        ingest(store, *first)
        ingest(store, *second)
        assert figures(store) == expected
        assert rows(store, *SINGLE) == kept


def test_rows_become_sums(store: Store) -> None:
    ingest(store, *SOME)
    expected = figures(store)
    assert prune(store) == PrunedCounts(1, responses=2, calls=2, events=1, bodies=3, text_bytes=TEXT_BYTES)
    tables = ("responses", "aliases", "calls", "call_uids", "changes", "bodies", "event_log", "reported_totals")
    assert rows(store, *tables) == [0] * len(tables)
    assert rows(store, "rolled_amounts", "rolled_calls", "rolled_changes") == [3, 2, 2]
    assert figures(store) == expected
    assert store.history(APPLE).calls == ()


def test_sessions_that_are_not_old_enough_stay(store: Store) -> None:
    ingest(store, usage("r1"), usage("r2", BIRCH, at=NOON + QUARTER))
    prune(store, before=NOON + 1)
    assert rows(store, "responses") == [1]
    assert store.retention.prunings(BIRCH) == ()
    (pruning,) = store.retention.prunings(APPLE)
    assert pruning == Pruning(PruningKind.ROWS, NOON, NOON, "for this test")


def test_sessions_that_share_history_go_together(store: Store) -> None:
    ingest(store, usage("r1"), usage("r1", BIRCH), usage("r2", BIRCH, at=NOON + QUARTER))
    assert prune(store, before=NOON + 1) == PrunedCounts()
    assert prune(store).sessions == 2


def test_session_without_any_time_is_never_old(store: Store) -> None:
    ingest(store, usage("r1", at=0))
    assert store.retention.prunable(PruningKind.ROWS, EVER) == []


def test_copies_of_pruned_history_count_for_the_session_that_had_it(store: Store) -> None:
    ingest(store, *SOME)
    prune(store)
    expected = store.totals(APPLE).amount
    copied = [replace(event, session=BIRCH) for event in SOME if not isinstance(event, SessionTotalUpdate)]
    ingest(store, *copied, usage("own", BIRCH, at=NOON + QUARTER), started("own", BIRCH, at=NOON + QUARTER))
    assert store.totals(APPLE).amount == expected
    birch = store.totals(BIRCH)
    assert (birch.amount.requests, birch.calls, birch.files_changed) == (1, 1, 0)


def test_session_that_goes_on_counts_what_is_new(store: Store) -> None:
    ingest(store, *SOME)
    before = store.totals(APPLE)
    prune(store)
    later = NOON + 100 * QUARTER
    ingest(
        store,
        *SOME,
        usage("r9", at=later),
        started("c9", at=later),
        finished("c9", at=later + 1, changes=(change("/p/a"),), output="new text"),
        SessionTotalUpdate(session=APPLE, at=later + 2, cost=10**16),
    )
    after = store.totals(APPLE)
    assert after.amount.requests == before.amount.requests + 1
    assert after.amount.cost == 10**16
    assert (after.calls, after.files_changed) == (3, 2)
    assert {file.path: file.changes for file in after.files} == {"/p/a": 2, "/p/b": 1}
    assert {file.path: file.uncounted for file in after.files} == {"/p/a": 0, "/p/b": 1}
    assert after.uncounted == 1
    body = store.body(APPLE, "c9")
    assert body
    assert body.output == "new text"
    expected = figures(store)
    prune(store)
    assert figures(store) == expected
    assert len(store.retention.prunings(APPLE)) == 2


def test_response_that_was_never_read_counts_though_its_session_is_pruned(store: Store) -> None:
    ingest(store, *SOME)
    prune(store)
    ingest(store, usage("late", at=NOON), started("late", at=NOON))
    assert (store.totals(APPLE).amount.requests, store.totals(APPLE).calls) == (3, 3)
    in_quarter = store.sessions(since=NOON - QUARTER, until=NOON + 10)
    assert [one.totals.amount.requests for one in in_quarter] == [3]


def test_weak_id_is_nothing_against_two_strong_ones(store: Store) -> None:
    ingest(store, replace(usage("r1"), weak_ids=("about then",)))
    prune(store)
    ingest(store, replace(usage("r2", BIRCH), weak_ids=("about then",)))
    ingest(store, replace(usage("", BIRCH), strong_ids=(), weak_ids=("about then",), has_strong_id=False))
    assert store.overall().amount.requests == 2


@pytest.mark.parametrize("kind", PruningKind)
def test_bodies_go_and_do_not_come_back(store: Store, kind: PruningKind) -> None:
    ingest(store, *SOME)
    expected = figures(store)
    prune(store, kind)
    ingest(store, *SOME)
    assert rows(store, "bodies", "changes WHERE diff IS NOT NULL") == [0, 0]
    assert figures(store) == expected


def test_calls_without_bodies_stay_whole_else(store: Store) -> None:
    ingest(store, *SOME)
    assert prune(store, PruningKind.BODIES) == PrunedCounts(1, bodies=3, text_bytes=TEXT_BYTES)
    body = store.body(APPLE, "c1")
    assert body
    assert (body.output, body.is_truncated, len(body.changes)) == ("", True, 2)
    assert prune(store, PruningKind.BODIES) == PrunedCounts()
    assert prune(store).calls == 2


def test_prompts_and_words_are_rows(store: Store) -> None:
    ingest(
        store, *SOME, AgentMessage(session=APPLE, at=NOON, text="I go"), SessionUpdate(session=APPLE, title="engine")
    )
    prune(store, PruningKind.BODIES)
    assert rows(store, "event_log") == [2]
    prune(store)
    assert rows(store, "event_log") == [0]
    assert store.history(APPLE).facts.title == "engine"


def test_private_copy_of_a_pruned_store_has_its_totals() -> None:
    with closing(filled(*SOME)) as store:
        prune(store)
        with closing(store.copy()) as copy:
            assert figures(copy) == figures(store)


def test_file_becomes_smaller(file_store: Store) -> None:
    ingest(file_store, *SOME, *(finished(f"c{n}", output="x" * 1000) for n in range(200)))
    before = file_store.retention.used_bytes()
    prune(file_store)
    assert file_store.retention.used_bytes() < before
    assert file_store.retention.vacuum()
    assert file_store.path
    assert file_store.path.stat().st_size == file_store.retention.used_bytes()
    file_store.retention.check()
