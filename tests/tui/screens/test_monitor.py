"""The monitor screen: deliveries, keys and the mouse."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import MouseScrollUp

from tests.tui.fake_source import FakeSource
from tests.tui.harbour_totals import deliveries, working_afternoon
from tests.tui.live_builder import SESSION, LiveBuilder
from tests.tui.log_bench import commands
from tests.tui.monitor_bench import monitor, monitor_of
from tui_monitor.config import DisplayConfig
from tui_monitor.events import Change, ChangeKind, Health, SessionKey, ToolKind
from tui_monitor.feed.deliveries import (
    CallBodies,
    DiscoveryResult,
    EventsRead,
    Fault,
    KnownSessions,
    Progress,
    ReadIssues,
)
from tui_monitor.sources.discovery.find import SearchRoot
from tui_monitor.sources.stream.adapter import Stream
from tui_monitor.tui.panes.registry import PANES
from tui_monitor.tui.screens.help import HelpScreen
from tui_monitor.tui.screens.sessions import SessionsScreen
from tui_monitor.tui.widgets.empty import EmptyCard
from tui_monitor.tui.widgets.key_line import KeyLine

ROOTS = (SearchRoot(Stream(), Path("/srv/streams"), 0),)


def news(live: LiveBuilder, since: int) -> EventsRead:
    """Return the events after the first ``since``."""
    return EventsRead(tuple(live.events[since:]))


class TestEmptyScreen:
    """The screen without a session."""

    async def test_search_roots_are_shown_until_a_session_appears(self) -> None:
        live = commands(3)
        async with monitor() as at:
            await at.sees("Looking for sessions …")
            await at.deliver(DiscoveryResult((), ROOTS))
            await at.sees("No agent session in this folder yet", "it will appear here")
            await at.until(lambda: "see the demo" not in at.text())
            await at.press("f", "slash", "s", "enter")
            await at.until(lambda: "Files changed" not in at.text())
            await at.deliver(*deliveries(live))
            await at.sees("make 2", "harbour")
            await at.until(lambda: "No agent session" not in at.text())
            await at.until(lambda: at.screen.focused is at.view.activity.log_view)

    async def test_card_is_wrapped_anew_where_the_screen_gets_narrow(self) -> None:
        async with monitor(DiscoveryResult((), ROOTS)) as at:
            await at.sees("Start an agent in this folder: it will appear here.")
            await at.pilot.resize_terminal(40, 24)
            await at.sees("Start an agent in this folder:", "it will appear here.")

    async def test_bindings_are_refreshed_only_if_they_changed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        refreshes: list[bool] = []
        monkeypatch.setattr(EmptyCard, "refresh_bindings", lambda card: refreshes.append(card.check_action("demo", ())))
        async with monitor(DiscoveryResult((), ()), demo=FakeSource()) as at:
            await at.sees("see the demo")
            for _ in range(3):
                await at.deliver(DiscoveryResult((), ()))
            assert refreshes == [True]

    async def test_problems_are_shown_on_the_empty_screen(self) -> None:
        async with monitor(Fault("reader", "reading has ended, please start anew")) as at:
            await at.sees("Nothing to show", "reading has ended, please start anew")
            await at.deliver(DiscoveryResult(("/srv/x.bin: is no session that is known here",), ()))
            await at.sees("/srv/x.bin: is no session")

    async def test_enter_plays_the_demo(self) -> None:
        demo = FakeSource(*deliveries(commands(2)))
        async with monitor(DiscoveryResult((), ()), demo=demo) as at:
            await at.sees("see the demo")
            await at.press("enter")
            await at.sees("make 1")
            assert (at.source.running, demo.running) == (False, True)


class TestUpdates:
    """Deliveries change the screen."""

    async def test_new_rows_are_followed_until_the_user_looks_back(self) -> None:
        live = commands(40)
        async with monitor_of(live) as at:
            await at.sees("make 39")
            delivered = len(live.events)
            live.shell("make more")
            await at.deliver(news(live, delivered))
            await at.sees("make more")
            await at.sees("Space Pause")
            await at.press("k")
            await at.sees("Activity · paused", "Space Follow")
            delivered = len(live.events)
            live.shell("make even more")
            await at.deliver(news(live, delivered))
            await at.sees("Activity · paused · 1 new")
            await at.until(lambda: "make even more" not in at.text())
            await at.press("space")
            await at.sees("make even more", "Space Pause")
            await at.until(lambda: "paused" not in at.text())

    async def test_progress_and_faults_appear_and_disappear(self) -> None:
        async with monitor_of(commands(3), (110, 32)) as at:
            await at.deliver(Progress(10_000_000, 40_000_000), ReadIssues("a", Health(9, 2)))
            await at.sees("reading, 25 % of 40 MB so far", "2 lines skipped")
            await at.deliver(Progress(40_000_000, 40_000_000), Fault("a", "/srv/a.jsonl is gone"))
            await at.sees("⚠ /srv/a.jsonl is gone")
            await at.until(lambda: "reading," not in at.text())
            await at.deliver(Fault("a", ""))
            await at.until(lambda: "⚠" not in at.text())

    @pytest.mark.parametrize("size", [(160, 45), (110, 32), (80, 24), (60, 20), (44, 12)])
    async def test_screen_that_is_behind_says_so_in_place_of_the_state(self, size: tuple[int, int]) -> None:
        live = working_afternoon()
        async with monitor(*deliveries(live), Progress(9, 9), size=size, now=lambda: live.now) as at:
            await at.sees("WAITS FOR YOU", "≥$9.32")
            region = at.view.activity.log_view.region
            at.source.seconds_behind = 12.4
            await at.deliver(Progress(9, 9))
            await at.sees("… BEHIND 12s", "≥$9.32", "≥12.4M tok")
            assert "WAITS FOR YOU" not in at.text()
            assert at.view.activity.log_view.region == region
            await at.press("i")
            await at.sees("Why this state", "What was written")

    async def test_state_returns_when_everything_is_read_and_counted(self) -> None:
        live, later = commands(3), [0]
        async with monitor(*deliveries(live), Progress(1, 9), now=lambda: live.now + later[0]) as at:
            at.source.seconds_behind = 3.0
            await at.deliver(Progress(2, 9))
            await at.sees("… READING 3s")
            at.source.seconds_behind = 0.0
            await at.deliver(Progress(9, 9))
            await at.sees("… BEHIND 1s")
            later[0] = 2000
            await at.until(lambda: "BEHIND" not in at.text())
            await at.sees("THINKING")

    async def test_history_is_requested_once(self) -> None:
        async with monitor(KnownSessions((SESSION,)), *deliveries(commands(3)), KnownSessions((SESSION,))) as at:
            await at.sees("make 2")
            assert at.source.requests.count(("history", SESSION.id)) == 1

    async def test_ascii_mode_draws_ascii_only(self) -> None:
        async with monitor_of(working_afternoon(), (160, 45), DisplayConfig(ascii=True)) as at:
            drawn = at.text().replace("港", "")
            assert "WAITS FOR YOU" in drawn
            assert [line for line in drawn.splitlines() if not line.isascii()] == []
            await at.press("question_mark")
            await at.until(lambda: isinstance(at.app.screen, HelpScreen))
            assert at.text().replace("港", "").isascii()


class TestLayout:
    """The visible parts at each size."""

    async def test_visible_parts_at_each_size(self) -> None:
        async with monitor_of(working_afternoon(), (160, 45)) as at:
            parts = {
                "detail": at.view.detail_pane,
                "pane": at.view.side_pane,
                "summary": at.view.summary,
                "title": at.view.activity.title_rule,
            }
            for size, own in [
                ((160, 45), {"detail", "pane", "summary", "title"}),
                ((110, 32), {"summary", "title"}),
                ((110, 12), {"title"}),
                ((80, 24), set()),
                ((20, 8), set()),
            ]:
                await at.pilot.resize_terminal(*size)
                await at.settle()
                assert {name for name, part in parts.items() if at.is_visible(part)} == own, size
                assert at.view.activity.log_view.size.height >= 3

    async def test_detail_opens_below_or_over_the_log_or_in_full_width(self) -> None:
        async with monitor_of(working_afternoon(), (110, 32)) as at:
            view, screen = at.view, at.screen
            await at.press("enter")
            await at.until(lambda: at.is_visible(view.activity.log_view))
            await at.until(lambda: at.is_visible(view.detail_pane))
            await at.until(lambda: view.detail_pane.has_focus_within)
            await at.press("enter")
            await at.until(lambda: not at.is_visible(view.activity.log_view))
            await at.press("escape")
            await at.until(lambda: at.is_visible(view.activity.log_view))
            await at.until(lambda: view.detail_pane.has_focus_within)
            await at.press("escape")
            await at.until(lambda: not at.is_visible(view.detail_pane))
            await at.until(lambda: screen.focused is view.activity.log_view)
            await at.pilot.resize_terminal(80, 24)
            await at.press("3")
            await at.until(lambda: at.is_visible(view.detail_pane))
            await at.until(lambda: not at.is_visible(view.activity.log_view))

    async def test_pane_opens_changes_and_closes(self) -> None:
        async with monitor_of(working_afternoon()) as at:
            await at.press("f")
            await at.sees("━━ Files changed ━", "harbour/zones.py")
            await at.press("m")
            await at.sees("━━ Models ━", "opus-9-1  ≥$8.87")
            await at.press("t")
            await at.sees("━━ Agents ━", "Explore")
            await at.press("t")
            await at.until(lambda: not at.is_visible(at.view.side_pane))
            await at.until(lambda: at.screen.focused is at.view.activity.log_view)


class TestWalkedPanes:
    """What the rows of a pane lead to."""

    async def test_agent_shows_its_rows_alone_until_escape(self) -> None:
        async with monitor_of(working_afternoon(), (110, 32)) as at:
            await at.press("t", "j", "enter")
            await at.sees('agent:"a-1"')
            await at.until(lambda: at.screen.focused is at.view.activity.log_view)
            await at.until(lambda: "git commit" not in at.text())
            await at.press("escape")
            await at.sees("git commit")

    async def test_order_and_pane_change_in_their_place(self) -> None:
        async with monitor_of(working_afternoon()) as at:
            await at.press("f")
            await at.sees("by last change · 1 of 3")
            await at.press("o", "o")
            await at.sees("by name")
            await at.press("greater_than_sign")
            await at.until(lambda: at.view.side_pane.pane is PANES[1])
            await at.press("1", "less_than_sign")
            await at.until(lambda: at.view.side_pane.pane is PANES[-1])

    async def test_pane_takes_the_whole_screen(self) -> None:
        async with monitor_of(working_afternoon(), (160, 45)) as at:
            await at.press("f", "z")
            await at.until(lambda: at.view.side_pane.size.height > 30)
            assert not at.is_visible(at.view.activity.log_view)
            await at.press("z", "escape")
            await at.until(lambda: at.is_visible(at.view.activity.log_view))

    async def test_copied_row_is_its_path_or_id(self) -> None:
        async with monitor_of(working_afternoon(), (160, 45)) as at:
            await at.press("f")
            await at.sees("zones.py  ")
            await at.press("y")
            await at.until(lambda: at.app.clipboard.endswith("harbour/zones.py"))
            await at.press("t")
            await at.sees("Explore ·")
            await at.press("j", "y")
            await at.until(lambda: at.app.clipboard == "a-1")
            await at.press("e")
            await at.until(lambda: "This row is no file." in [each.message for each in at.app._notifications])


class TestDetail:
    """The detail of the selected call."""

    async def test_keys_of_the_visible_detail_work_in_the_log(self) -> None:
        live = LiveBuilder()
        call = live.start("Edit", ToolKind.EDIT, "tides.py", input="{}")
        live.finish(call, changes=(Change(ChangeKind.MODIFY, "tides.py", "@@ -1 +1 @@\n-high\n+low\n", 1, 1),))
        async with monitor_of(live, (240, 30)) as at:
            view = at.view.detail_pane.detail.body.diff
            await at.until(lambda: at.view.detail_pane.detail.body.view is view)
            await at.until(lambda: at.screen.focused is at.view.activity.log_view)
            await at.press("w", "W")
            await at.until(lambda: (view.blanks, view.wrap) == (True, True))
            await at.press("enter", "enter", "escape", "escape", "u")
            await at.until(lambda: (view.split, at.screen.focused) == (False, at.view.activity.log_view))
            narrow = view.size.width
            await at.pilot.resize_terminal(300, 30)
            await at.until(lambda: view.size.width > narrow)
            await at.press("u")
            await at.until(lambda: view.split)

    async def test_missing_bodies_are_requested(self) -> None:
        live = LiveBuilder()
        call = live.shell("make", "brought\n" * 20_000)
        async with monitor_of(live) as at:
            await at.press("w", "y")
            await at.until(lambda: at.screen.focused is at.view.activity.log_view)
            assert ("texts", SESSION.id, call.id) not in at.source.requests
            await at.press("2")
            await at.until(lambda: ("texts", SESSION.id, call.id) in at.source.requests)
            await at.deliver(CallBodies(SESSION, call.id, "{}", "all of it", "", "", (), True))
            await at.sees("all of it")


class TestFilter:
    """The filter of the log."""

    async def test_filter_works_while_typing_and_esc_clears_it(self) -> None:
        async with monitor_of(commands(12)) as at:
            await at.press("slash", "1", "1")
            await at.sees("Activity · only 11")
            await at.until(lambda: "make 10" not in at.text())
            await at.press("enter")
            await at.until(lambda: not at.is_visible(at.view.activity.filter_line))
            await at.until(lambda: at.screen.focused is at.view.activity.log_view)
            await at.press("escape")
            await at.sees("make 10")
            await at.until(lambda: "only" not in at.text())
            await at.press("slash", "up")
            await at.sees("Activity · only 11")
            await at.press("x", "enter")
            await at.sees("nothing matches  11x")

    async def test_matches_are_counted_and_an_unknown_state_is_answered_with_those_that_exist(self) -> None:
        async with monitor_of(commands(12)) as at:
            await at.press("slash", "1", "1")
            await at.sees("1 matching")
            at.view.activity.filter_line.value = "is:foo"
            await at.sees("There is no is:foo; there are is:error, is:change, is:rejected, is:running.")

    async def test_rows_that_were_filtered_are_not_new(self) -> None:
        async with monitor_of(commands(12)) as at:
            await at.press("slash", "1", "enter", "k", "escape")
            await at.sees("Activity · paused")
            assert "new" not in at.text().splitlines()[0:6]
            assert at.view.activity.log_view._cursor.behind == 0

    async def test_words_of_a_filter_are_completed(self) -> None:
        async with monitor_of(commands(12)) as at:
            await at.press("slash", "t", "o")
            await at.until(lambda: at.view.activity.filter_line._suggestion == "tool:")
            await at.press("tab", "b")
            await at.until(lambda: at.view.activity.filter_line._suggestion == "tool:bash")
            await at.press("tab", "enter")
            assert at.view.activity.log_view.filter_text == "tool:bash"

    async def test_search_goes_from_match_to_match_and_says_where_they_end(self) -> None:
        async with monitor_of(commands(30)) as at:
            log = at.view.activity.log_view
            await at.press("ctrl+f")
            at.view.activity.find_line.value = '"make 5"'
            await at.until(lambda: log.position and log.position.row == 6)
            await at.sees('find "make 5" · 1 found', "make 1", "make 12")
            await at.press("enter", "n")
            await at.sees("no match below")
            await at.press("N")
            await at.sees("no match above")
            await at.press("j")
            await at.until(lambda: "no match" not in at.text())
            await at.press("escape")
            await at.until(lambda: "find" not in at.text())
            assert log.filter_text == ""

    async def test_position_is_shown_while_looking_back(self) -> None:
        async with monitor_of(commands(30), (160, 30)) as at:
            await at.press("k", "k")
            await at.sees("28 of 30", "↑ 20:")

    async def test_keys_of_the_log_set_the_filter(self) -> None:
        async with monitor_of(working_afternoon()) as at:
            await at.press("E")
            await at.sees("only is:error")
            await at.press("slash")
            assert at.view.activity.filter_line.value == "is:error"


class TestSessions:
    """Several sessions."""

    async def test_another_session_is_announced_and_can_be_chosen(self) -> None:
        here = commands(3)
        there = LiveBuilder(here.now + 60_000, SessionKey("codex", "s-2"))
        there.shell("ls lamps")
        async with monitor_of(here) as at:
            await at.deliver(*deliveries(there))
            await at.sees("harbour (codex): works [s]")
            await at.press("s")
            await at.until(lambda: isinstance(at.app.screen, SessionsScreen))
            await at.sees("Working 2")
            await at.press("escape")
            assert at.screen.model.session == SESSION
            await at.press("s", "enter")
            await at.sees("ls lamps")
            assert at.screen.model.session == there.state.key
            await at.sees("harbour (claude-code): works [s]")


class TestHelpAndPalette:
    """Help, command palette and notices."""

    async def test_help_and_palette_have_every_key_of_the_focused_pane(self) -> None:
        async with monitor_of(commands(3), (120, 120)) as at:
            ours = [active.binding for active in at.screen.active_bindings.values() if active.binding.id]
            explained = {binding.tooltip for binding in ours if at.screen.check_action(binding.action, ())}
            assert len(explained) > 25
            assert all(explained)
            titles = {command.title for command in at.app.get_system_commands(at.app.screen)}
            assert {"Down  (↓ j)", "Filter  (/)", "Models  (m)", "Commands  (: ^p)"} <= titles
            assert not titles & {"Keys", "Quit"}
            await at.press("question_mark")
            await at.sees("Keys here", *explained)
            await at.press("escape", "i")
            await at.sees("Why this state", "A result is the last line.", "none was found on this machine")
            await at.press("i")
            await at.until(lambda: "Why this state" not in at.text())

    async def test_palette_finds_the_themes(self) -> None:
        for sought in ("theme", "light", "dark"):
            async with monitor_of(commands(3)) as at:
                await at.press("ctrl+p", *sought)
                await at.sees("Change the current theme")
                await at.press("down", "enter")
                await at.sees("Search for themes")

    async def test_palette_runs_the_selected_command(self) -> None:
        async with monitor_of(working_afternoon()) as at:
            await at.press("colon", *"mod")
            await at.sees("Show cost, speed and context of each model")
            await at.press("down", "enter")
            await at.sees("━━ Models ━")

    async def test_back_is_offered_only_if_it_has_an_effect(self) -> None:
        async with monitor_of(working_afternoon()) as at:
            assert "Esc Back" not in at.text()
            for key in ("enter", "f", "E"):
                await at.press(key)
                await at.sees("Esc Back")
                await at.press("escape")
                await at.until(lambda: "Esc Back" not in at.text())

    async def test_empty_log_has_a_notice(self) -> None:
        async with monitor_of(LiveBuilder()) as at:
            await at.sees("No prompt or call yet.")


class TestMouse:
    """Actions with the mouse."""

    async def test_click_in_the_key_line_runs_the_action(self) -> None:
        async with monitor_of(working_afternoon()) as at:
            place = at.text().splitlines()[-1].index("f Files")
            await at.pilot.click(KeyLine, offset=(place, 0))
            await at.sees("━━ Files changed ━")

    async def test_click_selects_second_click_opens_wheel_looks_back(self) -> None:
        async with monitor_of(commands(60)) as at:
            log = at.view.activity.log_view
            await at.pilot.click(log, offset=(20, 3))
            await at.sees("paused")
            assert not log.following
            await at.press("G")
            await at.until(lambda: log.following)
            log.post_message(MouseScrollUp(log, 5, 5, 0, 0, 0, False, False, False))
            await at.until(lambda: not log.following)
            await at.press("G")
            await at.pilot.click(log, offset=(20, log.size.height - 1))
            await at.until(lambda: at.is_visible(at.view.detail_pane))
