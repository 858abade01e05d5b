"""Apps with a single view of the detail, and helpers that wait for them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Generic, TypeVar

from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from tui_monitor.tui.tones import TonedApp
from tui_monitor.tui.widgets.line_view import LineView

_NAMES = {"[": "left_square_bracket", "]": "right_square_bracket"}

V = TypeVar("V", bound=LineView)


class ViewApp(TonedApp, Generic[V]):
    """Shows one focused view."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, view: V) -> None:
        super().__init__()
        self.view = view

    def compose(self) -> ComposeResult:
        """Yield the view."""
        yield self.view

    def on_mount(self) -> None:
        """Focus the view."""
        self.view.focus()


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until everything is done, threads included."""
    await pilot.pause()
    while workers := list(pilot.app.workers):
        for worker in workers:
            with suppress(WorkerCancelled):
                await worker.wait()
        await pilot.pause()


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys one after the other, each with its effect."""
    for key in keys:
        pilot.app.simulate_key(_NAMES.get(key, key))
        await settle(pilot)


def visible(view: LineView) -> list[str]:
    """Return the visible lines, without trailing blanks."""
    return [view.render_line(y).text.rstrip() for y in range(view.scrollable_content_region.height)]
