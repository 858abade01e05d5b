"""The activity log: one more call at the end of a thousand is applied, listed and drawn."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from time import perf_counter

from rich.console import Console

from tests.bench.figure import Figure
from tests.tui.live_builder import LiveBuilder
from tests.tui.log_app import LogApp
from tui_monitor.tui.pump import FRAME_S

ROWS = 1000
SIZE = (120, 40)
APPENDED = 200


def bench() -> Iterator[Figure]:
    """Yield milliseconds, the median."""
    yield Figure("log, one row more", asyncio.run(_append()), "ms", 1000 * FRAME_S, "a frame")


async def _append() -> float:
    live = LiveBuilder()
    for row in range(ROWS):
        live.shell(f"make {row}", seconds=1)
    app, console = LogApp(live), Console()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        return sorted(_frame(app, console, number) for number in range(APPENDED))[APPENDED // 2]


def _frame(app: LogApp, console: Console, number: int) -> float:
    """Return the seconds until the lines are ready for the terminal, a step that Textual omits when headless."""
    began = perf_counter()
    app.live.shell(f"pytest -k {number}", seconds=1)
    app.show()
    for y in range(app.log_pane.size.height):
        app.log_pane.render_line(y).render(console)
    return 1000 * (perf_counter() - began)
