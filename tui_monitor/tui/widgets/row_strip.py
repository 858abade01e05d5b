"""Strips of rows that are drawn again and again while an agent works."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.segment import Segment
from textual.cache import FIFOCache
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

_FILTERED = 4


class RowStrip(Strip):
    """A row as wide as its widget, which is freed as soon as nobody needs it.

    Textual caches a strip in itself when the row is drawn in one piece. That cycle would keep every row that was ever
    drawn until the next full garbage collection: some megabytes a minute, and a pause that is longer than a frame.
    """

    __slots__ = ("_rows",)

    def __init__(self, segments: Iterable[Segment], cell_length: int | None = None) -> None:
        super().__init__(segments, cell_length)
        self._rows: FIFOCache[tuple[LineFilter, Color], RowStrip] = FIFOCache(_FILTERED)

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Return the pieces between the cuts."""
        cuts = [cut for cut in cuts if cut <= self.cell_length]
        return [self] if cuts == [self.cell_length] else super().divide(cuts)

    def apply_filter(self, filter: LineFilter, background: Color) -> RowStrip:  # noqa: A002  (the base class's name)
        """Return the row as the filter leaves it."""
        row = self._rows.get((filter, background))
        if row is None:
            row = self._rows[filter, background] = RowStrip(filter.apply(list(self), background), self.cell_length)
        return row


def crop_rows(widget: Widget, rows: Iterable[RowStrip], crop: Region) -> list[Strip]:
    """Return the rows of a region as they are drawn in a widget without border and padding.

    All that is applied to a row is cached with it, and is not done again at each scroll.
    """
    background = widget.background_colors[1]
    for line_filter in widget.get_line_filters():
        rows = [row.apply_filter(line_filter, background) for row in rows]
    return [row.crop(crop.x, crop.right) for row in rows]
