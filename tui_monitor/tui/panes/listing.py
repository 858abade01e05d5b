"""The lines of a pane: which line is which row, how wide the columns are, which headings stay on top."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import accumulate, zip_longest
from typing import NamedTuple

from tui_monitor.tui.alignment import GAP, heading
from tui_monitor.tui.panes.content import PaneContent, PaneRow, Section
from tui_monitor.tui.panes.meters import UNKNOWN
from tui_monitor.tui.spans import Spans, TextSpan, Tone, cut_end, cut_start, flush_right, to_width, width_of

MEASURED = 100
"""Rows at the beginning of a section whose cells decide about the width of its columns, besides the visible ones."""
_GAP = TextSpan(" " * GAP)
LEAST_FIRST = 12
"""Cells that the first column keeps while others are left out for it."""


class PaneListing:
    """The content of a pane in ``width`` cells. ``shift`` columns after the first are left out at the left."""

    def __init__(self, content: PaneContent = (), width: int = 0, shift: int = 0) -> None:
        self._tables = [_Table(section, width, shift, spaced=bool(place)) for place, section in enumerate(content)]
        *self._starts, self.height = accumulate((table.height for table in self._tables), initial=0)
        self.walkable = sum(len(table.section.rows) for table in self._tables if table.is_walkable)

    def row(self, line: int) -> PaneRow | None:
        """Return the row on a line; None for a heading, or beyond the end."""
        table, offset = self._find(line)
        return table.row(offset) if table else None

    def is_walkable(self, line: int) -> bool:
        """Return True if the cursor can be on a line."""
        row = self.row(line)
        return row is not None and row.key is not None

    def find(self, key: Hashable, near: int) -> int | None:
        """Return the line of the row with this key, which is often still where it was; None if there is none."""
        if self._has(near, key):
            return near
        return next((line for line in self._walkable_lines() if self._has(line, key)), None)

    def step(self, line: int, by: int) -> int | None:
        """Return the next line for the cursor after a line, or before it (``by`` < 0)."""
        lines = range(line + 1, self.height) if by > 0 else range(min(line, self.height) - 1, -1, -1)
        return next(filter(self.is_walkable, lines), None)

    def ordinal(self, line: int) -> int:
        """Return the number of a row among those for the cursor, from 1."""
        table, offset = self._find(line)
        if table is None:
            return 0
        before = self._tables[: self._tables.index(table)]
        return sum(len(each.section.rows) for each in before if each.is_walkable) + offset - table.above + 1

    def measure(self, lines: Iterable[int]) -> None:
        """Fit the columns to the rows on these lines, too."""
        for line in lines:
            table, offset = self._find(line)
            if table and (row := table.row(offset)):
                table.widen(row)

    def spans(self, line: int) -> Spans:
        """Return what a line shows."""
        table, offset = self._find(line)
        return table.spans(offset) if table else ()

    def heading_above(self, line: int) -> Spans:
        """Return the heading of the section of a line, if it is above that line; else nothing."""
        table, offset = self._find(line)
        return table.heading if table and offset >= table.above else ()

    def rest(self, line: int) -> list[Spans]:
        """Return lines with what there is no room for in a row."""
        table, offset = self._find(line)
        return table.rest(offset) if table else []

    @property
    def hidden_columns(self) -> tuple[int, int]:
        """The numbers of columns for which there is no room, at the left and at the right, of the widest table."""
        return max((table.hidden for table in self._tables), key=sum, default=(0, 0))

    def _has(self, line: int, key: Hashable) -> bool:
        row = self.row(line)
        return row is not None and row.key == key

    def _walkable_lines(self) -> Iterator[int]:
        for start, table in zip(self._starts, self._tables, strict=True):
            if table.is_walkable:
                yield from range(start + table.above, start + table.height)

    def _find(self, line: int) -> tuple[_Table | None, int]:
        if not 0 <= line < self.height:
            return None, 0
        place = bisect_right(self._starts, line) - 1
        return self._tables[place], line - self._starts[place]


class _Columns(NamedTuple):
    """The columns that fit: the first, in ``first`` cells, and the others ``shown``; ``left`` and ``right`` are the
    numbers of those left out."""

    first: int
    shown: tuple[int, ...] = ()
    left: int = 0
    right: int = 0


class _Table:
    """One section as lines: an empty one if it is ``spaced``, its title, its columns' names, its rows."""

    def __init__(self, section: Section, width: int, shift: int, *, spaced: bool) -> None:
        self.section = section
        self._width, self._shift = width, shift
        self._cut = cut_start if section.paths else cut_end
        title: list[Spans] = [(TextSpan(section.title, Tone.PROMPT),)] if section.title else []
        self._head = [*([()] if spaced else []), *title]
        self.above = len(self._head) + bool(section.columns and section.rows)
        self.height = self.above + (len(section.rows) or bool(section.empty))
        self.is_walkable = bool(section.rows) and section.rows[0].key is not None
        self._names = [width_of(cell) for cell in heading(*section.columns)]
        self._widths = [0] * len(self._names)
        self._columns: _Columns | None = None
        for row in section.rows[:MEASURED]:
            self.widen(row)

    def widen(self, row: PaneRow) -> None:
        """Make the columns as wide as the cells of a row; one in which nothing stands takes no room, and a row of one
        cell has the whole line."""
        if len(row.cells) == 1 < len(self._names):
            return
        cells = [width_of(cell) for cell in row.cells]
        cells = [max(pair) if pair[0] else 0 for pair in zip_longest(cells, self._names[: len(cells)], fillvalue=0)]
        widths = self._widths + [0] * (len(cells) - len(self._widths))
        wider = [max(pair) for pair in zip(widths, cells + [0] * (len(widths) - len(cells)), strict=True)]
        if wider != self._widths:
            self._widths, self._columns = wider, None

    def row(self, offset: int) -> PaneRow | None:
        """Return the row on a line of the table."""
        at = offset - self.above
        return self.section.rows[at] if 0 <= at < len(self.section.rows) else None

    def spans(self, offset: int) -> Spans:
        """Return what a line of the table shows."""
        if offset < len(self._head):
            return to_width(self._head[offset], self._width)
        if offset < self.above:
            return self.heading
        row = self.row(offset)
        return self._line(row.cells) if row else to_width((TextSpan(self.section.empty, Tone.DIM),), self._width)

    @property
    def heading(self) -> Spans:
        """The names of the columns, or else the title."""
        if self.section.columns:
            return self._line(heading(*self.section.columns))
        return to_width(self._head[-1], self._width) if self.section.title else ()

    @property
    def hidden(self) -> tuple[int, int]:
        """The numbers of columns for which there is no room, at the left and at the right."""
        columns = self._fit()
        return columns.left, columns.right

    def rest(self, offset: int) -> list[Spans]:
        """Return lines with the first cell of a row if it is cut, and those in no visible column, after their names."""
        row, columns = self.row(offset), self._fit()
        if row is None or len(row.cells) == 1:
            return []
        named = enumerate(zip(row.cells, self.section.columns, strict=False))
        left_out = [pair for at, pair in named if at and at not in columns.shown]
        head = [row.cells[0]] if width_of(row.cells[0]) > columns.first else []
        parts = [(TextSpan(f"{name} ", Tone.DIM), *cell) for cell, name in left_out if _is_known(cell)]
        return _wrapped([*head, *parts], self._width)

    def _line(self, cells: Sequence[Spans]) -> Spans:
        if len(cells) == 1 < len(self._names):
            return to_width(self._first(cells[0], self._width), self._width)
        columns = self._fit()
        head = to_width(self._first(cells[0] if cells else (), columns.first), columns.first)
        parts = (self._cell(cells[at] if at < len(cells) else (), at) for at in columns.shown)
        return to_width((*head, *(span for part in parts for span in part)), self._width)

    def _cell(self, cell: Spans, at: int) -> Spans:
        width = self._widths[at] + GAP
        return to_width((_GAP, *cell), width) if at in self.section.left else flush_right(cell, width)

    def _first(self, cell: Spans, width: int) -> Spans:
        if len(cell) == 1:
            return (TextSpan(self._cut(cell[0].text, width), cell[0].tone),)
        return cell

    def _fit(self) -> _Columns:
        if self._columns is None:
            least = max(LEAST_FIRST, self._width // (2 if self.section.paths else 3))
            columns = _fit(self._widths, self._width, self._shift, least)
            is_wider = self.section.snug and self._widths
            self._columns = columns._replace(first=min(columns.first, self._widths[0])) if is_wider else columns
        return self._columns


def _is_known(cell: Spans) -> bool:
    return "".join(span.text for span in cell).strip() not in ("", UNKNOWN)


def _wrapped(parts: Sequence[Spans], width: int) -> list[Spans]:
    """Return the parts one after the other, in as many lines as they take."""
    lines: list[Spans] = []
    for part in parts:
        joined = (*lines[-1], _GAP, *part) if lines else part
        if lines and width_of(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(part)
    return [to_width(line, width) for line in lines]


def _fit(widths: Sequence[int], width: int, shift: int, least_first: int) -> _Columns:
    """Return the columns that fit: the first takes what the others leave, but ``least_first`` cells if it needs them;
    the last are left out first."""
    used = [at for at, each in enumerate(widths) if each and at]
    if not used:
        return _Columns(width)
    least = min(widths[0], least_first)
    begin = max(0, min(shift, len(used) - 1))
    sums = list(accumulate((widths[at] + GAP for at in used[begin:]), initial=0))
    fitting = max(place for place, taken in enumerate(sums) if not place or least + taken <= width)
    shown = tuple(used[begin : begin + fitting])
    return _Columns(width - sums[fitting], shown, begin, len(used) - begin - fitting)
