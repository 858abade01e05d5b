"""Screen lines of a document, painted when they come into view."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from textual.cache import FIFOCache
from textual.content import Content
from textual.content import Span as StyledSpan
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

from tui_monitor.tui.lines.document import Document, StyleRange
from tui_monitor.tui.lines.wrapping import LineLayout, breaks, guide_of, side_width

PREFIX = "line-view--"
COMPONENTS = {
    PREFIX + style_name
    for style_name in (
        *("faint", "heading", "note", "error", "alarm", "selected"),
        *("strong", "emphasis", "code", "link", "chosen"),
        *("gap", "title", "blank", "added", "added-word", "plus", "removed", "removed-word", "minus"),
        *("comment", "keyword", "name", "key", "string", "constant"),
    )
}
_MARGINS = {"added": "plus", "removed": "minus", "title": "keyword"}


class StyleMap:
    """Styles by name in a widget with the component classes `COMPONENTS`, valid for one theme. Rows with any other
    name have the plain style of the widget."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._parts: dict[str, Style] = {}

    def row_style(self, style_name: str) -> Style:
        """Return the style of a whole row, on the background of the widget."""
        return self._widget.get_visual_style(*COMPONENTS & {PREFIX + style_name})

    def margin_style(self, style_name: str) -> Style:
        """Return the style of the margin of a row."""
        return self.row_style(style_name) + self.partial_style(_MARGINS.get(style_name, "faint"))

    def partial_style(self, style_name: str) -> Style:
        """Return the properties that a style sets itself, to be laid over another style."""
        if style_name not in self._parts:
            style = self.row_style(style_name)
            sets = self._widget.get_component_styles(PREFIX + style_name).has_rule
            self._parts[style_name] = Style(
                background=style.background if sets("background") else None,
                foreground=style.foreground if sets("color") else None,
                bold=style.bold,
                dim=style.dim,
                italic=style.italic,
                underline=style.underline,
            )
        return self._parts[style_name]

    def is_distinct(self, part: str, row: str) -> bool:
        """Return True if a part of a row has a style of its own. The few colours of an ANSI theme can show either the
        change or the syntax."""
        few = self._widget.app.native_ansi_color and row in ("added", "removed")
        return not few or part.startswith((row, "selected"))


SelectedRange: TypeAlias = tuple[int, int] | None
"""The first selected character of a row, and the one after the last; -1 stands for the end of the row."""


class LineFragment(NamedTuple):
    """One side of a screen line: the characters of ``text`` from ``start`` to before ``end``. ``part`` is the screen
    line within its row, from 0; before a continued one stands the ``guide``."""

    row: int
    side: int
    part: int
    text: str
    start: int
    end: int
    guide: str = ""


class LinePainter:
    """Paints ``document`` in one layout and one theme, and caches recent lines. Text can be selected in rows with one
    side."""

    def __init__(self, document: Document, layout: LineLayout, styles: StyleMap) -> None:
        self._document = document
        self._layout = layout
        self._styles = styles
        self._strips: FIFOCache[tuple[int, int, SelectedRange], Strip] = FIFOCache(512)
        self._texts: FIFOCache[int, tuple[str, ...]] = FIFOCache(128)
        self._breaks: FIFOCache[tuple[int, int], list[int]] = FIFOCache(128)

    def paint(self, y: int, scroll_x: int, selected: SelectedRange = None) -> Strip:
        """Return the screen line ``y`` of the document, scrolled sideways by ``scroll_x`` cells."""
        key = (y, scroll_x, selected)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._paint(*key)
        return strip

    def text_of(self, selection: Selection) -> str:
        """Return the selected text, in the lines of the document."""
        height = self._layout.height
        first = selection.start.y if selection.start else 0
        last = selection.end.y if selection.end else height
        return "".join(self._selected_on(y, selection.get_span(y)) for y in range(first, min(last + 1, height)))

    def _selected_on(self, y: int, selected: SelectedRange) -> str:
        fragment, *others = self._fragments(y)
        if selected is None or others:
            return ""
        first, last = selected
        chosen = fragment.text[max(fragment.start, first) : fragment.end if last < 0 else min(fragment.end, last)]
        goes_on = last >= 0 or fragment.end < len(fragment.text)
        return chosen if goes_on else chosen + "\n"

    def _fragments(self, y: int) -> list[LineFragment]:
        row, part = self._layout.locate(y)
        texts = self._texts_of(row)
        width = side_width(self._document, self._layout.view, len(texts))
        fragments = []
        for side, text in enumerate(texts):
            guide = guide_of(text, width) if self._layout.wrapped else ""
            starts = self._breaks_of(row, side, text, width, len(guide)) if self._layout.wrapped else [0]
            start, end, *_ = *starts[part : part + 2], len(text), len(text)
            fragments.append(LineFragment(row, side, part, text, start, end, guide if part else ""))
        return fragments

    def _paint(self, y: int, scroll_x: int, selected: SelectedRange) -> Strip:
        fragments = self._fragments(y)
        width = side_width(self._document, self._layout.view, len(fragments))
        strips = []
        for fragment in fragments:
            strips.append(self._paint_margin(fragment))
            room = width - len(fragment.guide)
            strips.append(self._paint_text(fragment, y, scroll_x, room, selected if len(fragments) == 1 else None))
        last = self._styles.row_style(self._document.style_name(fragments[-1].row, fragments[-1].side))
        return Strip.join(strips).adjust_cell_length(self._layout.view, last.rich_style)

    def _paint_margin(self, fragment: LineFragment) -> Strip:
        style = self._styles.margin_style(self._document.style_name(fragment.row, fragment.side))
        label = "" if fragment.part else self._document.label(fragment.row, fragment.side)
        width = self._document.margin + len(fragment.guide)
        label = label if not fragment.guide else " " * self._document.margin + fragment.guide
        return Strip(Content(label).render_segments(style)).crop_extend(0, width, style.rich_style)

    def _paint_text(self, fragment: LineFragment, y: int, scroll_x: int, width: int, selected: SelectedRange) -> Strip:
        style_name = self._document.style_name(fragment.row, fragment.side)
        style = self._styles.row_style(style_name)
        start, end, skipped = _visible(fragment, scroll_x, width)
        spans = [*self._document.spans(fragment.row, fragment.side), *_selected_span(selected, end)]
        styled = [
            StyledSpan(
                max(span.start, start) - start, min(span.end, end) - start, self._styles.partial_style(span.style_name)
            )
            for span in spans
            if span.start < end and span.end > start and self._styles.is_distinct(span.style_name, style_name)
        ]
        content = Content(fragment.text[start:end], styled, strip_control_codes=False)
        strip = Strip(content.render_segments(style)).apply_offsets(start, y)
        return strip.crop_extend(skipped, skipped + width, style.rich_style)

    def _texts_of(self, row: int) -> tuple[str, ...]:
        texts = self._texts.get(row)
        if texts is None:
            texts = self._texts[row] = self._document.texts(row)
        return texts

    def _breaks_of(self, row: int, side: int, text: str, width: int, guide: int) -> list[int]:
        starts = self._breaks.get((row, side))
        if starts is None:
            starts = self._breaks[row, side] = breaks(text, width, guide)
        return starts


def _selected_span(selected: SelectedRange, end: int) -> Iterator[StyleRange]:
    if selected:
        yield StyleRange(selected[0], end if selected[1] < 0 else selected[1], "selected")


def _visible(fragment: LineFragment, scroll_x: int, width: int) -> tuple[int, int, int]:
    """Return the range of characters of a fragment that can be visible, and the cells to skip at its left."""
    if fragment.text.isascii():
        start = min(fragment.start + scroll_x, fragment.end)
        return start, min(start + width, fragment.end), 0
    # A character takes a cell or two, some take none: twice the cells that are needed are nearly always enough.
    return fragment.start, min(fragment.start + 2 * (scroll_x + width), fragment.end), scroll_x
