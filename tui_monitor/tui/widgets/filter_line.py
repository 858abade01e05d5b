"""The filter line: the log is filtered while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input

from tui_monitor.tui.rows.search import completion

HISTORY = 50


class QuerySuggester(Suggester):
    """Completes the last word of a query by what there is in the log."""

    def __init__(self, values: Callable[[], Mapping[str, Sequence[str]]]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._values = values

    async def get_suggestion(self, value: str) -> str | None:
        """Return the completed query."""
        return completion(value, self._values())


class FilterLine(Input):
    """Hidden unless it is open. Enter keeps the filter, Esc clears it, ↑ and ↓ recall earlier ones, Tab completes."""

    EXAMPLES: ClassVar[str] = "filter: words  tool:bash  file:src/  is:error  -not"

    DEFAULT_CSS = """
    FilterLine { display: none; height: 1; border: none; padding: 0 1; background: $surface; }
    FilterLine.-open { display: block; }
    FilterLine:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "drop", "Show all", tooltip="Clear the filter", id="filter.drop"),
        Binding("enter", "submit", "Keep", tooltip="Keep the filter and go back to the log", id="filter.keep"),
        Binding(
            "up", "earlier(1)", "Earlier filter", show=False, tooltip="Recall the previous filter", id="filter.earlier"
        ),
        Binding("tab", "complete", "Complete", tooltip="Complete the word", id="filter.complete"),
        Binding("down", "earlier(-1)", "Later filter", show=False, tooltip="Recall the next filter", id="filter.later"),
    ]

    class Closed(Message):
        """The focus returns to the log."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # as Textual has it
        super().__init__(id=id, placeholder=self.EXAMPLES, select_on_focus=False)
        self._history: list[str] = []
        self._position = 0

    def open(self) -> None:
        """Show and focus it."""
        self.add_class("-open")
        self._position = 0
        self.focus()

    def complete_by(self, values: Callable[[], Mapping[str, Sequence[str]]]) -> None:
        """Complete words by the values of fields that this returns."""
        self.suggester = QuerySuggester(values)

    def action_complete(self) -> None:
        """Take the suggested word."""
        self.action_cursor_right()

    def set_text(self, text: str) -> None:
        """Set a filter that was not typed here."""
        with self.prevent(Input.Changed):
            self.value = text

    def action_drop(self) -> None:
        """Clear the filter."""
        self.value = ""
        self._close()

    def action_earlier(self, by: int) -> None:
        """Recall the previous filter (1), or the next one (-1)."""
        self._position = max(0, min(len(self._history), self._position + by))
        self.value = self._history[-self._position] if self._position else ""
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


class FindLine(FilterLine):
    """The same for a search, which leaves all rows where they are."""

    EXAMPLES: ClassVar[str] = "find: words  tool:bash  is:error    ⏎ then n N: next, previous"
