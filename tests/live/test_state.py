"""All sessions together: changes, bounds, and history from the store."""

from dataclasses import replace

from tests.live.events_builder import SESSION, T0, finished, started
from tui_monitor.events import (
    AgentMessage,
    ContextUpdate,
    Event,
    PlanUpdate,
    RateLimitUpdate,
    SessionKey,
    SessionUpdate,
)
from tui_monitor.ledger import Amount
from tui_monitor.live.apply import Part
from tui_monitor.live.entries import Call
from tui_monitor.live.state import FEW_ENTRIES, MAX_FULL_LOGS, MAX_SESSIONS, Changes, LiveState
from tui_monitor.merge.calls import CallRecord
from tui_monitor.merge.history import CallContent, RecordedCall, SessionHistory
from tui_monitor.totals import SessionTotals


def live_after(*events: Event) -> tuple[LiveState, Changes]:
    live, changes = LiveState(), Changes()
    live.apply(events, changes)
    return live, changes


def test_changes_name_the_parts_that_changed() -> None:
    _, changes = live_after(ContextUpdate(session=SESSION, at=T0, tokens=5))
    assert changes.of(SESSION) == Part.CONTEXT
    assert changes.of(SessionKey("x", "y")) == Part(0)
    assert changes.of(None) == Part(0)


def test_totals_of_the_store_replace_the_existing_ones() -> None:
    live, changes = live_after(started("a", 0))
    for requests in (3, 2):
        live.set_totals(SessionTotals(SESSION, Amount(requests=requests)), changes)
    assert live.sessions[SESSION].totals.amount.requests == 2
    assert Part.TOTALS in changes.of(SESSION)


def test_later_facts_win() -> None:
    live, _ = live_after(
        SessionUpdate(session=SESSION, at=T0 + 9, branch="new", cwd="/w"),
        SessionUpdate(session=SESSION, at=T0 + 1, branch="old", title="a title"),
    )
    state = live.sessions[SESSION]
    assert (state.branch, state.cwd, state.title) == ("new", "/w", "a title")


def test_last_message_is_no_thinking() -> None:
    live, _ = live_after(
        AgentMessage(session=SESSION, at=T0 + 1, text="First."),
        AgentMessage(session=SESSION, at=T0 + 2, text="hm", thinking=True),
        AgentMessage(session=SESSION, at=T0 + 3, text=" \n"),
        AgentMessage(session=SESSION, agent="sub", at=T0 + 4, text="I am another."),
    )
    assert live.sessions[SESSION].last_message == "First."


def test_each_agent_has_its_own_context() -> None:
    live, _ = live_after(
        ContextUpdate(session=SESSION, at=T0, tokens=100, limit=1000),
        ContextUpdate(session=SESSION, agent="sub", at=T0 + 1, tokens=7, limit=1000),
    )
    state = live.sessions[SESSION]
    assert (state.context.tokens, state.agents["sub"].context.tokens) == (100, 7)


def test_later_plan_and_limits_win() -> None:
    live, _ = live_after(
        PlanUpdate(session=SESSION, at=T0 + 5, completed=3, total=7, now="test"),
        PlanUpdate(session=SESSION, at=T0 + 1, completed=0, total=7),
        RateLimitUpdate(session=SESSION, at=T0 + 1, name="5h", used_percent=8.0),
        RateLimitUpdate(session=SESSION, at=T0 + 2, name="5h", used_percent=9.0),
    )
    state = live.sessions[SESSION]
    assert state.plan is not None
    assert state.plan.completed == 3
    assert state.rate_limits["5h"].used_percent == 9.0


def test_only_the_newest_sessions_keep_all_entries() -> None:
    live, changes = LiveState(), Changes()
    for number in range(MAX_FULL_LOGS + 4):
        key = SessionKey("claude-code", f"s{number}")
        for call in range(FEW_ENTRIES + 10):
            at = number * 10_000 + call * 10
            live.apply(
                [
                    replace(started(f"c{call}", at), session=key),
                    replace(finished(f"c{call}", at + 5), session=key),
                ],
                changes,
            )
    sizes = [len(state.log) for state in live.sessions.values()]
    assert sizes == [FEW_ENTRIES] * 4 + [FEW_ENTRIES + 10] * MAX_FULL_LOGS
    newest = live.newest()
    assert newest is not None
    assert newest.key.id == f"s{MAX_FULL_LOGS + 3}"


def test_sessions_are_bounded_and_the_pinned_one_stays() -> None:
    live, changes = LiveState(), Changes()
    live.pinned = SessionKey("claude-code", "s1")
    for number in range(MAX_SESSIONS + 1):
        live.apply([replace(started("c", number), session=SessionKey("claude-code", f"s{number}"))], changes)
    assert len(live.sessions) == MAX_SESSIONS - MAX_SESSIONS // 10 + 1
    assert SessionKey("claude-code", "s0") not in live.sessions
    assert live.pinned in live.sessions
    newest = live.newest()
    assert newest is not None
    assert newest.key.id == f"s{MAX_SESSIONS}"


def test_pinned_session_keeps_its_log() -> None:
    live, changes = LiveState(), Changes()
    live.pinned = SessionKey("claude-code", "s0")
    for number in range(MAX_FULL_LOGS + 2):
        key = SessionKey("claude-code", f"s{number}")
        events = [replace(started(f"c{call}", number), session=key) for call in range(FEW_ENTRIES + 5)]
        live.apply(events, changes)
    assert not live.sessions[live.pinned].evicted
    assert live.sessions[SessionKey("claude-code", "s1")].evicted


def test_history_completes_what_was_read_already() -> None:
    live, changes = live_after(started("b", 6), finished("b", 9))
    a, b = CallRecord(), CallRecord()
    a.apply(started("a", 0))
    a.apply(finished("a", 5))
    b.apply(started("b", 6))
    calls = (RecordedCall("a", 1, a, CallContent()), RecordedCall("b", 3, b, CallContent()))
    live.restore(SessionHistory(SESSION, calls=calls), changes)
    assert [entry.id for entry in live.sessions[SESSION].log.entries if isinstance(entry, Call)] == ["a", "b"]
    assert live.sessions[SESSION].log.open == []
