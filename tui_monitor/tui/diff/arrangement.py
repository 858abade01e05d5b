"""The rows of a diff in the order in which they stand on the screen, and the way around in them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tui_monitor.events import Change, ChangeKind
from tui_monitor.tui.diff.align import RowPair, side_by_side
from tui_monitor.tui.diff.model import DiffLine, DiffRow, FileTitle


class FilePosition(NamedTuple):
    """A place in a changed file; ``line`` counts from 1."""

    change: Change
    line: int


class DiffArrangement:
    """``rows`` (of `rows_of`) one below the other, or if ``split`` side by side. A *position* is an index into
    ``places``. The title of a lone modified file is left out: what shows it has said its name."""

    def __init__(self, rows: Sequence[DiffRow], *, split: bool = False) -> None:
        self.rows = rows
        self.split = split
        self._titles = [index for index, row in enumerate(rows) if isinstance(row, FileTitle)]
        places = side_by_side(rows) if split else [(index,) for index in range(len(rows))]
        self.places: Sequence[RowPair] = places[1:] if self._title_is_needless() else places
        titles = set(self._titles)
        self.files = [at for at, place in enumerate(self.places) if place[0] in titles]
        """The positions of the titles."""
        self.changes = list(self._runs_of_changes())
        """The positions at which changed lines begin after others."""

    def change_of(self, index: int) -> Change | None:
        """The change that a row belongs to."""
        before = bisect_right(self._titles, index) - 1
        title = self.rows[self._titles[before]] if before >= 0 else None
        return title.change if isinstance(title, FileTitle) else None

    def index_at(self, position: int) -> int:
        """The row that stands at a position (the later, of two); the end where there is no such position."""
        return max(self.places[position]) if position < len(self.places) else len(self.rows)

    def position_of(self, index: int) -> int:
        """The first position at which a row stands, or one behind it."""
        return next((at for at, place in enumerate(self.places) if max(place) >= index), 0)

    def spot(self, position: int) -> FilePosition | None:
        """The line of the new file at a position, or the next one below it that is there."""
        index = self.index_at(position)
        change = self.change_of(index)
        if change is None:
            return None
        for row in self.rows[index + isinstance(self.rows[index], FileTitle) :]:
            if isinstance(row, FileTitle):
                break
            if isinstance(row, DiffLine) and row.new:
                return FilePosition(change, row.new)
        return FilePosition(change, change.lines[0] if change.lines else 1)

    def _title_is_needless(self) -> bool:
        first = self.rows[0] if self.rows else None
        return len(self._titles) == 1 and isinstance(first, FileTitle) and first.change.kind is ChangeKind.MODIFY

    def _runs_of_changes(self) -> Iterator[int]:
        before = False
        for at, place in enumerate(self.places):
            row = self.rows[max(place)]
            changed = isinstance(row, DiffLine) and row.changed
            if changed and not before:
                yield at
            before = changed
