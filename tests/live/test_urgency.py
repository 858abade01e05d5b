"""The urgency of sessions, and their order by it."""

from __future__ import annotations

import pytest

from tests.live.events_builder import SESSION, T0, state_after
from tests.tui import fleet
from tests.tui.live_builder import LiveBuilder
from tui_monitor.events import Prompt, SessionKey, SessionProcess
from tui_monitor.live.session import SessionState
from tui_monitor.live.status import Status, StatusWord, status
from tui_monitor.live.urgency import ACTIVE_MS, QUIET_MS, Urgency, by_urgency, is_live, urgency

NOW = fleet.NOW
HOUR = 3_600_000


def level(word: StatusWord, ago: int = 0, looked_ago: int | None = None, process: bool = False) -> Urgency:
    """Return the urgency of a session that has been in this state for ``ago`` milliseconds."""
    state = fleet.thinking().state
    state.looked_at = 0 if looked_ago is None else NOW - looked_ago
    state.process = SessionProcess(session=state.key, pid=7) if process else None
    return urgency(state, Status(word, NOW - ago, ""), NOW, since=NOW - HOUR)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (StatusWord.WAITS, Urgency.NEEDS_YOU),
        (StatusWord.STUCK, Urgency.NEEDS_YOU),
        (StatusWord.FAILED, Urgency.NEEDS_YOU),
        (StatusWord.RATE_LIMITED, Urgency.NEEDS_YOU),
        (StatusWord.HELD, Urgency.NEEDS_YOU),
        (StatusWord.RETRYING, Urgency.WORKING),
        (StatusWord.COMPACTING, Urgency.WORKING),
        (StatusWord.WORKING, Urgency.WORKING),
        (StatusWord.THINKING, Urgency.WORKING),
        (StatusWord.UNKNOWN, Urgency.WORKING),
        (StatusWord.DONE, Urgency.DONE),
        (StatusWord.INTERRUPTED, Urgency.DONE),
        (StatusWord.IDLE, Urgency.DONE),
        (StatusWord.ENDED, Urgency.ENDED),
    ],
)
def test_every_state_has_an_urgency(word: StatusWord, expected: Urgency) -> None:
    assert level(word) is expected


def test_end_of_a_turn_is_news_until_a_person_looks() -> None:
    assert level(StatusWord.DONE, ago=60_000, looked_ago=70_000) is Urgency.DONE
    assert level(StatusWord.DONE, ago=60_000, looked_ago=50_000) is Urgency.IDLE
    assert level(StatusWord.IDLE, ago=HOUR // 2, looked_ago=HOUR // 4) is Urgency.IDLE
    assert level(StatusWord.IDLE, ago=2 * HOUR) is Urgency.IDLE


def test_session_of_unknown_state_works_while_it_is_recent_or_its_process_lives() -> None:
    assert level(StatusWord.UNKNOWN, ago=QUIET_MS + 1) is Urgency.ENDED
    assert level(StatusWord.UNKNOWN, ago=QUIET_MS + 1, process=True) is Urgency.WORKING


def test_process_that_was_asked_nothing_is_idle() -> None:
    state = SessionState(SessionKey("codex", "new"))
    state.process = SessionProcess(session=state.key, pid=7, started=NOW - 5_000)
    assert urgency(state, status(state, NOW), NOW) is Urgency.IDLE


def test_order_is_by_urgency_then_the_longest_wait_then_the_begin_of_the_work() -> None:
    earlier, later = fleet.waiting(), fleet.waiting()
    earlier.state.key = SessionKey("codex", "asks-too")
    for call in later.state.log.open:
        call.started += 60_000
    sessions: list[LiveBuilder] = [fleet.ended(), later, fleet.done(), fleet.working(), fleet.thinking(), earlier]
    ranked = by_urgency([live.state for live in sessions], NOW)
    assert [each.state.key.id for each in ranked] == ["asks-too", "asks", "thinks", "runs", "done", "ended"]
    assert ranked[0].status.word is StatusWord.WAITS


def test_session_is_live_for_ten_minutes_after_its_last_event() -> None:
    state = state_after(Prompt(session=SESSION, at=T0, text="Mend it."))
    assert is_live(state, T0 + ACTIVE_MS)
    assert not is_live(state, T0 + ACTIVE_MS + 1)


def test_session_with_a_process_is_live_however_quiet_it_is() -> None:
    state = state_after(Prompt(session=SESSION, at=T0, text="Mend it."))
    state.process = SessionProcess(session=SESSION, pid=7)
    assert is_live(state, T0 + 100 * ACTIVE_MS)
