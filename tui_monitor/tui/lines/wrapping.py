"""Line breaks, and the screen lines of each row."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from rich.cells import cell_len, get_character_cell_size

from tui_monitor.tui.lines.document import Document


@dataclass(frozen=True, slots=True)
class LineLayout:
    """Rows on screen lines: ``tops`` are the first screen lines of the rows; width and height in cells. ``view`` is the
    width of the view."""

    tops: Sequence[int] = ()
    width: int = 0
    height: int = 0
    view: int = 0
    wrapped: bool = False

    def locate(self, y: int) -> tuple[int, int]:
        """Return the row at a screen line, and the screen line within that row, from 0."""
        row = bisect_right(self.tops, y) - 1
        return row, y - self.tops[row]

    def top(self, row: int) -> int:
        """Return the first screen line of a row; the end, if there is no such row."""
        return self.tops[row] if row < len(self.tops) else self.height


def flat(document: Document, width: int) -> LineLayout:
    """Return a layout with each row on one screen line, however long."""
    surplus = document.width() - side_width(document, width, document.sides)
    return LineLayout(range(len(document)), width + max(0, surplus), len(document), width)


def wrapped(document: Document, width: int) -> LineLayout:
    """Return a layout with rows broken to fit into a view of ``width`` cells."""
    heights = (_height(document, document.texts(row), width) for row in range(len(document)))
    *tops, height = accumulate(heights, initial=0)
    return LineLayout(tops, width, height, width, wrapped=True)


def side_width(document: Document, width: int, sides: int) -> int:
    """Return the cells for text on each of ``sides`` in a view of ``width`` cells."""
    return max(1, width // sides - document.margin)


_BEGINNING = re.compile(
    r"[ ]{0,200}\d{1,7}(?:→|[ ]{2,4}(?=\S))"  # the number of a line, as files are listed
    r"|(?:[ │▎]{0,200}(?:(?:[•◦▪*-]|\d{1,3}[.)])[ ]{1,4})?)"
)
"""What continued lines are indented by: bars stay, all else becomes blank."""
_NO_BAR = re.compile(r"[^│▎]")


def guide_of(text: str, width: int) -> str:
    """Return what stands before the continued lines of ``text`` in a view for ``width`` cells: its own indentation,
    unless that would leave too little room."""
    beginning = _BEGINNING.match(text)
    if beginning is None or not beginning[0] or beginning.end() == len(text):
        return ""
    return _NO_BAR.sub(" ", beginning[0][: width // 3])


def breaks(text: str, width: int, guide: int = 0) -> list[int]:
    """Return the indices at which the screen lines of ``text`` begin: after a space if one is near, else where the line
    is full. Continued lines are ``guide`` cells shorter."""
    if text.isascii():
        return _ascii_breaks(text, width, guide)
    if len(text) <= width and cell_len(text) <= width:
        return [0]
    return _breaks(text, width, guide)


def _height(document: Document, texts: Sequence[str], width: int) -> int:
    room = side_width(document, width, len(texts))
    return max(len(breaks(text, room, len(guide_of(text, room)))) for text in texts)


def _ascii_breaks(text: str, width: int, guide: int) -> list[int]:
    starts = [0]
    while len(text) - starts[-1] > width:
        start = starts[-1]
        space = text.rfind(" ", start + width // 2, start + width + 1)
        starts.append(space + 1 if space >= 0 else start + width)
        if len(starts) == 2:
            width -= guide
    return starts


def _breaks(text: str, width: int, guide: int) -> list[int]:
    sizes = {character: get_character_cell_size(character) for character in set(text)}
    starts = [0]
    used = space = 0
    for index, character in enumerate(text):
        hangs = character == " " and used <= width
        if used + sizes[character] > width and not hangs and index > starts[-1]:
            near = space - starts[-1] > width // 2
            starts.append(space if near else index)
            if len(starts) == 2:
                width -= guide
            used = sum(sizes[other] for other in text[starts[-1] : index])
        used += sizes[character]
        if character == " ":
            space = index + 1
    return starts
