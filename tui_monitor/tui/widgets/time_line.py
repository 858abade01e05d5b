"""The line for a time to which the log goes."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

EXAMPLES = "go to: 14:05  2026-11-01T09:30  yesterday  20m (before the newest row)"


class TimeLine(Input):
    """Hidden unless it is open. Enter hands the time on, Esc closes it."""

    DEFAULT_CSS = """
    TimeLine { display: none; height: 1; border: none; padding: 0 1; background: $surface; }
    TimeLine.-open { display: block; }
    TimeLine:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "drop", "Close", tooltip="Stay where the log is", id="time.drop"),
        Binding("enter", "submit", "Go", tooltip="Go to this time", id="time.go"),
    ]

    class TimeEntered(Message):
        """The focus returns to the log, which goes to the time of ``text`` unless that is empty."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # as Textual has it
        super().__init__(id=id, placeholder=EXAMPLES)

    def open(self) -> None:
        """Show and focus it, before the next key."""
        self.add_class("-open")
        self.screen.set_focus(self)

    def action_drop(self) -> None:
        """Close it."""
        self._close("")

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Hand the time on."""
        message.stop()
        self._close(self.value)

    def _close(self, text: str) -> None:
        with self.prevent(Input.Changed):
            self.value = ""
        self.remove_class("-open")
        self.post_message(self.TimeEntered(text))
