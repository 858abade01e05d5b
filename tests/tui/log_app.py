"""An app that is nothing but the activity log, and keeps what the log tells it."""

from __future__ import annotations

from datetime import UTC

from textual import on
from textual.app import App, ComposeResult

from tests.tui.live_builder import LiveBuilder
from tui_monitor.tui.widgets.log_messages import EntryHighlighted, EntryOpened, FilterChanged, FollowChanged, LogMessage
from tui_monitor.tui.widgets.tool_log import ToolLog


class LogApp(App[None]):
    """Shows the session of ``live``; `told` are the log's messages, oldest first."""

    CSS = "ToolLog { height: 1fr; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, live: LiveBuilder) -> None:
        super().__init__()
        self.live = live
        self.log_pane = ToolLog(UTC)
        self.told: list[LogMessage] = []

    def compose(self) -> ComposeResult:
        """The log alone."""
        yield self.log_pane

    def on_mount(self) -> None:
        """Show what there is."""
        self.log_pane.focus()
        self.show()

    def show(self) -> None:
        """Something has changed."""
        self.log_pane.update_from(self.live.state, self.live.now)

    @on(EntryHighlighted)
    @on(EntryOpened)
    @on(FollowChanged)
    @on(FilterChanged)
    def keep(self, message: LogMessage) -> None:
        """The log tells something."""
        self.told.append(message)
