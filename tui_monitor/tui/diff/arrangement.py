"""The rows of a diff in the order of the screen: one below the other, or old and new side by side."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple, TypeAlias

from tui_monitor.events import Change, ChangeKind
from tui_monitor.tui.diff.model import DiffLine, DiffRow, FileTitle, LineKind

RowPair: TypeAlias = tuple[int, ...]
"""Indices of the rows on one screen row: one over the full width, or an old and a new one (`BLANK` if there is none;
the same twice for an unchanged line)."""

BLANK = -1

MAX_BLOCK = 1_000
"""Lines on a side of a block; in larger blocks no pairs are searched."""
_WINDOW = 8
_SIMILAR = 0.5
_DISTANCE_COST = 0.04
_WORD = re.compile(r"\w+")
_MAX_COMPARED = 500


def side_by_side(rows: Sequence[DiffRow]) -> list[RowPair]:
    """Return all rows, each once, in two columns."""
    result: list[RowPair] = []
    at = 0
    while at < len(rows):
        end = block_end(rows, at)
        if end > at:
            result += pairs(rows, at, end)
        else:
            row = rows[at]
            result.append((at, at) if isinstance(row, DiffLine) and row.kind is LineKind.CONTEXT else (at,))
            end = at + 1
        at = end
    return result


def block_end(rows: Sequence[DiffRow], start: int) -> int:
    """Return the end of the run of changed lines that begins at ``start``; ``start`` if there is none."""
    for index in range(start, len(rows)):
        row = rows[index]
        if not isinstance(row, DiffLine) or not row.changed:
            return index
    return len(rows)


def block_start(rows: Sequence[DiffRow], index: int) -> int:
    """Return the beginning of the run of changed lines around ``index``."""
    while index and isinstance(row := rows[index - 1], DiffLine) and row.changed:
        index -= 1
    return index


def pairs(rows: Sequence[DiffRow], start: int, end: int) -> Iterator[RowPair]:
    """Yield the changed lines of ``rows[start:end]`` in pairs, similar ones beside each other, in the order of both
    sides."""
    lines = [(index, row) for index, row in enumerate(rows[start:end], start) if isinstance(row, DiffLine)]
    removed = [index for index, line in lines if line.kind is LineKind.REMOVED]
    added = [index for index, line in lines if line.kind is LineKind.ADDED]
    texts = {index: line.text for index, line in lines}
    done_removed = done_added = 0
    for old, new in (*_similar([texts[i] for i in removed], [texts[i] for i in added]), (len(removed), len(added))):
        # Lines between two similar pairs share the height; the pair itself is level.
        yield from zip_longest(removed[done_removed:old], added[done_added:new], fillvalue=BLANK)
        if old < len(removed):
            yield removed[old], added[new]
        done_removed, done_added = old + 1, new + 1


def _similar(removed: Sequence[str], added: Sequence[str]) -> list[tuple[int, int]]:
    """Return pairs of similar lines, rising on both sides."""
    if not 1 < max(len(removed), len(added)) <= MAX_BLOCK:
        return []
    similar: list[tuple[int, int]] = []
    candidates = [_words(line) for line in added]
    free = 0
    for index, line in enumerate(removed):
        words = _words(line)
        window = range(free, min(free + _WINDOW, len(added)))
        best = max(window, key=lambda other: _similarity(words, candidates[other], other - free), default=free)
        if window and _similarity(words, candidates[best], best - free) >= _SIMILAR:
            similar.append((index, best))
            free = best + 1
    return similar


def _words(line: str) -> frozenset[str]:
    text = line[:_MAX_COMPARED]
    return frozenset(_WORD.findall(text)) or frozenset((text.strip(),))


def _similarity(words: frozenset[str], other: frozenset[str], distance: int) -> float:
    return len(words & other) / max(len(words), len(other)) - _DISTANCE_COST * distance


class FilePosition(NamedTuple):
    """A line of a changed file, from 1."""

    change: Change
    line: int


class DiffArrangement:
    """``rows`` (of `rows_of`) one below the other, or side by side if ``split``. A *position* is an index into
    ``pairs``. The title of a single modified file is left out: the pane shows its name."""

    def __init__(self, rows: Sequence[DiffRow], *, split: bool = False) -> None:
        self.rows = rows
        self.split = split
        self._titles = [index for index, row in enumerate(rows) if isinstance(row, FileTitle)]
        row_pairs = side_by_side(rows) if split else [(index,) for index in range(len(rows))]
        self.pairs: Sequence[RowPair] = row_pairs[1:] if self._title_is_redundant() else row_pairs
        titles = set(self._titles)
        self.files = [at for at, pair in enumerate(self.pairs) if pair[0] in titles]
        """Positions of the titles."""
        self.changes = list(self._runs_of_changes())
        """Positions at which a run of changed lines begins."""

    def change_of(self, index: int) -> Change | None:
        """Return the change that a row belongs to."""
        before = bisect_right(self._titles, index) - 1
        title = self.rows[self._titles[before]] if before >= 0 else None
        return title.change if isinstance(title, FileTitle) else None

    def index_at(self, position: int) -> int:
        """Return the row at a position (the later one of two); the end if there is no such position."""
        return max(self.pairs[position]) if position < len(self.pairs) else len(self.rows)

    def position_of(self, index: int) -> int:
        """Return the first position of a row, or after it."""
        return next((at for at, pair in enumerate(self.pairs) if max(pair) >= index), 0)

    def file_position(self, position: int) -> FilePosition | None:
        """Return the line of the new file at a position, or the next one below it."""
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

    def _title_is_redundant(self) -> bool:
        first = self.rows[0] if self.rows else None
        return len(self._titles) == 1 and isinstance(first, FileTitle) and first.change.kind is ChangeKind.MODIFY

    def _runs_of_changes(self) -> Iterator[int]:
        before = False
        for at, pair in enumerate(self.pairs):
            row = self.rows[max(pair)]
            changed = isinstance(row, DiffLine) and row.changed
            if changed and not before:
                yield at
            before = changed
