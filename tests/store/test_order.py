"""Totals are independent of the order of events, repetitions and the limits of batches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.oracle import SESSIONS, ExpectedOwnership, any_usage, expected_totals
from tests.store.builders import QUARTER, change, finished, ingest, started
from tui_monitor.events import CallFinished, CallStarted, CallState, Event, SessionKey, Usage
from tui_monitor.ledger import ZERO, Amount
from tui_monitor.store import Store, private_store

_STATES = [CallState.OK, CallState.FAILED, CallState.REJECTED, CallState.BACKGROUND]


@st.composite
def call_events(draw: st.DrawFn) -> Event:
    """Draw a start or a result of a call; the same time of the same call and session always gives the same event."""
    session, call = draw(st.sampled_from(SESSIONS)), draw(st.integers(0, 3))
    moment = draw(st.integers(0, 3))
    if draw(st.booleans()):
        return started(f"call-{call}", session, at=1 + moment, tool=f"tool-{call % 2}")
    turn = (moment + call + SESSIONS.index(session)) % 4
    changes = (change(f"/p/{turn}", added=moment, removed=call), change("/p/all")) if moment != 1 else ()
    result = finished(f"call-{call}", session, at=10 + moment, state=_STATES[turn], changes=changes)
    return replace(result, exact=moment != 1)


_EVENTS = st.lists(any_usage() | call_events(), max_size=14)


@settings(deadline=None, max_examples=50)
@given(st.lists(_EVENTS, max_size=4), st.data())
def test_totals_do_not_depend_on_order_and_batches(batches: list[list[Event]], data: st.DataObject) -> None:
    everything = [event for batch in batches for event in batch]
    again = data.draw(st.permutations(everything))
    with_repetitions = [*batches, again]
    store = private_store()
    for batch in with_repetitions:
        ingest(store, *batch)
    _assert_totals(store, everything)
    store.close()


def _assert_totals(store: Store, events: Sequence[Event]) -> None:
    usages = [event for event in events if isinstance(event, Usage)]
    booked = expected_totals(usages)
    amounts: dict[SessionKey, Amount] = defaultdict(lambda: ZERO)
    quarters: dict[int, Amount] = defaultdict(lambda: ZERO)
    for account, amount in booked.items():
        amounts[account.session] = amounts[account.session].plus(amount)
        quarters[account.bucket] = quarters[account.bucket].plus(amount)
    calls = _counted_calls(events, ExpectedOwnership.of(usages))
    for session in SESSIONS:
        totals = store.totals(session)
        ours = [result for owner, result in calls.values() if owner == session]
        states = [result.state for result in ours if result]
        assert totals.amount == amounts[session]
        assert (totals.calls, totals.failed, totals.rejected) == (
            len(ours),
            states.count(CallState.FAILED),
            states.count(CallState.REJECTED),
        )
        changes = [one for result in ours if result for one in result.changes]
        assert totals.files_changed == len({one.path for one in changes})
        assert totals.lines_added == sum(one.added for one in changes)
        assert sum(agent.calls for agent in totals.agents) == totals.calls
    for quarter, amount in quarters.items():
        assert store.overall(since=quarter, until=quarter + QUARTER).amount == amount
    assert store.overall().calls == store.overall(since=0).calls == len(calls)


def _counted_calls(
    events: Sequence[Event], ownership: ExpectedOwnership
) -> dict[str, tuple[SessionKey, CallFinished | None]]:
    """Return the owner of each call, and its result there."""
    calls: dict[str, tuple[SessionKey, CallFinished | None]] = {}
    for call in {event.call for event in events if isinstance(event, CallStarted)}:
        sessions = {event.session for event in events if isinstance(event, CallStarted) and event.call == call}
        owner = min(sessions, key=ownership.rank)
        results = [
            event
            for event in events
            if isinstance(event, CallFinished) and (event.session, event.call) == (owner, call)
        ]
        calls[call] = owner, max(results, key=_rank, default=None)
    return calls


def _rank(result: CallFinished) -> tuple[bool, bool, int]:
    return result.exact, result.state.ended, result.at
