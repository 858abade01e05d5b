"""The last door before the terminal: whatever a widget draws, characters that are not drawn do not pass."""

from __future__ import annotations

from unicodedata import category

from rich.cells import get_character_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_NOT_DRAWN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_REPLACEMENT = "\ufffd"


class DrawableOnly(LineFilter):
    """Replaces control characters and the like that a view has let through, cell by cell."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the line without them, as wide as before."""
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [segment._replace(text=drawable(segment.text)) for segment in segments]


def drawable(text: str) -> str:
    """Return a text of the same width in which U+FFFD stands for what is not drawn."""
    if text.isprintable():
        return text
    return "".join(
        _REPLACEMENT * get_character_cell_size(character) if category(character) in _NOT_DRAWN else character
        for character in text
    )
