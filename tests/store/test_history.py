"""What live state is built from when a session is opened again: everything it shows, in order, and bounded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.store.builders import APPLE, BIRCH, NOON, change, finished, ingest, started, usage
from tui_monitor.events import (
    AgentMessage,
    AgentStatus,
    AgentUpdate,
    CallFinished,
    CallStarted,
    CompactionUpdate,
    ContextUpdate,
    EndpointRequest,
    Event,
    LogLine,
    MetricSample,
    PlanUpdate,
    Prompt,
    RateLimitUpdate,
    RetryUpdate,
    SessionUpdate,
    SourceRef,
    Turn,
    TurnUpdate,
    WaitUpdate,
)
from tui_monitor.store import Store

NOTES: list[Event] = [
    Prompt(session=APPLE, at=NOON, text="go"),
    AgentMessage(session=APPLE, agent="scout", at=NOON + 1, text="hm", thinking=True),
    TurnUpdate(session=APPLE, at=NOON + 2, turn=Turn.DONE, duration_ms=9, reason="end"),
    ContextUpdate(session=APPLE, at=NOON + 3, tokens=None, limit=200, limit_source="user", model="m"),
    CompactionUpdate(
        session=APPLE, at=NOON + 4, finished=False, trigger="auto", before=9, after=2, trimmed=1, duration_ms=5
    ),
    RetryUpdate(session=APPLE, at=NOON + 5, reason="busy", attempt=1, attempts=9, wait_ms=100, status=529),
    EndpointRequest(session=APPLE, at=NOON + 6, uid="q1", endpoint="/v1", method="GET", status=200, duration_ms=1.5),
    MetricSample(session=APPLE, at=NOON + 7, uid="m1", name="queue", value=2.5, tags=(("host", "a"), ("zone", "b"))),
    LogLine(session=APPLE, at=NOON + 8, uid="l1", text="line", level="warn"),
    PlanUpdate(session=APPLE, at=NOON + 9, completed=1, total=3, now="test"),
    WaitUpdate(session=APPLE, at=NOON + 10, waiting=True, reason="permission", call="c1"),
    RateLimitUpdate(session=APPLE, at=NOON + 11, name="weekly", used_percent=12.5, window_minutes=300, resets_at=NOON),
]


@pytest.mark.parametrize("event", NOTES, ids=lambda event: type(event).__name__)
def test_every_kind_of_event_comes_back_as_it_was(store: Store, event: Event) -> None:
    ingest(store, event)
    assert store.history(APPLE) == [event]


def test_events_come_in_order_of_time_whatever_the_order_of_reading(store: Store) -> None:
    call = [started("c1", at=NOON + 3), finished("c1", at=NOON + 6)]
    ingest(store, *reversed([*NOTES, *call]))
    times = [event.at for event in store.history(APPLE)]
    assert times == sorted(times)
    assert len(times) == len(NOTES) + 2


def test_events_of_one_moment_come_in_the_order_of_reading(store: Store) -> None:
    events = [
        Prompt(session=APPLE, text="a"),
        replace(started("c1", at=0), uid=""),
        AgentMessage(session=APPLE, text="b"),
        finished("c1", at=0),
        TurnUpdate(session=APPLE, turn=Turn.DONE),
        Prompt(session=APPLE, text="a second"),
    ]
    for event in events:
        ingest(store, event)
    assert store.history(APPLE) == events


def test_a_call_comes_back_with_its_result_changes_and_texts(store: Store) -> None:
    begin = replace(started("c1", agent="scout"), input='{"x": 1}', model="m", ref=SourceRef("/logs/a", 5, 6))
    end = replace(
        finished("c1", changes=(change("/p/a"), replace(change("/p/b"), old_path="/p/c", lines=(3, 9)))),
        agent="scout",
        output="out",
        error="err",
        metadata='{"m": 2}',
        ref=SourceRef("/logs/a", 11, 6),
    )
    ingest(store, begin, end)
    assert store.history(APPLE) == [replace(begin, uid=""), end]


def test_only_the_latest_plan_limit_and_wait_are_kept(store: Store) -> None:
    plans = [PlanUpdate(session=APPLE, at=NOON + n, completed=n, total=9) for n in (2, 3, 1)]
    limits = [RateLimitUpdate(session=APPLE, at=NOON, name=name, used_percent=n) for n, name in enumerate("aba")]
    ingest(store, *plans, *limits)
    assert store.history(APPLE) == [limits[1], limits[2], plans[1]]


def test_facts_of_the_session_and_its_agents_come_first(store: Store) -> None:
    ingest(store, Prompt(session=APPLE, at=NOON - 5, text="go"))
    ingest(store, SessionUpdate(session=APPLE, at=NOON, cwd="/p", branch="main", title="old", path="/logs/a"))
    ingest(store, SessionUpdate(session=APPLE, at=NOON + 2, title="new"))
    ingest(store, SessionUpdate(session=APPLE, at=NOON + 1, title="older", version="2.0"))
    ingest(store, SessionUpdate(session=APPLE, at=NOON + 9, agent="scout", cwd="/elsewhere", client="cli"))
    scout = AgentUpdate(session=APPLE, agent="scout", at=NOON, type="explorer", parent="", call="c1", internal=True)
    ingest(store, scout, usage("r1"))
    facts = SessionUpdate(
        session=APPLE,
        at=NOON + 2,
        cwd="/p",
        branch="main",
        version="2.0",
        title="new",
        path="/logs/a",
        client="cli",
    )
    assert store.history(APPLE)[:2] == [facts, scout]


def test_an_agent_comes_back_with_its_life(store: Store) -> None:
    told = AgentUpdate(
        session=APPLE,
        agent="scout",
        at=NOON,
        type="explorer",
        description="look around",
        model="m",
        status=AgentStatus.FAILED,
        started=NOON - 9,
        ended=NOON,
        exit_code=0,
        error="lost",
        log_file="/logs/s",
        process_id=5,
        plan="REQ",
        task="T1",
        category="research",
    )
    ingest(store, told)
    assert store.history(APPLE) == [told]


def test_only_the_last_calls_are_told_and_those_that_have_not_ended(store: Store) -> None:
    ingest(store, started("open", at=NOON - 9))
    for n in range(9):
        ingest(store, started(f"c{n}", at=NOON + n), finished(f"c{n}", at=NOON + n))
    calls = [event.call for event in store.history(APPLE, calls=2) if isinstance(event, CallStarted)]
    assert calls == ["open", "c7", "c8"]


def test_each_other_kind_is_bounded_too_but_every_agents_last_context_is_there(store: Store) -> None:
    scout = ContextUpdate(session=APPLE, agent="scout", at=NOON - 1, tokens=7)
    contexts = [ContextUpdate(session=APPLE, at=NOON + n, tokens=n) for n in range(9)]
    prompts = [Prompt(session=APPLE, at=NOON + 100 + n, text=str(n)) for n in range(9)]
    ingest(store, scout, *contexts, *prompts)
    assert store.history(APPLE, calls=2) == [scout, *contexts[-2:], *prompts[-2:]]


def test_long_texts_are_cut_in_the_history_and_their_counts_are_not(store: Store) -> None:
    diff = "@@ -0,0 +1,9000 @@\n" + "+a line\n" * 9000
    long = replace(change("/p/a", 9000, 0), diff=diff)
    ingest(store, started("c1"), finished("c1", output="x" * 50_000 + "the end", changes=(long,)))
    result = store.history(APPLE)[-1]
    assert isinstance(result, CallFinished)
    assert len(result.output) < 5000
    assert result.output.endswith("the end")
    assert len(result.changes[0].diff) < 20_000
    assert result.changes[0].diff.endswith("+a line\n")
    assert result.changes[0].added == 9000


def test_a_session_that_is_not_known_has_no_history(store: Store) -> None:
    assert store.history(BIRCH) == []
    assert store.sessions() == []
