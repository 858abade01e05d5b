"""Applies unified hunks, so that a diff can be held against the texts it was made from."""

from __future__ import annotations

import re
from typing import NamedTuple

_NO_NEWLINE = "\\ No newline at end of file"


class _Hunk(NamedTuple):
    start: int
    old: list[str]
    new: list[str]


def apply_hunks(text: str, hunks: str) -> str:
    """The new text; fails where a hunk does not fit."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    unread, result = 0, []
    for hunk in _read(hunks):
        end = hunk.start + len(hunk.old)
        assert lines[hunk.start : end] == hunk.old
        result += lines[unread : hunk.start] + hunk.new
        unread = end
    return "".join(result + lines[unread:])


def _read(hunks: str) -> list[_Hunk]:
    found: list[_Hunk] = []
    sides: list[list[str]] = []
    for line in hunks.split("\n") if hunks else []:
        if header := re.fullmatch(r"@@ -(\d+),(\d+) \+\d+,\d+ @@", line):
            start = int(header[1]) - (header[2] != "0")
            found.append(_Hunk(start, [], []))
        elif line == _NO_NEWLINE:
            for side in sides:
                side[-1] = side[-1].removesuffix("\n")
        else:
            sides = {" ": [found[-1].old, found[-1].new], "-": [found[-1].old], "+": [found[-1].new]}[line[0]]
            for side in sides:
                side.append(line[1:] + "\n")
    return found
