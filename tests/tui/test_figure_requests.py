"""When figures are asked for."""

from __future__ import annotations

from tui_monitor.events import SessionKey
from tui_monitor.figures import FigureKind, SessionFigures
from tui_monitor.live.session import SessionState
from tui_monitor.totals import SessionTotals
from tui_monitor.tui.figure_requests import LEAST_MS, MAX_AGE_MS, MAX_SHARE, PATIENCE_MS, FigureRequests

KEY = SessionKey("demo", "s")
TOOLS, SPENDING = FigureKind.TOOLS, FigureKind.SPENDING
START = 1_000_000


def answer(state: SessionState) -> None:
    state.figures = SessionFigures(latencies={})


def asked(kind: FigureKind = TOOLS, answered_after: int = 0) -> tuple[FigureRequests, SessionState, int]:
    """Return requests of which the first was answered, and the time then."""
    requests, state = FigureRequests(), SessionState(KEY)
    assert requests.is_due(state, kind, START)
    answer(state)
    assert not requests.is_due(state, kind, START + answered_after)
    return requests, state, START + answered_after


def test_nothing_is_asked_twice_while_nothing_changes() -> None:
    requests, state, now = asked()
    assert not requests.is_due(state, TOOLS, now + 3_600_000)


def test_change_of_totals_has_figures_asked_for_again_after_a_while() -> None:
    requests, state, now = asked()
    state.totals = SessionTotals(KEY)
    assert not requests.is_due(state, TOOLS, now + LEAST_MS - 1)
    assert requests.is_due(state, TOOLS, now + LEAST_MS)


def test_figures_are_behind_until_those_of_the_newest_totals_are_asked_for() -> None:
    requests, state, now = asked()
    assert not requests.is_behind(state)
    state.totals = SessionTotals(KEY)
    assert not requests.is_due(state, TOOLS, now + LEAST_MS - 1)
    assert requests.is_behind(state)
    assert not requests.is_behind(SessionState(SessionKey("demo", "t")))
    assert requests.is_due(state, TOOLS, now + LEAST_MS)
    assert not requests.is_behind(state)


def test_store_that_takes_long_is_asked_less_often() -> None:
    requests, state, now = asked(answered_after=500)
    state.totals = SessionTotals(KEY)
    assert not requests.is_due(state, TOOLS, now + MAX_SHARE * 500 - 1)
    assert requests.is_due(state, TOOLS, now + MAX_SHARE * 500)


def test_figures_of_all_sessions_grow_old() -> None:
    requests, state, now = asked(SPENDING)
    assert not requests.is_due(state, SPENDING, now + MAX_AGE_MS[SPENDING] - 1)
    assert requests.is_due(state, SPENDING, now + MAX_AGE_MS[SPENDING])


def test_other_kind_and_other_session_are_asked_for_at_once() -> None:
    requests, state, now = asked()
    assert requests.is_due(state, SPENDING, now)
    assert requests.is_due(SessionState(SessionKey("demo", "t")), SPENDING, now)


def test_answer_that_does_not_come_is_asked_for_again() -> None:
    requests, state = FigureRequests(), SessionState(KEY)
    assert requests.is_due(state, TOOLS, START)
    state.totals = SessionTotals(KEY)
    assert not requests.is_due(state, TOOLS, START + PATIENCE_MS - 1)
    assert requests.is_due(state, TOOLS, START + PATIENCE_MS)
