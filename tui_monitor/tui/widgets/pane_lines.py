"""The rows of a pane painted line by line, with a cursor that stays on its row."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from tui_monitor.tui.keys import PANE_KEYS
from tui_monitor.tui.panes.content import PaneContent, PaneRow
from tui_monitor.tui.panes.listing import PaneListing
from tui_monitor.tui.spans import Spans, TextSpan
from tui_monitor.tui.tones import css
from tui_monitor.tui.widgets.painted_lines import PaintedLines
from tui_monitor.tui.widgets.row_strip import RowStrip
from tui_monitor.tui.widgets.span_text import Painter

CURSOR = "pane-lines--cursor"
_EDGE = TextSpan(" ")
_EDGES = 1
"""Cells that stay free at the left of each line."""


class PaneLine(NamedTuple):
    """All that a painted line depends on."""

    spans: Spans
    cursor: bool


class PaneLines(ScrollView, PaintedLines, can_focus=True, inherit_bindings=False):
    """Shows the content last passed to `show`. The cursor is on the first row until a person comes, then stays on its
    row wherever that goes; the heading of the section at the top stays visible. Columns of the selected row for which
    there is no room stand below the last row, as far as there is room."""

    ALLOW_SELECT = False
    DEFAULT_CSS = f"""
    PaneLines {{ overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }}
    {css("PaneLines")}
    PaneLines > .{CURSOR} {{ background: $tone-cursor-blurred; }}
    PaneLines:focus > .{CURSOR} {{ background: $tone-cursor; }}
    PaneLines:ansi > .{CURSOR} {{ color: ansi_default; text-style: not dim reverse; }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [*PANE_KEYS]

    class Moved(Message):
        """Cursor, number of rows, or hidden columns have changed."""

    class Opened(Message):
        """A person wants to see what a row stands for, or to have it in an editor or the clipboard: ``action``."""

        def __init__(self, row: PaneRow, action: str) -> None:
            super().__init__()
            self.row, self.action = row, action

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # as Textual has it
        super().__init__(id=id)
        self._content: PaneContent = ()
        self._listing = PaneListing()
        self._line = 0
        self._key: Hashable = None
        self._shift = 0
        self._drawn: dict[int, PaneLine] = {}
        self._posted: Hashable = None
        self._painter = Painter(self.get_component_rich_style)

    @property
    def row(self) -> PaneRow | None:
        """The row under the cursor."""
        row = self._listing.row(self._line)
        return row if row and row.key is not None else None

    @property
    def position(self) -> tuple[int, int]:
        """The number of the row under the cursor, from 1, and that of all rows; (0, 0) if none can be chosen."""
        return (self._listing.ordinal(self._line), self._listing.walkable) if self.row else (0, 0)

    @property
    def hidden_columns(self) -> tuple[int, int]:
        """The numbers of columns for which there is no room, at the left and at the right."""
        return self._listing.hidden_columns

    def restart(self) -> None:
        """Begin at the top again, with another pane or session."""
        self._line, self._key, self._shift = 0, None, 0
        self.scroll_to(y=0, animate=False, force=True, immediate=True)

    def show(self, content: PaneContent) -> None:
        """Show other content; the cursor stays on its row and the row on its line of the screen, if possible."""
        self._content = content
        self._relist()

    @property
    def text_width(self) -> int:
        """The width of a line of text in cells."""
        return max(0, self.scrollable_content_region.width - _EDGES)

    def _relist(self) -> None:
        height, top, before = self._listing.height, self.scroll_offset.y, self._line
        self._listing = PaneListing(self._content, self.text_width, self._shift)
        self._line = self._place_of(self._key, before)
        if self._listing.height != height:
            self.virtual_size = Size(0, self._listing.height)
        if top and self._key is not None and self._line != before:
            self._scroll(top + self._line - before)
        self._update()

    def _place_of(self, key: Hashable, near: int) -> int:
        """Return the line of a key, else the nearest one; without a key the first one."""
        listing = self._listing
        if key is None:
            return listing.step(-1, 1) or 0
        line = listing.find(key, near)
        if line is None:
            line = listing.step(near - 1, 1)
        return (listing.step(near, -1) or 0) if line is None else line

    def _scroll(self, top: int) -> None:
        self.scroll_to(y=top, animate=False, force=True, immediate=True)

    def _scroll_to_cursor(self) -> None:
        """Make the cursor visible, below the heading that covers the first line."""
        top, covered = self.scroll_offset.y, bool(self._listing.heading_above(self._line))
        first = self._listing.step(-1, 1)
        least = self._line - covered if self._line != first else 0
        if not top <= least:
            self._scroll(least)
        elif self._line >= top + self.size.height:
            self._scroll(self._line - self.size.height + 1)

    def move_to(self, line: int) -> None:
        """Put the cursor on a line that has a row, as a person has asked."""
        self._line, self._key = line, self._key_at(line)
        self._scroll_to_cursor()
        self._update()

    def _key_at(self, line: int) -> Hashable:
        row = self._listing.row(line)
        return row.key if row else None

    def _update(self) -> None:
        """Have changed lines painted again."""
        if not self.is_attached:
            return
        top, height = self.scroll_offset.y, self.size.height
        self._listing.measure(range(top, top + height))
        changed = [y for y in range(height) if self._drawn.get(y) != self._line_at(y)]
        if len(changed) > height // 2:
            self.refresh()
        else:
            for y in changed:
                self.refresh_line(y + top)
        posted = (self.position, self.hidden_columns)
        if posted != self._posted:
            self._posted = posted
            self.post_message(self.Moved())

    def _line_at(self, y: int) -> PaneLine:
        """Return what line ``y`` of the widget shows."""
        line = y + self.scroll_offset.y
        if y == 0 and self.scroll_offset.y and (heading := self._listing.heading_above(line)):
            return PaneLine(heading, cursor=False)
        if line > self._listing.height:
            rest = self._listing.rest(self._line)[line - self._listing.height - 1 :]
            return PaneLine(rest[0] if rest else (), cursor=False)
        has_cursor = line == self._line and self.row is not None and (self.has_focus or self._key is not None)
        return PaneLine(self._listing.spans(line), has_cursor)

    def render_line(self, y: int) -> RowStrip:
        """Return the strip of line ``y`` of the widget."""
        self._painter.resize(self.size.width)
        line = self._drawn[y] = self._line_at(y)
        cursor = CURSOR if line.cursor else ""
        return self._painter.strip(line, partial(tuple, (_EDGE, *line.spans)), cursor)

    def notify_style_update(self) -> None:
        """Forget painted rows when theme or focus have changed."""
        super().notify_style_update()
        self._painter.forget()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Paint the lines that came into view, in columns that fit them."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._listing.measure(range(round(new_value), round(new_value) + self.size.height))

    def on_resize(self) -> None:
        """Compose the lines for the new width; the cursor stays visible."""
        self._relist()
        if self._key is not None:
            self._scroll_to_cursor()

    def on_focus(self) -> None:
        """Stay on this row from now on."""
        self._key = self._key_at(self._line)
        self._update()

    def on_blur(self) -> None:
        """Show the cursor as one that is not in use."""
        self._update()

    def on_click(self, event: events.Click) -> None:
        """Select the clicked row, or open it if it is selected."""
        line = event.y + self.scroll_offset.y
        is_heading = event.y == 0 and self.scroll_offset.y and self._listing.heading_above(line)
        if is_heading or not self._listing.is_walkable(line):
            return
        if line == self._line and self._key is not None:
            self.action_open("open")
        else:
            self.move_to(line)

    def action_move(self, by: int) -> None:
        """Select the next row above (-1) or below (1); where there is none, scroll by a line."""
        line = self._listing.step(self._line, by) if self.row else None
        if line is None:
            self._scroll(self.scroll_offset.y + by)
            self._update()
        else:
            self.move_to(line)

    def action_page(self, by: int) -> None:
        """Go back (-1) or forward (1) one page."""
        lines = by * max(1, self.size.height - 1)
        self._scroll(self.scroll_offset.y + lines)
        target = min(max(0, self._line + lines), self._listing.height - 1)
        line = target if self._listing.is_walkable(target) else self._listing.step(target, -by)
        if line is None:
            line = self._listing.step(target, by)
        if line is not None:
            self.move_to(line)
        else:
            self._update()

    def action_edge(self, end: bool) -> None:
        """Go to the first row, or to the last."""
        line = self._listing.step(self._listing.height, -1) if end else self._listing.step(-1, 1)
        if line is not None:
            self.move_to(line)
        self._scroll(self._listing.height if end else 0)
        self._update()

    def action_shift(self, by: int) -> None:
        """Show columns further to the right (1) or to the left (-1)."""
        left, right = self.hidden_columns
        if (right if by > 0 else left) > 0:
            self._shift += by
            self._relist()

    def action_open(self, action: str) -> None:
        """Ask for what the selected row stands for: to ``open``, ``edit`` or ``copy`` it."""
        if self.row:
            self.post_message(self.Opened(self.row, action))
