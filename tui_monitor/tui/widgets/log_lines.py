"""The rows of the activity log drawn line by line, with a selected one that is the newest or stays where it is."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar, NamedTuple

from textual.geometry import Region, Size
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_monitor.live.entries import Entry
from tui_monitor.tui.rows.context import RowContext
from tui_monitor.tui.rows.describe import row_of, stamp_of
from tui_monitor.tui.rows.items import LogItem
from tui_monitor.tui.rows.layout import Columns, columns_for, compose, compose_below
from tui_monitor.tui.rows.listing import LogCursor, LogListing
from tui_monitor.tui.spans import Span, Spans, Tone, to_width
from tui_monitor.tui.tones import COMPONENTS, css
from tui_monitor.tui.widgets.log_messages import EntryHighlighted, FollowChanged
from tui_monitor.tui.widgets.span_text import Painter

CURSOR = "log-lines--cursor"
FOLLOWING = "-following"
"""The class of a log that shows the newest: it has no scroll bar, which would be drawn anew with every row."""


class LineKey(NamedTuple):
    """All that the look of a line depends on, besides what all lines share: see `LogAppearance`."""

    stamp: Hashable
    offset: int
    selected: bool


class LogAppearance(NamedTuple):
    """What the look of all lines depends on."""

    columns: Columns
    cwd: str
    focused: bool


class LogLines(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows the rows that it was last given by `show`. Only lines that look otherwise than before are drawn anew."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {CURSOR, *COMPONENTS}
    DEFAULT_CSS = f"""
    LogLines {{
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }}
    LogLines.-following {{ scrollbar-visibility: hidden; }}
    {css("LogLines")}
    LogLines > .{CURSOR} {{ background: $foreground 10%; }}
    LogLines:focus > .{CURSOR} {{ background: $block-cursor-blurred-background; }}
    LogLines:ansi > .{CURSOR} {{ color: ansi_default; text-style: not dim reverse; }}
    """

    empty: var[str] = var("", init=False)
    """What is said, in one line or more, while there is no row."""

    columns: var[Columns] = var(columns_for(0), init=False)
    """The columns for which there is room."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=FOLLOWING)
        self._cursor = LogCursor()
        self._row_context = RowContext()
        self._painter = Painter(self.get_component_rich_style)
        self._look = LogAppearance(self.columns, "", False)
        self._drawn: dict[int, Hashable] = {}
        self._top = self._lines_shown = 0
        self._told_follow = (True, 0)
        self._told_entries: tuple[Entry, ...] = ()

    @property
    def following(self) -> bool:
        """Whether the newest row is always selected and in sight."""
        return self._cursor.following

    @property
    def selected(self) -> LogItem | None:
        """What the selected row tells of."""
        return self._cursor.item

    def show(self, listing: LogListing, context: RowContext) -> None:
        """Show other rows, or the same ones in another scene; what is selected and in sight stays where it is."""
        self._row_context = context
        if listing is not self._cursor.listing:
            anchor, line = self._anchor()
            self._cursor.relist(listing)
            self._set_height(listing.height)
            place = listing.find(anchor) if anchor and not self.following else None
            self._scroll(listing.height if place is None else listing.lines_of(place).start - line)
        self._update()

    def restart(self) -> None:
        """What is shown next has nothing to do with what was: follow it."""
        self._cursor = LogCursor()
        self._painter.forget()

    def select(self, index: int | None) -> None:
        """Select a row and bring it in sight; None is no row."""
        if index is None:
            return
        self._cursor.index = index
        lines, top = self._cursor.listing.lines_of(index), self.scroll_offset.y
        self._scroll(min(lines.start, max(top, lines.stop - self.size.height)))
        self._update()

    def follow(self) -> None:
        """Keep to the newest row from here on."""
        self._cursor.follow()
        self._scroll(self._cursor.listing.height)
        self._update()

    def look_back(self) -> None:
        """Follow no more."""
        self._cursor.leave()
        self._scroll_update(self.virtual_size)
        self.vertical_scrollbar.position = self.scroll_y
        self._update()

    def _set_height(self, lines: int) -> None:
        """Have so many lines to scroll through. To set ``virtual_size`` itself would lay out the whole screen anew at
        every new row, which costs more than all else here; so would it to tell a scroll bar that is hidden."""
        self.set_reactive(LogLines.virtual_size, Size(0, lines))
        if not self.following:
            self._scroll_update(self.virtual_size)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """`_update` draws what looks otherwise."""
        if not self.following:
            super().watch_scroll_y(old_value, new_value)

    def _scroll(self, top: int) -> None:
        self.scroll_to(y=top, animate=False, force=True)
        self._top = self.scroll_offset.y

    def _anchor(self) -> tuple[LogItem | None, int]:
        """The row that is to stay where it is, and on which line of the widget that is."""
        listing, top, index = self._cursor.listing, self.scroll_offset.y, self._cursor.index
        in_sight = range(top, top + self.size.height)
        if index is None or listing.lines_of(index).start not in in_sight:
            index = listing.step(listing.at_line(top)[0] - 1, 1) if top < listing.height else None
        return (None, 0) if index is None else (listing.item(index), listing.lines_of(index).start - top)

    def _update(self) -> None:
        """Draw what looks otherwise than before, and tell what is not known yet."""
        look = LogAppearance(self.columns, self._row_context.cwd, self.has_focus)
        if look != self._look:
            self._look = look
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
        self._tell()

    def _tell(self) -> None:
        follow = (self.following, self._cursor.behind)
        if follow != self._told_follow:
            self._told_follow = follow
            self.set_class(self.following, FOLLOWING)
            self.post_message(FollowChanged(self, *follow))
        entries = self.selected.entries if self.selected else ()
        if entries != self._told_entries:
            self._told_entries = entries
            self.post_message(EntryHighlighted(self, entries))

    def render_lines(self, crop: Region) -> list[Strip]:
        """The strips of a part of the widget. With no border or padding of its own all that has to be done with a line
        can be kept with it: so it is not done anew at each scroll."""
        if self.styles.gutter or self.opacity < 1:
            return super().render_lines(crop)
        strips, background = [self.render_line(y) for y in crop.line_range], self.background_colors[1]
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        return [strip.crop(crop.x, crop.right) for strip in strips]

    def render_line(self, y: int) -> Strip:
        """The strip of line ``y`` of the widget."""
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
        stamp = stamp_of(self._cursor.listing.rows[index], self._row_context)
        return LineKey(stamp, offset, index == self._cursor.index)

    def _spans(self, line: int) -> Spans:
        index, offset = self._cursor.listing.at_line(line)
        row = row_of(self._cursor.listing.rows[index], self._row_context)
        return compose_below(row, self.columns) if offset else compose(row, self.columns, index == self._cursor.index)

    def nothing(self) -> str:
        """What is said while there is no row."""
        return self.empty

    def _empty_line(self, y: int) -> Spans:
        lines = self.nothing().splitlines()
        return to_width([Span(lines[y] if y < len(lines) else "", Tone.DIM)], self.columns.width)

    def notify_style_update(self) -> None:
        """The theme has changed, or the focus."""
        super().notify_style_update()
        self._painter.forget()

    def watch_empty(self) -> None:
        """Say it."""
        self.refresh()

    def on_resize(self) -> None:
        """Keep the last line where it is: it is above the log that room comes and goes. What counts is where the log
        was left; by now Textual may have moved one that grew."""
        top, index, before = self._top, self._cursor.index, self._lines_shown
        seen = index is not None and self._cursor.listing.lines_of(index).start in range(top, top + before)
        self._lines_shown = self.size.height
        self._painter.resize(self.outer_size.width)
        self._scroll(self._cursor.listing.height if self.following else top + before - self.size.height)
        if seen:
            self.select(index)
        self.columns = columns_for(self.scrollable_content_region.width)
