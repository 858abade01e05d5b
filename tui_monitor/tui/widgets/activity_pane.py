"""The activity log under its title, with the line in which a filter is written."""

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
from tui_monitor.tui.widgets.title_rule import TitleRule
from tui_monitor.tui.widgets.tool_log import ToolLog

NOTHING = "No prompt and no call has been read yet."


class ActivityPane(Vertical):
    """Keeps log, title and filter line in step. Times of day are those of ``tz`` (None: the local ones)."""

    title_rule = query_one(TitleRule)
    log_view = query_one(ToolLog)
    filter_line = query_one(FilterLine)

    def __init__(self, tz: tzinfo | None = None, *, id: str | None = None) -> None:  # noqa: A002  # as Textual has it
        super().__init__(id=id)
        self._tz = tz
        self._follow = (True, 0)

    def compose(self) -> ComposeResult:
        yield TitleRule("Activity")
        yield ToolLog(self._tz)
        yield FilterLine()

    def on_mount(self) -> None:
        """Say of the log what is true of it."""
        self.log_view.empty = NOTHING
        self.watch(self.log_view, "filter_text", self._filtered, init=False)

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the focus to the log."""
        self.log_view.focus(scroll_visible)
        return self

    def write_filter(self) -> None:
        """Have a filter written."""
        self.filter_line.open()

    def show_all(self) -> None:
        """Drop the filter."""
        self.log_view.filter_text = ""
        self.filter_line.take("")

    def _filtered(self) -> None:
        self.refresh_bindings()
        self._entitle()

    @on(FollowChanged)
    def _follow_changed(self, message: FollowChanged) -> None:
        if message.following != self._follow[0]:
            self.refresh_bindings()
        self._follow = (message.following, message.behind)
        self._entitle()

    def _entitle(self) -> None:
        """Say what of the activity is shown; on a narrow screen only if that is not simply all."""
        following, _ = self._follow
        filter_text = self.log_view.filter_text
        self.title_rule.update(title=activity_title(*self._follow, filter_text))
        self.title_rule.set_class(not following or bool(filter_text), "-partly")

    @on(FilterChanged)
    def _filter_changed(self, message: FilterChanged) -> None:
        self.filter_line.take(message.text)

    @on(Input.Changed)
    def _filter_typed(self, message: Input.Changed) -> None:
        self.log_view.filter_text = message.value

    @on(FilterLine.Closed)
    def _filter_closed(self) -> None:
        self.log_view.focus()
