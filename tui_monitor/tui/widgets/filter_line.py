"""The line in which a filter is written, working as it is typed."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

HISTORY = 50
EXAMPLES = "filter: words  tool:bash  file:src/  is:error  -not"


class FilterLine(Input):
    """Hidden unless it is written in. Enter keeps the filter, Esc drops it, ↑ and ↓ bring earlier ones."""

    DEFAULT_CSS = """
    FilterLine { display: none; height: 1; border: none; padding: 0 1; background: $surface; }
    FilterLine.-open { display: block; }
    FilterLine:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "drop", "Show all", tooltip="Drop the filter", id="filter.drop"),
        Binding("enter", "submit", "Keep", tooltip="Keep the filter, and go back to the log", id="filter.keep"),
        Binding("up", "earlier(1)", "Earlier filter", show=False, tooltip="The filter before", id="filter.earlier"),
        Binding("down", "earlier(-1)", "Later filter", show=False, tooltip="The filter after", id="filter.later"),
    ]

    class Closed(Message):
        """The focus belongs to the log again."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # as Textual has it
        super().__init__(id=id, placeholder=EXAMPLES, select_on_focus=False)
        self._history: list[str] = []
        self._place = 0

    def open(self) -> None:
        """Show it, and type into it."""
        self.add_class("-open")
        self._place = 0
        self.focus()

    def take(self, text: str) -> None:
        """Go on from a filter that was set otherwise."""
        with self.prevent(Input.Changed):
            self.value = text

    def action_drop(self) -> None:
        """Show everything again."""
        self.value = ""
        self._close()

    def action_earlier(self, by: int) -> None:
        """Bring an earlier filter (1), or the one after (-1)."""
        self._place = max(0, min(len(self._history), self._place + by))
        self.value = self._history[-self._place] if self._place else ""
        self.cursor_position = len(self.value)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Keep the filter."""
        message.stop()
        if self.value and self.value not in self._history[-1:]:
            self._history = [*self._history[1 - HISTORY :], self.value]
        self._close()

    def _close(self) -> None:
        self.remove_class("-open")
        self.post_message(self.Closed())
