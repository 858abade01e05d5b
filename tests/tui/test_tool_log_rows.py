"""The activity log folds, filters, opens, and draws what looks otherwise than before."""

from __future__ import annotations

from typing import ClassVar

import pytest
from textual.binding import Binding, BindingType

from tests.tui.live_builder import CWD, LiveBuilder
from tests.tui.log_app import LogApp
from tests.tui.log_bench import bench, commands
from tui_monitor.events import ToolKind
from tui_monitor.tui.keys import LOG_KEYS
from tui_monitor.tui.widgets.log_messages import EntryHighlighted, EntryOpened, FilterChanged
from tui_monitor.tui.widgets.tool_log import ToolLog


class WithPanes(LogApp):
    """Goes from pane to pane by the same keys that fold."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("left", "pane(-1)"), Binding("right", "pane(1)")]

    def __init__(self, live: LiveBuilder) -> None:
        super().__init__(live)
        self.panes: list[int] = []

    def action_pane(self, by: int) -> None:
        """Go to the next pane."""
        self.panes.append(by)


class TestFolding:
    """Rows that hide others show them when asked."""

    def reading(self) -> LiveBuilder:
        live = LiveBuilder()
        for name in "abc":
            live.read(name)
        live.shell("make")
        return live

    async def test_a_run_is_unfolded_and_folded_again(self) -> None:
        async with bench(self.reading()) as at:
            await at.press("k", "l")
            assert [line[6:7] for line in at.drawn()[:5]] == ["▾", " ", " ", " ", "✓"]
            await at.press("j", "j", "left")
            assert at.drawn()[0].endswith("3 calls")
            assert at.log.virtual_size.height == 2
            assert at.log.selected
            assert at.log.selected.is_run

    async def test_enter_does_it_too(self) -> None:
        async with bench(self.reading()) as at:
            await at.press("k", "enter")
            assert at.log.virtual_size.height == 5
            await at.press("enter")
            assert at.log.virtual_size.height == 2
            assert at.told(EntryOpened) == []

    async def test_all_runs(self) -> None:
        async with bench(self.reading()) as at:
            await at.press("z")
            assert at.log.virtual_size.height == 4
            await at.press("z")
            assert at.log.virtual_size.height == 2

    async def test_an_agent_shows_what_it_did(self) -> None:
        live = LiveBuilder()
        agent = live.start("Task", ToolKind.AGENT, "look")
        live.agent("a-1", agent)
        live.finish(live.start("Bash", ToolKind.SHELL, "inner", "a-1"))
        live.finish(agent)
        async with bench(live) as at:
            await at.press("right")
            assert at.log.virtual_size.height == 2
            assert "inner" in at.drawn()[1]

    async def test_keys_that_fold_nothing_are_left_to_the_screen(self) -> None:
        async with bench(commands(3), app_type=WithPanes) as at:
            await at.press("left", "right")
            assert isinstance(at.app, WithPanes)
            assert at.app.panes == [-1, 1]


class TestFiltering:
    """Only what is asked for is shown."""

    async def test_keys_switch_conditions_and_tell(self) -> None:
        live = commands(3)
        live.failed_shell("bad", "boom")
        live.edit(f"{CWD}/a.py")
        async with bench(live) as at:
            await at.press("E")
            assert at.log.virtual_size.height == 2
            await at.press("E", "x")
            assert at.log.virtual_size.height == 1
            assert at.told(FilterChanged) == ["is:error", "", "is:change"]

    async def test_the_screen_sets_it(self) -> None:
        async with bench(commands(12)) as at:
            at.log.filter_text = '"make 1"'
            await at.pilot.pause()
            assert [line.split()[4] for line in at.drawn()[:3]] == ["1", "10", "11"]
            at.live.shell("make 100")
            at.live.shell("ls")
            await at.show()
            assert at.selected == "make 100"

    async def test_nothing_that_matches_is_said(self) -> None:
        async with bench(commands(2)) as at:
            at.log.filter_text = "[b]x"
            await at.pilot.pause()
            assert at.drawn()[0] == "nothing matches  [b]x"
            assert at.told(EntryHighlighted)[-1] == ""


class TestOpening:
    """The screen is asked for details."""

    async def test_by_key(self) -> None:
        async with bench(commands(3)) as at:
            await at.press("k", "enter")
            assert at.told(EntryOpened) == ["make 1"]

    async def test_of_a_run_of_edits_the_newest(self) -> None:
        live = LiveBuilder()
        live.edit("a.py")
        newest = live.edit("a.py")
        async with bench(live) as at:
            await at.press("enter")
            opened = at.app.told[-1]
            assert isinstance(opened, EntryOpened)
            assert (opened.entry, opened.control) == (newest, at.log)

    async def test_by_a_second_click(self) -> None:
        async with bench(commands(5)) as at:
            await at.pilot.click(ToolLog, offset=(9, 1))
            assert (at.selected, at.log.following, at.told(EntryOpened)) == ("make 1", False, [])
            await at.pilot.click(ToolLog, offset=(9, 1))
            assert at.told(EntryOpened) == ["make 1"]

    async def test_a_click_beside_the_rows_does_nothing(self) -> None:
        async with bench(commands(5)) as at:
            await at.pilot.click(ToolLog, offset=(9, 8))
            assert (at.selected, at.told(EntryOpened)) == ("make 4", [])


class TestDrawing:
    """Only what looks otherwise is drawn anew."""

    async def test_open_calls_grow_older(self) -> None:
        live = commands(2)
        live.start("Bash", ToolKind.SHELL, "long")
        async with bench(live) as at:
            live.wait(5)
            await at.show()
            assert at.drawn()[2].endswith("5s")

    async def test_what_has_not_changed_is_not_composed_again(self) -> None:
        live = commands(2)
        live.start("Bash", ToolKind.SHELL, "long")
        async with bench(live) as at:
            strips = [at.log.render_line(y) for y in range(3)]
            live.wait(5)
            await at.show()
            assert [at.log.render_line(y) is strip for y, strip in enumerate(strips)] == [True, True, False]

    async def test_without_rows_it_says_what_the_screen_wants(self) -> None:
        async with bench(LiveBuilder()) as at:
            at.log.empty = "Nothing yet.\nCalls appear here."
            await at.pilot.pause()
            assert at.drawn()[:3] == ["Nothing yet.", "Calls appear here.", ""]

    @pytest.mark.parametrize("size", [(20, 4), (1, 1)])
    async def test_in_any_size(self, size: tuple[int, int]) -> None:
        async with bench(commands(30), size) as at:
            await at.press("pageup", "home")
            assert all(at.log.render_line(y).cell_length == size[0] for y in range(size[1]))


def test_every_key_is_explained_and_can_be_changed() -> None:
    assert len({binding.id for binding in LOG_KEYS}) == len(LOG_KEYS)
    assert all(binding.tooltip and binding.description for binding in LOG_KEYS)
