"""The screen of all sessions: what it lists, in which order, and what is displayed then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual._compositor import Compositor, LayoutUpdate

from tests.tui import fleet
from tests.tui.fleet import FOLDERS, MINUTE, NOW
from tests.tui.harbour_totals import deliveries
from tests.tui.live_builder import LiveBuilder
from tests.tui.log_bench import commands
from tests.tui.monitor_bench import MonitorBench, monitor, monitor_of
from tui_monitor.events import SessionKey, ToolKind
from tui_monitor.feed.deliveries import (
    Delivery,
    DiscoveryResult,
    EventsRead,
    HistoryLoaded,
    HistoryProgress,
    Progress,
    SessionsListed,
)
from tui_monitor.merge.history import SessionHistory
from tui_monitor.merge.session_facts import SessionFacts
from tui_monitor.tui.screens.help import HelpScreen
from tui_monitor.tui.screens.sessions import HOLD_MS, SessionsScreen

NAMES = ("lighthouse-registry", "tides", "buoys", "charts", "foghorn", "signals")


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@asynccontextmanager
async def listed(*first: Delivery, clock: Clock | None = None) -> AsyncIterator[MonitorBench]:
    """Run the monitor where no session began; wait for its list of all."""
    async with monitor(*(first or fleet.fleet()), now=clock or Clock(), folders=FOLDERS) as at:
        await at.until(lambda: isinstance(at.app.screen, SessionsScreen))
        yield at


def order(at: MonitorBench) -> list[str]:
    """Return the projects in the order of their rows."""
    rows = [f"{line} " for line in at.text().splitlines() if line[:3].strip() in ("", "›")]
    return [name for row in rows for name in NAMES if f" {name} " in row]


def list_screen(at: MonitorBench) -> SessionsScreen:
    assert isinstance(at.app.screen, SessionsScreen)
    return at.app.screen


class TestList:
    async def test_sessions_are_listed_by_urgency_with_headings(self) -> None:
        async with listed() as at:
            await at.sees("Need you 1", "Working 2", "Done since you looked 1", "Idle 1", "Ended 1")
            assert order(at) == list(NAMES)
            await at.sees("5 live · 1 needs you", "? WAITS", "Which lamps", "make survey", "nothing asked yet")

    async def test_past_sessions_are_listed_once_they_are_known(self) -> None:
        async with listed() as at:
            assert ("sessions",) in at.source.requests
            await at.deliver(SessionsListed(fleet.past()))
            await at.sees("Ended 3", "Soundings of the", "not read yet", "16 Nov")

    async def test_progress_of_the_history_is_shown_and_each_tenth_lists_its_sessions(self) -> None:
        async with listed() as at:
            at.source.requests.clear()
            await at.deliver(HistoryProgress(43, 100))
            await at.sees("history 43 % · 5 live")
            assert at.source.requests == [("sessions",)]
            await at.deliver(HistoryProgress(44, 100))
            await at.sees("history 44 %")
            assert at.source.requests == [("sessions",)]
            await at.deliver(HistoryProgress(100, 100))
            await at.until(lambda: "history" not in at.text())
            assert at.source.requests == [("sessions",)] * 2

    async def test_filter_lists_what_has_all_its_words(self) -> None:
        async with listed() as at:
            await at.deliver(SessionsListed(fleet.past()))
            await at.press("slash", *"charts gem")
            await at.until(lambda: order(at) == ["charts"])
            await at.press("x")
            await at.sees("No session has these words.")
            await at.press("escape")
            await at.until(lambda: len(order(at)) == 8)
            assert isinstance(at.app.screen, SessionsScreen)

    async def test_keys_are_explained(self) -> None:
        async with listed() as at:
            await at.sees("⏎ Show", "/ Filter", "Esc Back")
            await at.press("question_mark")
            await at.until(lambda: isinstance(at.app.screen, HelpScreen))
            await at.sees("Show the selected session", "Select the last session")


class TestOrder:
    def asks(self, live: LiveBuilder) -> tuple[Delivery, ...]:
        """Let a session ask a question."""
        live.start("AskUserQuestion", ToolKind.ASK, "Now?")
        return deliveries(live)

    async def test_order_stays_while_a_person_moves_and_the_cursor_on_its_session(self) -> None:
        clock = Clock()
        async with listed(clock=clock) as at:
            await at.press("down", "down")
            selected = list_screen(at).rows.selected
            assert selected
            assert selected.session == SessionKey("codex", "runs")
            await at.deliver(*self.asks(fleet.thinking()))
            list_screen(at)._tick()
            await at.sees("Need you 1", "Now?")
            assert order(at) == list(NAMES)
            clock.now += HOLD_MS
            list_screen(at)._tick()
            await at.sees("Need you 2")
            assert list_screen(at).rows.selected == selected

    async def test_cursor_goes_to_a_neighbour_of_a_session_that_is_gone(self) -> None:
        async with listed() as at:
            await at.press("slash", *"buoys", "escape")
            await at.press("end")
            assert list_screen(at).rows.selected
            await at.press("slash", *"lighthouse")
            selected = list_screen(at).rows.selected
            assert selected
            assert selected.session == SessionKey("claude-code", "asks")


class TestChoice:
    async def test_live_session_is_displayed_and_read_first(self) -> None:
        async with listed() as at:
            await at.press("enter")
            await at.sees("WAITS FOR YOU", "lighthouse-registry")
            assert at.screen.model.session == SessionKey("claude-code", "asks")
            assert ("follow", "/srv/asks.jsonl") in at.source.requests

    async def test_displayed_session_is_marked_and_no_longer_news(self) -> None:
        async with listed() as at:
            await at.press("down", "down", "down", "enter")
            await at.until(lambda: at.screen.model.session == SessionKey("gemini", "done"))
            await at.press("s")
            await at.sees("Idle 2")
            assert "Done since you looked" not in at.text()
            assert any("› ✓ DONE" in line and "charts" in line for line in at.text().splitlines())

    async def test_past_session_is_loaded_from_the_store(self) -> None:
        old = SessionKey("claude-code", "old")
        async with listed() as at:
            await at.deliver(SessionsListed(fleet.past()))
            await at.press("slash", *"outer reef", "enter")
            assert {("history", "old"), ("follow", "/srv/old.jsonl")} <= set(at.source.requests)
            facts = SessionFacts(cwd="/home/ada/charts", started=NOW - 9 * MINUTE, last_at=NOW - 9 * MINUTE)
            await at.deliver(HistoryLoaded(SessionHistory(old, facts)))
            await at.until(lambda: not at.screen.is_empty)
            assert at.screen.model.session == old

    async def test_file_that_was_never_read_is_displayed_once_it_is(self) -> None:
        async with listed() as at:
            await at.deliver(SessionsListed(fleet.past()))
            await at.press("slash", *"not read yet", "enter")
            assert ("follow", "/srv/never-read.jsonl") in at.source.requests
            assert at.screen.is_empty
            live = fleet.builder("found", "buoys", MINUTE, "codex")
            live.shell("ls buoys")
            (events, *others) = deliveries(live)
            assert isinstance(events, EventsRead)
            await at.deliver(replace(events, path=Path("/srv/never-read.jsonl")), *others)
            await at.sees("ls buoys")

    async def test_monitor_below_the_list_is_not_drawn_until_it_is_shown_again(self) -> None:
        clock = Clock()
        async with listed(clock=clock) as at:
            await at.press("down", "enter")
            await at.sees("tides")
            await at.press("s")
            await at.until(lambda: isinstance(at.app.screen, SessionsScreen))
            before, drawn = at.screen.session_view.status_bar._lines, clock.now
            clock.now += MINUTE
            at.screen._tick()
            await at.settle()
            assert at.screen.session_view.status_bar._lines == before
            assert at.screen.model.state
            assert at.screen.model.state.looked_at <= drawn, "nobody has seen it"
            await at.press("escape")
            await at.until(lambda: at.screen.session_view.status_bar._lines != before)

    async def test_list_is_not_painted_again_for_the_monitor_below_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with listed() as at:
            await at.sees("Need you 1")
            await at.settle()
            paint, painted = Compositor.render_full_update, list[Compositor]()

            def note(compositor: Compositor, simplify: bool = False) -> LayoutUpdate:
                painted.append(compositor)
                return paint(compositor, simplify)

            monkeypatch.setattr(Compositor, "render_full_update", note)
            for percentage in range(3):
                await at.deliver(Progress(percentage, 100))
                at.screen._repaint_required = True
                await at.settle()
            assert not painted

    async def test_cursor_moves_while_the_filter_is_written(self) -> None:
        async with listed() as at:
            await at.press("slash", *"claude", "down", "enter")
            await at.until(lambda: at.screen.model.session == SessionKey("claude-code", "thinks"))

    async def test_escape_returns_to_the_displayed_session(self) -> None:
        async with monitor_of(commands(3)) as at:
            await at.press("s")
            await at.until(lambda: isinstance(at.app.screen, SessionsScreen))
            await at.press("escape")
            await at.sees("make 2")


class TestOffer:
    """The list that opens by itself where there is no session of the folder."""

    async def test_card_lists_them_again_after_escape(self) -> None:
        async with listed() as at:
            await at.press("escape")
            await at.sees("No agent session in this folder yet", "s sessions")
            await at.press("s")
            await at.until(lambda: isinstance(at.app.screen, SessionsScreen))

    async def test_it_appears_when_an_agent_starts_elsewhere(self) -> None:
        async with monitor(DiscoveryResult((), ()), now=Clock(), folders=FOLDERS) as at:
            await at.settle()
            assert at.screen.is_current
            await at.deliver(fleet.idle_process())
            await at.until(lambda: isinstance(at.app.screen, SessionsScreen))
            await at.sees("foghorn", "READING", "its file is being read")
            await at.deliver(Progress(0, 0))
            await at.sees("foghorn", "nothing asked yet")

    async def test_past_sessions_alone_are_listed_too(self) -> None:
        async with listed(DiscoveryResult((), (), has_sessions=True), SessionsListed(fleet.past())) as at:
            await at.sees("Ended 2", "0 live")

    async def test_it_gives_way_to_a_session_of_the_folder(self) -> None:
        async with listed() as at:
            here = fleet.builder("here", "elsewhere", MINUTE)
            here.shell("ls here")
            await at.deliver(*deliveries(here))
            await at.until(lambda: at.screen.is_current)
            await at.sees("ls here")

    async def test_it_stays_when_somebody_has_moved(self) -> None:
        async with listed() as at:
            await at.press("down")
            await at.deliver(*deliveries(fleet.builder("here", "elsewhere", MINUTE)))
            await at.until(lambda: at.screen.model.session)
            assert isinstance(at.app.screen, SessionsScreen)
