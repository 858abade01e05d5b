"""What a view of many lines shows: the declared interface between documents and the widget that paints them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from tui_monitor.clean import TAB_WIDTH, clean_text


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
