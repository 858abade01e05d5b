"""The layout of all help: paragraphs, and sections of labels with their texts, as wide as the terminal.

It imports nothing, so that ``--help`` alone is as fast as it can be.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator

NARROWEST, WIDEST = 40, 100
LONGEST_LABEL = 28
"""A longer label has a line of its own."""


def help_width() -> int:
    """Return the width of help in cells: that of the terminal, within limits that are good to read."""
    try:
        columns = int(os.environ.get("COLUMNS", "")) or os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):
        try:
            columns = os.get_terminal_size(sys.stdout.fileno()).columns
        except (OSError, ValueError):
            columns = 80
    return max(NARROWEST, min(WIDEST, columns))


def paragraphs(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a text: each paragraph is wrapped, indented lines stay as they are."""
    for number, block in enumerate(text.strip("\n").split("\n\n")):
        if number:
            yield ""
        lines = block.splitlines()
        if all(line.startswith("  ") for line in lines):
            yield from lines
        else:
            yield from wrap(block, width)


def section(title: str, rows: Iterable[tuple[str, str]], width: int) -> Iterator[str]:
    """Yield a title and below it each label with its text in a column beside it."""
    rows = list(rows)
    if not rows:
        return
    longest = min(LONGEST_LABEL, width // 2 - 4)
    column = 2 + max((len(label) for label, _ in rows if len(label) <= longest), default=4) + 2
    yield ""
    yield f"{title}:"
    for label, text in rows:
        lines = list(wrap(text, width - column))
        head = f"  {label}".ljust(column)
        if len(label) > longest or not lines:
            yield head.rstrip()
        else:
            yield head + lines.pop(0)
        for line in lines:
            yield " " * column + line


def wrap(text: str, width: int) -> Iterator[str]:
    """Yield the text in lines of at most ``width`` cells, broken between words."""
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    if line:
        yield line
