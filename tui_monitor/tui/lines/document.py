"""Documents: the interface between rows of long text and the widget that paints them, and texts in sections."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import accumulate
from typing import NamedTuple, Protocol

from rich.cells import cell_len

from tui_monitor.clean import TAB_WIDTH, clean_text

_MAX_MEASURED = 50
_LONG = 10_000


class StyleRange(NamedTuple):
    """Characters of a text with a style of their own, named by the last part of a component class."""

    start: int
    end: int
    style_name: str


class Document(Protocol):
    """Rows of text, requested when they come into view.

    A row has ``sides`` texts side by side, or one over the full width. To the left of each text are ``margin`` cells.
    """

    sides: int
    margin: int

    def __len__(self) -> int:
        """Return the number of rows."""

    def texts(self, row: int) -> tuple[str, ...]:
        """Return the texts of a row, one for each side, each a clean single line."""

    def width(self) -> int:
        """Return the width of the widest text in cells; an estimate where the exact width would take long."""

    def label(self, row: int, side: int) -> str:
        """Return the text of the margin, at most as wide as that."""

    def style_name(self, row: int, side: int) -> str:
        """Return the style of the whole row, by the last part of a component class."""

    def spans(self, row: int, side: int) -> Iterable[StyleRange]:
        """Return the parts with another style; later ones lie over earlier ones."""


_INVISIBLE = {ord("\n"): "␤", **dict.fromkeys((0x200D, *range(0xFE00, 0xFE10)))}


def one_line(text: str) -> str:
    """Return a text from outside as one clean line: line breaks other than a line feed are made visible, joiners are
    left out, since terminals disagree on their width."""
    line = clean_text(text)
    return line if line.isascii() and line.isprintable() else line.translate(_INVISIBLE)


def show_blanks(text: str) -> str:
    """Return spaces as ``·`` and tabs as ``→``, at their old width."""
    result, *rest = text.replace(" ", "·").split("\t")
    for part in rest:
        result += "→".ljust(TAB_WIDTH - len(result) % TAB_WIDTH) + part
    return result


def widest(texts: Iterable[str], clean: Callable[[str], str]) -> int:
    """Return the width in cells of the widest text after ``clean``. Only the longest are measured; of very long ones
    the width is an upper bound."""
    longest = nlargest(_MAX_MEASURED, texts, key=_at_most)
    return max((cell_len(clean(text)) if len(text) < _LONG else _at_most(text) for text in longest), default=0)


def _at_most(text: str) -> int:
    return len(text) * (1 if text.isascii() else 2) + text.count("\t") * (TAB_WIDTH - 1)


@dataclass(frozen=True, slots=True)
class TextSection:
    """A text in lines, not cleaned. ``spans`` has one entry for each line, or none at all."""

    lines: Sequence[str]
    style_name: str = "plain"
    spans: Sequence[Sequence[StyleRange]] = ()

    @classmethod
    def of(cls, text: str, style_name: str = "plain") -> TextSection:
        """Return the lines of ``text`` as a section."""
        return cls(text.removesuffix("\n").split("\n") if text else (), style_name)


class SectionDocument:
    """A document of sections, one below the other."""

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

    def style_name(self, row: int, side: int) -> str:
        return self._find(row)[0].style_name

    def spans(self, row: int, side: int) -> Sequence[StyleRange]:
        section, line = self._find(row)
        return section.spans[line] if section.spans else ()

    def _find(self, row: int) -> tuple[TextSection, int]:
        at = bisect_right(self._starts, row) - 1
        return self._sections[at], row - self._starts[at]
