"""The entries of the list of sessions, and their rows at any width."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui import fleet
from tests.tui.fleet import MINUTE, NOW
from tui_monitor.events import SessionKey, SessionProcess
from tui_monitor.feed.deliveries import PastSession
from tui_monitor.ledger import Amount
from tui_monitor.live.session import SessionState
from tui_monitor.live.urgency import Urgency
from tui_monitor.totals import SessionTotals
from tui_monitor.tui.session_list.entries import SessionEntry, past_entry
from tui_monitor.tui.session_list.layout import WITH_AGENT, columns_for, entry_line, heading_line
from tui_monitor.tui.session_list.listing import PastEntries, list_entries, summary_text
from tui_monitor.tui.spans import width_of
from tui_monitor.units import moment

DAY = 24 * 60 * MINUTE
CHOSEN = SessionKey("codex", "0199bbbb")


def entries(*past: PastSession) -> list[SessionEntry]:
    """Return the entries of all made-up sessions."""
    builders = (fleet.ended(), fleet.thinking(), fleet.waiting(), fleet.done(), fleet.working())
    return list_entries([live.state for live in builders], PastEntries(UTC).of(past, NOW), NOW)


def test_live_sessions_come_before_past_ones() -> None:
    listed = entries(*fleet.past())
    assert [entry.urgency for entry in listed] == sorted(entry.urgency for entry in listed)
    assert [entry.project for entry in listed][-3:] == ["signals", "charts", "buoys"]
    assert summary_text(listed) == "4 live · 1 needs you"


def test_past_session_that_is_followed_is_listed_once() -> None:
    key = fleet.waiting().state.key
    by_key = PastSession("claude-code", None, key, "/home/ada/lamps", ended=NOW)
    by_path = replace(fleet.past()[1], path=entries()[0].choice.path)
    assert len(entries(by_key, by_path)) == len(entries())


def test_past_entries_are_made_once_a_day() -> None:
    past, cache = fleet.past(), PastEntries(UTC)
    first = cache.of(past, NOW)
    assert cache.of(past, NOW + MINUTE) is first
    assert cache.of(past, NOW + DAY) is not first


def test_past_session_without_a_folder_has_its_title_or_the_beginning_of_its_id() -> None:
    key = SessionKey("codex", "0199aaaa-0000")
    assert past_entry(PastSession("codex", None, key, title="Lamps"), NOW, UTC).project == "Lamps"
    assert past_entry(PastSession("codex", None, key), NOW, UTC).project == "0199aaaa"
    assert past_entry(PastSession("codex"), NOW, UTC).project == "?"


ASKED = SessionTotals(CHOSEN, Amount(requests=3))
UNASKED = SessionTotals(CHOSEN)


@pytest.mark.parametrize(
    ("past", "reading", "state", "words"),
    [
        (None, False, "IDLE", "nothing asked yet"),
        (None, True, "READING", "its file is being read"),
        (PastSession("codex", None, CHOSEN), False, "READING", "its file is being read"),
        (PastSession("codex", None, CHOSEN, title="Lamps", totals=ASKED), True, "READING", "Lamps"),
        (PastSession("codex", None, CHOSEN, title="Lamps", totals=ASKED), False, "IDLE", "Lamps"),
        (PastSession("codex", None, CHOSEN, totals=UNASKED), False, "IDLE", "nothing asked yet"),
    ],
)
def test_process_whose_session_is_not_read_was_perhaps_asked(
    past: PastSession | None, reading: bool, state: str, words: str
) -> None:
    unread = SessionState(CHOSEN, process=SessionProcess(session=CHOSEN, pid=7))
    known = PastEntries(UTC).of([past] if past else [], NOW)
    (entry,) = list_entries([unread], known, NOW, reading=reading)
    assert state in entry.state.text
    assert "".join(span.text for span in entry.words) == words


@pytest.mark.parametrize(
    ("ago", "text"), [(MINUTE, "20:29"), (DAY, "4 Jan"), (20 * DAY, "16 Dec"), (400 * DAY, "Dec 2024")]
)
def test_moment_is_as_short_as_people_say_it(ago: int, text: str) -> None:
    assert moment(NOW - ago, NOW, UTC) == text


@pytest.mark.parametrize("width", [157, 117, 77, 57])
def test_rows_fill_the_width_and_the_project_is_whole(width: int) -> None:
    listed = entries(*fleet.past())
    columns = columns_for(listed, width)
    lines = ["".join(span.text for span in entry_line(entry, columns, False)) for entry in listed]
    assert {len(line) for line in lines} == {width}
    assert width < 60 or any("lighthouse-registry" in line for line in lines)
    assert "codex" in "".join(lines)
    assert ("claude-code" in "".join(lines)) is (width >= WITH_AGENT)


def test_row_of_the_displayed_session_is_marked() -> None:
    (entry, *_) = entries()
    columns = columns_for([entry], 77)
    assert [entry_line(entry, columns, shown)[0].text for shown in (True, False)] == ["› ", "  "]
    assert width_of(heading_line(columns)) <= 77


@given(st.text(max_size=40), st.text(max_size=40), st.integers(12, 200))
def test_hostile_names_break_no_row(name: str, title: str, width: int) -> None:
    past = PastSession("codex", None, SessionKey("codex", name), f"/srv/{name}", name, title, NOW)
    entry = past_entry(past, NOW, UTC)
    columns = columns_for([entry], width)
    line = entry_line(entry, columns, False)
    assert "\n" not in "".join(span.text for span in line)
    assert width_of(line) <= max(width, 40)
    assert entry.urgency is Urgency.ENDED
    assert entry.matches("")
