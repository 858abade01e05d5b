"""Who is there, and who is to be looked at next."""

from __future__ import annotations

import pytest

from tests.tui.alerts.others import asking, done
from tests.tui.live_builder import EIGHT_PM
from tui_monitor.events import SessionKey
from tui_monitor.live.alerts import AlertKind, AlertSettings
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.tui.alerts.attention import AWAY_MS, Attention
from tui_monitor.tui.alerts.desk import AlertDesk, next_session

A, B, C = (SessionKey("agent", name) for name in "abc")


@pytest.mark.parametrize(
    ("needing", "displayed", "following"),
    [
        ([], None, None),
        ([], A, None),
        ([A, B], None, A),
        ([A, B], C, A),
        ([A, B], A, B),
        ([A, B], B, A),
        ([A], A, None),
    ],
)
def test_sessions_are_visited_one_after_the_other(
    needing: list[SessionKey], displayed: SessionKey | None, following: SessionKey | None
) -> None:
    assert next_session(needing, displayed) == following


def test_without_focus_reports_input_shows_that_somebody_is_there() -> None:
    attention = Attention(0)
    assert attention.is_present(AWAY_MS - 1)
    assert not attention.is_present(AWAY_MS)
    attention.note_input(AWAY_MS)
    assert attention.is_present(2 * AWAY_MS - 1)


def test_reported_focus_decides_alone() -> None:
    attention = Attention(0)
    attention.set_focus(False)
    assert not attention.is_present(1)
    attention.set_focus(True)
    assert attention.is_present(10 * AWAY_MS)
    attention.set_focus(False)
    attention.note_input(5)
    assert attention.is_present(10 * AWAY_MS)


def test_done_session_no_longer_needs_anybody_once_it_was_displayed_to_somebody() -> None:
    live, attention = LiveState(), Attention(0)
    for builder in (done("docs", EIGHT_PM), asking("shop", EIGHT_PM, 20)):
        live.apply(builder.events, Changes())
    desk = AlertDesk(AlertSettings(), attention)
    docs, shop = SessionKey("codex", "s-docs"), SessionKey("codex", "s-shop")
    assert [alert.kind for alert in desk.update(live, docs, EIGHT_PM)] == [AlertKind.WAITING, AlertKind.DONE]
    assert desk.needing(live) == [shop, docs]
    attention.note_input(EIGHT_PM)
    assert desk.update(live, docs, EIGHT_PM + 1) == ()
    assert desk.needing(live) == [shop]
    del live.sessions[shop]
    assert (desk.existing(live), desk.needing(live)) == ([], [])
