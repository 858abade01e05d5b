"""A bench for the activity log: user input, and the resulting lines and messages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual import events
from textual.pilot import Pilot

from tests.tui.live_builder import LiveBuilder
from tests.tui.log_app import LogApp
from tui_monitor.live.entries import Call, Entry
from tui_monitor.tui.widgets.log_messages import EntryHighlighted, EntryOpened, FilterChanged, FollowChanged, LogMessage
from tui_monitor.tui.widgets.tool_log import ToolLog


class Bench:
    """A running app that shows the log of ``live``."""

    def __init__(self, app: LogApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot, self.live = app, pilot, app.live

    @property
    def log(self) -> ToolLog:
        """The log."""
        return self.app.log_pane

    @property
    def selected(self) -> str:
        """Subject or text of the selected entry."""
        item = self.log.selected
        return "" if item is None else _name(item.entry)

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        await self.pilot.press(*keys)

    async def show(self) -> None:
        """Show the changed session."""
        self.app.show()
        await self.pilot.pause()

    async def wheel(self, kind: type[events.MouseScrollUp | events.MouseScrollDown]) -> None:
        """Turn the mouse wheel by one notch over the log."""
        self.log.post_message(kind(self.log, 5, 5, 0, 0, 0, False, False, False))
        await self.pilot.pause()

    def payloads(self, kind: type[LogMessage]) -> list[object]:
        """Return the contents of the messages of one kind."""
        return [_payload(message) for message in self.app.messages if type(message) is kind]

    def drawn(self) -> list[str]:
        """Return the lines on the screen."""
        return [self.log.render_line(y).text.rstrip() for y in range(self.log.size.height)]


def _name(entry: Entry | None) -> str:
    return entry.subject if isinstance(entry, Call) else entry.text if entry else ""


def _payload(message: object) -> object:
    match message:
        case EntryHighlighted() | EntryOpened():
            return _name(message.entry)
        case FollowChanged():
            return (message.following, message.behind)
        case FilterChanged():
            return message.text
    raise AssertionError(message)


@asynccontextmanager
async def bench(
    live: LiveBuilder, size: tuple[int, int] = (80, 10), app_type: type[LogApp] = LogApp
) -> AsyncIterator[Bench]:
    """Run the log of ``live`` in a terminal of this size."""
    app = app_type(live)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Bench(app, pilot)


def commands(count: int) -> LiveBuilder:
    """Return a session of ``count`` successful commands, from ``make 0`` on, one per second."""
    live = LiveBuilder()
    for number in range(count):
        live.shell(f"make {number}", seconds=1)
    return live
