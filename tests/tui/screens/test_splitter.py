"""The edge between the log and other panes."""

from __future__ import annotations

import pytest

from tests.tui.harbour_totals import deliveries, working_afternoon
from tests.tui.log_bench import commands
from tests.tui.monitor_bench import MonitorBench, monitor, monitor_of


@pytest.mark.parametrize("size", [(160, 45), (120, 40)])
async def test_panes_are_resized_by_keys_and_keep_their_sizes(size: tuple[int, int]) -> None:
    live, kept = working_afternoon(), list[int]()
    side = 0 if size[0] == 160 else 1
    async with monitor(*deliveries(live), size=size, now=lambda: live.now, keep_log_share=kept.append) as at:
        await at.sees("Push to origin")
        await at.press("f")
        await at.sees("Files changed")
        usual = at.view.activity.size[side]
        await at.press("plus")
        await at.until(lambda: at.view.activity.size[side] > usual)
        await at.press("minus", "minus")
        await at.until(lambda: at.view.activity.size[side] < usual)
        await at.press("equals_sign")
        await at.until(lambda: at.view.activity.size[side] == usual)
        assert kept == [65, 60, 55, 60]
        await at.press(*["plus"] * 9)
        assert kept[-1] == 80


async def drag(at: MonitorBench, start: tuple[int, int], end: tuple[int, int]) -> None:
    await at.pilot.mouse_down(offset=start)
    await at.pilot.hover(offset=end)
    await at.pilot.mouse_up(offset=end)


async def test_edge_is_dragged() -> None:
    live, kept = working_afternoon(), list[int]()
    async with monitor(*deliveries(live), size=(160, 45), now=lambda: live.now, keep_log_share=kept.append) as at:
        await at.sees("Push to origin")
        x, y = at.view.activity.region.right - 1, 20
        await drag(at, (x - 9, y), (80, y))
        assert at.view.activity.region.right == x + 1
        await drag(at, (x, y), (80, y))
        await at.until(lambda: at.view.activity.region.right == 80)
        assert kept == [50]


async def test_layout_is_as_it_was_left() -> None:
    live = working_afternoon()
    async with monitor(*deliveries(live), size=(160, 45), now=lambda: live.now, log_share=40) as at:
        await at.sees("Push to origin")
        assert at.view.activity.size.width == 64


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (110, 32), (160, 45)])
async def test_log_fits_the_screen_and_shows_its_newest_row(size: tuple[int, int]) -> None:
    async with monitor_of(commands(60), size) as at:
        await at.sees("make 59")
        await at.press("f", "escape")
        await at.sees("make 59")
        assert at.view.activity.log_view.region.bottom <= size[1]
