"""The ledger: totals are a function of the set of usages, whatever the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.memory_ledger import MemoryLedger
from tests.ledger.oracle import SESSIONS, any_usage, expected_totals
from tui_monitor.events import Rank, Rates, SessionKey, Tokens, Usage
from tui_monitor.ledger import ZERO, Account, Amount, Ledger

APPLE, BIRCH, CEDAR = SESSIONS


def book(batches: Iterable[Iterable[Usage]], repository: MemoryLedger | None = None) -> dict[Account, Amount]:
    """Return the totals after all batches, each recorded by a new ledger, as after a restart."""
    repository = repository or MemoryLedger()
    totals: dict[Account, Amount] = {}
    for batch in batches:
        ledger = Ledger(repository)
        for usage in batch:
            ledger.record(usage)
        for account, amount in ledger.reconcile().items():
            totals[account] = totals.get(account, ZERO).plus(amount)
    return {account: amount for account, amount in totals.items() if amount != ZERO}


def usage_of(
    session: SessionKey = APPLE, at: int = 1, name: str = "r1", output: int = 5, rank: Rank = Rank.FINAL
) -> Usage:
    return Usage(session=session, at=at, strong_ids=(name,), model="m", tokens=Tokens(10, output), rank=rank)


@given(st.lists(st.lists(any_usage(), max_size=8), max_size=4))
def test_totals_do_not_depend_on_the_order_of_usages_nor_on_the_batches(batches: list[list[Usage]]) -> None:
    everything = [usage for batch in batches for usage in batch]
    assert book(batches) == expected_totals(everything)


@given(st.lists(any_usage(), max_size=12), st.data())
def test_a_ledger_kept_over_batches_agrees_with_new_ones(usages: list[Usage], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(usages)))
    ledger, totals = Ledger(MemoryLedger()), dict[Account, Amount]()
    for batch in (usages[:cut], usages[cut:], usages):
        for usage in batch:
            ledger.record(usage)
        for account, amount in ledger.reconcile().items():
            totals[account] = totals.get(account, ZERO).plus(amount)
    assert {account: amount for account, amount in totals.items() if amount != ZERO} == expected_totals(usages)


@given(st.lists(st.tuples(any_usage(), st.lists(st.integers(-1, 3), max_size=3)), max_size=8))
def test_repetitions_of_a_usage_at_other_times_are_merged_like_any(repeated: list[tuple[Usage, list[int]]]) -> None:
    usages = [replace(usage, at=max(0, usage.at + n)) for usage, shifts in repeated for n in (0, *shifts)]
    assert book([usages]) == book([[usage] for usage in usages]) == expected_totals(usages)


def test_copies_that_name_other_providers_are_chosen_from_by_name() -> None:
    copies = [replace(usage_of(APPLE), provider="acme"), replace(usage_of(BIRCH), provider="zenith")]
    (account,) = book([copies])
    assert book([copies[::-1]]).keys() == {account}
    assert account.provider == "zenith"


def test_response_recorded_twice_counts_once_with_its_largest_output() -> None:
    (amount,) = book([[usage_of(output=2), usage_of(output=7)], [usage_of(output=3)]]).values()
    assert (amount.requests, amount.input, amount.output) == (1, 10, 7)


def test_export_completes_counts_that_are_not_final_and_the_output_never_shrinks() -> None:
    better = replace(usage_of(output=1), rank=Rank.EXPORTED, tokens=Tokens(input=3, output=1))
    (amount,) = book([[usage_of(output=9, rank=Rank.PARTIAL)], [better]]).values()
    assert (amount.input, amount.output, amount.lower_bound) == (3, 9, 0)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("output", [1, 1001, 10**9])
def test_forged_export_changes_nothing_of_a_final_response(output: int, order: int) -> None:
    usage = replace(usage_of(output=2000), provider="acme", rates=Rates(input=1, output=2))
    forged = replace(
        usage,
        rank=Rank.EXPORTED,
        has_strong_id=False,
        tokens=Tokens(input=7, output=output, cache_read=5, reasoning=3, cache_creation_1h=3),
        reported_cost=10**15,
        rates=Rates(output=10**6),
        speed="fast",
        model="dear",
        provider="other",
    )
    expected = book([[usage]])
    assert book([[one] for one in (usage, forged)[::order]]) == expected


def test_export_prices_a_final_response_of_an_unknown_model() -> None:
    exported = replace(usage_of(), rank=Rank.EXPORTED, reported_cost=42)
    (amount,) = book([[usage_of()], [exported]]).values()
    assert (amount.cost, amount.unpriced) == (42, 0)


def test_cost_of_an_export_counts_while_the_transcript_is_not_final() -> None:
    placeholder = replace(usage_of(rank=Rank.PLACEHOLDER), rates=Rates(input=100))
    exported = replace(usage_of(), rank=Rank.EXPORTED, reported_cost=42)
    (amount,) = book([[placeholder], [exported]]).values()
    assert (amount.cost, amount.lower_bound) == (42, 0)


def test_placeholder_is_a_lower_bound_until_the_response_is_complete() -> None:
    first = [usage_of(rank=Rank.PLACEHOLDER)]
    (before,) = book([first]).values()
    (after,) = book([first, [usage_of()]]).values()
    assert (before.lower_bound, after.lower_bound) == (1, 0)


def test_responses_that_prove_to_be_the_same_are_merged() -> None:
    both = replace(usage_of(name="r1"), strong_ids=("r1", "r2"))
    (amount,) = book([[usage_of(name="r1"), usage_of(name="r2", output=8)], [both]]).values()
    assert (amount.requests, amount.output) == (1, 8)


@pytest.mark.parametrize("has_strong_id", [True, False])
def test_weak_id_merges_unless_both_sides_have_a_strong_id(has_strong_id: bool) -> None:
    one = replace(usage_of(name="r1"), weak_ids=("message",))
    other = replace(usage_of(name="r2"), weak_ids=("message",), has_strong_id=has_strong_id)
    assert sum(amount.requests for amount in book([[one, other]]).values()) == (2 if has_strong_id else 1)


def test_weak_id_merges_with_one_response_that_has_a_strong_id_not_with_a_second() -> None:
    one = replace(usage_of(name="r1"), weak_ids=("message",))
    other = replace(usage_of(name="r2"), weak_ids=("message",))
    replayed = replace(usage_of(name="line"), weak_ids=("message",), has_strong_id=False)
    assert sum(amount.requests for amount in book([[one, other], [replayed]]).values()) == 2
    assert sum(amount.requests for amount in book([[one, other, replayed]]).values()) == 2


@pytest.mark.parametrize("order", [1, -1])
def test_side_conversation_that_replays_a_response_does_not_own_it(order: int) -> None:
    own = replace(usage_of(name="r1"), weak_ids=("message",))
    repeated = replace(
        usage_of(name="r2"), weak_ids=("message",), has_strong_id=False, agent="aside", operation="aside"
    )
    (account,) = book([[own, repeated][::order]])
    assert (account.operation, account.agent) == ("", "")


def test_unpriced_response_is_counted_as_such_and_costs_nothing() -> None:
    (amount,) = book([[usage_of()]]).values()
    assert (amount.cost, amount.unpriced) == (0, 1)


def test_reported_cost_wins_over_the_price_list() -> None:
    priced = replace(usage_of(), rates=Rates(input=100))
    (listed,) = book([[priced]]).values()
    (reported,) = book([[replace(priced, reported_cost=42)]]).values()
    assert (listed.cost, reported.cost) == (1000, 42)


@pytest.mark.parametrize("order", [1, -1])
def test_rates_come_from_who_knows_the_terms_and_counts_from_the_best_source(order: int) -> None:
    transcript = replace(usage_of(rank=Rank.PARTIAL), service_tier="priority", rates=Rates(input=200))
    export = replace(usage_of(), rank=Rank.EXPORTED, tokens=Tokens(input=3, output=5), rates=Rates(input=100))
    (amount,) = book([[usage] for usage in (transcript, export)[::order]]).values()
    assert (amount.input, amount.cost) == (3, 600)


def test_fork_owns_only_what_its_parent_does_not_have() -> None:
    history = [usage_of(APPLE, at=1, name="r1"), usage_of(APPLE, at=5, name="r2")]
    fork = [usage_of(BIRCH, at=1, name="r1"), usage_of(BIRCH, at=9, name="r3")]
    for order in ([history, fork], [fork, history]):
        owners = {account.session: amount.requests for account, amount in book(order).items()}
        assert owners == {APPLE: 2, BIRCH: 1}


def test_session_with_nothing_of_its_own_is_the_parent() -> None:
    fork, parent = [usage_of(APPLE, at=1), usage_of(APPLE, at=2, name="r2")], [usage_of(BIRCH, at=1)]
    owners = {account.session for account in book([fork, parent])}
    assert owners == {APPLE, BIRCH}


def test_ownership_and_totals_move_when_an_older_session_appears() -> None:
    repository = MemoryLedger()
    shared = [usage_of(BIRCH, at=5, name="r1"), usage_of(CEDAR, at=5, name="r1")]
    own = [usage_of(BIRCH, at=6, name="b"), usage_of(CEDAR, at=7, name="c")]
    assert {a.session: n.requests for a, n in book([shared + own], repository).items()} == {BIRCH: 2, CEDAR: 1}
    deltas = book([[usage_of(CEDAR, at=2, name="earlier")]], repository)
    assert {a.session: n.requests for a, n in deltas.items()} == {BIRCH: -1, CEDAR: 2}


def test_reconciling_without_new_usages_moves_nothing() -> None:
    ledger = Ledger(MemoryLedger())
    ledger.record(usage_of())
    ledger.reconcile()
    assert ledger.reconcile() == {}


def test_sum_changes_no_response_that_took_its_id_in_an_older_store() -> None:
    assert book([[usage_of(), usage_of(output=50, rank=Rank.SUM)]]) == book([[usage_of()]])


def test_sum_counts_what_is_left_of_it() -> None:
    repository = MemoryLedger()
    totals = book([[usage_of(rank=Rank.SUM)]], repository)
    for tokens, requests in ((Tokens(4, 1), 1), (Tokens(), 0), (Tokens(7, 2), 1)):
        ledger = Ledger(repository)
        ledger.set_sum("r1", tokens)
        for account, amount in ledger.reconcile().items():
            totals[account] = totals[account].plus(amount)
        [amount] = totals.values()
        assert (amount.requests, amount.input, amount.output) == (requests, tokens.input, tokens.output)
        assert (amount.cost, amount.unpriced) == (0, requests)
