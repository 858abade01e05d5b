"""The activity log follows what is new, stays where a person looks back, and leads to other rows."""

from __future__ import annotations

from textual import events
from textual.scrollbar import ScrollDown, ScrollTo

from tests.tui.live_builder import LiveBuilder
from tests.tui.log_bench import bench, commands
from tui_monitor.events import CallState, SessionKey, ToolKind
from tui_monitor.tui.widgets.log_messages import EntryHighlighted, FollowChanged
from tui_monitor.tui.widgets.log_view import WHEEL_LINES


class TestFollowing:
    """The newest is in sight until a person looks back."""

    async def test_what_is_new_is_selected_and_in_sight(self) -> None:
        async with bench(commands(20)) as at:
            assert at.selected == "make 19"
            at.live.shell("make 20", seconds=1)
            await at.show()
            assert (at.selected, at.log.following) == ("make 20", True)
            assert "make 20" in at.drawn()[-1]
            assert at.told(EntryHighlighted) == ["make 19", "make 20"]

    async def test_a_person_who_looks_back_is_not_carried_away(self) -> None:
        async with bench(commands(30)) as at:
            for key in ("up", "k", "pageup", "ctrl+u", "home", "space"):
                await at.press("end", key)
                selected, drawn = at.selected, at.drawn()
                for _ in range(14):
                    at.live.shell("make more", seconds=1)
                await at.show()
                assert (at.log.following, at.selected, at.drawn()) == (False, selected, drawn)
                assert at.told(FollowChanged)[-2:] == [(False, 0), (False, 14)]

    async def test_and_comes_back_to_the_newest(self) -> None:
        async with bench(commands(30)) as at:
            for key in ("end", "G", "space"):
                await at.press("k")
                at.live.shell(f"newest by {key}", seconds=1)
                await at.show()
                await at.press(key)
                assert (at.log.following, at.selected) == (True, f"newest by {key}")
                assert at.selected in at.drawn()[-1]
            assert at.told(FollowChanged) == [(False, 0), (False, 1), (True, 0)] * 3

    async def test_moving_on_from_the_newest_leads_nowhere(self) -> None:
        async with bench(commands(3)) as at:
            await at.press("j", "pagedown", "n", "right_square_bracket")
            assert (at.log.following, at.selected) == (True, "make 2")

    async def test_while_it_follows_the_next_failure_is_the_last_one(self) -> None:
        live = commands(2)
        live.shell("make a", state=CallState.FAILED)
        live.shell("make b")
        async with bench(live) as at:
            await at.press("n")
            assert (at.log.following, at.selected) == (False, "make a")
            await at.press("n")
            assert at.selected == "make a"

    async def test_nor_does_looking_for_what_there_is_not(self) -> None:
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


class TestPlace:
    """The selected row stays selected, and where it is."""

    async def test_while_rows_are_forgotten(self) -> None:
        async with bench(commands(30)) as at:
            await at.press("k", "k", "k")
            before = at.drawn()
            at.live.state.log.shrink(15)
            at.live.shell("more", seconds=1)
            await at.show()
            assert at.selected == "make 26"
            assert at.drawn() == before

    async def test_until_it_is_forgotten_itself(self) -> None:
        async with bench(commands(30)) as at:
            await at.press("home")
            at.live.state.log.shrink(15)
            at.live.shell("more", seconds=1)
            await at.show()
            assert at.selected == "make 15"

    async def test_in_a_smaller_window(self) -> None:
        async with bench(commands(30)) as at:
            await at.press("k", "k")
            await at.pilot.resize_terminal(80, 6)
            assert at.selected == "make 27"
            assert any("make 27" in line for line in at.drawn())
            assert "make 29" in at.drawn()[-1]

    async def test_a_late_result_changes_its_row_alone(self) -> None:
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

    async def test_another_session_is_followed_anew(self) -> None:
        async with bench(commands(30)) as at:
            await at.press("home")
            other = LiveBuilder(session=SessionKey("codex", "s-2"))
            other.shell("elsewhere")
            at.app.live = other
            await at.show()
            assert (at.selected, at.log.following) == ("elsewhere", True)
            assert at.told(FollowChanged)[-1] == (True, 0)


class TestMoving:
    """Keys that lead to other rows."""

    async def test_one_by_one(self) -> None:
        async with bench(commands(9)) as at:
            await at.press("k", "up", "j")
            assert at.selected == "make 7"
            assert at.told(EntryHighlighted) == ["make 8", "make 7", "make 6", "make 7"]

    async def test_page_by_page(self) -> None:
        async with bench(commands(40)) as at:
            await at.press("pageup")
            assert (at.selected, at.log.scroll_offset.y) == ("make 30", 21)
            await at.press("ctrl+u", "pagedown")
            assert at.selected == "make 30"
            await at.press("pagedown", "pagedown")
            assert (at.selected, at.log.following) == ("make 39", False)

    async def test_to_the_oldest(self) -> None:
        async with bench(commands(40)) as at:
            await at.press("home")
            assert (at.selected, at.log.scroll_offset.y) == ("make 0", 0)

    async def test_gg(self) -> None:
        async with bench(commands(40)) as at:
            await at.press("g", "k", "g")
            assert at.selected == "make 38"
            await at.press("g")
            assert at.selected == "make 0"

    async def test_failures_prompts_and_compactions(self) -> None:
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

    async def test_more_than_the_newest_is_at_hand_when_looking_back(self) -> None:
        async with bench(commands(220)) as at:
            assert at.log.virtual_size.height < 220
            await at.press("k")
            assert (at.log.virtual_size.height, at.selected) == (220, "make 218")
            await at.press("home")
            assert at.selected == "make 0"
