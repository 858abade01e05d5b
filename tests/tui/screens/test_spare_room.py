"""The detail below a log that leaves the half of a narrow screen empty."""

from __future__ import annotations

from tests.tui.harbour_totals import deliveries
from tests.tui.live_builder import LiveBuilder
from tests.tui.monitor_bench import MonitorBench, monitor, monitor_of
from tui_monitor.events import ToolKind
from tui_monitor.feed.deliveries import EventsRead


def commands(live: LiveBuilder, count: int) -> None:
    for number in range(count):
        live.shell(f"make {number}", "made", seconds=1)


def shows_detail(at: MonitorBench) -> bool:
    return at.is_visible(at.view.detail_pane)


async def test_short_log_leaves_room_for_the_detail_until_it_has_grown() -> None:
    live = LiveBuilder()
    commands(live, 3)
    async with monitor(*deliveries(live), size=(80, 24), now=lambda: live.now) as at:
        await at.sees("make 2", "✓ ok · Bash · 1s")
        assert at.is_visible(at.view.activity)
        before = len(live.events)
        commands(live, 9)
        await at.deliver(EventsRead(tuple(live.events[before:])))
        await at.until(lambda: not shows_detail(at))
        await at.sees("make 0", "make 8")


async def test_open_call_that_comes_and_goes_moves_nothing() -> None:
    live = LiveBuilder()
    commands(live, 8)
    async with monitor(*deliveries(live), size=(80, 24), now=lambda: live.now) as at:
        await at.sees("make 7")
        assert not shows_detail(at)
        await at.press("slash", *"make1", "enter")
        assert not shows_detail(at)
    live = LiveBuilder()
    commands(live, 5)
    async with monitor(*deliveries(live), size=(80, 24), now=lambda: live.now) as at:
        await at.until(lambda: shows_detail(at))
        before = len(live.events)
        call = live.start("Bash", ToolKind.SHELL, "sleep 9")
        commands(live, 2)
        await at.deliver(EventsRead(tuple(live.events[before:])))
        await at.sees("sleep 9", "make 1")
        assert shows_detail(at)
        before = len(live.events)
        live.finish(call)
        await at.deliver(EventsRead(tuple(live.events[before:])))
        await at.settle()
        assert shows_detail(at)


async def test_pane_takes_the_place_of_the_detail_and_gives_it_back() -> None:
    live = LiveBuilder()
    commands(live, 3)
    async with monitor_of(live) as at:
        await at.until(lambda: shows_detail(at))
        await at.press("m")
        await at.sees("Models")
        assert not shows_detail(at)
        await at.press("escape")
        await at.until(lambda: shows_detail(at))
