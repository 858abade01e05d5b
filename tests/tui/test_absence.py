"""The line that says what has happened while the terminal had no focus."""

from textual.events import AppBlur, AppFocus

from tests.tui.live_builder import LiveBuilder
from tests.tui.monitor_bench import MonitorBench, monitor_of
from tui_monitor.feed.deliveries import EventsRead


async def work_away(at: MonitorBench, live: LiveBuilder, seconds: float, calls: int) -> None:
    """Look away, let the agent work, and come back when all of it is shown."""
    await at.sees("make first")
    at.app.post_message(AppBlur())
    await at.settle()
    known = len(live.events)
    for number in range(calls):
        live.wait(seconds / calls)
        live.shell(f"make {number}", "done")
    await at.deliver(EventsRead(tuple(live.events[known:])))
    await at.sees(f"make {calls - 1}")
    at.app.post_message(AppFocus())
    await at.settle()


async def test_line_says_what_happened_while_one_was_away_until_one_leaves_again() -> None:
    live = LiveBuilder()
    live.shell("make first", "done")
    async with monitor_of(live) as at:
        await work_away(at, live, 60, 3)
        await at.sees("── 3 calls since 20:00 ──", "make 2")
        at.app.post_message(AppBlur())
        await at.until(lambda: "since 20:00" not in at.text())
        live.wait(60)
        at.app.post_message(AppFocus())
        await at.settle()
        assert " since " not in at.text()


async def test_short_absence_has_no_line() -> None:
    live = LiveBuilder()
    live.shell("make first", "done")
    async with monitor_of(live) as at:
        await work_away(at, live, 6, 2)
        await at.sees("make 1")
        assert " since " not in at.text()
