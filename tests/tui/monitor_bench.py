"""A bench for the whole monitor: deliveries and user input, and the resulting screen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot
from textual.widget import Widget

from tests.tui.fake_source import DEFAULT, FakeSource, app_context
from tests.tui.harbour_totals import deliveries
from tests.tui.live_builder import EIGHT_PM, LiveBuilder
from tui_monitor.config import DisplayConfig
from tui_monitor.feed.deliveries import Delivery
from tui_monitor.tui.app import MonitorApp
from tui_monitor.tui.screens.monitor import MonitorScreen
from tui_monitor.tui.screens.session_view import SessionView

PATIENCE = 200
"""Attempts, a few hundredths of a second apart, before a test fails."""


class MonitorBench:
    """A running monitor, the pilot that types, and the source."""

    def __init__(self, app: MonitorApp, pilot: Pilot[None], source: FakeSource) -> None:
        self.app, self.pilot, self.source = app, pilot, source

    @property
    def screen(self) -> MonitorScreen:
        """The monitor screen, even below another one."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, MonitorScreen))

    @property
    def view(self) -> SessionView:
        """The session view of the monitor screen."""
        return self.screen.session_view

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, each with its effect; the pilot's own way takes six times as long."""
        for key in keys:
            self.app.simulate_key(key)
            await self.settle()

    async def settle(self) -> None:
        """Wait until everything that does not wait for a clock is done."""
        await self.pilot.pause(0.01)

    async def deliver(self, *what: Delivery) -> None:
        """Let the source deliver something."""
        self.source.deliver(*what)
        await self.settle()

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait for a condition."""
        for _ in range(PATIENCE):
            if holds():
                return
            await self.pilot.pause(0.02)
        raise AssertionError("it did not come about; this was on the screen:\n" + self.text())

    async def sees(self, *texts: str) -> None:
        """Wait until all these texts are on the screen."""
        await self.until(lambda: all(text in self.text() for text in texts))

    def text(self) -> str:
        """Return the visible text, line by line."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in lines)

    def is_visible(self, widget: Widget) -> bool:
        """Return True if the widget takes a part of the screen."""
        return widget.is_on_screen and widget.size.height > 0


@asynccontextmanager
async def monitor(
    *first: Delivery,
    size: tuple[int, int] = (80, 24),
    now: Callable[[], int] = lambda: EIGHT_PM,
    demo: FakeSource | None = None,
    display: DisplayConfig = DEFAULT,
    **more: Any,
) -> AsyncIterator[MonitorBench]:
    """Run the monitor in a terminal of this size, on a source that delivers ``first``; ``more`` is for its context."""
    source = FakeSource(*first)
    app = MonitorApp(app_context(source, now, demo, display, **more))
    async with app.run_test(size=size) as pilot:
        at = MonitorBench(app, pilot, source)
        await at.until(lambda: source.running)
        yield at


@asynccontextmanager
async def monitor_of(
    live: LiveBuilder, size: tuple[int, int] = (80, 24), display: DisplayConfig = DEFAULT
) -> AsyncIterator[MonitorBench]:
    """Run the monitor on the session of ``live`` at its time."""
    async with monitor(*deliveries(live), size=size, now=lambda: live.now, display=display) as at:
        await at.until(lambda: at.screen.focused is at.view.activity.log_view)
        await at.settle()
        yield at
