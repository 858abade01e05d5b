"""The activity log below its title, with the filter line."""

from __future__ import annotations

from datetime import tzinfo
from typing import Self

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.getters import query_one
from textual.widgets import Input

from tui_monitor.tui.rows.describe import activity_title
from tui_monitor.tui.widgets.filter_line import FilterLine
from tui_monitor.tui.widgets.log_messages import FilterChanged, FollowChanged
from tui_monitor.tui.widgets.title_rule import Frame, TitleRule
from tui_monitor.tui.widgets.tool_log import ToolLog

NOTHING = "No prompt or call yet."


class ActivityPane(Vertical):
    """Keeps log, title and filter line in step. Times of day are in ``tz`` (None: local)."""

    title_rule = query_one(TitleRule)
    log_view = query_one(ToolLog)
    filter_line = query_one(FilterLine)

    def __init__(self, tz: tzinfo | None = None, *, id: str | None = None) -> None:  # noqa: A002  # as Textual has it
        super().__init__(id=id)
        self._tz = tz
        self._follow = (True, 0)

    def compose(self) -> ComposeResult:
        yield TitleRule("Activity")
        with Frame():
            yield ToolLog(self._tz)
            yield FilterLine()

    def on_mount(self) -> None:
        """Connect the log to its title."""
        self.log_view.empty = NOTHING
        self.watch(self.log_view, "filter_text", self._filter_changed, init=False)

    def focus(self, scroll_visible: bool = True) -> Self:
        """Focus the log."""
        self.log_view.focus(scroll_visible)
        return self

    def write_filter(self) -> None:
        """Open the filter line."""
        self.filter_line.open()

    def show_all(self) -> None:
        """Clear the filter."""
        self.show_only("")

    def show_only(self, filter_text: str) -> None:
        """Show the rows that a filter leaves."""
        self.log_view.filter_text = filter_text
        self.filter_line.set_text(filter_text)

    def select_call(self, call: str) -> bool:
        """Select the row of a call, even if that needs the filter cleared; return False if there is none."""
        if self.log_view.select_call(call):
            return True
        self.show_all()
        return self.log_view.select_call(call)

    def _filter_changed(self) -> None:
        self.refresh_bindings()
        self._update_title()

    @on(FollowChanged)
    def _change_follow(self, message: FollowChanged) -> None:
        if message.following != self._follow[0]:
            self.refresh_bindings()
        self._follow = (message.following, message.behind)
        self._update_title()

    def _update_title(self) -> None:
        """Update the title, which a narrow screen shows only if not all rows are shown."""
        following, _ = self._follow
        filter_text = self.log_view.filter_text
        self.title_rule.update(title=activity_title(*self._follow, filter_text))
        self.title_rule.set_class(not following or bool(filter_text), "-partly")

    @on(FilterChanged)
    def _toggle_filter(self, message: FilterChanged) -> None:
        self.filter_line.set_text(message.text)

    @on(Input.Changed)
    def _type_filter(self, message: Input.Changed) -> None:
        self.log_view.filter_text = message.value

    @on(FilterLine.Closed)
    def _close_filter(self) -> None:
        self.log_view.focus()
