"""Alerts in words."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.tui.alerts.others import asking, done, working
from tests.tui.live_builder import EIGHT_PM, LiveBuilder
from tui_monitor.events import SessionKey, ToolKind
from tui_monitor.live.alerts import Alert, AlertKind, alerts_at
from tui_monitor.live.session import SessionState
from tui_monitor.tui.alerts.notices import NO_NOTICE, Notice, alert_notice, fault_notice
from tui_monitor.tui.alerts.texts import MAX_SENTENCE, name_beside, others_text, sentence, subject, summary
from tui_monitor.tui.spans import Spans, TextSpan, width_of

HERE = LiveBuilder().state


def text(spans: Spans) -> str:
    return "".join(span.text for span in spans)


def notice_of(*lives: LiveBuilder, displayed: SessionState = HERE) -> Notice:
    states = {live.state.key: live.state for live in lives} | {displayed.key: displayed}
    return alert_notice(alerts_at(states.values(), EIGHT_PM), states, displayed, EIGHT_PM)


def test_notice_says_who_waits_for_what_since_when() -> None:
    notice = notice_of(asking("shop", EIGHT_PM, 220), done("docs", EIGHT_PM), working("api", EIGHT_PM))
    assert text(notice.spans(80)) == "⚠ shop waits for you: “Which currencies do you need?” 3m40s [a] +1"
    assert text(notice.spans(46)) == "⚠ shop waits for you: “Which cur… 3m40s [a] +1"
    assert text(notice.spans(36)) == "⚠ shop waits for you: 3m40s [a] +1"
    assert text(notice.spans(32)) == "⚠ shop waits for you: 3m40s [a]"
    assert text(notice.spans(30)) == "⚠ shop waits for you:"


@pytest.mark.parametrize("width", range(1, 90))
def test_notice_fits_any_width(width: int) -> None:
    for notice in (notice_of(asking("shop", EIGHT_PM, 220), done("docs", EIGHT_PM)), fault_notice("港 is gone " * 9)):
        assert 0 < width_of(notice.spans(width)) <= width


def test_notice_is_about_other_sessions() -> None:
    asks = asking("shop", EIGHT_PM, 220)
    assert notice_of(asks, displayed=asks.state) == NO_NOTICE
    assert not notice_of(working("api", EIGHT_PM))
    assert NO_NOTICE.spans(80) == ()


def test_notice_is_plain_text_in_one_line() -> None:
    notice = notice_of(asking("sh\x1b[31mop", EIGHT_PM, 20, "[red]a\nb\x1b]0;title\x07"))
    assert text(notice.spans(120)) == "⚠ shop waits for you: “[red]a b” 20s [a]"


def test_sessions_of_one_name_are_distinguished() -> None:
    same = LiveBuilder(session=SessionKey("codex", "0123456789")).state
    assert name_beside(same, HERE) == "harbour (codex)"
    twin = LiveBuilder(session=SessionKey(HERE.key.source, "0123456789")).state
    assert name_beside(twin, HERE) == "harbour (01234567)"
    assert name_beside(HERE, HERE) == "harbour"


def test_others_are_counted_by_what_they_do() -> None:
    lives = [asking("shop", EIGHT_PM, 9), done("docs", EIGHT_PM), working("api", EIGHT_PM), working("web", EIGHT_PM)]
    states = [live.state for live in lives]
    assert others_text([*states, HERE], HERE, EIGHT_PM) == "4 others: 1 waits · 2 works · 1 done"
    assert others_text([states[2], HERE], HERE, EIGHT_PM) == "api: works"
    assert others_text([HERE], HERE, EIGHT_PM) == ""


@pytest.mark.parametrize("folder", ["-rf", "--help", "\x1b]0;-x\x07-y"])
def test_sentence_is_never_an_option(folder: str) -> None:
    live = LiveBuilder(cwd=f"/srv/{folder}")
    line = sentence(Alert(AlertKind.STUCK, live.state.key, live.now, "x" * 500), live.state)
    assert not line.startswith("-")
    assert line.isprintable()
    assert cell_len(line) <= MAX_SENTENCE


@pytest.mark.parametrize("kind", AlertKind)
def test_each_kind_has_a_predicate(kind: AlertKind) -> None:
    assert sentence(Alert(kind, HERE.key, 0, ""), HERE).startswith("harbour ")


def test_summary_counts_the_others() -> None:
    first, second = asking("shop", EIGHT_PM, 20), done("docs", EIGHT_PM)
    states = {live.state.key: live.state for live in (first, second)}
    alerts = alerts_at(states.values(), EIGHT_PM)
    assert summary(alerts, states) == "shop waits for you: “Which currencies do you need?” (and 1 more alert)"
    assert summary(alerts[1:], states) == "docs is done: “All tests pass.”"


def test_head_alone_is_cut_where_there_is_no_room() -> None:
    assert text(Notice((TextSpan("a long head"),)).spans(4)) == "a l…"


def test_call_of_a_file_has_its_tool() -> None:
    live = LiveBuilder()
    call = live.start("Edit", ToolKind.EDIT, "tides.py")
    assert subject(Alert(AlertKind.WAITING, HERE.key, 0, "", call=call), live.state) == "Edit tides.py"
