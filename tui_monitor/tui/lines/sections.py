"""Several texts, one below the other, as a document."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from tui_monitor.tui.lines.document import StyleRange, one_line
from tui_monitor.tui.lines.wrapping import widest


@dataclass(frozen=True, slots=True)
class TextSection:
    """A text in lines, none of them cleaned. ``spans`` has an entry a line, or none at all."""

    lines: Sequence[str]
    look: str = "plain"
    spans: Sequence[Sequence[StyleRange]] = ()

    @classmethod
    def of(cls, text: str, look: str = "plain") -> TextSection:
        """The lines of ``text``."""
        return cls(text.removesuffix("\n").split("\n") if text else (), look)


class SectionDocument:
    """Shows sections without margins between them."""

    sides = 1
    margin = 1

    def __init__(self, sections: Iterable[TextSection]) -> None:
        self._sections = [section for section in sections if section.lines]
        *self._starts, self._length = accumulate((len(section.lines) for section in self._sections), initial=0)

    def __len__(self) -> int:
        return self._length

    def texts(self, row: int) -> tuple[str, ...]:
        section, line = self._find(row)
        return (one_line(section.lines[line]),)

    def width(self) -> int:
        return max((widest(section.lines, one_line) for section in self._sections), default=0)

    def label(self, row: int, side: int) -> str:
        return ""

    def look(self, row: int, side: int) -> str:
        return self._find(row)[0].look

    def spans(self, row: int, side: int) -> Sequence[StyleRange]:
        section, line = self._find(row)
        return section.spans[line] if section.spans else ()

    def _find(self, row: int) -> tuple[TextSection, int]:
        at = bisect_right(self._starts, row) - 1
        return self._sections[at], row - self._starts[at]
