"""Where a changed line differs from the one it replaces, found out when it comes into view."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui_monitor.tui.diff.align import BLANK, block_end, block_start, pairs
from tui_monitor.tui.diff.model import DiffLine, DiffRow, LineKind
from tui_monitor.tui.diff.words import Range, changed_words


class Emphasis:
    """The parts that changed, by the index of a line among ``rows``. ``code`` tells what is shown of a line."""

    def __init__(self, rows: Sequence[DiffRow], code: Callable[[DiffLine], str]) -> None:
        self._rows = rows
        self._code = code
        self._partners: dict[int, int] = {}

    def of(self, index: int) -> list[Range]:
        """The ranges of characters to stress in one line; none if the line has no partner like it."""
        line = self._rows[index]
        other = self._rows[partner] if (partner := self._partner(index)) != BLANK else None
        if not isinstance(line, DiffLine) or not isinstance(other, DiffLine):
            return []
        if line.kind is LineKind.REMOVED:
            return changed_words(self._code(line), self._code(other))[0]
        return changed_words(self._code(other), self._code(line))[1]

    def _partner(self, index: int) -> int:
        line = self._rows[index]
        if not isinstance(line, DiffLine) or not line.changed:
            return BLANK
        if index not in self._partners:
            start, end = block_start(self._rows, index), block_end(self._rows, index)
            for left, right in pairs(self._rows, start, end):
                self._partners[left], self._partners[right] = right, left
        return self._partners[index]
