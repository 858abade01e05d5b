"""The screen of all sessions, to choose one: those that need a person first, past ones last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.getters import query_one
from textual.screen import Screen
from textual.widgets import Input

from tui_monitor.events import SessionKey
from tui_monitor.tui.keys import actions_of
from tui_monitor.tui.session_list.entries import SessionChoice, SessionEntry
from tui_monitor.tui.session_list.layout import columns_for, heading_line
from tui_monitor.tui.session_list.listing import summary_text
from tui_monitor.tui.spans import TextSpan
from tui_monitor.tui.widgets.key_line import KeyLine
from tui_monitor.tui.widgets.session_rows import SessionRows
from tui_monitor.tui.widgets.span_text import SpanText
from tui_monitor.tui.widgets.title_rule import TitleRule

TICK_S = 1.0
EDGES = 3
"""Columns beside the rows: a cell at both sides, the scroll bar."""
HOLD_MS = 3_000
"""Time after the last move for which the order stays as it is; afterwards rows move to where they belong by now."""


class SessionsScreen(Screen[SessionChoice | None]):
    """All sessions under headings. Returns the chosen one, or None.

    ``list_entries`` returns them as of now, ``clock`` the time in epoch milliseconds, ``progress`` how much of the
    history is read, as text; ``search`` opens the search over all sessions. Rows are updated every second.
    Their order is renewed only while nobody moves, and the cursor stays on its session.
    """

    DEFAULT_CSS = """
    SessionsScreen { layout: vertical; }
    SessionsScreen > Input { display: none; height: 1; border: none; padding: 0 1; background: $surface; }
    SessionsScreen > Input.-open { display: block; }
    SessionsScreen > Input:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", tooltip="List only sessions with these words", id="sessions.filter"),
        Binding("F", "search", "Search all", tooltip="Search all sessions: prompts, words …", id="sessions.search-all"),
        Binding("escape,s", "back", "Back", tooltip="Show all again, or go back", id="sessions.back"),
        Binding("question_mark", "help", "Keys", tooltip="Show the keys, and the signs", id="sessions.help"),
        Binding("down", "move(1)", show=False, id="sessions.filtered-down"),
        Binding("up", "move(-1)", show=False, id="sessions.filtered-up"),
        Binding("q", "app.quit", "Quit", tooltip="Quit (the agents keep running)", id="sessions.quit"),
    ]

    rows = query_one(SessionRows)
    filter_line = query_one(Input)
    title_rule = query_one(TitleRule)
    column_names = query_one("#columns", SpanText)

    def __init__(
        self,
        list_entries: Callable[[], Sequence[SessionEntry]],
        displayed: SessionKey | None,
        clock: Callable[[], int],
        progress: Callable[[], str] = str,
        search: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self._search = search
        self._list_entries, self._displayed, self._clock, self._progress = list_entries, displayed, clock, progress
        self._touched_at = 0
        self._shown: tuple[int, list[SessionEntry]] = (0, [])

    @property
    def is_offer(self) -> bool:
        """True if it is on the screen in place of a session, and nobody has touched it yet."""
        return self.is_current and self._displayed is None and not self._touched_at

    def compose(self) -> ComposeResult:
        yield TitleRule("Sessions")
        yield Input(placeholder="words of a project, branch, agent, state …", select_on_focus=False)
        yield SpanText(id="columns")
        yield SessionRows(self._displayed)
        yield KeyLine()

    def on_mount(self) -> None:
        """Show the sessions, and update them every second."""
        self.title_rule.update(focused=True)
        self.relist()
        self.rows.focus()
        self.set_interval(TICK_S, self._tick)

    def on_resize(self) -> None:
        """Compose the rows for the new width."""
        self.relist()

    @on(SessionRows.CursorMoved)
    def _hold(self) -> None:
        """Keep the order while a person moves."""
        self._touched_at = self._clock()

    def _tick(self) -> None:
        if 0 <= self._clock() - self._touched_at < HOLD_MS:
            current = {entry.choice: entry for entry in self._list_entries()}
            self._show(
                [replace(current.get(old.choice, old), urgency=old.urgency) for old in self.rows.entries]  # in place
            )
        else:
            self.relist()

    def relist(self) -> None:
        """List the sessions in the order of now."""
        if self.is_mounted:
            entries = self._list_entries()
            self.title_rule.update(aside=" · ".join(filter(None, (self._progress(), summary_text(entries)))))
            self._show([entry for entry in entries if entry.matches(self.filter_line.value)])

    def _show(self, entries: list[SessionEntry]) -> None:
        width = self.app.size.width - EDGES
        if (width, entries) == self._shown:
            return
        self._shown = width, entries
        columns = columns_for(entries, width)
        self.column_names.show([(TextSpan(" "), *heading_line(columns))] if entries else [])
        empty = "No session has these words." if self.filter_line.value else "No session yet."
        self.rows.show(entries, columns, empty)

    def action_filter(self) -> None:
        """Open the filter."""
        self._hold()
        self.filter_line.add_class("-open")
        self.filter_line.focus()

    def action_search(self) -> None:
        """Search all sessions; the list stays below."""
        self._hold()
        self._search()

    def action_move(self, by: int) -> None:
        """Select the next session while the filter is being written."""
        self.rows.action_move(by)

    def action_back(self) -> None:
        """Clear the filter, or return to the displayed session."""
        if self.filter_line.has_class("-open"):
            self.filter_line.value = ""
            self.filter_line.remove_class("-open")
            self.rows.focus()
        else:
            self.dismiss(None)

    def action_help(self) -> None:
        """Show the keys for this list."""
        from tui_monitor.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(actions_of(self.active_bindings)))

    @on(Input.Changed)
    def _apply_filter(self) -> None:
        self.relist()

    @on(Input.Submitted)
    def _choose_selected(self) -> None:
        if choice := self.rows.selected:
            self.dismiss(choice)

    @on(SessionRows.Chosen)
    def _choose(self, message: SessionRows.Chosen) -> None:
        self.dismiss(message.choice)
