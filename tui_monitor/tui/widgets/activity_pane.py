"""The activity log below its title, with the filter line."""

from __future__ import annotations

from datetime import tzinfo
from typing import Self

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.getters import query_one
from textual.widgets import Input

from tui_monitor.live.session import SessionState
from tui_monitor.tui.rows.describe import activity_title, counts_text
from tui_monitor.tui.rows.layout import heading
from tui_monitor.tui.spans import one_line
from tui_monitor.tui.widgets.filter_line import FilterLine, FindLine
from tui_monitor.tui.widgets.log_messages import FilterChanged, FollowChanged
from tui_monitor.tui.widgets.span_text import SpanText
from tui_monitor.tui.widgets.time_line import TimeLine
from tui_monitor.tui.widgets.title_rule import Frame, TitleRule
from tui_monitor.tui.widgets.tool_log import ToolLog
from tui_monitor.units import clock, parse_moment

NOTHING = "No prompt or call yet."
NO_TIME = "This is no time: write 14:05, 2026-11-01T09:30, yesterday or 20m."


class ActivityPane(Vertical):
    """Keeps log, title and filter line in step. Times of day are in ``tz`` (None: local)."""

    title_rule = query_one(TitleRule)
    log_view = query_one(ToolLog)
    column_names = query_one("#log-columns", SpanText)
    filter_line = query_one("#filter", FilterLine)
    find_line = query_one("#find", FindLine)
    time_line = query_one(TimeLine)

    def __init__(self, tz: tzinfo | None = None, *, id: str | None = None) -> None:  # noqa: A002  # as Textual has it
        super().__init__(id=id)
        self._tz = tz
        self._follow = (True, 0)
        self._counts = ""
        self._found: int | None = None

    def compose(self) -> ComposeResult:
        yield TitleRule("Activity")
        with Frame():
            yield SpanText(id="log-columns")
            yield ToolLog(self._tz)
            yield FilterLine(id="filter")
            yield FindLine(id="find")
            yield TimeLine()

    def on_mount(self) -> None:
        """Connect the log to its title."""
        self.log_view.empty = NOTHING
        self.watch(self.log_view, "columns", self._name_columns)
        self.watch(self.log_view, "filter_text", self._filter_changed, init=False)
        self.watch(self.log_view, "find_text", self._find_changed, init=False)
        self.watch(self.log_view, "note", self._update_title, init=False)
        self.watch(self.log_view, "position", self._update_title, init=False)
        for line in (self.filter_line, self.find_line):
            line.complete_by(self.log_view.values)

    def _name_columns(self) -> None:
        self.column_names.show([heading(self.log_view.columns)])

    def focus(self, scroll_visible: bool = True) -> Self:
        """Focus the log."""
        self.log_view.focus(scroll_visible)
        return self

    def write_filter(self) -> None:
        """Open the filter line."""
        self.filter_line.open()

    def write_search(self) -> None:
        """Open the line for what is searched for."""
        self.find_line.open()

    def write_time(self) -> None:
        """Open the line for a time to go to."""
        self.time_line.open()

    def update_counts(self, state: SessionState) -> None:
        """Count the calls, and what is filtered or searched for among them."""
        filter_text, find_text = self.log_view.filter_text, self.log_view.find_text
        matches = f"{self.log_view.matching(filter_text):,}{'+' * self.log_view.has_older}" if filter_text else ""
        self._counts = counts_text(state.totals, state.log.problems, matches)
        self._found = self.log_view.matching(f"{filter_text} {find_text}") if find_text else None
        self._update_title()

    def show_all(self) -> None:
        """End a search, or clear the filter."""
        if self.log_view.find_text:
            self.log_view.find_text = ""
            self.find_line.set_text("")
            return
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

    def select_moment(self, at: int) -> bool:
        """Show all rows and select the one at a time (epoch ms); return False if there is none."""
        self.show_all()
        return self.log_view.select_moment(at)

    def _filter_changed(self) -> None:
        self.refresh_bindings()
        self._update_title()

    def _find_changed(self) -> None:
        """Count again what is found."""
        self._found = None
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
        title = activity_title(*self._follow, filter_text, self._search_text(), self.log_view.note)
        self.title_rule.update(title=title, aside=self._aside())
        self.title_rule.set_class(not following or bool(filter_text or self.log_view.find_text), "-partly")

    def _search_text(self) -> str:
        """Return ``find mix · 12 found``: what is searched for, and the number of matches once they are counted."""
        find_text = one_line(self.log_view.find_text)
        found = "" if self._found is None else f" · {self._found:,} found"
        return f"find {find_text}{found}" if find_text else ""

    def _aside(self) -> str:
        """Return the counts while the log follows, else where a person has gone."""
        position = self.log_view.position
        if position is None:
            return self._counts
        return (
            f"↑ {clock(position.top_at, self._tz)} · {position.row:,} of {position.rows:,}{'+' * position.is_partial}"
        )

    @on(FilterChanged)
    def _toggle_filter(self, message: FilterChanged) -> None:
        self.filter_line.set_text(message.text)

    @on(Input.Changed, "#find")
    def _type_search(self, message: Input.Changed) -> None:
        self.log_view.find_text = message.value

    @on(Input.Changed, "#filter")
    def _type_filter(self, message: Input.Changed) -> None:
        self.log_view.filter_text = message.value

    @on(TimeLine.TimeEntered)
    def _go_to_time(self, message: TimeLine.TimeEntered) -> None:
        """Go to a time: durations are before the newest entry, since an ended session has no other now."""
        self.log_view.focus()
        if not message.text:
            return
        try:
            at = parse_moment(message.text, self.log_view.newest_at(), self._tz)
        except ValueError:
            self.notify(NO_TIME, severity="warning")
        else:
            self.log_view.select_time(at)

    @on(FilterLine.Closed)
    def _close_filter(self) -> None:
        self.log_view.focus()
