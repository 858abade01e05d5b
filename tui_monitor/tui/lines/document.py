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

_MEASURED = 50
_LONG = 10_000


class StyleRange(NamedTuple):
    """Characters of a text that have a look of their own. ``look`` is the last part of a component class."""

    start: int
    end: int
    look: str


class Document(Protocol):
    """Rows of text, asked for when they come into view, and quick to answer.

    A row has ``sides`` texts beside each other, or one over the full width. Left of each text stand ``margin`` cells.
    """

    sides: int
    margin: int

    def __len__(self) -> int:
        """How many rows there are."""

    def texts(self, row: int) -> tuple[str, ...]:
        """What the sides of a row show: clean, each a single line."""

    def width(self) -> int:
        """How many cells the widest text needs (roughly, where telling it exactly would take long)."""

    def label(self, row: int, side: int) -> str:
        """What stands in the margin, at most as wide as it is."""

    def look(self, row: int, side: int) -> str:
        """The look of the whole, by the last part of a component class."""

    def spans(self, row: int, side: int) -> Iterable[StyleRange]:
        """The parts that look differently; the later lies over the earlier."""


_UNSHOWN = {ord("\n"): "␤", **dict.fromkeys((0x200D, *range(0xFE00, 0xFE10)))}


def one_line(text: str) -> str:
    """One line of text from outside, clean: breaks that are no line feed are made visible, joiners on whose width
    terminals disagree are left out."""
    clean = clean_text(text)
    return clean if clean.isascii() and clean.isprintable() else clean.translate(_UNSHOWN)


def blanks_shown(text: str) -> str:
    """Spaces as ``·`` and tabs as ``→``, each as wide as it would have been."""
    shown, *rest = text.replace(" ", "·").split("\t")
    for piece in rest:
        shown += "→".ljust(TAB_WIDTH - len(shown) % TAB_WIDTH) + piece
    return shown


def widest(texts: Iterable[str], shown: Callable[[str], str]) -> int:
    """The width in cells of the widest text when it is ``shown``; only the longest are looked at closely, and of very
    long ones the width is an upper bound."""
    longest = nlargest(_MEASURED, texts, key=_at_most)
    return max((cell_len(shown(text)) if len(text) < _LONG else _at_most(text) for text in longest), default=0)


def _at_most(text: str) -> int:
    return len(text) * (1 if text.isascii() else 2) + text.count("\t") * (TAB_WIDTH - 1)


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
