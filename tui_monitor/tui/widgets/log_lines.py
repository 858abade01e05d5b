"""The rows of the activity log painted line by line, with a cursor that follows the newest row or stays."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from textual.geometry import Size
from textual.reactive import var
from textual.scroll_view import ScrollView

from tui_monitor.live.entries import Entry
from tui_monitor.tui.rows.context import RowContext
from tui_monitor.tui.rows.describe import row_key, row_of
from tui_monitor.tui.rows.filter import Filter
from tui_monitor.tui.rows.items import LogItem
from tui_monitor.tui.rows.layout import Columns, columns_for, compose, compose_below
from tui_monitor.tui.rows.listing import LogCursor, LogListing
from tui_monitor.tui.rows.search import mark_words
from tui_monitor.tui.spans import Spans, TextSpan, Tone, to_width
from tui_monitor.tui.tones import css
from tui_monitor.tui.widgets.log_messages import EntryHighlighted, FollowChanged
from tui_monitor.tui.widgets.painted_lines import PaintedLines
from tui_monitor.tui.widgets.row_strip import RowStrip
from tui_monitor.tui.widgets.span_text import Painter

CURSOR = "log-lines--cursor"
FOLLOWING = "-following"
"""Class of a log that follows the newest row: its scroll bar, which every row would repaint, is hidden."""


class LineKey(NamedTuple):
    """Everything that a painted line depends on, besides the `LogAppearance` of all lines."""

    row_key: Hashable
    offset: int
    selected: bool
    is_hit: bool


class LogAppearance(NamedTuple):
    """Everything that all painted lines depend on."""

    columns: Columns
    cwd: str
    focused: bool
    find: Filter


class LogPosition(NamedTuple):
    """The selected row among so many, from 1, and the time of the first visible one (epoch ms). ``is_partial``: there
    are more rows before them."""

    row: int
    rows: int
    top_at: int
    is_partial: bool = False


class LogLines(ScrollView, PaintedLines, can_focus=True, inherit_bindings=False):
    """Shows the rows last passed to `show`; only changed lines are painted again."""

    ALLOW_SELECT = False
    DEFAULT_CSS = f"""
    LogLines {{
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }}
    LogLines.-following {{ scrollbar-visibility: hidden; }}
    {css("LogLines")}
    LogLines > .{CURSOR} {{ background: $tone-cursor-blurred; }}
    LogLines:focus > .{CURSOR} {{ background: $tone-cursor; }}
    LogLines:ansi > .{CURSOR} {{ color: ansi_default; text-style: not dim reverse; }}
    """

    empty: var[str] = var("", init=False)
    """Text of an empty log, in one or more lines."""

    columns: var[Columns] = var(columns_for(0), init=False)
    """The columns that fit."""
    position: var[LogPosition | None] = var(None, init=False)
    """Where a person looks back to; None while the log follows."""
    find: var[Filter] = var(Filter(), init=False)
    """What is searched for: its words are marked in matching rows."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=FOLLOWING)
        self._cursor = LogCursor()
        self._row_context = RowContext()
        self._painter = Painter(self.get_component_rich_style)
        self._appearance = LogAppearance(self.columns, "", False, self.find)
        self._drawn: dict[int, Hashable] = {}
        self._top = self._height_before = 0
        self._posted_follow = (True, 0)
        self._posted_entries: tuple[Entry, ...] = ()

    @property
    def following(self) -> bool:
        """True if the newest row is always selected and visible."""
        return self._cursor.following

    @property
    def selected(self) -> LogItem | None:
        """The selected item."""
        return self._cursor.item

    def show(self, listing: LogListing, context: RowContext) -> None:
        """Show other rows, or the same ones in another context; selection and scroll position stay on their rows."""
        self._row_context = context
        if listing is not self._cursor.listing:
            anchor, line = self._anchor()
            self._cursor.relist(listing)
            self._set_height(listing.height)
            place = listing.find(anchor) if anchor and not self.following else None
            self._scroll(listing.height if place is None else listing.lines_of(place).start - line)
        self._update()

    def restart(self) -> None:
        """Follow the rows of another session."""
        self._cursor = LogCursor()
        self._painter.forget()

    def select(self, index: int | None, centred: bool = False) -> None:
        """Select a row and make it visible, ``centred`` with what is around it; None does nothing."""
        if index is None:
            return
        self._cursor.index = index
        lines, top, height = self._cursor.listing.lines_of(index), self.scroll_offset.y, self.size.height
        margin = height // 4 if centred else 0
        if lines.start < top + margin or lines.stop > top + height - margin:
            middle = lines.start - (height - len(lines)) // 2
            top = middle if centred else min(lines.start, max(top, lines.stop - height))
        is_first = index == self._cursor.listing.first() and lines.stop <= height
        self._scroll(0 if is_first else top)  # with what is said above the first row
        self._update()

    def _position(self) -> LogPosition | None:
        listing, top, index = self._cursor.listing, self.scroll_offset.y, self._cursor.index
        if self.following or index is None or top >= listing.height:
            return None
        first = listing.step(listing.at_line(top)[0] - 1, 1)
        item = None if first is None else listing.item(first)
        return LogPosition(listing.ordinal(index), listing.items, item.entry.at if item else 0)

    def follow(self) -> None:
        """Follow the newest row from now on."""
        self._cursor.follow()
        self._scroll(self._cursor.listing.height)
        self._update()

    def look_back(self) -> None:
        """Stop following."""
        self._cursor.stop_following(self.newest_at())
        self._scroll_update(self.virtual_size)
        self.vertical_scrollbar.position = self.scroll_y
        self._update()

    def newest_at(self) -> int:
        """Return the time of the newest entry (epoch ms), whether it is listed or not."""
        return self._cursor.listing.newest_at()

    @property
    def bottom_of_rows(self) -> int:
        """The line of the screen below the last visible row."""
        return self.content_region.y + min(self.virtual_size.height, self.size.height)

    def _set_height(self, lines: int) -> None:
        """Set the scrollable height. Setting ``virtual_size`` itself would lay out the whole screen again for every new
        row, which costs more than everything else here; so would updating a hidden scroll bar."""
        self.set_reactive(LogLines.virtual_size, Size(0, lines))
        if not self.following:
            self._scroll_update(self.virtual_size)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Leave painting to `_update` while following."""
        if not self.following:
            super().watch_scroll_y(old_value, new_value)

    def _scroll(self, top: int) -> None:
        self.scroll_to(y=top, animate=False, force=True)
        self._top = self.scroll_offset.y

    def _anchor(self) -> tuple[LogItem | None, int]:
        """Return the item that keeps its position on the screen, and its line in the widget."""
        listing, top, index = self._cursor.listing, self.scroll_offset.y, self._cursor.index
        in_sight = range(top, top + self.size.height)
        if index is None or listing.lines_of(index).start not in in_sight:
            index = listing.step(listing.at_line(top)[0] - 1, 1) if top < listing.height else None
        return (None, 0) if index is None else (listing.item(index), listing.lines_of(index).start - top)

    def _update(self) -> None:
        """Repaint changed lines, and post changes of selection and following."""
        appearance = LogAppearance(self.columns, self._row_context.cwd, self.has_focus, self.find)
        if appearance != self._appearance:
            self._appearance = appearance
            self._painter.forget()
            self._drawn.clear()
        top, height = self.scroll_offset.y, self._cursor.listing.height
        lines = range(top, top + self.size.height)
        changed = [y for y in lines if self._drawn.get(y - top) != (self._key(y) if y < height else None)]
        if len(changed) > self.size.height // 2:
            self.refresh()
        else:
            for line in changed:
                self.refresh_line(line)
        self._post_changes()

    def _post_changes(self) -> None:
        self.position = self._position()
        follow = (self.following, self._cursor.behind)
        if follow != self._posted_follow:
            self._posted_follow = follow
            self.set_class(self.following, FOLLOWING)
            self.post_message(FollowChanged(self, *follow))
        entries = self.selected.entries if self.selected else ()
        if entries != self._posted_entries:
            self._posted_entries = entries
            self.post_message(EntryHighlighted(self, entries))

    def render_line(self, y: int) -> RowStrip:
        """Return the strip of line ``y`` of the widget."""
        line, listing = y + self.scroll_offset.y, self._cursor.listing
        self._drawn.pop(y, None)
        if not listing.height:
            return self._painter.paint(self._empty_line(y))
        if line >= listing.height:
            return self._painter.paint(())
        key = self._drawn[y] = self._key(line)
        return self._painter.strip(key, lambda: self._spans(line), CURSOR if key.selected else "")

    def _key(self, line: int) -> LineKey:
        index, offset = self._cursor.listing.at_line(line)
        key = row_key(self._cursor.listing.rows[index], self._row_context)
        return LineKey(key, offset, index == self._cursor.index, self._is_hit(index))

    def _is_hit(self, index: int) -> bool:
        item = self._cursor.listing.item(index) if self.find.terms else None
        return bool(item and any(map(self.find.matches, item.entries)))

    def _spans(self, line: int) -> Spans:
        index, offset = self._cursor.listing.at_line(line)
        row = row_of(self._cursor.listing.rows[index], self._row_context)
        line_of_row = (
            compose_below(row, self.columns) if offset else compose(row, self.columns, index == self._cursor.index)
        )
        return mark_words(line_of_row, self.find.words) if self._is_hit(index) else line_of_row

    def empty_text(self) -> str:
        """Return the text of an empty log."""
        return self.empty

    def _empty_line(self, y: int) -> Spans:
        lines = self.empty_text().splitlines()
        return to_width([TextSpan(lines[y] if y < len(lines) else "", Tone.DIM)], self.columns.width)

    def notify_style_update(self) -> None:
        """Forget painted lines when theme or focus have changed."""
        super().notify_style_update()
        self._painter.forget()

    def watch_find(self) -> None:
        """Mark other words."""
        self._update()

    def watch_empty(self) -> None:
        """Repaint."""
        self.refresh()

    def on_resize(self) -> None:
        """Keep the last line in place: room appears and disappears above the log. Scroll from the position where the
        log was left, since Textual may have moved a log that grew."""
        top, index, before = self._top, self._cursor.index, self._height_before
        was_visible = index is not None and self._cursor.listing.lines_of(index).start in range(top, top + before)
        self._height_before = self.size.height
        self._painter.resize(self.outer_size.width)
        self._scroll(self._cursor.listing.height if self.following else top + before - self.size.height)
        if was_visible:
            self.select(index)
        self.columns = columns_for(self.scrollable_content_region.width)
