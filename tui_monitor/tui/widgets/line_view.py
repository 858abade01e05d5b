"""Views of many lines of text, of which only the visible ones are painted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from tui_monitor.tui.lines.document import Document, SectionDocument, TextSection
from tui_monitor.tui.lines.wrapping import LineLayout, flat, wrapped
from tui_monitor.tui.widgets.component_styles import ComponentStyles
from tui_monitor.tui.widgets.line_painter import LinePainter, StyleMap

_MANY_ROWS = 5_000
_WIDE = 50_000
"""Documents with more rows, or wider ones, are wrapped by a thread and shown unwrapped until that is done."""
_SHIFT = 8


class LineView(ScrollView, ComponentStyles, can_focus=True):
    """Shows a `Document`: scrolls, wraps, and requests only the visible rows."""

    DEFAULT_CSS = """
    LineView {
        height: 1fr;
        scrollbar-size: 1 1;
        scrollbar-gutter: stable;

        & > .line-view--faint { color: $tone-faint; }
        & > .line-view--heading { color: $tone-dim; text-style: bold; }
        & > .line-view--note { color: $tone-dim; text-style: italic; }
        & > .line-view--error { color: $tone-failed; }
        & > .line-view--alarm { color: $tone-you; text-style: bold; }
        & > .line-view--strong { text-style: bold; }
        & > .line-view--emphasis { text-style: italic; }
        & > .line-view--code { color: $tone-turn; }
        & > .line-view--link { text-style: underline; }
        & > .line-view--chosen { color: $tone-ok; text-style: bold; }
        & > .line-view--selected { background: $screen-selection-background; }

        & > .line-view--gap { color: $tone-dim; }
        & > .line-view--title { background: $panel; text-style: bold; }
        & > .line-view--plus { color: $tone-added; }
        & > .line-view--minus { color: $tone-removed; }
        & > .line-view--added { background: $tone-diff-added; }
        & > .line-view--removed { background: $tone-diff-removed; }
        & > .line-view--added-word { background: $tone-diff-added-word; }
        & > .line-view--removed-word { background: $tone-diff-removed-word; }
        & > .line-view--blank { background: $boost; }

        & > .line-view--comment { color: $tone-dim; text-style: italic; }
        & > .line-view--keyword { color: $tone-agent; }
        & > .line-view--name { color: $tone-turn; text-style: bold; }
        & > .line-view--key { color: $tone-turn; }
        & > .line-view--string { color: $tone-string; }
        & > .line-view--constant { color: $tone-constant; }

        &:ansi > .line-view--faint, &:ansi > .line-view--note { text-style: dim; }
        &:ansi > .line-view--gap, &:ansi > .line-view--comment { text-style: dim; }
        &:ansi > .line-view--added, &:ansi > .line-view--added-word { background: transparent; color: $success; }
        &:ansi > .line-view--removed, &:ansi > .line-view--removed-word { background: transparent; color: $error; }
        &:ansi > .line-view--added-word, &:ansi > .line-view--removed-word { text-style: bold underline; }
        &:nocolor > .line-view--added-word, &:nocolor > .line-view--removed-word { text-style: bold underline; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Down", show=False, id="lines.down", tooltip="One line down"),
        Binding("k,up", "move(-1)", "Up", show=False, id="lines.up", tooltip="One line up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="lines.page_down", tooltip="One page down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="lines.page_up", tooltip="One page up"),
        Binding("ctrl+d", "page(0.5)", "Half down", show=False, id="lines.half_down", tooltip="Half a page down"),
        Binding("ctrl+u", "page(-0.5)", "Half up", show=False, id="lines.half_up", tooltip="Half a page up"),
        Binding("g,home", "edge(False)", "Top", show=False, id="lines.top", tooltip="To the first line"),
        Binding("G,end", "edge(True)", "End", show=False, id="lines.end", tooltip="To the last line"),
        Binding("h,left", "shift(-1)", "Left", show=False, id="lines.left", tooltip="To the left in long lines"),
        Binding("l,right", "shift(1)", "Right", show=False, id="lines.right", tooltip="To the right in long lines"),
        Binding("W", "toggle_wrap", "Wrap", show=False, id="lines.wrap", tooltip="Wrap long lines, or scroll sideways"),
    ]

    wrap: reactive[bool] = reactive(False, init=False)

    @dataclass
    class LaidOut(Message, bubble=False):
        """A thread has wrapped a document."""

        document: Document
        layout: LineLayout

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  # as Textual has it
        super().__init__(id=id, classes=classes)
        self._document: Document = SectionDocument(())
        self._layout = LineLayout()
        self._painter = LinePainter(self._document, self._layout, StyleMap(self))
        self._top = self._height = 0
        self._ends = False

    @property
    def top(self) -> int:
        """The first visible row."""
        return self._layout.locate(self.scroll_offset.y)[0] if self._layout.height else self._top

    @property
    def is_at_end(self) -> bool:
        """True if the last line is visible."""
        return self.scroll_offset.y >= self.max_scroll_y

    def show_document(self, document: Document, top: int = 0) -> None:
        """Show another document, from its row ``top`` on."""
        self._document = document
        self._lay_out(top)

    def line_of(self, row: int) -> int:
        """Return the first screen line of a row, from the beginning of the document."""
        return self._layout.top(row)

    def _lay_out(self, top: int) -> None:
        """Lay out the document for the current width, with the row ``top`` at the top."""
        width = self.scrollable_content_region.width
        if width <= 0:
            self._apply_layout(LineLayout(), top)
        elif self.wrap and (len(self._document) > _MANY_ROWS or self._document.width() > _WIDE):
            self._apply_layout(flat(self._document, width), top)
            self.run_worker(partial(self._wrap, self._document, width), group="wrap", exclusive=True, thread=True)
        else:
            self._apply_layout((wrapped if self.wrap else flat)(self._document, width), top)

    def _wrap(self, document: Document, width: int) -> None:
        self.post_message(self.LaidOut(document, wrapped(document, width)))

    def on_line_view_laid_out(self, message: LaidOut) -> None:
        """Apply the layout, unless something else is shown by now."""
        message.stop()
        if self.wrap and message.document is self._document and message.layout.view == self._layout.view:
            self._apply_layout(message.layout, self.top)

    def _apply_layout(self, layout: LineLayout, top: int) -> None:
        self._top = top
        self._layout = layout
        self._repaint()
        self.virtual_size = Size(layout.width, layout.height)
        self._ends = to_end = top >= len(self._document) > 0  # forced: there may be no scroll bar yet
        self.scroll_to(y=layout.top(top), animate=False, force=to_end, immediate=to_end)

    def _repaint(self) -> None:
        self._painter = LinePainter(self._document, self._layout, StyleMap(self))
        self.refresh()

    def on_resize(self) -> None:
        """Lay out the document for the new width, and keep an end in sight that was shown as such."""
        height, self._height = self._height, self.size.height
        if self._ends and self.scroll_offset.y >= self._layout.height - height:
            self.scroll_to(y=self._layout.height, animate=False, force=True, immediate=True)
        if self.scrollable_content_region.width != self._layout.view:
            self._lay_out(self.top)

    def watch_wrap(self) -> None:
        self._lay_out(self.top)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._repaint()

    def render_line(self, y: int) -> Strip:
        scroll_x, scroll_y = self.scroll_offset
        if scroll_y + y >= self._layout.height:
            return Strip.blank(self.size.width, self.rich_style)
        selection = self.text_selection
        return self._painter.paint(scroll_y + y, scroll_x, selection.get_span(scroll_y + y) if selection else None)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return self._painter.text_of(selection), "\n"

    def action_move(self, lines: int) -> None:
        """Scroll by some lines."""
        self.scroll_relative(y=lines, animate=False)

    def action_page(self, pages: float) -> None:
        """Scroll by pages, or parts of one."""
        self.scroll_relative(y=round(pages * self.scrollable_content_region.height), animate=False)

    def action_edge(self, end: bool) -> None:
        """Scroll to the first or the last line."""
        self.scroll_to(y=self.max_scroll_y if end else 0, animate=False)

    def action_shift(self, steps: int) -> None:
        """Scroll sideways; at the edge, leave the key to the parent."""
        if not 0 <= self.scroll_x + steps <= self.max_scroll_x:
            raise SkipAction
        self.scroll_relative(x=steps * _SHIFT, animate=False)

    def action_toggle_wrap(self) -> None:
        """Wrap long lines, or scroll sideways."""
        self.wrap = not self.wrap


class TextView(LineView):
    """Shows sections of text, wrapped by default."""

    wrap: reactive[bool] = reactive(True, init=False)

    def show(self, sections: Iterable[TextSection], top: int = 0) -> None:
        """Show other sections, from the line ``top`` on."""
        self.show_document(SectionDocument(sections), top)
