"""Figures of one session that are computed when they are asked for."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.builders import APPLE, BIRCH, NOON, PRICE, QUARTER, change, filled, finished, ingest, started, usage
from tui_monitor.events import (
    AgentUpdate,
    CallState,
    ChangeKind,
    EndpointRequest,
    MetricSample,
    Prompt,
    Rank,
    SessionKey,
    SessionTotalUpdate,
    SessionUpdate,
    ToolKind,
)
from tui_monitor.figures import (
    EndpointTotal,
    FailureTotal,
    FigureKind,
    Latency,
    OperationTotal,
    Period,
    PromptTotal,
    ServiceFigures,
    SessionFigures,
)
from tui_monitor.ledger import UNATTRIBUTED
from tui_monitor.store import Store, open_store
from tui_monitor.store.ranked_calls import MOST

COST = PRICE.cost(usage("x").tokens)
UNKNOWN = SessionKey("demo", "unknown")


def prompt(text: str, at: int, agent: str = "", session: SessionKey = APPLE) -> Prompt:
    return Prompt(session=session, agent=agent, at=at, text=text)


def request(name: str, at: int = NOON, **fields: object) -> EndpointRequest:
    return EndpointRequest(session=APPLE, at=at, uid=name, **{"endpoint": "/chat", **fields})  # type: ignore[arg-type]


def metric(name: str, value: float, at: int = NOON, **tags: str) -> MetricSample:
    return MetricSample(session=APPLE, at=at, uid=f"{name}{at}{tags}", name=name, value=value, tags=tuple(tags.items()))


def service(store: Store) -> ServiceFigures:
    figures = store.figures(APPLE, FigureKind.SERVICE).service
    assert figures
    return figures


@pytest.mark.parametrize("kind", FigureKind)
def test_every_kind_has_an_answer_for_an_unknown_session(store: Store, kind: FigureKind) -> None:
    figures = store.figures(UNKNOWN, kind, [Period("today", 0, NOON)])
    assert [name for name in FigureKind if getattr(figures, name) is not None] == [kind]


def test_latencies_are_of_what_sources_state() -> None:
    times = [(1000, 200, 10), (2000, None, 10), (9000, 400, 30), (None, 300, 10)]
    responses = [
        replace(usage(f"r{index}", output=output), duration_ms=duration, ttft_ms=first)
        for index, (duration, first, output) in enumerate(times)
    ]
    placeholder = replace(usage("p", output=5000), duration_ms=3000, rank=Rank.PLACEHOLDER)
    with_other = replace(usage("o"), model="model-b")
    store = filled(*responses, placeholder, with_other)
    latencies = store.figures(APPLE, FigureKind.LATENCIES).latencies
    assert latencies == {("model-a", "acme"): Latency(4, 2000, 9000, 300, 50 / 12)}


def test_operations_are_those_of_the_conversation_of_sub_agents_and_named_ones() -> None:
    store = filled(
        usage("main"),
        usage("helper", agent="helper"),
        usage("helper-2", agent="helper"),
        replace(usage("title", output=0), operation="title", duration_ms=700),
        SessionTotalUpdate(session=APPLE, at=NOON, cost=10**12),
    )
    operations = store.figures(APPLE, FigureKind.OPERATIONS).operations
    assert operations
    named = {(one.operation, one.is_of_sub_agents): one for one in operations}
    assert {key: one.amount.requests for key, one in named.items()} == {
        (UNATTRIBUTED, False): 0,
        ("", True): 2,
        ("", False): 1,
        ("title", False): 1,
    }
    assert operations[0].operation == UNATTRIBUTED
    assert sum(one.amount.cost for one in operations) == store.totals(APPLE).amount.cost
    assert named["title", False].latency == Latency(1, 700, 700, None, None)


def test_tools_tell_waiting_and_sizes_apart() -> None:
    store = filled(
        started("c1"),
        replace(finished("c1", at=NOON + 60_000, output="x" * 70), waited_ms=50_000),
        started("c2"),
        finished("c2", at=NOON + 3000, output="y" * 30),
        replace(started("q1", tool="Ask"), kind=ToolKind.ASK),
        finished("q1", at=NOON + 9000),
        replace(started("e1", tool="Edit"), kind=ToolKind.EDIT),
        replace(finished("e1", at=NOON + 9000), duration_ms=100, approved=True, approval="user"),
    )
    figures = store.figures(APPLE, FigureKind.TOOLS).tools
    assert figures
    told = {tool.tool: (tool.p50_ms, tool.waits, tool.waited_ms) for tool in figures.tools}
    assert told == {"Bash": (3000, 1, 50_000), "Ask": (None, 1, 9000), "Edit": (100, 1, 8900)}
    assert [(tool.output_chars, tool.largest_output) for tool in figures.tools if tool.tool == "Bash"] == [(100, 70)]


def test_failures_are_counted_by_what_failed() -> None:
    calls = [
        event
        for name, command, state in (
            ("c1", "make", CallState.FAILED),
            ("c2", "make", CallState.FAILED),
            ("c3", "ls", CallState.FAILED),
            ("c4", "make", CallState.OK),
            ("c5", "make", CallState.REJECTED),
        )
        for event in (replace(started(name), subject=command), finished(name, state=state))
    ]
    figures = filled(*calls).figures(APPLE, FigureKind.TOOLS).tools
    assert figures
    assert figures.failures == (
        FailureTotal("Bash", "make", 2, NOON + 1000),
        FailureTotal("Bash", "ls", 1, NOON + 1000),
    )


def test_each_prompt_has_what_was_spent_until_the_next() -> None:
    store = filled(
        usage("r0", at=NOON),
        prompt("first", NOON + 1000),
        usage("r1", at=NOON + 2000),
        prompt("to the helper", NOON + 2500, agent="helper"),
        usage("r2", at=NOON + 3000, agent="helper"),
        started("c1", at=NOON + 3500),
        prompt("second", NOON + 4000),
        started("c2", at=NOON + 4000),
        prompt("elsewhere", NOON + 1500, session=BIRCH),
        usage("b", BIRCH, NOON + 2000),
    )
    spending = store.figures(APPLE, FigureKind.SPENDING).spending
    assert spending
    told = [(one.text, one.amount.requests, one.amount.cost, one.calls) for one in spending.prompts]
    assert told == [("second", 0, 0, 1), ("first", 2, 2 * COST, 1), ("", 1, COST, 0)]
    assert spending.prompts[1] == PromptTotal(NOON + 1000, "first", spending.prompts[1].amount, 1)
    amounts = store.figures(APPLE, FigureKind.PROMPT_AMOUNTS).prompt_amounts
    assert amounts == {one.at: one.amount for one in spending.prompts if one.at}


@pytest.mark.parametrize(
    "more",
    [
        SessionTotalUpdate(session=APPLE, at=NOON + 9, is_partial=True),
        SessionTotalUpdate(session=APPLE, at=NOON + 9, run="printed", cost=COST + 10**10),
    ],
)
def test_prompts_are_lower_bounds_where_the_session_spent_more_than_its_responses(more: SessionTotalUpdate) -> None:
    session = (prompt("first", NOON), usage("r1", at=NOON + 1), prompt("second", NOON + 2))
    stores = filled(*session), filled(*session, more)
    amounts = [store.figures(APPLE, FigureKind.PROMPT_AMOUNTS).prompt_amounts for store in stores]
    assert [[amount.lower_bound for amount in each.values()] for each in amounts if each] == [[0, 0], [1, 0]]


def test_prompts_of_a_fork_have_what_it_owns_alone() -> None:
    store = filled(
        prompt("begin", NOON - 5000),
        usage("a0", at=NOON - 4000),
        usage("a1", at=NOON),
        prompt("begin", NOON - 5000, session=BIRCH),
        usage("a1", BIRCH, NOON),
        prompt("go on", NOON + 500, session=BIRCH),
        usage("b1", BIRCH, NOON + 1000),
    )
    of_both = [store.figures(session, FigureKind.SPENDING).spending for session in (APPLE, BIRCH)]
    told = [[(one.text, one.amount.requests) for one in spending.prompts] for spending in of_both if spending]
    assert told == [[("begin", 2)], [("go on", 1), ("begin", 0)]]


def test_spending_in_a_period_is_exact_to_the_millisecond() -> None:
    other = replace(usage("c", SessionKey("other", "cedar"), NOON), model="model-c")
    store = filled(usage("a", at=NOON), usage("a2", at=NOON + 8 * QUARTER), usage("b", BIRCH, NOON + 1), other)
    periods = [
        Period("all", 0, 2 * NOON),
        Period("moment", NOON, NOON + 1),
        Period("before", NOON - QUARTER, NOON),
        Period("demo's", NOON, NOON + 2, source="demo"),
    ]
    spending = store.figures(APPLE, FigureKind.SPENDING, periods).spending
    assert spending
    told = [(total.amount.requests, total.of_session.requests) for total in spending.periods]
    assert told == [(4, 2), (2, 1), (0, 0), (2, 1)]
    assert spending.of("moment") is spending.periods[1]
    assert spending.of("never") is None


def test_requests_are_counted_by_endpoint_once_and_live(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store.db")
    first = request("r1", duration_ms=100.0, status=200, method="POST", tokens=7)
    ingest(store, first, request("r2", duration_ms=300.0, status=503, error="busy", method="POST"))
    assert [(one.requests, one.failed, one.last_error) for one in service(store).endpoints] == [(2, 1, "busy")]
    ingest(store, first, request("r3", at=NOON + 1, duration_ms=100.0, status=404, method="POST"))
    (endpoint,) = service(store).endpoints
    assert endpoint == EndpointTotal("/chat", "POST", 3, 2, endpoint.p50_ms, endpoint.p95_ms, 7, NOON + 1, "status 404")
    assert endpoint.p50_ms == pytest.approx(100, rel=0.01)
    assert endpoint.p95_ms == pytest.approx(300, rel=0.01)
    store.close()
    reopened = open_store(tmp_path / "store.db")
    assert service(reopened).endpoints == (endpoint,)
    reopened.close()


def test_metrics_are_series_by_name_and_tags() -> None:
    store = filled(
        metric("queue", 3.0, NOON + 2, lane="a"),
        metric("queue", 1.0, NOON + 1, lane="a"),
        metric("queue", 9.0, lane="b"),
        metric("heat", -2.5),
    )
    told = [(one.name, one.tags, one.count, one.least, one.greatest, one.recent) for one in service(store).metrics]
    assert told == [
        ("heat", (), 1, -2.5, -2.5, (-2.5,)),
        ("queue", (("lane", "a"),), 2, 1.0, 3.0, (1.0, 3.0)),
        ("queue", (("lane", "b"),), 1, 9.0, 9.0, (9.0,)),
    ]


def test_facts_of_the_store(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store.db")
    ingest(store, usage("a"), SessionUpdate(session=BIRCH, at=NOON, cwd="/p"), AgentUpdate(session=APPLE, agent="x"))
    facts = store.figures(APPLE, FigureKind.STORE).store
    assert facts
    assert (facts.path, facts.sessions, facts.files, facts.lines) == (tmp_path / "store.db", 2, 1, 3)
    assert facts.size > 10_000
    store.close()


def test_figures_of_other_kinds_stay() -> None:
    tools = SessionFigures(latencies={})
    both = tools.updated(SessionFigures(operations=(OperationTotal("title"),)))
    assert (both.latencies, both.operations) == ({}, (OperationTotal("title"),))
    assert both.updated(SessionFigures(operations=())).operations == ()


@pytest.mark.parametrize(
    ("folder", "requests"),
    [("", 3), ("/work/shop", 2), ("/work/shop/", 2), ("/work", 3), ("/work/sh", 0), ("shop", 1), ("hop", 0)],
)
def test_period_may_be_of_a_folder_and_what_is_below_it(folder: str, requests: int) -> None:
    places = {"a": "/work/shop", "b": "/work/shop/api", "c": "/work/shopping"}
    events = [
        event
        for name, cwd in places.items()
        for key in [SessionKey("agent", name)]
        for event in (SessionUpdate(session=key, at=NOON, cwd=cwd), usage(name, key))
    ]
    with closing(filled(*events)) as store:
        (total,) = store.period_totals([Period("daily", NOON - 1, NOON + 10_000, folder=folder)])
    assert total.amount.requests == requests


class TestRankedCalls:
    def test_the_first_by_each_rank_are_kept_once(self) -> None:
        store = filled(
            *(started(name) for name in ("slow", "long", "edit", "small")),
            finished("slow", at=NOON + 9_000, state=CallState.FAILED),
            finished("long", at=NOON + 20, output="x" * 500),
            finished("edit", at=NOON + 10, changes=(change("a.py", 7, 2), change("b.py", 1, 1))),
            finished("small", at=NOON + 5, output="x"),
        )
        calls = store.figures(APPLE, FigureKind.CALLS).calls
        assert calls
        assert [(one.call, one.run_ms, one.output_chars, one.added, one.removed) for one in calls] == [
            ("slow", 9_000, 0, 0, 0),
            ("long", 20, 500, 0, 0),
            ("edit", 10, 0, 8, 3),
            ("small", 5, 1, 0, 0),
        ]
        assert (calls[0].state, calls[0].at, calls[2].changed) == (CallState.FAILED, NOON + 9_000, 11)

    def test_each_rank_has_its_bound(self) -> None:
        events = [
            event
            for index in range(3 * MOST)
            for event in (
                started(f"c{index}"),
                finished(f"c{index}", at=NOON + 1 + index, output="x" * (3 * MOST - index)),
            )
        ]
        calls = filled(*events).figures(APPLE, FigureKind.CALLS).calls
        assert calls
        assert {one.call for one in calls} == {f"c{index}" for index in (*range(MOST), *range(2 * MOST, 3 * MOST))}

    def test_what_was_read_is_no_change(self) -> None:
        store = filled(started("read"), finished("read", changes=(change("a.py", 7, 2, ChangeKind.READ),)))
        calls = store.figures(APPLE, FigureKind.CALLS).calls
        assert calls
        assert calls[0].changed == 0
