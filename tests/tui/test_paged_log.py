"""Looking back to the first entry of a long session: scrolling, jumping, filtering, and back to what is new."""

from __future__ import annotations

import pytest
from textual.scrollbar import ScrollTo

from tests.tui.monitor_bench import MonitorBench
from tests.tui.paging_bench import HELD, LONG, PagedSource, log_of, long_session, selected, voyage
from tui_monitor.events import Batch, Checkpoint
from tui_monitor.feed.deliveries import EventsRead
from tui_monitor.feed.log_pages import Way
from tui_monitor.live.entries import Call
from tui_monitor.store import Pruning, PruningKind
from tui_monitor.tui.panes.content import CallTarget, PaneRow
from tui_monitor.tui.rows import log_window
from tui_monitor.tui.widgets.pane_lines import PaneLines


async def until_selected(at: MonitorBench, text: str) -> None:
    await at.until(lambda: selected(at) == text)


async def test_scrolling_up_goes_back_to_the_first_entry_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_window, "MAX_ENTRIES", 600)
    source = PagedSource(900, held=60)
    async with voyage(source) as at:
        window = log_of(at)._paging.window
        for _ in range(60):
            await at.press("pageup")
            assert sum(len(page.entries) for page in window._pages) <= 600
            if "beginning of the session" in at.text():
                break
        await at.sees("beginning of the session", "sail mile-0 ")
        assert not window.is_live
        assert {request.way for request in source.pages} == {Way.BACK}


async def test_every_call_is_listed_on_the_way_up_and_down() -> None:
    async with voyage(PagedSource(450)) as at:
        listed: set[str] = set()

        def note() -> None:
            for row in log_of(at)._cursor.listing.rows:
                for entry in getattr(row, "entries", ()):
                    listed.add(getattr(entry, "id", ""))

        for _ in range(25):
            note()
            await at.press("pageup")
        assert {f"c{n}" for n in range(450)} <= listed
        await at.sees("beginning of the session")


async def test_home_shows_the_beginning_and_end_follows_again() -> None:
    source = PagedSource()
    async with voyage(source) as at:
        await at.press("home")
        await at.sees("sail mile-0 ", "1 of 1,000")
        assert source.pages[-1].way is Way.FORWARD
        await at.press("end")
        await at.sees("sail mile-999")
        assert log_of(at).following
        assert not log_of(at)._paging.window.has_pages


async def test_scrolling_down_from_the_beginning_reaches_what_is_new() -> None:
    async with voyage(PagedSource(400)) as at:
        await at.press("home")
        await at.sees("sail mile-0 ")
        for _ in range(30):
            await at.press("pagedown")
            if log_of(at)._paging.window.is_live and "mile-399" in at.text():
                break
        await at.sees("sail mile-399")
        await at.press("up")
        await at.sees("of 400")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("N", ["sail mile-969", "sail mile-872", "sail mile-775", "sail mile-678"]),
        ("left_square_bracket", ["Sail leg 950", "Sail leg 900", "Sail leg 850", "Sail leg 800"]),
        ("left_curly_bracket", ["auto"]),
        ("D", [f"/home/ada/harbour/log-{n}.py" for n in (978, 889, 800, 711)]),
    ],
)
async def test_jumps_go_on_beyond_what_is_held(key: str, expected: list[str]) -> None:
    async with voyage(PagedSource()) as at:
        for target in expected:
            await at.press(key)
            await until_selected(at, target)


async def test_jumps_say_where_there_is_no_more() -> None:
    async with voyage(PagedSource(500)) as at:
        await at.press("left_curly_bracket")
        await at.until(lambda: selected(at) == "auto")
        await at.press("left_curly_bracket")
        await at.sees("no compaction above")
        await at.press("right_curly_bracket")
        await at.sees("no compaction below")


async def test_jumps_forward_from_the_beginning() -> None:
    async with voyage(PagedSource()) as at:
        await at.press("home")
        await at.sees("sail mile-0 ")
        for target in ("sail mile-96", "sail mile-193", "sail mile-290", "sail mile-387"):
            await at.press("n")
            await until_selected(at, target)


async def test_filter_shows_matches_of_the_whole_session() -> None:
    async with voyage(PagedSource()) as at:
        await at.press("x")
        await at.until(lambda: "beginning of the session" in at.text())
        assert at.text().count("log-") >= 1000 // 89
        await at.press("x", "slash", *"mile-71", "enter")
        await at.sees("sail mile-71 ", "sail mile-719 ", "beginning of the session", "10 matching")


async def test_search_goes_to_matches_beyond_what_is_held() -> None:
    async with voyage(PagedSource()) as at:
        await at.press("ctrl+f", *"mile-123", "enter")
        await at.until(lambda: selected(at) == "sail mile-123")


async def test_call_of_a_pane_is_shown_wherever_it_is() -> None:
    async with voyage(PagedSource()) as at:
        assert at.view.go_to(0, "c321")
        await at.until(lambda: selected(at) == "sail mile-321")
        await at.sees("322 of 1,000")


async def type_time(at: MonitorBench, time: str) -> None:
    await at.press("at")
    await at.until(lambda: at.view.activity.time_line.has_focus)
    await at.press(*time)
    await at.until(lambda: at.view.activity.time_line.value == time)
    await at.press("enter")


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("310s", "sail mile-690"),
        ("30s", "sail mile-970"),
        ("2000-01-01", "Sail leg 0"),
        ("2100-01-01", "sail mile-999"),
    ],
)
async def test_log_goes_to_a_time_of_the_whole_session(time: str, expected: str) -> None:
    async with voyage(PagedSource()) as at:
        await type_time(at, time)
        await until_selected(at, expected)
        await at.until(lambda: log_of(at).has_focus)


async def test_no_time_is_said_in_a_line() -> None:
    async with voyage(PagedSource(60)) as at:
        await type_time(at, "soon")
        await at.until(lambda: any("no time" in notice.message for notice in at.app._notifications))
        assert log_of(at).following
        await at.press("at", *"14:05", "escape")
        assert log_of(at).following


async def test_row_of_a_pane_opens_a_call_that_is_not_held() -> None:
    async with voyage(PagedSource()) as at:
        await at.press("f")
        lines = at.view.side_pane.query_one(PaneLines)
        lines.post_message(PaneLines.Opened(PaneRow("c321", (), CallTarget("c321")), "open"))
        await until_selected(at, "sail mile-321")


async def test_row_says_that_a_page_is_coming() -> None:
    source = PagedSource()
    source.answers = False
    async with voyage(source) as at:
        await at.press(*["pageup"] * 12)
        await at.sees(f"… {1000 - HELD} older calls")
        assert [request.session for request in source.pages] == [LONG]


async def test_short_session_asks_for_no_page() -> None:
    source = PagedSource(60)
    async with voyage(source) as at:
        await at.press("home")
        await at.sees("sail mile-0 ")
        assert source.pages == []


async def test_live_log_that_goes_on_leaves_no_gap_where_a_person_looks_back() -> None:
    source = PagedSource(1500, held=1000)
    async with voyage(source) as at:
        top = log_of(at)._paging.window
        await at.press("space")
        for _ in range(80):
            if top.has_pages:
                break
            await at.press("pageup")
        assert top.is_live
        events = [event for event in long_session(1560) if event.at >= source.end - 20]
        source.end += 60_000
        source.store.ingest(Batch("1", Checkpoint("s", "/s", "claude-code", 1, "2"), tuple(events)))
        await at.deliver(EventsRead(tuple(events)))
        session = at.view.session
        assert session
        await at.until(lambda: session.log.evicted_entries >= 60)
        for _ in range(200):
            await at.press("pagedown")
            if "mile-1559" in at.text():
                break
        await at.sees("sail mile-1559")
        calls = [entry.id for entry in top.listed(session).entries if isinstance(entry, Call)]
        numbers = [int(call[1:]) for call in calls]
        assert numbers == list(range(numbers[0], 1560))


async def test_what_was_pruned_is_said_at_the_beginning() -> None:
    source = PagedSource(500)
    rule = Pruning(PruningKind.BODIES, source.end, source.end, "older than 90 days")
    source.store.retention.prune(source.store.retention.prunable(PruningKind.BODIES, source.end + 1), rule)
    async with voyage(source) as at:
        await at.press("home")
        await at.sees("outputs and diffs until 2026-01-05 are not kept: older than 90 days", "beginning of the session")


async def test_scroll_bar_stands_for_the_whole_session() -> None:
    async with voyage(PagedSource()) as at:
        log = log_of(at)
        bar = log.vertical_scrollbar
        await at.press("home")
        await at.sees("sail mile-0 ")
        await at.until(lambda: bar.position == 0 and 1000 <= bar.window_virtual_size < 1300)
        log.post_message(ScrollTo(y=700))
        await at.until(lambda: "mile-6" in selected(at) or "mile-7" in selected(at))
        assert 550 < bar.position < 850
        log.post_message(ScrollTo(y=20))
        await at.until(lambda: bar.position < 60)
        await at.sees("sail mile-2")
