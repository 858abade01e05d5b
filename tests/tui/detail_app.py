"""An app with the detail of one entry in a titled frame, which records the detail's messages."""

from __future__ import annotations

from datetime import UTC

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from tests.tui.live_builder import LiveBuilder
from tui_monitor.live.entries import Entry
from tui_monitor.tui.rows.context import row_context
from tui_monitor.tui.tones import TonedApp
from tui_monitor.tui.widgets.call_detail import CallDetail


class DetailApp(TonedApp):
    """Shows entries of the session of ``live``; `messages` are those of the detail, oldest first."""

    CSS = "Vertical#frame { border: round $border; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, live: LiveBuilder, entry: Entry | None = None) -> None:
        super().__init__()
        self.live = live
        self.entry = entry
        self.detail = CallDetail()
        self.messages: list[Message] = []

    def compose(self) -> ComposeResult:
        """Yield the detail in its frame."""
        with Vertical(id="frame"):
            yield self.detail

    def on_mount(self) -> None:
        """Title the frame with the detail's title."""
        frame = self.query_one("#frame")
        self.watch(self.detail, "title", lambda title: setattr(frame, "border_title", title))

    def on_ready(self) -> None:
        """Show the first entry."""
        if self.entry:
            self.show(self.entry)
        self.detail.focus()

    def show(self, entry: Entry | None) -> None:
        """Show an entry, or its new state."""
        self.detail.show(entry, row_context(self.live.state, self.live.now, UTC))

    def on_call_detail_bodies_requested(self, message: CallDetail.BodiesRequested) -> None:
        """Record the message."""
        self.messages.append(message)

    def on_call_detail_edit_requested(self, message: CallDetail.EditRequested) -> None:
        """Record the message."""
        self.messages.append(message)

    def on_call_detail_copy_requested(self, message: CallDetail.CopyRequested) -> None:
        """Record the message."""
        self.messages.append(message)

    def on_call_detail_save_requested(self, message: CallDetail.SaveRequested) -> None:
        """Record the message."""
        self.messages.append(message)
