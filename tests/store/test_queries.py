"""Queries of views and reports: totals of a session, of many, of a time, and the list of sessions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.store.builders import (
    APPLE,
    BIRCH,
    NOON,
    PRICE,
    QUARTER,
    change,
    database,
    filled,
    finished,
    ingest,
    started,
    usage,
)
from tui_monitor.events import (
    AgentUpdate,
    CallState,
    ContextUpdate,
    Rank,
    Rates,
    SessionKey,
    SessionUpdate,
    Tokens,
    ToolKind,
)
from tui_monitor.ledger import Amount
from tui_monitor.store import EVERYTHING, Store, open_store
from tui_monitor.totals import AgentTotal, ModelTotal, SessionSummary, SessionTotals, ToolTotal

COST = 100 * 2_000_000 + 5 * 10_000_000 + 20 * 200_000 + 3 * 2_500_000
ONE = Amount(requests=1, input=100, output=5, cache_read=20, cache_creation=3, cost=COST)
LATER = NOON // QUARTER * QUARTER + 4 * QUARTER


@pytest.fixture
def two_sessions() -> Iterator[Store]:
    """A session with a helper agent, and a later session with a second model."""
    other = replace(usage("b1", BIRCH, LATER, output=50), model="model-b")
    store = filled(
        usage("a1"),
        usage("a2", agent="helper", output=5),
        *(started("c1"), finished("c1", state=CallState.FAILED, changes=(change("/p/a"),))),
        *(started("c2", agent="helper"), finished("c2", state=CallState.REJECTED)),
        other,
        *(started("c3", BIRCH, LATER), finished("c3", BIRCH, LATER + 5000, changes=(change("/p/a", 3, 0),))),
    )
    yield store
    store.close()


def test_totals_of_a_session_have_its_models_and_agents(two_sessions: Store) -> None:
    totals = two_sessions.totals(APPLE)
    assert totals.amount == ONE.plus(ONE)
    assert totals.models == (ModelTotal("model-a", "acme", ONE.plus(ONE), max_prompt=123, max_output=5),)
    assert totals.agents == (AgentTotal("", ONE, 1), AgentTotal("helper", ONE, 1))


def test_totals_of_an_unknown_session_are_empty(store: Store) -> None:
    assert store.totals(APPLE) == SessionTotals(APPLE)


def test_unpriced_and_lower_bound_responses_are_counted(store: Store) -> None:
    ingest(store, replace(usage("r1"), rates=None), replace(usage("r2"), rank=Rank.PLACEHOLDER))
    amount = store.totals(APPLE).amount
    assert (amount.unpriced, amount.lower_bound, amount.cost) == (1, 1, COST)


def test_overall_totals_count_a_file_once(two_sessions: Store) -> None:
    together = two_sessions.overall()
    assert (together.session, together.amount.requests) == (EVERYTHING, 3)
    assert (together.calls, together.failed, together.rejected) == (3, 1, 1)
    assert (together.files_changed, together.lines_added, together.lines_removed) == (1, 5, 1)
    assert [model.model for model in together.models] == ["model-b", "model-a"]


@pytest.mark.parametrize(
    ("since", "until", "requests", "calls", "lines"),
    [
        (None, None, 3, 3, 5),
        (NOON, None, 3, 3, 5),
        (LATER, None, 1, 1, 3),
        (LATER + 60_000, None, 0, 0, 0),
        (LATER + QUARTER, None, 0, 0, 0),
        (None, LATER, 2, 2, 2),
        (NOON, NOON, 0, 0, 0),
    ],
)
def test_totals_of_a_time_are_of_that_time(
    two_sessions: Store, since: int | None, until: int | None, requests: int, calls: int, lines: int
) -> None:
    together = two_sessions.overall(since=since, until=until)
    assert (together.amount.requests, together.calls, together.lines_added) == (requests, calls, lines)
    assert sum(model.amount.requests for model in two_sessions.models(since=since, until=until)) == requests
    assert sum(tool.calls for tool in two_sessions.tools(since=since, until=until)) == calls


@pytest.mark.parametrize("since", [None, 0])
def test_totals_of_selected_sessions(two_sessions: Store, since: int | None) -> None:
    chosen = [BIRCH, SessionKey("demo", "unknown")]
    assert two_sessions.overall(chosen, since=since).amount.requests == 1
    assert two_sessions.overall(chosen, since=since).calls == 1
    assert [model.model for model in two_sessions.models(chosen, since=since)] == ["model-b"]
    assert [tool.calls for tool in two_sessions.tools(chosen, since=since)] == [1]
    assert two_sessions.overall([], since=since) == SessionTotals(EVERYTHING)


def test_percentiles_of_tools_are_of_ended_calls(store: Store) -> None:
    for n in range(20):
        result = replace(finished(f"c{n}", at=NOON + (n + 1) * 1000), duration_ms=7 if n == 0 else None)
        ingest(store, started(f"c{n}"), result)
    ingest(store, started("open"), started("wait", tool="Ask"), started("timeless", at=0), finished("timeless"))
    assert store.tools() == [ToolTotal("Bash", 22, p50_ms=10_000, p95_ms=19_000), ToolTotal("Ask", 1)]


def test_percentiles_of_tools_leave_out_the_time_of_a_person(store: Store) -> None:
    end = finished("c", at=NOON + 60_000)
    ends = {
        "ran": replace(end, at=NOON + 2_000),
        "waited": replace(end, waited_ms=58_000),
        "measured": replace(end, duration_ms=2_000, approved=True, approval="user"),
        "unknown": replace(end, approved=True, approval="user"),
        "refused": replace(end, state=CallState.REJECTED),
    }
    for name, result in ends.items():
        ingest(store, started(name), replace(result, call=name))
    ingest(store, replace(started("asked", tool="Ask"), kind=ToolKind.ASK), replace(end, call="asked"))
    assert store.tools() == [
        ToolTotal("Bash", 5, rejected=1, p50_ms=2_000, p95_ms=2_000, waits=2, waited_ms=116_000),
        ToolTotal("Ask", 1, waits=1, waited_ms=60_000),
    ]


def test_background_call_has_no_duration_yet(store: Store) -> None:
    ingest(store, started("c1"), replace(finished("c1", state=CallState.BACKGROUND), duration_ms=30))
    assert store.tools() == [ToolTotal("Bash", 1)]


def test_session_summary(two_sessions: Store) -> None:
    ingest(
        two_sessions,
        SessionUpdate(session=APPLE, at=NOON, cwd="/p", branch="main", title="T", version="1.2", path="/logs/a"),
    )
    ingest(two_sessions, ContextUpdate(session=APPLE, at=NOON + 7, tokens=900, limit=2000))
    ingest(
        two_sessions,
        ContextUpdate(session=APPLE, at=NOON + 5, tokens=800),
        ContextUpdate(session=APPLE, at=NOON + 9, tokens=950),
    )
    ingest(two_sessions, ContextUpdate(session=APPLE, agent="helper", at=NOON + 11, tokens=5, limit=6))
    ingest(two_sessions, AgentUpdate(session=APPLE, agent="compactor", at=NOON, internal=True))
    totals = two_sessions.totals(APPLE)
    assert two_sessions.sessions()[1] == SessionSummary(
        session=APPLE,
        path="/logs/a",
        cwd="/p",
        folder="/p",
        branch="main",
        title="T",
        version="1.2",
        model="model-a",
        started=NOON,
        ended=NOON + 1000,
        agents=2,
        context=950,
        limit=2000,
        totals=replace(totals, models=(), agents=(), files=(), requests=()),
    )


def test_unknown_context_fill(store: Store) -> None:
    ingest(store, ContextUpdate(session=APPLE, at=NOON, tokens=900, limit=2000))
    ingest(store, ContextUpdate(session=APPLE, at=NOON + 1, tokens=None))
    (summary,) = store.sessions()
    assert (summary.context, summary.limit) == (None, 2000)


def test_model_of_a_session_is_the_latest_of_its_main_chain(store: Store) -> None:
    ingest(store, replace(usage("r1", at=NOON + 5), model="newer"), usage("r2"))
    ingest(store, replace(usage("r3", at=NOON + 9, agent="helper"), model="helpers"))
    assert store.sessions()[0].model == "newer"


@pytest.mark.parametrize(
    ("since", "until", "limit", "names"),
    [
        (None, None, None, ["birch", "apple", "timeless"]),
        (NOON, None, None, ["birch", "apple"]),
        (NOON + 2000, None, None, ["birch"]),
        (None, LATER, None, ["apple"]),
        (None, None, 1, ["birch"]),
    ],
)
def test_sessions_are_listed_by_their_last_activity(
    two_sessions: Store, since: int | None, until: int | None, limit: int | None, names: list[str]
) -> None:
    ingest(two_sessions, SessionUpdate(session=SessionKey("demo", "timeless")))
    assert [one.session.id for one in two_sessions.sessions(since=since, until=until, limit=limit)] == names


def test_queries_within_a_snapshot_agree(file_store: Store) -> None:
    other = open_store(database(file_store))
    with file_store.snapshot():
        assert file_store.totals(APPLE).calls == 0
        ingest(other, started("c1"))
        assert file_store.totals(APPLE).calls == 0
    assert file_store.totals(APPLE).calls == 1
    other.close()


def test_web_searches_and_long_cache_writes_are_priced(store: Store) -> None:
    rates = replace(PRICE, cache_creation_1h=9, web_search=1000, request=1)
    response = replace(usage("r1"), tokens=Tokens(cache_creation=10, cache_creation_1h=4), web_searches=2, rates=rates)
    ingest(store, response)
    amount = store.totals(APPLE).amount
    assert (amount.cost, amount.web_searches, amount.cache_creation_1h) == (6 * 2_500_000 + 36 + 2001, 2, 4)


@pytest.mark.parametrize("order", [1, -1])
def test_assumed_context_limit_does_not_replace_a_reported_one(store: Store, order: int) -> None:
    reported = ContextUpdate(session=APPLE, at=NOON, tokens=900, limit=1000)
    assumed = ContextUpdate(session=APPLE, at=NOON + 1, tokens=950, limit=2000, limit_source="assumed")
    ingest(store, *[reported, assumed][::order])
    [summary] = store.sessions()
    assert (summary.context, summary.limit) == (950, 1000)


def test_latest_reported_context_limit_wins(store: Store) -> None:
    larger = ContextUpdate(session=APPLE, at=NOON, tokens=900, limit=2000, model="m")
    smaller = ContextUpdate(session=APPLE, at=NOON + 1, tokens=90, limit=1000, model="m")
    ingest(store, smaller, larger)
    [summary] = store.sessions()
    assert (summary.context, summary.limit) == (90, 1000)


def test_another_model_has_its_own_assumed_limit(store: Store) -> None:
    reported = ContextUpdate(session=APPLE, at=NOON, tokens=900, limit=1000, model="m")
    other = ContextUpdate(session=APPLE, at=NOON + 1, tokens=950, limit=2000, limit_source="assumed", model="n")
    ingest(store, reported, other)
    [summary] = store.sessions()
    assert summary.limit == 2000
    ingest(store, replace(reported, at=NOON - 1))
    [summary] = store.sessions()
    assert summary.limit == 2000


def test_sessions_active_at_the_same_time_are_sorted_by_id() -> None:
    for order in ((APPLE, BIRCH), (BIRCH, APPLE)):
        store = filled(*(usage(session.id, session) for session in order))
        assert [summary.session for summary in store.sessions()] == sorted([APPLE, BIRCH])
        store.close()


def test_requests_of_the_main_chain_come_with_their_rates_in_order_of_time(store: Store) -> None:
    rates = Rates(input=5, cache_read=1)
    first, second = usage("r1", at=NOON + 9), replace(usage("r2", at=NOON + 5), rates=rates)
    ingest(store, first, second, usage("r3", agent="helper"), replace(usage("r4"), operation="title"))
    requests = store.totals(APPLE).requests
    assert [(request.at, request.rates) for request in requests] == [(NOON + 5, rates), (NOON + 9, first.rates)]
    assert requests[1].tokens == first.tokens
    assert requests[1].model == first.model
