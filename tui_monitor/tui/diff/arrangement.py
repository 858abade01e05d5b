"""Rows of a diff in the order of the screen: one below the other, or old and new side by side."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple, TypeAlias

from tui_monitor.events import Change, ChangeKind
from tui_monitor.tui.diff.model import DiffLine, DiffRow, FileTitle, LineKind

RowPair: TypeAlias = tuple[int, ...]
"""The rows that stand side by side, by their index: one over the full width, or a left and a right one (`BLANK` where
there is none; the same twice for a line that did not change)."""

BLANK = -1

MAX_BLOCK = 1_000
"""Blocks with more lines than this on a side are rewritten: looking for pairs in them tells nothing."""
_WINDOW = 8
_SIMILAR = 0.5
_DISTANCE_COST = 0.04
_WORD = re.compile(r"\w+")
_MAX_LOOKED_AT = 500


def side_by_side(rows: Sequence[DiffRow]) -> list[RowPair]:
    """All rows, each once, in two columns."""
    places: list[RowPair] = []
    at = 0
    while at < len(rows):
        end = block_end(rows, at)
        if end > at:
            places += pairs(rows, at, end)
        else:
            row = rows[at]
            places.append((at, at) if isinstance(row, DiffLine) and row.kind is LineKind.CONTEXT else (at,))
            end = at + 1
        at = end
    return places


def block_end(rows: Sequence[DiffRow], start: int) -> int:
    """Where the run of changed lines ends that begins at ``start``: ``start`` itself if there is none."""
    for index in range(start, len(rows)):
        row = rows[index]
        if not isinstance(row, DiffLine) or not row.changed:
            return index
    return len(rows)


def block_start(rows: Sequence[DiffRow], index: int) -> int:
    """Where the run of changed lines begins that the changed line at ``index`` is part of."""
    while index and isinstance(row := rows[index - 1], DiffLine) and row.changed:
        index -= 1
    return index


def pairs(rows: Sequence[DiffRow], start: int, end: int) -> Iterator[RowPair]:
    """The changed lines of ``rows[start:end]``, similar ones beside each other, in the order of both sides."""
    lines = [(index, row) for index, row in enumerate(rows[start:end], start) if isinstance(row, DiffLine)]
    removed = [index for index, line in lines if line.kind is LineKind.REMOVED]
    added = [index for index, line in lines if line.kind is LineKind.ADDED]
    texts = {index: line.text for index, line in lines}
    done_removed = done_added = 0
    for left, right in (*_similar([texts[i] for i in removed], [texts[i] for i in added]), (len(removed), len(added))):
        # Lines between two similar pairs share the height, and the pair itself stands level.
        yield from zip_longest(removed[done_removed:left], added[done_added:right], fillvalue=BLANK)
        if left < len(removed):
            yield removed[left], added[right]
        done_removed, done_added = left + 1, right + 1


def _similar(removed: Sequence[str], added: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of similar lines, rising on both sides."""
    if not 1 < max(len(removed), len(added)) <= MAX_BLOCK:
        return []
    found: list[tuple[int, int]] = []
    candidates = [_words(line) for line in added]
    free = 0
    for index, line in enumerate(removed):
        words = _words(line)
        window = range(free, min(free + _WINDOW, len(added)))
        best = max(window, key=lambda other: _likeness(words, candidates[other], other - free), default=free)
        if window and _likeness(words, candidates[best], best - free) >= _SIMILAR:
            found.append((index, best))
            free = best + 1
    return found


def _words(line: str) -> frozenset[str]:
    looked_at = line[:_MAX_LOOKED_AT]
    return frozenset(_WORD.findall(looked_at)) or frozenset((looked_at.strip(),))


def _likeness(words: frozenset[str], other: frozenset[str], distance: int) -> float:
    return len(words & other) / max(len(words), len(other)) - _DISTANCE_COST * distance


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
