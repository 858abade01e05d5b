"""The activity log folds, filters, opens, and repaints only changed rows."""

from __future__ import annotations

from typing import ClassVar

import pytest
from textual.binding import Binding, BindingType

from tests.tui.live_builder import CWD, LiveBuilder
from tests.tui.log_app import LogApp
from tests.tui.log_bench import bench, commands
from tui_monitor.events import CallState, ToolKind
from tui_monitor.tui.keys import LOG_KEYS
from tui_monitor.tui.widgets.log_messages import EntryHighlighted, EntryOpened, FilterChanged
from tui_monitor.tui.widgets.tool_log import ToolLog


class WithPanes(LogApp):
    """An app with panes, between which the folding keys move."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("left", "pane(-1)"), Binding("right", "pane(1)")]

    def __init__(self, live: LiveBuilder) -> None:
        super().__init__(live)
        self.panes: list[int] = []

    def action_pane(self, by: int) -> None:
        """Go to the next pane."""
        self.panes.append(by)


class TestFolding:
    """Folding and unfolding of rows."""

    def reading(self) -> LiveBuilder:
        live = LiveBuilder()
        for name in "abc":
            live.read(name)
        live.shell("make")
        return live

    async def test_run_is_unfolded_and_folded_again(self) -> None:
        async with bench(self.reading()) as at:
            await at.press("k", "l")
            assert [line[6:7] for line in at.drawn()[:5]] == ["▾", " ", " ", " ", "✓"]
            await at.press("j", "j", "left")
            assert at.drawn()[0].endswith("3 calls")
            assert at.log.virtual_size.height == 2
            assert at.log.selected
            assert at.log.selected.is_run

    async def test_enter_unfolds_a_run(self) -> None:
        async with bench(self.reading()) as at:
            await at.press("k", "enter")
            assert at.log.virtual_size.height == 5
            await at.press("enter")
            assert at.log.virtual_size.height == 2
            assert at.payloads(EntryOpened) == []

    async def test_all_runs_are_unfolded(self) -> None:
        async with bench(self.reading()) as at:
            await at.press("z")
            assert at.log.virtual_size.height == 4
            await at.press("z")
            assert at.log.virtual_size.height == 2

    async def test_agent_unfolds_to_its_calls(self) -> None:
        live = LiveBuilder()
        agent = live.start("Task", ToolKind.AGENT, "look")
        live.agent("a-1", agent)
        live.finish(live.start("Bash", ToolKind.SHELL, "inner", "a-1"))
        live.finish(agent)
        async with bench(live) as at:
            await at.press("right")
            assert at.log.virtual_size.height == 2
            assert "inner" in at.drawn()[1]

    async def test_failures_of_sub_agents_are_found(self) -> None:
        live = LiveBuilder()
        live.failed_shell("first", "boom")
        outer = live.start("Task", ToolKind.AGENT, "outer")
        live.agent("a-1", outer)
        live.finish(live.start("Bash", ToolKind.SHELL, "by outer", "a-1"), CallState.FAILED)
        inner = live.start("Task", ToolKind.AGENT, "inner", "a-1")
        live.agent("a-2", inner)
        live.finish(live.start("Bash", ToolKind.SHELL, "by inner", "a-2"), CallState.FAILED)
        live.finish(live.start("Read", ToolKind.READ, "fine", "a-2"))
        live.finish(inner)
        live.finish(outer)
        live.shell("last")
        async with bench(live) as at:
            found = []
            for key in ("N", "N", "N", "n", "n"):
                await at.press(key)
                found.append(at.selected)
            assert found == ["by inner", "by outer", "first", "by outer", "by inner"]
            await at.press("N", "N", "h", "n")
            assert at.selected == "by outer"

    async def test_failed_update_of_the_plan_has_a_row(self) -> None:
        live = LiveBuilder()
        live.finish(live.start("TodoWrite", ToolKind.TODO, "plan 1"))
        live.finish(live.start("TodoWrite", ToolKind.TODO, "plan 2"), CallState.SLIPPED, error="no todos")
        live.shell("make")
        async with bench(live) as at:
            await at.press("N")
            assert at.selected == "plan 2"
            await at.press("E")
            assert at.log.virtual_size.height == 1

    async def test_folding_keys_without_effect_are_left_to_the_screen(self) -> None:
        async with bench(commands(3), app_type=WithPanes) as at:
            await at.press("left", "right")
            assert isinstance(at.app, WithPanes)
            assert at.app.panes == [-1, 1]


class TestFiltering:
    """The filter of the log."""

    async def test_keys_toggle_conditions_and_post_messages(self) -> None:
        live = commands(3)
        live.failed_shell("bad", "boom")
        live.edit(f"{CWD}/a.py")
        async with bench(live) as at:
            await at.press("E")
            assert at.log.virtual_size.height == 2
            await at.press("E", "x")
            assert at.log.virtual_size.height == 1
            assert at.payloads(FilterChanged) == ["is:error", "", "is:change"]

    async def test_filter_can_be_set_by_the_screen(self) -> None:
        async with bench(commands(12)) as at:
            at.log.filter_text = '"make 1"'
            await at.pilot.pause()
            assert [line.split()[4] for line in at.drawn()[:3]] == ["1", "10", "11"]
            at.live.shell("make 100")
            at.live.shell("ls")
            await at.show()
            assert at.selected == "make 100"

    async def test_notice_without_a_match(self) -> None:
        async with bench(commands(2)) as at:
            at.log.filter_text = "[b]x"
            await at.pilot.pause()
            assert at.drawn()[0] == "nothing matches  [b]x"
            assert at.payloads(EntryHighlighted)[-1] == ""


class TestOpening:
    """Requests for details."""

    async def test_key_opens_the_selected_call(self) -> None:
        async with bench(commands(3)) as at:
            await at.press("k", "enter")
            assert at.payloads(EntryOpened) == ["make 1"]

    async def test_run_of_edits_opens_the_newest(self) -> None:
        live = LiveBuilder()
        live.edit("a.py")
        newest = live.edit("a.py")
        async with bench(live) as at:
            await at.press("enter")
            opened = at.app.messages[-1]
            assert isinstance(opened, EntryOpened)
            assert (opened.entry, opened.control) == (newest, at.log)

    async def test_second_click_opens(self) -> None:
        async with bench(commands(5)) as at:
            await at.pilot.click(ToolLog, offset=(9, 1))
            assert (at.selected, at.log.following, at.payloads(EntryOpened)) == ("make 1", False, [])
            await at.pilot.click(ToolLog, offset=(9, 1))
            assert at.payloads(EntryOpened) == ["make 1"]

    async def test_click_beside_the_rows_does_nothing(self) -> None:
        async with bench(commands(5)) as at:
            await at.pilot.click(ToolLog, offset=(9, 8))
            assert (at.selected, at.payloads(EntryOpened)) == ("make 4", [])


class TestDrawing:
    """Only changed rows are painted again."""

    async def test_open_calls_grow_older(self) -> None:
        live = commands(2)
        live.start("Bash", ToolKind.SHELL, "long")
        async with bench(live) as at:
            live.wait(5)
            await at.show()
            assert at.drawn()[2].endswith("5s")

    async def test_unchanged_rows_are_not_composed_again(self) -> None:
        live = commands(2)
        live.start("Bash", ToolKind.SHELL, "long")
        async with bench(live) as at:
            strips = [at.log.render_line(y) for y in range(3)]
            live.wait(5)
            await at.show()
            assert [at.log.render_line(y) is strip for y, strip in enumerate(strips)] == [True, True, False]

    async def test_text_of_an_empty_log(self) -> None:
        async with bench(LiveBuilder()) as at:
            at.log.empty = "Nothing yet.\nCalls appear here."
            await at.pilot.pause()
            assert at.drawn()[:3] == ["Nothing yet.", "Calls appear here.", ""]

    @pytest.mark.parametrize("size", [(20, 4), (1, 1)])
    async def test_log_in_any_size(self, size: tuple[int, int]) -> None:
        async with bench(commands(30), size) as at:
            await at.press("pageup", "home")
            assert all(at.log.render_line(y).cell_length == size[0] for y in range(size[1]))


def test_every_key_has_a_tooltip_and_a_unique_id() -> None:
    assert len({binding.id for binding in LOG_KEYS}) == len(LOG_KEYS)
    assert all(binding.tooltip and binding.description for binding in LOG_KEYS)
