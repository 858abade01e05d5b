"""Prints the source of ``tui_monitor/clean/unicode_ranges.py``: ``python -m tests.unicode_ranges``.

Categories are those of the running interpreter; what is newer than it is taken from the cell widths of rich.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterator

from rich.cells import get_character_cell_size

WIDTH = 120

PREPENDED = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
"""Prepended_Concatenation_Mark: format characters that are drawn, on whose width terminals disagree."""

_OTHER_IGNORABLE = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x2065, 0x2065),
    (0x3164, 0x3164),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0xE0000, 0xE0FFF),
)
_VARIATION_SELECTORS = ((0x180B, 0x180F), (0xFE00, 0xFE0F))
_CONJOINING_JAMO = ((0x1160, 0x11FF), (0xD7B0, 0xD7FF))
_EMOJI_MODIFIERS = (0x1F3FB, 0x1F3FF)


def is_ignorable(character: str) -> bool:
    """Return whether a character is never drawn: Default_Ignorable_Code_Point, as UAX #44 derives it, or a format."""
    is_other = _is_in(character, *_OTHER_IGNORABLE, *_VARIATION_SELECTORS)
    return is_other or (unicodedata.category(character) == "Cf" and character not in PREPENDED)


def is_nonspacing(character: str) -> bool:
    """Return whether a character is a nonspacing or enclosing mark, or too new for its category to be known here."""
    if is_ignorable(character) or _is_in(character, *_CONJOINING_JAMO):
        return False
    category = unicodedata.category(character)
    return category in ("Mn", "Me") or (category == "Cn" and get_character_cell_size(character) == 0)


def is_combining(character: str) -> bool:
    """Return whether a character is of another kind that shares the cell of the one before it."""
    if is_ignorable(character) or is_nonspacing(character):
        return False
    has_no_cell = unicodedata.category(character) in ("Mc", "Sk", "Lo") and get_character_cell_size(character) == 0
    return has_no_cell or _is_in(character, *_CONJOINING_JAMO, _EMOJI_MODIFIERS)


def _is_in(character: str, *ranges: tuple[int, int]) -> bool:
    return any(first <= ord(character) <= last for first, last in ranges)


def ranges_of(has_property: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """Yield the first and last code point of each run of characters with a property; surrogates have none."""
    first = None
    for code in range(sys.maxunicode + 2):
        applies = code <= sys.maxunicode and not 0xD800 <= code < 0xE000 and has_property(chr(code))
        if applies and first is None:
            first = code
        elif not applies and first is not None:
            yield first, code - 1
            first = None


def _pairs(has_property: Callable[[str], bool]) -> Iterator[str]:
    """Yield lines of as many ranges as fit."""
    line = "   "
    for first, last in ranges_of(has_property):
        part = f" (0x{first:04X}, 0x{last:04X}),"
        if len(line) + len(part) > WIDTH:
            yield line
            line = "   "
        line += part
    yield line


def module_text() -> str:
    """Return the source of the module."""
    return "\n".join(
        (
            '"""Characters without a cell of their own, by the Unicode Character Database.',
            "",
            "Generated: see tests/unicode_ranges.py.",
            '"""',
            "",
            "from __future__ import annotations",
            "",
            "# fmt: off",
            "",
            "IGNORABLE = (",
            *_pairs(is_ignorable),
            ")",
            '"""Never drawn: Default_Ignorable_Code_Point and format characters."""',
            "",
            "FORMATS = (",
            *_pairs(PREPENDED.__contains__),
            ")",
            '"""Format characters that are drawn: Prepended_Concatenation_Mark."""',
            "",
            "NONSPACING = (",
            *_pairs(is_nonspacing),
            ")",
            '"""Nonspacing and enclosing marks."""',
            "",
            "COMBINING = (",
            *_pairs(is_combining),
            ")",
            '"""Spacing marks, conjoining jamo and emoji modifiers."""',
            "",
        )
    )


if __name__ == "__main__":
    sys.stdout.write(module_text())
