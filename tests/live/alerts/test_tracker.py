"""Whatever happens, an alert fires once, and the order of sessions does not matter."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.live.events_builder import T0, finished, started
from tui_monitor.events import (
    AgentMessage,
    CallProgress,
    CallState,
    CompactionRule,
    ContextUpdate,
    Event,
    Prompt,
    RetryUpdate,
    SessionKey,
    ToolKind,
    Turn,
    TurnUpdate,
)
from tui_monitor.live.alerts import Alert, AlertKind, AlertTracker, alerts_at, recent_sessions
from tui_monitor.live.alerts import tracker as tracker_module
from tui_monitor.live.alerts.tracker import MAX_SESSIONS, RECENT_MS, REST_MS
from tui_monitor.live.apply import apply
from tui_monitor.live.session import SessionState
from tui_monitor.live.status import Status, status

KEYS = [SessionKey("agent", name) for name in "abc"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(KEYS),
        st.sampled_from(("ask", "shell", "edit", "ok", "failed", "progress", "say", "prompt", "end", "error", "fill")),
        st.integers(0, 400),
    ),
    max_size=40,
)


def events_of(key: SessionKey, step: str, number: int, at: int) -> Iterator[Event]:
    """Yield what happens in a step; results are those of the calls before."""
    match step:
        case "ask" | "shell" | "edit":
            kind = {"ask": ToolKind.ASK, "shell": ToolKind.SHELL, "edit": ToolKind.EDIT}[step]
            call = started(f"c{number}", 0, kind, held_after_ms=6000, approval_after_ms=9000)
            yield replace(call, session=key, at=at)
        case "ok" | "failed":
            for before in range(number):
                yield replace(finished(f"c{before}", 0, CallState(step)), session=key, at=at)
        case "progress":
            yield CallProgress(session=key, at=at, call=f"c{number - 1}")
        case "say":
            yield AgentMessage(session=key, at=at, text="Done?")
        case "prompt":
            yield Prompt(session=key, at=at, text="go on")
        case "end":
            yield TurnUpdate(session=key, at=at, turn=Turn.DONE)
        case "error":
            yield RetryUpdate(session=key, at=at, reason="overloaded", wait_ms=None)
        case _:
            rule = CompactionRule(numerator=1, denominator=1)
            tokens = 60_000 + 400 * (number * 37 % 100)
            yield ContextUpdate(
                session=key, at=at, tokens=tokens, limit=100_000, limit_source="seen", compaction_rule=rule
            )


def play(steps: list[tuple[SessionKey, str, int]], seed: int) -> list[tuple[tuple[Alert, ...], tuple[Alert, ...]]]:
    """Return the alerts that hold and fire after each step, with the sessions in an order by ``seed``."""
    sessions = {key: SessionState(key) for key in KEYS}
    tracker, order, now = AlertTracker(), random.Random(seed), T0
    updates = []
    for number, (key, step, seconds) in enumerate(steps, 1):
        now += 1000 * seconds
        for event in events_of(key, step, number, now):
            apply(event, sessions[key])
        for _ in range(3):
            now += 2500
            shuffled = order.sample(list(sessions.values()), len(sessions))
            update = tracker.update(shuffled, now)
            updates.append((update.active, update.fired))
    return updates


def plain(alerts: tuple[Alert, ...]) -> list[tuple[object, ...]]:
    return [(alert.kind, alert.session, alert.since, alert.text, alert.level) for alert in alerts]


@given(STEPS)
def test_alert_that_goes_on_fires_once_for_each_level(steps: list[tuple[SessionKey, str, int]]) -> None:
    before: dict[tuple[SessionKey, AlertKind], Alert] = {}
    for active, fired in play(steps, 1):
        assert set(fired) <= set(active)
        for alert in fired:
            earlier = before.get((alert.session, alert.kind))
            assert earlier is None or alert.level > earlier.level or alert.since > earlier.since
        before = {(alert.session, alert.kind): alert for alert in active}


@given(STEPS)
def test_each_episode_fires_once(steps: list[tuple[SessionKey, str, int]]) -> None:
    fired = [alert for _, alerts in play(steps, 1) for alert in alerts]
    episodes = [(alert.session, alert.kind, alert.since, alert.level) for alert in fired]
    assert len(episodes) == len(set(episodes))


@given(STEPS, st.integers())
def test_order_of_sessions_does_not_matter(steps: list[tuple[SessionKey, str, int]], seed: int) -> None:
    for (active, fired), (others, others_fired) in zip(play(steps, 1), play(steps, seed), strict=True):
        assert plain(active) == plain(others)
        assert plain(fired) == plain(others_fired)


@given(STEPS)
def test_alerts_of_one_moment_are_in_their_order_whatever_that_of_sessions(
    steps: list[tuple[SessionKey, str, int]],
) -> None:
    sessions = {key: SessionState(key) for key in KEYS}
    now = T0
    for number, (key, step, seconds) in enumerate(steps, 1):
        now += 1000 * seconds
        for event in events_of(key, step, number, now):
            apply(event, sessions[key])
    first = alerts_at(sessions.values(), now)
    assert plain(first) == plain(AlertTracker().update(reversed(sessions.values()), now).active)
    assert [alert.order for alert in first] == sorted(alert.order for alert in first)


def test_most_urgent_alert_comes_first() -> None:
    states = [SessionState(key) for key in KEYS]
    for state, at, kind in zip(states, (3, 2, 1), (ToolKind.EDIT, ToolKind.ASK, ToolKind.ASK), strict=True):
        call = started("c", 0, kind, approval_after_ms=5000)
        apply(replace(call, session=state.key, at=T0 + at), state)
    assert [alert.session.id for alert in alerts_at(states, T0 + 60_000)] == ["c", "b", "a"]


def test_sessions_of_long_ago_call_nobody_unless_a_process_runs_them() -> None:
    state = SessionState(KEYS[0])
    apply(replace(started("q", 0, ToolKind.ASK), session=KEYS[0]), state)
    assert recent_sessions([state], T0 + RECENT_MS) == [state]
    assert recent_sessions([state], T0 + RECENT_MS + 1) == []


def test_session_at_rest_is_judged_again_when_something_changes_and_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    judged: list[int] = []

    def judge(state: SessionState, now: int) -> Status:
        judged.append(now)
        return status(state, now)

    monkeypatch.setattr(tracker_module, "status", judge)
    state, tracker = SessionState(KEYS[0]), AlertTracker()
    apply(TurnUpdate(session=KEYS[0], at=T0, turn=Turn.DONE), state)
    for after_ms in (0, 1_000, 2_000, REST_MS, REST_MS + 1_000):
        tracker.update([state], T0 + after_ms)
    assert judged == [T0, T0 + REST_MS]
    apply(replace(started("q", 0, ToolKind.ASK), session=KEYS[0], at=T0 + REST_MS + 1_500), state)
    for after_ms in (2_000, 3_000, 4_000):
        tracker.update([state], T0 + REST_MS + after_ms)
    assert len(judged) == 5, "one that waits is judged each time"


def test_past_of_many_sessions_is_bounded() -> None:
    tracker = AlertTracker()
    for number in range(MAX_SESSIONS + 1):
        tracker.look(SessionKey("agent", str(number)), number)
    tracker.update([], 0)
    assert len(tracker._sessions) <= MAX_SESSIONS
