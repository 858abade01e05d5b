"""Whole texts and single lines are cleaned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from tui_monitor.clean.sequences import INSIDE_STRING_LINE, sequence
from tui_monitor.clean.unicode_ranges import COMBINING, FORMATS, IGNORABLE, NONSPACING

TAB_WIDTH = 4
MAX_NONSPACING, MAX_COMBINING = 3, 6
"""Marks that may follow a character in its cell: nonspacing ones, and marks of all kinds (vowel signs, jamo …)."""

# An unterminated control string must not hide the lines after it.
_SEQUENCE = re.compile(sequence(INSIDE_STRING_LINE))
_LINE_BREAKS = re.compile(r"\r\n|[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_REPLACEMENT = 0xFFFD


def _codes(ranges: Iterable[tuple[int, int]]) -> Iterator[int]:
    return (code for first, last in ranges for code in range(first, last + 1))


_NONSPACING = frozenset(map(chr, _codes(NONSPACING)))
_MARKS = _NONSPACING.union(map(chr, _codes(COMBINING)))
_DRAWN_AS: dict[int, int | None] = {
    **{code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), _REPLACEMENT),
    **dict.fromkeys(range(0xD800, 0xE000), _REPLACEMENT),
    **dict.fromkeys((0xFFFE, 0xFFFF), _REPLACEMENT),
    **dict.fromkeys(_codes(FORMATS), _REPLACEMENT),
    **dict.fromkeys(_codes(IGNORABLE)),
}


def clean_text(text: str) -> str:
    """Return the text as lines separated by ``\\n`` alone: no control sequences, tabs expanded, controls made visible.

    Characters that are never drawn are removed, emoji joiners and variation selectors too, on whose width terminals
    disagree. Of the marks on one character the first ones remain.
    """
    if text.isascii() and text.isprintable():
        return text
    lines = _LINE_BREAKS.split(_SEQUENCE.sub("", text))
    return _limit_marks("\n".join(line.rstrip("\r").expandtabs(TAB_WIDTH).translate(_DRAWN_AS) for line in lines))


def clean_line(text: str) -> str:
    """Return the text on one line: as `clean_text`, with each run of white space collapsed to a single space."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(clean_text(text).split())


def escape_invisible(text: str) -> str:
    r"""Return JSON text with ``\\uXXXX`` in place of all characters that a terminal does not draw; line feeds stay."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return text.translate(_escapes())


def final_states(output: str) -> str:
    """Return the output of a program with the last state of each line that it overwrote (a progress bar).

    For outputs alone: in a command or a diff, a carriage return would hide what comes before it.
    """
    if "\r" not in output:
        return output
    return "\n".join(map(_last_state, output.replace("\r\n", "\n").split("\n")))


def _last_state(line: str) -> str:
    if "\r" not in line:
        return line
    return next((part for part in reversed(line.split("\r")) if part), "")


def _limit_marks(text: str) -> str:
    if text.isascii() or _MARKS.isdisjoint(text):
        return text
    kept = []
    nonspacing = combining = 0
    for character in text:
        if character not in _MARKS:
            nonspacing = combining = 0
        else:
            nonspacing = nonspacing + 1 if character in _NONSPACING else 0
            combining += 1
            if nonspacing > MAX_NONSPACING or combining > MAX_COMBINING:
                continue
        kept.append(character)
    return "".join(kept)


@cache
def _escapes() -> dict[int, str]:
    codes = [*_DRAWN_AS, 0x2028, 0x2029]
    return {code: _escape(code) for code in codes if code != 0x0A}


def _escape(code: int) -> str:
    units = chr(code).encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
