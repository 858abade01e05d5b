"""Screen lines of a document, painted when they come into view."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from textual.cache import LRUCache
from textual.content import Content
from textual.content import Span as StyledSpan
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

from tui_monitor.tui.lines.document import Document, StyleRange
from tui_monitor.tui.lines.wrapping import LineLayout, breaks, side_width

PREFIX = "line-view--"
COMPONENTS = {
    PREFIX + look
    for look in (
        *("faint", "heading", "note", "error", "selected"),
        *("gap", "title", "blank", "added", "added-word", "plus", "removed", "removed-word", "minus"),
        *("comment", "keyword", "name", "key", "string", "constant"),
    )
}
_MARGINS = {"added": "plus", "removed": "minus", "title": "keyword"}


class StyleMap:
    """The styles of looks in a widget whose component classes are `COMPONENTS`, for as long as its theme lasts. Rows of
    any other look are as plain as the widget itself."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._parts: dict[str, Style] = {}

    def whole(self, look: str) -> Style:
        """The style of a whole row, on the background of the widget."""
        return self._widget.get_visual_style(*COMPONENTS & {PREFIX + look})

    def margin(self, look: str) -> Style:
        """The style of the margin of a row."""
        return self.whole(look) + self.part(_MARGINS.get(look, "faint"))

    def part(self, look: str) -> Style:
        """What a look says itself, to be laid over another one."""
        if look not in self._parts:
            style = self.whole(look)
            says = self._widget.get_component_styles(PREFIX + look).has_rule
            self._parts[look] = Style(
                background=style.background if says("background") else None,
                foreground=style.foreground if says("color") else None,
                bold=style.bold,
                dim=style.dim,
                italic=style.italic,
                underline=style.underline,
            )
        return self._parts[look]

    def shows(self, part: str, row: str) -> bool:
        """Whether a part of a row stands out. The few colours of an ANSI theme can say what was changed, or what the
        code is, but not both."""
        few = self._widget.app.native_ansi_color and row in ("added", "removed")
        return not few or part.startswith((row, "selected"))


Selected: TypeAlias = tuple[int, int] | None
"""The first character of a row that is selected, and the one behind the last; -1 stands for the end of the row."""


class LineFragment(NamedTuple):
    """What stands on one side of a screen line: the characters of ``text`` from ``start`` to before ``end``. ``part``
    is which screen line of its row it is on, from 0."""

    row: int
    side: int
    part: int
    text: str
    start: int
    end: int


class LinePainter:
    """Paints ``document`` in one layout and one theme, and remembers what was painted last. Text can be selected in
    rows that have one side."""

    def __init__(self, document: Document, layout: LineLayout, looks: StyleMap) -> None:
        self._document = document
        self._layout = layout
        self._looks = looks
        self._strips: LRUCache[tuple[int, int, Selected], Strip] = LRUCache(512)
        self._texts: LRUCache[int, tuple[str, ...]] = LRUCache(128)
        self._breaks: LRUCache[tuple[int, int], list[int]] = LRUCache(128)

    def paint(self, y: int, scroll_x: int, selected: Selected = None) -> Strip:
        """The screen line ``y`` of the document, scrolled sideways by ``scroll_x`` cells."""
        key = (y, scroll_x, selected)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._paint(*key)
        return strip

    def text_of(self, selection: Selection) -> str:
        """What is selected, in the lines of the document."""
        height = self._layout.height
        first = selection.start.y if selection.start else 0
        last = selection.end.y if selection.end else height
        return "".join(self._selected_on(y, selection.get_span(y)) for y in range(first, min(last + 1, height)))

    def _selected_on(self, y: int, selected: Selected) -> str:
        piece, *others = self._pieces(y)
        if selected is None or others:
            return ""
        first, last = selected
        chosen = piece.text[max(piece.start, first) : piece.end if last < 0 else min(piece.end, last)]
        goes_on = last >= 0 or piece.end < len(piece.text)
        return chosen if goes_on else chosen + "\n"

    def _pieces(self, y: int) -> list[LineFragment]:
        row, part = self._layout.locate(y)
        texts = self._texts_of(row)
        width = side_width(self._document, self._layout.view, len(texts))
        pieces = []
        for side, text in enumerate(texts):
            starts = self._breaks_of(row, side, text, width) if self._layout.wrapped else [0]
            start, end, *_ = *starts[part : part + 2], len(text), len(text)
            pieces.append(LineFragment(row, side, part, text, start, end))
        return pieces

    def _paint(self, y: int, scroll_x: int, selected: Selected) -> Strip:
        pieces = self._pieces(y)
        width = side_width(self._document, self._layout.view, len(pieces))
        strips = []
        for piece in pieces:
            strips.append(self._paint_margin(piece))
            strips.append(self._paint_text(piece, y, scroll_x, width, selected if len(pieces) == 1 else None))
        last = self._looks.whole(self._document.look(pieces[-1].row, pieces[-1].side))
        return Strip.join(strips).adjust_cell_length(self._layout.view, last.rich_style)

    def _paint_margin(self, piece: LineFragment) -> Strip:
        style = self._looks.margin(self._document.look(piece.row, piece.side))
        label = "" if piece.part else self._document.label(piece.row, piece.side)
        return Strip(Content(label).render_segments(style)).crop_extend(0, self._document.margin, style.rich_style)

    def _paint_text(self, piece: LineFragment, y: int, scroll_x: int, width: int, selected: Selected) -> Strip:
        look = self._document.look(piece.row, piece.side)
        style = self._looks.whole(look)
        start, end, skipped = _visible(piece, scroll_x, width)
        spans = [*self._document.spans(piece.row, piece.side), *_selected_span(selected, end)]
        styled = [
            StyledSpan(max(span.start, start) - start, min(span.end, end) - start, self._looks.part(span.look))
            for span in spans
            if span.start < end and span.end > start and self._looks.shows(span.look, look)
        ]
        content = Content(piece.text[start:end], styled, strip_control_codes=False)
        strip = Strip(content.render_segments(style)).apply_offsets(start, y)
        return strip.crop_extend(skipped, skipped + width, style.rich_style)

    def _texts_of(self, row: int) -> tuple[str, ...]:
        texts = self._texts.get(row)
        if texts is None:
            texts = self._texts[row] = self._document.texts(row)
        return texts

    def _breaks_of(self, row: int, side: int, text: str, width: int) -> list[int]:
        starts = self._breaks.get((row, side))
        if starts is None:
            starts = self._breaks[row, side] = breaks(text, width)
        return starts


def _selected_span(selected: Selected, end: int) -> Iterator[StyleRange]:
    if selected:
        yield StyleRange(selected[0], end if selected[1] < 0 else selected[1], "selected")


def _visible(piece: LineFragment, scroll_x: int, width: int) -> tuple[int, int, int]:
    """The characters of a piece that can be in view, and how many cells of them are left of it."""
    if piece.text.isascii():
        start = min(piece.start + scroll_x, piece.end)
        return start, min(start + width, piece.end), 0
    # A character takes a cell or two, some take none: twice the cells that are needed are nearly always enough.
    return piece.start, min(piece.start + 2 * (scroll_x + width), piece.end), scroll_x
