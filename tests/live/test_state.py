"""Sessions together: what changed, what is forgotten, what the store gives back."""

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
from tui_monitor.live.state import FEW_ROWS, FULL_SESSIONS, Changes, LiveState
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


def test_totals_are_the_stores_and_absolute() -> None:
    live, changes = live_after(started("a", 0))
    for requests in (3, 2):
        live.set_totals(SessionTotals(SESSION, Amount(requests=requests)), changes)
    assert live.sessions[SESSION].totals.amount.requests == 2
    assert Part.TOTALS in changes.of(SESSION)


def test_facts_are_the_newest_told() -> None:
    live, _ = live_after(
        SessionUpdate(session=SESSION, at=T0 + 9, branch="new", cwd="/w"),
        SessionUpdate(session=SESSION, at=T0 + 1, branch="old", title="a title"),
    )
    state = live.sessions[SESSION]
    assert (state.branch, state.cwd, state.title) == ("new", "/w", "a title")


def test_the_last_words_are_kept_without_thinking() -> None:
    live, _ = live_after(
        AgentMessage(session=SESSION, at=T0 + 1, text="First."),
        AgentMessage(session=SESSION, at=T0 + 2, text="hm", thinking=True),
        AgentMessage(session=SESSION, at=T0 + 3, text=" \n"),
        AgentMessage(session=SESSION, agent="sub", at=T0 + 4, text="I am another."),
    )
    assert live.sessions[SESSION].last_message == "First."


def test_agents_have_windows_of_their_own() -> None:
    live, _ = live_after(
        ContextUpdate(session=SESSION, at=T0, tokens=100, limit=1000),
        ContextUpdate(session=SESSION, agent="sub", at=T0 + 1, tokens=7, limit=1000),
    )
    state = live.sessions[SESSION]
    assert (state.context.tokens, state.agents["sub"].context.tokens) == (100, 7)


def test_plan_and_limits_are_the_newest() -> None:
    live, _ = live_after(
        PlanUpdate(session=SESSION, at=T0 + 5, completed=3, total=7, now="test"),
        PlanUpdate(session=SESSION, at=T0 + 1, completed=0, total=7),
        RateLimitUpdate(session=SESSION, at=T0 + 1, name="5h", used_percent=8.0),
        RateLimitUpdate(session=SESSION, at=T0 + 2, name="5h", used_percent=9.0),
    )
    state = live.sessions[SESSION]
    assert state.plan is not None
    assert state.plan.completed == 3
    assert state.limits["5h"].used_percent == 9.0


def test_only_the_newest_sessions_keep_all_rows() -> None:
    live, changes = LiveState(), Changes()
    for number in range(FULL_SESSIONS + 4):
        key = SessionKey("claude-code", f"s{number}")
        for call in range(FEW_ROWS + 10):
            at = number * 10_000 + call * 10
            live.apply(
                [
                    replace(started(f"c{call}", at), session=key),
                    replace(finished(f"c{call}", at + 5), session=key),
                ],
                changes,
            )
    sizes = [len(state.log) for state in live.sessions.values()]
    assert sizes == [FEW_ROWS] * 4 + [FEW_ROWS + 10] * FULL_SESSIONS
    newest = live.newest()
    assert newest is not None
    assert newest.key.id == f"s{FULL_SESSIONS + 3}"


def test_restoring_completes_without_doubling() -> None:
    events: list[Event] = [started("a", 0), finished("a", 5), started("b", 6), finished("b", 9)]
    live, changes = live_after(*events[2:])
    live.restore(SESSION, events, changes)
    assert len(live.sessions[SESSION].log.entries) == 2
