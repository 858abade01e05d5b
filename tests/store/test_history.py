"""The history of a session: all that live state shows, in order, and bounded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.store.builders import (
    APPLE,
    BIRCH,
    NOON,
    change,
    events_of,
    finished,
    ingest,
    record_of,
    recorded_call,
    started,
    usage,
)
from tui_monitor.events import (
    AgentMessage,
    AgentStatus,
    AgentUpdate,
    CallProgress,
    CallState,
    CompactionUpdate,
    ContextUpdate,
    EndpointRequest,
    Event,
    HookSuccess,
    LogLine,
    Measure,
    MetricSample,
    PlanUpdate,
    Prompt,
    RateLimitUpdate,
    RetryUpdate,
    SessionUpdate,
    SourceRef,
    Tokens,
    ToolKind,
    Turn,
    TurnUpdate,
    WaitUpdate,
)
from tui_monitor.merge.agents import MergedAgent
from tui_monitor.merge.context_limits import LimitReport
from tui_monitor.merge.history import CallContent, SessionHistory
from tui_monitor.merge.session_facts import SessionFacts
from tui_monitor.store import Store

EVENTS: list[Event] = [
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
    HookSuccess(session=APPLE, at=NOON + 12, hook="make lint", occasion="Stop", duration_ms=900),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_kind_of_event_comes_back_as_it_was(store: Store, event: Event) -> None:
    ingest(store, event)
    assert events_of(store) == [event]


def test_events_come_in_order_of_time_whatever_the_order_of_reading(store: Store) -> None:
    ingest(store, *reversed(EVENTS))
    assert events_of(store) == EVENTS


def test_order_of_reading_is_that_of_events_and_calls_together(store: Store) -> None:
    events: list[Event] = [
        Prompt(session=APPLE, text="a"),
        started("c1", at=0),
        AgentMessage(session=APPLE, text="b"),
        finished("c1", at=0),
        TurnUpdate(session=APPLE, turn=Turn.DONE),
        finished("c2"),
        started("c2"),
    ]
    for event in events:
        ingest(store, event)
    history = store.history(APPLE)
    assert [recorded.event for recorded in history.events] == [events[0], events[2], events[4]]
    assert [recorded.order for recorded in history.events] == [1, 3, 5]
    assert [(call.id, call.order) for call in history.calls] == [("c1", 2), ("c2", 7)]


def test_call_comes_back_with_its_changes_and_texts(store: Store) -> None:
    begin = replace(started("c1", agent="scout"), input='{"x": 1}', model="m", ref=SourceRef("/logs/a", 5, 6))
    changes = (change("/p/a"), replace(change("/p/b"), old_path="/p/c", lines=(3, 9)))
    end = replace(
        finished("c1", changes=changes, state=CallState.FAILED),
        output="out",
        error="pushing\nfatal: no branch",
        metadata='{"m": 2}',
        measure=Measure(3, "lines"),
        tokens=Tokens(1, 2),
        approved=False,
        duration_ms=5,
        ref=SourceRef("/logs/a", 11, 6),
    )
    telemetry = replace(begin, at=NOON - 1, note="a note", timeout_ms=9, exact=False)
    progress = CallProgress(session=APPLE, at=NOON + 1, call="c1", doing="running", lines=4)
    ingest(store, begin, end, telemetry, progress)
    call = recorded_call(store)
    assert call.record == record_of(begin, end, telemetry, progress)
    assert call.content == CallContent(begin.input, "out", end.error, end.metadata, changes, "fatal: no branch")


def test_result_without_its_call_comes_back(store: Store) -> None:
    ingest(store, finished("c1", output="FAIL"))
    call = recorded_call(store)
    assert (call.record, call.content.output) == (record_of(finished("c1", output="FAIL")), "FAIL")


def test_only_the_latest_plan_limit_and_wait_are_kept(store: Store) -> None:
    plans = [PlanUpdate(session=APPLE, at=NOON + n, completed=n, total=9) for n in (2, 3, 1)]
    limits = [RateLimitUpdate(session=APPLE, at=NOON, name=name, used_percent=n) for n, name in enumerate("aba")]
    ingest(store, *plans, *limits)
    assert events_of(store) == [limits[1], limits[2], plans[1]]


def test_facts_of_the_session_come_back(store: Store) -> None:
    events: list[Event] = [
        Prompt(session=APPLE, at=NOON - 5, text="go"),
        SessionUpdate(session=APPLE, at=NOON, cwd="/p", branch="main", title="old", path="/logs/a"),
        SessionUpdate(session=APPLE, at=NOON + 2, title="new"),
        SessionUpdate(session=APPLE, at=NOON + 1, title="older", version="2.0"),
        SessionUpdate(session=APPLE, at=NOON + 9, agent="scout", cwd="/elsewhere", client="cli"),
        replace(usage("r1"), at=NOON + 3),
    ]
    facts = SessionFacts()
    for event in events:
        ingest(store, event)
        facts.apply(event)
    assert store.history(APPLE).facts == facts
    assert (facts.title, facts.version, facts.cwd, facts.client) == ("new", "2.0", "/p", "cli")
    assert (facts.model, facts.started, facts.last_at) == ("model-a", NOON - 5, NOON + 9)


def test_agent_comes_back_with_its_life(store: Store) -> None:
    update = AgentUpdate(
        session=APPLE,
        agent="scout",
        at=NOON,
        parent="leader",
        call="c1",
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
        internal=True,
    )
    events = [update, usage("r1", agent="scout"), replace(update, at=NOON - 1, type="older", started=None)]
    record = MergedAgent()
    for event in events:
        ingest(store, event)
        record.apply(event)
    assert store.history(APPLE).agents == {"scout": record}


def test_end_of_the_call_that_started_an_agent_comes_back_without_the_call(store: Store) -> None:
    ingest(store, AgentUpdate(session=APPLE, agent="scout", at=NOON, call="c1"))
    ingest(store, replace(started("c1"), kind=ToolKind.AGENT), finished("c1", state=CallState.FAILED))
    ingest(store, started("c2", at=NOON + 9_000))
    history = store.history(APPLE, calls=1)
    assert [call.id for call in history.calls] == ["c2"]
    assert history.call_ends == {"scout": ("c1", NOON + 1000, True)}
    assert (history.last_call_at, history.last_result_at) == (NOON, NOON + 1000)


def test_windows_come_back_by_agent_and_model(store: Store) -> None:
    update = ContextUpdate(session=APPLE, at=NOON, tokens=5, limit=200, limit_source="assumed", model="m")
    ingest(store, update, replace(update, at=NOON + 1, limit=100, limit_source="seen"), replace(update, agent="scout"))
    limits = store.history(APPLE).limits
    assert set(limits[""]) == {LimitReport(NOON, 200, "assumed", "m"), LimitReport(NOON + 1, 100, "seen", "m")}
    assert limits["scout"] == (LimitReport(NOON, 200, "assumed", "m"),)


def test_only_the_last_calls_come_back_and_those_without_an_end(store: Store) -> None:
    ingest(store, started("open", at=NOON - 9))
    for n in range(9):
        ingest(store, started(f"c{n}", at=NOON + n), finished(f"c{n}", at=NOON + n))
    assert [call.id for call in store.history(APPLE, calls=2).calls] == ["open", "c7", "c8"]


def test_each_kind_of_event_is_bounded_and_of_contexts_each_agent(store: Store) -> None:
    scout = ContextUpdate(session=APPLE, agent="scout", at=NOON - 1, tokens=7)
    contexts = [ContextUpdate(session=APPLE, at=NOON + n, tokens=n) for n in range(9)]
    prompts = [Prompt(session=APPLE, at=NOON + 100 + n, text=str(n)) for n in range(9)]
    ingest(store, scout, *contexts, *prompts)
    assert events_of(store, calls=2) == [scout, contexts[0], *contexts[-2:], *prompts[-2:]]


def test_context_comes_back_with_its_last_reset_and_its_start(store: Store) -> None:
    fills = [9, None, 1, None, 5, 6, 7, 8]
    contexts = [ContextUpdate(session=APPLE, at=NOON + n, tokens=tokens) for n, tokens in enumerate(fills)]
    ingest(store, *contexts)
    assert events_of(store, calls=1) == [contexts[3], contexts[4], contexts[7]]


def test_long_texts_are_cut_in_the_history_and_their_counts_are_not(store: Store) -> None:
    diff = "@@ -0,0 +1,9000 @@\n" + "+a line\n" * 9000
    long = replace(change("/p/a", 9000, 0), diff=diff)
    ingest(store, started("c1"), finished("c1", output="x" * 50_000 + "the end", changes=(long,)))
    call = recorded_call(store)
    assert call.record.output_chars == 50_007
    assert len(call.content.output) < 5000
    assert call.content.output.endswith("the end")
    assert len(call.content.changes[0].diff) < 20_000
    assert call.content.changes[0].diff.endswith("+a line\n")
    assert call.content.changes[0].added == 9000


def test_unknown_session_has_an_empty_history(store: Store) -> None:
    assert store.history(BIRCH) == SessionHistory(BIRCH)
    assert store.sessions() == []
