"""Amounts of exact periods: the parts of any division of time sum to the whole."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.builders import APPLE, BIRCH, NOON, PRICE, QUARTER, finished, ingest, started, usage
from tui_monitor.events import Rank, SessionTotalUpdate, Usage
from tui_monitor.ledger import ZERO
from tui_monitor.store import Store, private_store

_SPAN = 4 * QUARTER


def amounts_of(store: Store, moments: Sequence[int | None]) -> list[int]:
    return [store.overall(since=since, until=until).amount.total_tokens for since, until in pairwise(moments)]


@st.composite
def usages(draw: st.DrawFn) -> list[Usage]:
    times = draw(st.lists(st.integers(0, _SPAN), min_size=1, max_size=8))
    sessions = st.sampled_from([APPLE, BIRCH])
    ranks = st.sampled_from([Rank.FINAL, Rank.PLACEHOLDER])
    return [
        replace(
            usage(f"r{number}", draw(sessions), at=NOON + at),
            rank=draw(ranks),
            web_searches=number % 2,
            rates=replace(PRICE, terms_known=draw(st.booleans())),
        )
        for number, at in enumerate(times)
    ]


@settings(deadline=None, max_examples=40)
@given(usages(), st.lists(st.integers(0, _SPAN), max_size=4))
def test_parts_of_time_sum_to_the_whole(events: list[Usage], cuts: list[int]) -> None:
    moments = [NOON, *sorted(NOON + cut for cut in cuts), NOON + _SPAN + 1]
    with closing(private_store()) as store:
        ingest(store, *events, SessionTotalUpdate(session=APPLE, at=NOON + 7, cost=10**15, until=NOON + 8))
        whole, parts = store.overall(), [ZERO]
        for since, until in pairwise(moments):
            part = store.overall(since=since, until=until)
            expected = [event for event in events if since <= event.at < until]
            assert part.amount.requests == len(expected)
            assert part.amount.total_tokens == sum(event.tokens.total for event in expected)
            assert sum(model.amount.requests for model in store.models(since=since, until=until)) == len(expected)
            sessions = store.sessions(since=since, until=until)
            assert sum(session.totals.amount.requests for session in sessions) == len(expected)
            parts.append(parts[-1].plus(part.amount))
        assert parts[-1] == whole.amount


def test_sessions_have_the_calls_of_the_period(store: Store) -> None:
    ingest(store, usage("r1", at=NOON), started("c1", at=NOON), finished("c1", at=NOON + 5))
    ingest(store, started("c2", at=NOON + 60_000), finished("c2", at=NOON + 60_005))
    (session,) = store.sessions(since=NOON + 1)
    assert (session.totals.amount, session.totals.calls) == (ZERO, 1)
    assert store.sessions(since=NOON + 60_001) == []


@pytest.mark.parametrize("until", [None, NOON + 3 * QUARTER])
def test_period_within_one_quarter_and_beyond(store: Store, until: int | None) -> None:
    ingest(store, usage("r1", at=NOON + 1), usage("r2", at=NOON + 2), usage("r3", at=NOON + 2 * QUARTER))
    one = usage("r1").tokens.total
    assert amounts_of(store, [NOON, NOON + 1, NOON + 2, NOON + 3, until]) == [0, one, one, one]
