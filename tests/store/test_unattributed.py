"""Totals reported for a session, and the part of them beyond its responses."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.oracle import PARENTS, SESSIONS, any_usage, owned_responses
from tests.store.builders import APPLE, BIRCH, NOON, QUARTER, database, filled, ingest, usage
from tui_monitor.events import Rank, SessionKey, SessionTotalUpdate, Tokens, Usage
from tui_monitor.ledger import UNATTRIBUTED, ZERO, Amount
from tui_monitor.store import Store, private_store

COST = 261_500_000
"""The cost of `usage`, in picodollars."""
TOKENS = Tokens(input=100, output=5, cache_read=20, cache_creation=3)
"""The tokens of `usage`."""


def total(
    cost: int | None = None,
    tokens: Tokens | None = None,
    run: str = "",
    at: int = NOON,
    session: SessionKey = APPLE,
    until: int = 0,
) -> SessionTotalUpdate:
    return SessionTotalUpdate(session=session, at=at, cost=cost, tokens=tokens, run=run, until=until)


def cost(*events: Usage | SessionTotalUpdate) -> int:
    """Return the cost of the first session after these events."""
    with closing(filled(*events)) as store:
        return store.totals(APPLE).amount.cost


def test_total_beyond_the_responses_is_added_to_them(store: Store) -> None:
    ingest(store, usage("r1"), total(COST + 1_000, replace(TOKENS, output=9)))
    amount = store.totals(APPLE).amount
    assert (amount.requests, amount.input, amount.output, amount.cost) == (1, 100, 9, COST + 1_000)


def test_total_below_the_responses_subtracts_nothing() -> None:
    assert cost(usage("r1"), total(COST - 1, Tokens(input=1))) == COST


def test_input_reported_without_caches_includes_cache_tokens(store: Store) -> None:
    ingest(store, usage("r1"), total(tokens=Tokens(input=123, output=5)))
    assert store.totals(APPLE).amount.input == 100
    ingest(store, total(tokens=Tokens(input=130, output=5)))
    assert store.totals(APPLE).amount.input == 107


def test_later_responses_reduce_the_unattributed_amount(store: Store) -> None:
    ingest(store, total(2 * COST, replace(TOKENS, input=200)))
    ingest(store, usage("r1"))
    assert store.totals(APPLE).amount.cost == 2 * COST
    ingest(store, usage("r2"))
    amount = store.totals(APPLE).amount
    assert (amount.requests, amount.cost, amount.input) == (2, 2 * COST, 200)
    assert [model.model for model in store.totals(APPLE).models] == ["model-a"]


def test_largest_total_of_a_run_counts() -> None:
    assert cost(total(3_000), total(5_000, at=NOON + 1), total(4_000, at=NOON + 2)) == 5_000


def test_runs_of_one_reporter_add_up() -> None:
    assert cost(total(3_000, run="print:1"), total(5_000, run="print:2")) == 8_000


def test_two_reporters_describe_the_same_spending() -> None:
    assert cost(total(3_000, run="print:1"), total(5_000, run="status")) == 5_000


def test_growing_totals_are_pruned_to_the_last(file_store: Store) -> None:
    for more in range(100):
        ingest(file_store, total(1_000 * more, Tokens(output=more), at=NOON + more))
    with closing(sqlite3.connect(database(file_store))) as sql:
        assert sql.execute("SELECT at, cost FROM reported_totals").fetchall() == [(NOON + 99, 99_000)]


def test_cost_and_tokens_reported_by_different_lines(store: Store) -> None:
    ingest(store, total(3_000), total(tokens=Tokens(output=7), at=NOON + 1))
    amount = store.totals(APPLE).amount
    assert (amount.cost, amount.output, amount.unpriced) == (3_000, 7, 0)


def test_tokens_without_a_cost_have_no_known_price(store: Store) -> None:
    ingest(store, total(tokens=Tokens(output=7)))
    assert store.totals(APPLE).amount.unpriced == 1


def test_complete_total_clears_lower_bound_flags(store: Store) -> None:
    ingest(store, replace(usage("r1", output=1), rank=Rank.PLACEHOLDER))
    assert store.totals(APPLE).amount.lower_bound == 1
    ingest(store, total(COST, TOKENS))
    totals = store.totals(APPLE)
    assert (totals.amount.lower_bound, totals.amount.output, totals.amount.cost) == (0, 5, COST)
    assert sorted(model.amount.lower_bound for model in totals.models) == [0, 1]
    assert store.overall().amount.lower_bound == 0
    assert min(model.amount.lower_bound for model in store.models()) == 0


@pytest.mark.parametrize("report", [total(COST), total(COST, replace(TOKENS, input=99)), total(tokens=TOKENS)])
def test_incomplete_total_leaves_lower_bound_flags(store: Store, report: SessionTotalUpdate) -> None:
    ingest(store, replace(usage("r1", output=1), rank=Rank.PLACEHOLDER), report)
    assert store.totals(APPLE).amount.lower_bound == 1


def test_total_in_copied_history_is_not_attributed_to_the_fork(store: Store) -> None:
    history = [usage("r1", at=NOON), total(COST + 700, at=NOON + 5)]
    copy = [replace(event, session=BIRCH) for event in history]
    ingest(store, *copy, usage("r3", BIRCH, at=NOON + 20))
    ingest(store, *history, usage("r2", at=NOON + 10))
    assert store.totals(BIRCH).amount.cost == COST
    assert store.overall().amount.cost == 3 * COST
    ingest(store, total(COST + 30, at=NOON + 25, session=BIRCH))
    assert store.totals(BIRCH).amount.cost == COST + 30


def test_later_responses_are_added_to_the_amount_at_the_moment_of_a_total() -> None:
    early, late = usage("r1", at=NOON), usage("r2", at=NOON + 50)
    assert cost(early, total(COST + 7, at=NOON + 1, until=NOON + 2), late) == 2 * COST + 7
    assert cost(early, total(COST + 7, at=NOON + 1, until=NOON + 51), late) == 2 * COST


def test_moment_of_a_total_may_be_found_out_later(store: Store) -> None:
    ingest(store, usage("r1"), total(COST + 7, at=NOON + 1), usage("r2", at=NOON + 50))
    assert store.totals(APPLE).amount.cost == 2 * COST
    ingest(store, total(COST + 7, at=NOON + 1, until=NOON + 2))
    assert store.totals(APPLE).amount.cost == 2 * COST + 7


def test_largest_amount_of_any_moment_counts() -> None:
    early = total(COST + 7, at=NOON + 1, until=NOON + 2)
    late = total(2 * COST + 3, at=NOON + QUARTER, until=NOON + 2 * QUARTER)
    assert cost(usage("r1"), usage("r2", at=NOON + 50), early, late) == 2 * COST + 7


def test_single_report_per_quarter_of_an_hour_is_stored(file_store: Store) -> None:
    begin = NOON // QUARTER * QUARTER
    for at in range(begin, begin + 4 * QUARTER, QUARTER // 10):
        ingest(file_store, total(at, at=at, until=at + 1))
    with closing(sqlite3.connect(database(file_store))) as sql:
        assert sql.execute("SELECT count(*) FROM reported_totals").fetchone() == (4,)


def fork_of(total_of_fork: SessionTotalUpdate, *events: Usage | SessionTotalUpdate) -> Store:
    """Return a store with a session and its fork, which has a response and a total of its own."""
    copy = usage("r1", BIRCH, at=NOON)
    own = usage("r2", BIRCH, at=NOON + 20)
    return filled(usage("r1", at=NOON), copy, own, replace(total_of_fork, session=BIRCH, inherits=True), *events)


def test_total_of_a_fork_contains_what_its_parent_spent_until_then() -> None:
    unseen = total(COST + 5, at=NOON + 2)
    with closing(fork_of(total(2 * COST + 8, at=NOON + 30), unseen)) as store:
        assert store.totals(BIRCH).amount.cost == COST + 3
        assert store.totals(APPLE).amount.cost == COST + 5


def test_unseen_spending_counts_once_if_the_parent_goes_on_after_its_fork() -> None:
    unseen, later = total(COST + 5, at=NOON + 2), usage("r3", at=NOON + 100)
    with closing(fork_of(total(2 * COST + 8, at=NOON + 30), unseen, later)) as store:
        assert store.overall().amount.cost == 3 * COST + 8


def test_amount_of_a_fork_follows_what_is_read_of_its_parent_later(store: Store) -> None:
    ingest(store, usage("r1", at=NOON), usage("r1", BIRCH, at=NOON), usage("r2", BIRCH, at=NOON + 20))
    ingest(store, replace(total(2 * COST + 8, at=NOON + 30, session=BIRCH), inherits=True))
    assert store.totals(BIRCH).amount.cost == COST + 8
    ingest(store, replace(usage("r9", at=NOON + 1), agent="helper"), total(2 * COST + 6, at=NOON + 2))
    assert store.totals(BIRCH).amount.cost == COST
    assert store.overall().amount.cost == 3 * COST + 6


def test_fork_of_a_fork_inherits_from_both(store: Store) -> None:
    cedar = SessionKey("demo", "cedar")
    for session, responses in ((APPLE, ("r1",)), (BIRCH, ("r1", "r2")), (cedar, ("r1", "r2", "r3"))):
        for index, response in enumerate(responses):
            ingest(store, usage(response, session, at=NOON + 100 * index))
        unseen = len(responses)
        at = NOON + 100 * len(responses) - 50
        report = total(len(responses) * COST + unseen, at=at, session=session)
        ingest(store, replace(report, inherits=True))
    assert [store.totals(session).amount.cost for session in (APPLE, BIRCH, cedar)] == [COST + 1] * 3


def test_partial_session_is_a_lower_bound_until_a_total_covers_it(store: Store) -> None:
    ingest(store, usage("r1"), SessionTotalUpdate(session=APPLE, at=NOON, is_partial=True))
    assert store.totals(APPLE).amount.lower_bound == 1
    assert [model.model for model in store.models()] == ["model-a"]
    ingest(store, total(COST, at=NOON + 1))
    assert store.totals(APPLE).amount.lower_bound == 0
    ingest(store, total(COST, at=NOON + 1, until=NOON + 2), usage("r2", at=NOON + 50))
    assert store.totals(APPLE).amount.lower_bound == 1


def test_telemetry_makes_up_for_a_partial_source(store: Store) -> None:
    ingest(store, replace(usage("r1"), rank=Rank.EXPORTED), SessionTotalUpdate(session=APPLE, at=NOON, is_partial=True))
    assert store.totals(APPLE).amount.lower_bound == 0


@pytest.mark.parametrize("rank", [Rank.PARTIAL, Rank.EXPORTED, Rank.FINAL])
def test_sum_that_is_known_as_a_lower_bound_is_one_whatever_else_is_reported(store: Store, rank: Rank) -> None:
    ingest(store, replace(usage("r1"), rank=rank), total(COST, TOKENS, at=NOON + 2))
    assert not store.totals(APPLE).amount.lower_bound
    ingest(store, replace(total(COST, TOKENS, at=NOON + 1), is_lower_bound=True))
    assert store.totals(APPLE).amount.lower_bound


def test_unattributed_amount_is_a_row_of_the_documented_telemetry(file_store: Store) -> None:
    ingest(file_store, usage("r1"), total(COST + 10**12, at=NOON + 5_000))
    with closing(sqlite3.connect(database(file_store))) as sql:
        row = sql.execute(
            "SELECT agent_id, timestamp, estimated_cost, model FROM telemetry WHERE operation = ?", (UNATTRIBUTED,)
        ).fetchall()
        telemetry_cost = sql.execute("SELECT sum(estimated_cost) FROM telemetry").fetchone()[0]
    assert row == [("demo/apple/main", NOON // 1000 + 5, 1.0, None)]
    assert telemetry_cost == pytest.approx(1 + COST / 10**12)


_NUMBER = st.integers(0, 12)


@st.composite
def totals(draw: st.DrawFn) -> SessionTotalUpdate:
    """Draw a total of one of a few sessions."""
    tokens = st.builds(Tokens, _NUMBER, _NUMBER, _NUMBER, _NUMBER, reasoning=_NUMBER)
    return SessionTotalUpdate(
        session=draw(st.sampled_from(SESSIONS)),
        at=draw(st.sampled_from([0, *range(1, 6 * QUARTER, QUARTER // 2)])),
        cost=draw(st.none() | st.integers(0, 300)),
        tokens=draw(st.none() | tokens),
        run=draw(st.sampled_from(["", "print:1", "print:2", "status"])),
    )


_EVENTS = st.lists(any_usage() | totals(), max_size=12)


@settings(deadline=None, max_examples=60)
@given(st.lists(_EVENTS, max_size=4), st.data())
def test_totals_do_not_depend_on_the_order_of_events(
    batches: list[list[Usage | SessionTotalUpdate]], data: st.DataObject
) -> None:
    everything = [event for batch in batches for event in batch]
    again = data.draw(st.permutations(everything))
    expected = _expected_totals(everything)
    with closing(private_store()) as store:
        for batch in (*batches, again):
            ingest(store, *batch)
        for session in SESSIONS:
            assert store.totals(session).amount == expected[session]
        overall = ZERO
        for amount in expected.values():
            overall = overall.plus(amount)
        assert store.overall().amount == overall
        assert store.overall(since=0).amount == overall


def _expected_totals(events: Sequence[Usage | SessionTotalUpdate]) -> dict[SessionKey, Amount]:
    """Return the amount of each session."""
    responses = owned_responses([event for event in events if isinstance(event, Usage)])
    sums: dict[SessionKey, Amount] = {}
    for session in PARENTS:
        own = [response for response in responses if response.owner == session]
        copies_only = not own and any(session in response.observations for response in responses)
        began = min((response.at for response in own), default=0)
        reports = [
            event
            for event in events
            if isinstance(event, SessionTotalUpdate)
            and event.session == session
            and (not event.at or event.at >= began)
        ]
        booked = ZERO
        for response in own:
            booked = booked.plus(response.amount())
        sums[session] = booked if copies_only else _raised(booked, reports)
    return sums


def _raised(booked: Amount, reports: Iterable[SessionTotalUpdate]) -> Amount:
    """Return the sum of responses, raised to the reported total."""
    best: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for event in reports:
        counts = {} if event.cost is None else {"cost": event.cost}
        for name in ("input", "output", "cache_read", "cache_creation", "reasoning"):
            counts |= {name: getattr(event.tokens, name)} if event.tokens else {}
        for name, number in counts.items():
            runs = best[name][event.run.split(":")[0]]
            runs[event.run] = max(runs.get(event.run, 0), number)
    total = {name: max(sum(runs.values()) for runs in reporters.values()) for name, reporters in best.items()}
    if "input" in total and not (total["cache_read"] or total["cache_creation"]):
        total["input"] -= booked.cache_read + booked.cache_creation
    more = {name: max(number, getattr(booked, name)) for name, number in total.items()}
    is_more = any(number > getattr(booked, name) for name, number in more.items())
    prompt = ("input", "cache_read", "cache_creation")
    is_complete = "cost" in total and all(name in total and total[name] >= getattr(booked, name) for name in prompt)
    return booked._replace(
        **more,
        unpriced=booked.unpriced + (is_more and "cost" not in total),
        lower_bound=0 if is_complete else booked.lower_bound,
    )


@st.composite
def dated_totals(draw: st.DrawFn) -> SessionTotalUpdate:
    """Draw a total whose moment is known or not, which may contain what other sessions spent."""
    event = draw(totals())
    until = event.at + 1 if event.at and event.run else 0
    return replace(event, until=until, inherits=event.run != "status", is_partial=draw(st.booleans()))


@settings(deadline=None, max_examples=60)
@given(st.lists(any_usage() | dated_totals(), max_size=12), st.data())
def test_moments_and_inheritance_do_not_depend_on_the_order_of_events(
    events: list[Usage | SessionTotalUpdate], data: st.DataObject
) -> None:
    again = data.draw(st.permutations(events))
    with closing(filled(*events)) as store, closing(private_store()) as other:
        for event in again:
            ingest(other, event)
        for session in SESSIONS:
            assert store.totals(session).amount == other.totals(session).amount
