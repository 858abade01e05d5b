"""Which sessions are live, and which of them needs a person first."""

from __future__ import annotations

from tests.live.events_builder import SESSION, T0, started, state_after
from tui_monitor.events import Prompt, SessionProcess, ToolKind
from tui_monitor.live.live_sessions import ACTIVE_MS, by_urgency, is_live


def test_session_is_live_for_ten_minutes_after_its_last_event() -> None:
    state = state_after(Prompt(session=SESSION, at=T0, text="Mend it."))
    assert is_live(state, T0 + ACTIVE_MS)
    assert not is_live(state, T0 + ACTIVE_MS + 1)


def test_session_with_a_process_is_live_however_quiet_it_is() -> None:
    state = state_after(Prompt(session=SESSION, at=T0, text="Mend it."))
    state.process = SessionProcess(session=SESSION, pid=7)
    assert is_live(state, T0 + 100 * ACTIVE_MS)


def test_session_that_waits_comes_before_one_that_works() -> None:
    working = state_after(started("a", 0, kind=ToolKind.SHELL))
    waiting = state_after(started("b", 0, kind=ToolKind.ASK))
    assert by_urgency([working, waiting], T0 + 1_000) == [waiting, working]


def test_session_that_waits_longest_comes_first() -> None:
    later = state_after(started("a", 500, kind=ToolKind.ASK))
    earlier = state_after(started("b", 0, kind=ToolKind.ASK))
    assert by_urgency([later, earlier], T0 + 1_000) == [earlier, later]
