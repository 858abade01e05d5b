"""What was spent is the same by whatever it is asked, within whatever limits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from tests.store.builders import APPLE, BIRCH, NOON, QUARTER, change, filled, finished, started, usage
from tui_monitor.events import AgentUpdate, Prompt, SessionTotalUpdate
from tui_monitor.ledger import ZERO, Amount
from tui_monitor.store import SpendingKey, SpendingScope, Store

ALL = SpendingScope()


@pytest.fixture
def store() -> Iterator[Store]:
    """Two sessions with three models, a sub-agent with a plan and a task, and a response with labels of its own."""
    events = (
        AgentUpdate(session=APPLE, agent="helper", at=NOON, type="Explore", plan="REQ-1", task="T1"),
        Prompt(session=APPLE, at=NOON - 1, text="Mend it."),
        usage("a"),
        replace(usage("b", agent="helper", at=NOON + QUARTER), model="Model-B"),
        replace(usage("c", BIRCH, NOON + 3 * QUARTER), plan="REQ-2", task="T2", operation="compact"),
        started("one", at=NOON + 1),
        finished("one", changes=(change("/x.py"), change("/x.py"), change("/y.py"))),
    )
    with closing(filled(*events)) as store:
        yield store


def total(store: Store, scope: SpendingScope) -> Amount:
    """Return the sum of a scope."""
    (spent,) = store.spending(scope)
    return spent.amount


@pytest.mark.parametrize("key", SpendingKey)
def test_amounts_add_up_to_the_total_by_each_key(key: SpendingKey, store: Store) -> None:
    amount = ZERO
    for spent in store.spending(ALL, [key]):
        amount = amount.plus(spent.amount)
    assert amount == store.overall().amount == total(store, ALL)


def test_amounts_have_their_keys(store: Store) -> None:
    spent = store.spending(ALL, list(SpendingKey))
    helper = next(one for one in spent if one.agent_type == "Explore")
    assert (helper.session, helper.agent, helper.model) == (APPLE, "demo/apple/helper", "Model-B")
    assert (helper.plan, helper.task, helper.at) == ("REQ-1", "T1", (NOON + QUARTER) // QUARTER * QUARTER)
    other = next(one for one in spent if one.session == BIRCH)
    assert (other.plan, other.task, other.operation, other.provider) == ("REQ-2", "T2", "compact", "acme")


@pytest.mark.parametrize(
    ("scope", "requests"),
    [
        (SpendingScope(model="b"), 1),
        (SpendingScope(model="MODEL-*"), 3),
        (SpendingScope(model="gpt"), 0),
        (SpendingScope(agent="Explore"), 1),
        (SpendingScope(agent="helper"), 1),
        (SpendingScope(agent="demo/apple/helper"), 1),
        (SpendingScope(agent="main"), 2),
        (SpendingScope(plan="REQ-1"), 1),
        (SpendingScope(task="T2"), 1),
        (SpendingScope(plan="REQ-1", task="T2"), 0),
        (SpendingScope(sessions=[APPLE]), 2),
        (SpendingScope(sessions=[]), 0),
        (SpendingScope(since=NOON + 1), 2),
        (SpendingScope(until=NOON + QUARTER), 1),
        (SpendingScope(until=NOON + QUARTER, plan="REQ-1"), 0),
    ],
)
def test_limits_hold_for_sums_and_for_single_responses(scope: SpendingScope, requests: int, store: Store) -> None:
    assert total(store, scope).requests == requests
    assert sum(one.is_selected for one in store.spending_history(scope).responses) == requests


def test_history_has_all_of_the_sessions_whatever_is_selected(store: Store) -> None:
    history = store.spending_history(SpendingScope(sessions=[APPLE], since=NOON + QUARTER))
    assert sorted((one.is_selected, one.prompt) for one in history.responses) == [(False, 123), (True, 123)]
    ((call,), (prompt,)) = history.calls, history.prompts
    assert (call.tool, call.files, call.chain) == (
        "Bash",
        ("/x.py", "/y.py"),
        max(history.responses, key=lambda one: one.chain).chain,
    )
    assert (prompt.text, prompt.at) == ("Mend it.", NOON - 1)


def test_what_is_reported_beyond_responses_is_in_each_sum() -> None:
    beyond = SessionTotalUpdate(session=APPLE, at=NOON, cost=10**13)
    with closing(filled(usage("a"), beyond)) as store:
        amount = store.overall().amount
        assert amount.cost == 10**13
        for keys in ([], [SpendingKey.AT], [SpendingKey.TASK]):
            assert sum(spent.amount.cost for spent in store.spending(ALL, keys)) == amount.cost
        assert sum(one.amount.cost for one in store.spending_history(ALL).responses) == amount.cost
