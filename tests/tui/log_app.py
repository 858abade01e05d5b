"""An app with the activity log only, which records the log's messages."""

from __future__ import annotations

from datetime import UTC

from textual import on
from textual.app import ComposeResult

from tests.tui.live_builder import LiveBuilder
from tui_monitor.tui.tones import TonedApp
from tui_monitor.tui.widgets.log_messages import EntryHighlighted, EntryOpened, FilterChanged, FollowChanged, LogMessage
from tui_monitor.tui.widgets.tool_log import ToolLog


class LogApp(TonedApp):
    """Shows the session of ``live``; `messages` are those of the log, oldest first."""

    CSS = "ToolLog { height: 1fr; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, live: LiveBuilder) -> None:
        super().__init__()
        self.live = live
        self.log_pane = ToolLog(UTC)
        self.messages: list[LogMessage] = []

    def compose(self) -> ComposeResult:
        """Yield the log."""
        yield self.log_pane

    def on_mount(self) -> None:
        """Show the session."""
        self.log_pane.focus()
        self.show()

    def show(self) -> None:
        """Show the changed session."""
        self.log_pane.update_from(self.live.state, self.live.now)

    @on(EntryHighlighted)
    @on(EntryOpened)
    @on(FollowChanged)
    @on(FilterChanged)
    def record(self, message: LogMessage) -> None:
        """Record the message."""
        self.messages.append(message)
