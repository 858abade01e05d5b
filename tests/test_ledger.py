"""The ledger: what sightings of responses come to, whatever the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.oracle import SESSIONS, expected, observations
from tui_monitor.events import Rank, Rates, SessionKey, Tokens, Usage
from tui_monitor.ledger import ZERO, Account, Amount, BilledResponse, Ledger

APPLE, BIRCH, CEDAR = SESSIONS


class MemoryLedger:
    """A book that keeps copies, so that what is not saved is not seen."""

    def __init__(self) -> None:
        self._responses: dict[int, BilledResponse] = {}
        self._names: dict[str, set[int]] = {}
        self._ranks: dict[SessionKey, int] = {}
        self._next = 1

    def find(self, names: Iterable[str]) -> list[BilledResponse]:
        found = {response for name in names for response in self._names.get(name, ())}
        return [_copy(self._responses[response]) for response in sorted(found)]

    def add_alias(self, response: BilledResponse, names: Iterable[str]) -> None:
        for name in names:
            self._names.setdefault(name, set()).add(response.id)
        self._responses[response.id] = _copy(response)

    def add(self, response: BilledResponse) -> None:
        response.id, self._next = self._next, self._next + 1

    def save(self, response: BilledResponse) -> None:
        self._responses[response.id] = _copy(response)

    def merge(self, response: BilledResponse, merged: BilledResponse) -> None:
        del self._responses[merged.id]
        for known in self._names.values():
            if merged.id in known:
                known.remove(merged.id)
                known.add(response.id)

    def shared_by(self, session: SessionKey) -> list[BilledResponse]:
        return [
            _copy(response)
            for response in self._responses.values()
            if response.shared and session in response.observations
        ]

    def first_unshared(self, session: SessionKey) -> int | None:
        own = [response for response in self._responses.values() if list(response.observations) == [session]]
        return min((response.observations[session].at for response in own), default=None)

    def ownership_ranks(self) -> dict[SessionKey, int]:
        return dict(self._ranks)

    def save_ownership_rank(self, session: SessionKey, ownership_rank: int) -> None:
        self._ranks[session] = ownership_rank


def _copy(response: BilledResponse) -> BilledResponse:
    return replace(response, observations=dict(response.observations))


def booked(batches: Iterable[Iterable[Usage]], repository: MemoryLedger | None = None) -> dict[Account, Amount]:
    """The sums after all batches, each settled by a ledger of its own, as after a restart."""
    repository = repository or MemoryLedger()
    sums: dict[Account, Amount] = {}
    for batch in batches:
        ledger = Ledger(repository)
        for usage in batch:
            ledger.record(usage)
        for account, amount in ledger.reconcile().items():
            sums[account] = sums.get(account, ZERO).plus(amount)
    return {account: amount for account, amount in sums.items() if amount != ZERO}


def told(session: SessionKey = APPLE, at: int = 1, name: str = "r1", output: int = 5, rank: Rank = Rank.FINAL) -> Usage:
    return Usage(session=session, at=at, strong_ids=(name,), model="m", tokens=Tokens(10, output), rank=rank)


@given(st.lists(st.lists(observations(), max_size=8), max_size=4))
def test_sums_are_those_of_all_sightings_at_once_in_any_order_and_any_split(batches: list[list[Usage]]) -> None:
    everything = [usage for batch in batches for usage in batch]
    assert booked(batches) == expected(everything)


@given(st.lists(observations(), max_size=12), st.data())
def test_one_ledger_over_many_batches_agrees_with_a_new_one_for_each(usages: list[Usage], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(usages)))
    ledger, sums = Ledger(MemoryLedger()), dict[Account, Amount]()
    for batch in (usages[:cut], usages[cut:], usages):
        for usage in batch:
            ledger.record(usage)
        for account, amount in ledger.reconcile().items():
            sums[account] = sums.get(account, ZERO).plus(amount)
    assert {account: amount for account, amount in sums.items() if amount != ZERO} == expected(usages)


def test_a_response_told_twice_counts_once_with_its_largest_output() -> None:
    (amount,) = booked([[told(output=2), told(output=7)], [told(output=3)]]).values()
    assert (amount.requests, amount.input, amount.output) == (1, 10, 7)


def test_the_better_source_has_the_numbers_and_the_output_never_shrinks() -> None:
    better = replace(told(output=1), rank=Rank.EXPORTED, tokens=Tokens(input=3, output=1))
    (amount,) = booked([[told(output=9)], [better]]).values()
    assert (amount.input, amount.output, amount.lower_bound) == (3, 9, 0)


def test_a_placeholder_is_a_lower_bound_until_the_response_is_complete() -> None:
    first = [told(rank=Rank.PLACEHOLDER)]
    (before,) = booked([first]).values()
    (after,) = booked([first, [told()]]).values()
    assert (before.lower_bound, after.lower_bound) == (1, 0)


def test_two_responses_that_turn_out_to_be_one_become_one() -> None:
    both = replace(told(name="r1"), strong_ids=("r1", "r2"))
    (amount,) = booked([[told(name="r1"), told(name="r2", output=8)], [both]]).values()
    assert (amount.requests, amount.output) == (1, 8)


@pytest.mark.parametrize("has_strong_id", [True, False])
def test_a_weak_name_joins_unless_both_are_told_under_full_names(has_strong_id: bool) -> None:
    one = replace(told(name="r1"), weak_ids=("message",))
    other = replace(told(name="r2"), weak_ids=("message",), has_strong_id=has_strong_id)
    assert sum(amount.requests for amount in booked([[one, other]]).values()) == (2 if has_strong_id else 1)


@pytest.mark.parametrize("order", [1, -1])
def test_an_aside_that_repeats_a_response_does_not_make_it_its_own(order: int) -> None:
    own = replace(told(name="r1"), weak_ids=("message",))
    repeated = replace(told(name="r2"), weak_ids=("message",), has_strong_id=False, agent="aside", operation="aside")
    (account,) = booked([[own, repeated][::order]])
    assert (account.operation, account.agent) == ("", "")


def test_an_unpriced_response_is_counted_as_such_and_costs_nothing() -> None:
    (amount,) = booked([[told()]]).values()
    assert (amount.cost, amount.unpriced) == (0, 1)


def test_what_the_source_says_it_cost_stands_over_the_price_list() -> None:
    priced = replace(told(), rates=Rates(input=100))
    (listed,) = booked([[priced]]).values()
    (reported,) = booked([[replace(priced, reported_cost=42)]]).values()
    assert (listed.cost, reported.cost) == (1000, 42)


@pytest.mark.parametrize("order", [1, -1])
def test_the_rates_are_of_who_knows_the_terms_of_the_request_and_the_numbers_of_who_counts_best(order: int) -> None:
    transcript = replace(told(), service_tier="priority", rates=Rates(input=200))
    export = replace(told(), rank=Rank.EXPORTED, tokens=Tokens(input=3, output=5), rates=Rates(input=100))
    (amount,) = booked([[usage] for usage in (transcript, export)[::order]]).values()
    assert (amount.input, amount.cost) == (3, 600)


def test_a_fork_owns_only_what_its_parent_does_not_tell() -> None:
    history = [told(APPLE, at=1, name="r1"), told(APPLE, at=5, name="r2")]
    fork = [told(BIRCH, at=1, name="r1"), told(BIRCH, at=9, name="r3")]
    for order in ([history, fork], [fork, history]):
        owners = {account.session: amount.requests for account, amount in booked(order).items()}
        assert owners == {APPLE: 2, BIRCH: 1}


def test_a_session_with_nothing_of_its_own_is_the_parent() -> None:
    fork, parent = [told(APPLE, at=1), told(APPLE, at=2, name="r2")], [told(BIRCH, at=1)]
    owners = {account.session for account in booked([fork, parent])}
    assert owners == {APPLE, BIRCH}


def test_ownership_moves_with_the_sums_when_an_older_session_appears() -> None:
    repository = MemoryLedger()
    shared = [told(BIRCH, at=5, name="r1"), told(CEDAR, at=5, name="r1")]
    own = [told(BIRCH, at=6, name="b"), told(CEDAR, at=7, name="c")]
    assert {a.session: n.requests for a, n in booked([shared + own], repository).items()} == {BIRCH: 2, CEDAR: 1}
    moved = booked([[told(CEDAR, at=2, name="earlier")]], repository)
    assert {a.session: n.requests for a, n in moved.items()} == {BIRCH: -1, CEDAR: 2}


def test_settling_without_anything_told_moves_nothing() -> None:
    ledger = Ledger(MemoryLedger())
    ledger.record(told())
    ledger.reconcile()
    assert ledger.reconcile() == {}
