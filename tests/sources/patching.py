"""Applying unified hunks, to compare a diff with the texts it was made from."""

from __future__ import annotations

import re
from typing import NamedTuple

_NO_NEWLINE = "\\ No newline at end of file"


class _Hunk(NamedTuple):
    start: int
    old: list[str]
    new: list[str]


def apply_hunks(text: str, hunks: str) -> str:
    """Return the new text. Fail if a hunk does not fit."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    unread, result = 0, []
    for hunk in _read(hunks):
        end = hunk.start + len(hunk.old)
        assert lines[hunk.start : end] == hunk.old
        result += lines[unread : hunk.start] + hunk.new
        unread = end
    return "".join(result + lines[unread:])


def _read(diff: str) -> list[_Hunk]:
    hunks: list[_Hunk] = []
    sides: list[list[str]] = []
    for line in diff.split("\n") if diff else []:
        if header := re.fullmatch(r"@@ -(\d+),(\d+) \+\d+,\d+ @@", line):
            start = int(header[1]) - (header[2] != "0")
            hunks.append(_Hunk(start, [], []))
        elif line == _NO_NEWLINE:
            for side in sides:
                side[-1] = side[-1].removesuffix("\n")
        else:
            sides = {" ": [hunks[-1].old, hunks[-1].new], "-": [hunks[-1].old], "+": [hunks[-1].new]}[line[0]]
            for side in sides:
                side.append(line[1:] + "\n")
    return hunks
