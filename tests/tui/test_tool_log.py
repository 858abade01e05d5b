"""The activity log follows the newest row, stays while the user looks back, and moves between rows."""

from __future__ import annotations

from textual import events
from textual.scrollbar import ScrollDown, ScrollTo

from tests.tui.live_builder import LiveBuilder
from tests.tui.log_bench import bench, commands
from tui_monitor.events import CallState, SessionKey, ToolKind
from tui_monitor.tui.widgets.log_messages import EntryHighlighted, FollowChanged
from tui_monitor.tui.widgets.log_view import WHEEL_LINES


class TestFollowing:
    """The newest row is visible until the user looks back."""

    async def test_newest_row_is_selected_and_visible(self) -> None:
        async with bench(commands(20)) as at:
            assert at.selected == "make 19"
            at.live.shell("make 20", seconds=1)
            await at.show()
            assert (at.selected, at.log.following) == ("make 20", True)
            assert "make 20" in at.drawn()[-1]
            assert at.payloads(EntryHighlighted) == ["make 19", "make 20"]

    async def test_log_stays_while_the_user_looks_back(self) -> None:
        async with bench(commands(30)) as at:
            for key in ("up", "k", "pageup", "ctrl+u", "home", "space"):
                await at.press("end", key)
                selected, drawn = at.selected, at.drawn()
                for _ in range(14):
                    at.live.shell("make more", seconds=1)
                await at.show()
                assert (at.log.following, at.selected, at.drawn()) == (False, selected, drawn)
                assert at.payloads(FollowChanged)[-2:] == [(False, 0), (False, 14)]

    async def test_end_returns_to_the_newest_row(self) -> None:
        async with bench(commands(30)) as at:
            for key in ("end", "G", "space"):
                await at.press("k")
                at.live.shell(f"newest by {key}", seconds=1)
                await at.show()
                await at.press(key)
                assert (at.log.following, at.selected) == (True, f"newest by {key}")
                assert at.selected in at.drawn()[-1]
            assert at.payloads(FollowChanged) == [(False, 0), (False, 1), (True, 0)] * 3

    async def test_moving_down_from_the_newest_row_keeps_following(self) -> None:
        async with bench(commands(3)) as at:
            await at.press("j", "pagedown", "n", "right_square_bracket")
            assert (at.log.following, at.selected) == (True, "make 2")

    async def test_next_failure_while_following_is_the_last_one(self) -> None:
        live = commands(2)
        live.shell("make a", state=CallState.FAILED)
        live.shell("make b")
        async with bench(live) as at:
            await at.press("n")
            assert (at.log.following, at.selected) == (False, "make a")
            await at.press("n")
            assert at.selected == "make a"

    async def test_seeking_without_a_match_keeps_following(self) -> None:
        async with bench(commands(3)) as at:
            await at.press("N", "left_curly_bracket")
            assert (at.log.following, at.selected) == (True, "make 2")

    async def test_the_wheel_looks_back_and_returns_at_the_end(self) -> None:
        async with bench(commands(30)) as at:
            await at.wheel(events.MouseScrollUp)
            assert (at.log.following, at.selected, at.log.scroll_offset.y) == (False, "make 29", 20 - WHEEL_LINES)
            await at.wheel(events.MouseScrollDown)
            assert at.log.following

    async def test_the_scroll_bar_looks_back(self) -> None:
        async with bench(commands(30)) as at:
            at.log.post_message(ScrollTo(y=3, animate=False))
            await at.pilot.pause()
            assert (at.log.following, at.log.scroll_offset.y) == (False, 3)
            at.log.post_message(ScrollDown())
            await at.pilot.pause()
            assert at.log.scroll_offset.y > 3


class TestPosition:
    """The selected row stays selected and in place."""

    async def test_selection_stays_while_rows_are_evicted(self) -> None:
        async with bench(commands(30)) as at:
            await at.press("k", "k", "k")
            before = at.drawn()
            at.live.state.log.shrink(15)
            at.live.shell("more", seconds=1)
            await at.show()
            assert at.selected == "make 26"
            assert at.drawn() == before

    async def test_evicted_selection_moves_to_the_oldest_row(self) -> None:
        async with bench(commands(30)) as at:
            await at.press("home")
            at.live.state.log.shrink(15)
            at.live.shell("more", seconds=1)
            await at.show()
            assert at.selected == "make 15"

    async def test_selection_stays_visible_in_a_smaller_window(self) -> None:
        async with bench(commands(30)) as at:
            await at.press("k", "k")
            await at.pilot.resize_terminal(80, 6)
            assert at.selected == "make 27"
            assert any("make 27" in line for line in at.drawn())
            assert "make 29" in at.drawn()[-1]

    async def test_late_result_changes_only_its_row(self) -> None:
        live = commands(5)
        late = live.start("Bash", ToolKind.SHELL, "late")
        live.finish(late, seconds=1)
        live.shell("after")
        async with bench(live) as at:
            await at.press("k", "k")
            assert at.selected == "make 4"
            at.live.finish(late, CallState.FAILED, 1, exit_code=3)
            await at.show()
            assert at.selected == "make 4"
            assert "exit 3" in at.drawn()[5]

    async def test_another_session_is_followed(self) -> None:
        async with bench(commands(30)) as at:
            await at.press("home")
            other = LiveBuilder(session=SessionKey("codex", "s-2"))
            other.shell("elsewhere")
            at.app.live = other
            await at.show()
            assert (at.selected, at.log.following) == ("elsewhere", True)
            assert at.payloads(FollowChanged)[-1] == (True, 0)


class TestMoving:
    """Keys that select other rows."""

    async def test_move_by_row(self) -> None:
        async with bench(commands(9)) as at:
            await at.press("k", "up", "j")
            assert at.selected == "make 7"
            assert at.payloads(EntryHighlighted) == ["make 8", "make 7", "make 6", "make 7"]

    async def test_move_by_page(self) -> None:
        async with bench(commands(40)) as at:
            await at.press("pageup")
            assert (at.selected, at.log.scroll_offset.y) == ("make 30", 21)
            await at.press("ctrl+u", "pagedown")
            assert at.selected == "make 30"
            await at.press("pagedown", "pagedown")
            assert (at.selected, at.log.following) == ("make 39", False)

    async def test_go_to_the_oldest_row(self) -> None:
        async with bench(commands(40)) as at:
            await at.press("home")
            assert (at.selected, at.log.scroll_offset.y) == ("make 0", 0)

    async def test_gg_goes_to_the_oldest_row(self) -> None:
        async with bench(commands(40)) as at:
            await at.press("g", "k", "g")
            assert at.selected == "make 38"
            await at.press("g")
            assert at.selected == "make 0"

    async def test_seek_failures_prompts_and_compactions(self) -> None:
        live = LiveBuilder()
        live.prompt("first")
        live.failed_shell("make a", "no")
        live.compacted(100, 50)
        live.prompt("second")
        live.shell("make b", "FAIL: x")
        live.shell("make c")
        async with bench(live, (80, 20)) as at:
            visited = []
            for key in ("N", "N", "N", "n", "left_square_bracket", "right_square_bracket", "left_curly_bracket"):
                await at.press(key)
                visited.append(at.selected)
            assert visited == ["make b", "make a", "make a", "make b", "second", "second", "auto"]

    async def test_all_rows_are_listed_when_looking_back(self) -> None:
        async with bench(commands(220)) as at:
            assert at.log.virtual_size.height < 220
            await at.press("k")
            assert (at.log.virtual_size.height, at.selected) == (220, "make 218")
            await at.press("home")
            assert at.selected == "make 0"
