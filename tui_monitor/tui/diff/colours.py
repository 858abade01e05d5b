"""The colours of a diff's code, found out piece by piece when it comes into view."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

from tui_monitor.tui.diff.model import DiffLine, DiffRow, LineKind
from tui_monitor.tui.lines.document import StyleRange
from tui_monitor.tui.lines.syntax import highlighted

_STRETCH = 50
_MAX_KEPT = 40


class Colours:
    """The spans of lines, by their index among ``rows``. ``code`` tells what is shown of a line without its colours,
    ``language`` that of the file which a row belongs to."""

    def __init__(
        self, rows: Sequence[DiffRow], code: Callable[[DiffLine], str], language: Callable[[int], str]
    ) -> None:
        self._rows = rows
        self._code = code
        self._language = language
        self._starts = list(_stretches(rows))
        self._kept: dict[int, dict[int, list[StyleRange]]] = {}

    def of(self, index: int) -> Sequence[StyleRange]:
        """The spans of one line."""
        stretch = bisect_right(self._starts, index) - 1
        if stretch not in self._kept:
            if len(self._kept) >= _MAX_KEPT:
                self._kept.clear()
            self._kept[stretch] = self._look_at(stretch, self._language(index))
        return self._kept[stretch].get(index, ())

    def _look_at(self, stretch: int, language: str) -> dict[int, list[StyleRange]]:
        """Colours the old side and the new side of a stretch, each as the code it was or is."""
        start, end, *_ = *self._starts[stretch : stretch + 2], len(self._rows)
        lines = {index: row for index, row in enumerate(self._rows[start:end], start) if isinstance(row, DiffLine)}
        kinds = {line.kind for line in lines.values()}
        found: dict[int, list[StyleRange]] = {}
        if LineKind.REMOVED in kinds:
            found |= self._look_at_side(lines, LineKind.ADDED, language)
        if LineKind.ADDED in kinds or LineKind.REMOVED not in kinds:
            found |= self._look_at_side(lines, LineKind.REMOVED, language)
        return found

    def _look_at_side(self, lines: dict[int, DiffLine], other: LineKind, language: str) -> dict[int, list[StyleRange]]:
        side = {index: self._code(line) for index, line in lines.items() if line.kind is not other}
        return dict(zip(side, highlighted(list(side.values()), language), strict=True))


def _stretches(rows: Sequence[DiffRow]) -> Iterator[int]:
    """Where pieces begin that are looked at together: short ones, none over a gap."""
    start = 0
    for index, row in enumerate(rows):
        if index == 0 or index - start >= _STRETCH or not isinstance(row, DiffLine) or row.kind is LineKind.OTHER:
            start = index
            yield index
