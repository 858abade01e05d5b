"""The rows of the list of sessions under headings, with a cursor that stays on its session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby, zip_longest
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView

from tui_monitor.events import SessionKey
from tui_monitor.tui.session_list.entries import SessionChoice, SessionEntry
from tui_monitor.tui.session_list.layout import SessionColumns, entry_line, group_line
from tui_monitor.tui.spans import Spans, TextSpan, Tone
from tui_monitor.tui.tones import css
from tui_monitor.tui.widgets.painted_lines import PaintedLines
from tui_monitor.tui.widgets.row_strip import RowStrip
from tui_monitor.tui.widgets.span_text import Painter

CURSOR = "session-rows--cursor"
_EDGE = TextSpan(" ")
_Row = tuple[SessionChoice | None, Spans]
"""What a row stands for (None: a heading), and what it shows."""


def _hidden(keys: str, action: str, name: str, tooltip: str) -> Binding:
    return Binding(keys, action, name, show=False, tooltip=tooltip, id=f"sessions.{name.lower().replace(' ', '-')}")


class SessionRows(ScrollView, PaintedLines, can_focus=True, inherit_bindings=False):
    """Shows entries in the order given. ``displayed`` is the session behind the list, whose row is marked."""

    ALLOW_SELECT = False
    DEFAULT_CSS = f"""
    SessionRows {{
        width: 1fr; height: 1fr; background: $background;
        overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable;
    }}
    {css("SessionRows")}
    SessionRows > .{CURSOR} {{ background: $tone-cursor; }}
    SessionRows:ansi > .{CURSOR} {{ color: ansi_default; text-style: not dim reverse; }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Show", tooltip="Show the selected session", id="sessions.show"),
        _hidden("up,k", "move(-1)", "Up", "Select the session above"),
        _hidden("down,j", "move(1)", "Down", "Select the session below"),
        _hidden("pageup,ctrl+u", "page(-1)", "Page up", "Go back one page"),
        _hidden("pagedown,ctrl+d", "page(1)", "Page down", "Go forward one page"),
        _hidden("home,g", "edge(False)", "First", "Select the first session"),
        _hidden("end,G", "edge(True)", "Last", "Select the last session"),
    ]

    class Chosen(Message):
        """A session was chosen."""

        def __init__(self, choice: SessionChoice) -> None:
            super().__init__()
            self.choice = choice

    class CursorMoved(Message):
        """A person has moved the cursor."""

    def __init__(self, displayed: SessionKey | None) -> None:
        super().__init__()
        self._displayed = displayed
        self._entries: list[SessionEntry] = []
        self._rows: list[_Row] = []
        self._index = 0
        self._drawn: dict[SessionChoice, tuple[SessionEntry, SessionColumns, Spans]] = {}
        self._painter = Painter(self.get_component_rich_style)

    @property
    def entries(self) -> Sequence[SessionEntry]:
        """The entries in the order in which they are shown."""
        return self._entries

    @property
    def selected(self) -> SessionChoice | None:
        """The session under the cursor."""
        return self._rows[self._index][0] if self._index < len(self._rows) else None

    def show(self, entries: Sequence[SessionEntry], columns: SessionColumns, empty: str) -> None:
        """Show these entries; ``empty`` if there are none. The cursor stays on its session, or else on its place."""
        selected, index, before = self.selected, self._index, self._rows
        self._entries = list(entries)
        self._rows = list(self._rows_of(columns)) or [(None, (TextSpan(empty, Tone.DIM),))]
        self._index = self._place_of(selected, index)
        for y, (old, new) in enumerate(zip_longest(before, self._rows)):
            if old != new or (y in (index, self._index) and index != self._index):
                self._refresh_row(y)
        if len(before) != len(self._rows):
            self._set_height(len(self._rows))
        if self._index != index or len(before) != len(self._rows):
            self._scroll_to_cursor()

    def _set_height(self, lines: int) -> None:
        """Set the scrollable height. Setting ``virtual_size`` itself would lay out and paint the whole screen again
        whenever a session changes its group."""
        self.set_reactive(SessionRows.virtual_size, Size(0, lines))
        self._scroll_update(self.virtual_size)

    def _rows_of(self, columns: SessionColumns) -> Iterator[_Row]:
        for urgency, group in groupby(self._entries, key=lambda entry: entry.urgency):
            members = list(group)
            yield None, group_line(urgency, len(members))
            for entry in members:
                yield entry.choice, self._line(entry, columns)

    def _line(self, entry: SessionEntry, columns: SessionColumns) -> Spans:
        """Return the row of an entry, the same object again if nothing has changed: there may be hundreds."""
        drawn = self._drawn.get(entry.choice)
        if drawn and drawn[:2] == (entry, columns):
            return drawn[2]
        is_displayed = self._displayed is not None and entry.choice.session == self._displayed
        line = entry_line(entry, columns, is_displayed)
        self._drawn[entry.choice] = entry, columns, line
        return line

    def _place_of(self, choice: SessionChoice | None, index: int) -> int:
        """Return the row of a choice, else the row of a session nearest to the one at ``index``."""
        places = [place for place, (each, _) in enumerate(self._rows) if each]
        same = (place for place in places if choice and self._rows[place][0] == choice)
        return next(same, min(places, key=lambda place: abs(place - index), default=0))

    def move_to(self, index: int) -> None:
        """Select the session nearest to the row at ``index``, as a person has asked."""
        before, self._index = self._index, self._place_of(None, index)
        self._refresh_row(before)
        self._refresh_row(self._index)
        self._scroll_to_cursor()
        self.post_message(self.CursorMoved())

    def _scroll_to_cursor(self) -> None:
        """Make the cursor visible, and a heading above it."""
        above = self._index > 0 and self._rows[self._index - 1][0] is None
        region = Region(0, self._index - above, 1, 1 + above)
        self.scroll_to_region(region, animate=False, force=True, immediate=True)

    def _refresh_row(self, index: int) -> None:
        if 0 <= index - self.scroll_offset.y < self.size.height:
            self.refresh_line(index)

    def render_line(self, y: int) -> RowStrip:
        """Return the strip of line ``y`` of the widget."""
        self._painter.resize(self.size.width)
        index = y + self.scroll_offset.y
        if index >= len(self._rows):
            return self._painter.paint(())
        choice, line = self._rows[index]
        cursor = CURSOR if choice and index == self._index else ""
        return self._painter.strip((line, cursor), partial(tuple, (_EDGE, *line)), cursor)

    def notify_style_update(self) -> None:
        """Forget painted rows when the theme has changed."""
        super().notify_style_update()
        self._painter.forget()

    def on_click(self, event: events.Click) -> None:
        """Show the clicked session."""
        index = event.y + self.scroll_offset.y
        if index < len(self._rows) and self._rows[index][0]:
            self.move_to(index)
            self.action_select()

    def action_move(self, by: int) -> None:
        """Select the session above (-1) or below (1); beyond the last one the first."""
        places = [place for place, (choice, _) in enumerate(self._rows) if choice]
        if self._index in places:
            self.move_to(places[(places.index(self._index) + by) % len(places)])

    def action_page(self, by: int) -> None:
        """Go back (-1) or forward (1) one page."""
        self.move_to(self._index + by * max(1, self.size.height - 1))

    def action_edge(self, end: bool) -> None:
        """Select the first session, or the last."""
        self.move_to(len(self._rows) if end else 0)

    def action_select(self) -> None:
        """Show the selected session."""
        if choice := self.selected:
            self.post_message(self.Chosen(choice))
