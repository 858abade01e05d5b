"""Unified diffs as other programs write them → the hunks alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEADER = re.compile(r"@@ -\d+(?:,(?P<old>\d+))? \+\d+(?:,(?P<new>\d+))? @@")


def hunks(unified: str) -> str:
    """The hunks without the headers of files; changed lines without any are one hunk, of unknown place (line 0)."""
    lines = unified.removesuffix("\n").split("\n")
    return "\n".join(_inside(lines)) or "\n".join(_as_one(lines))


def _inside(lines: list[str]) -> Iterator[str]:
    """The lines that belong to hunks, by the numbers of lines that their headers tell."""
    old = new = 0
    begun = False
    for line in lines:
        if old > 0 or new > 0:
            if not line.startswith("\\"):
                old -= not line.startswith("+")
                new -= not line.startswith("-")
            yield line
        elif header := _HEADER.match(line):
            old, new, begun = int(header["old"] or 1), int(header["new"] or 1), True
            yield line
        elif begun and line.startswith("\\"):
            yield line


def _as_one(lines: list[str]) -> Iterator[str]:
    shown = [line for line in lines if line[:1] in ("+", "-", " ") and not line.startswith(("+++ ", "--- "))]
    if any(line[0] != " " for line in shown):
        old, new = sum(line[0] != "+" for line in shown), sum(line[0] != "-" for line in shown)
        yield f"@@ -0,{old} +0,{new} @@"
        yield from shown
