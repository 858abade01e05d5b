"""Unified hunks: reckoned from texts, written from another program's hunks, counted.

A diff here has no file header: each line is the head of a hunk (``@@ -a,b +c,d @@``) or begins with a space, ``+``,
``-`` or ``\\``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from typing import NamedTuple

from tui_monitor.events import Change, ChangeKind

CONTEXT = 3
MAX_COMPARED = 4_000
"""Differing stretches longer than this (lines, old and new) count as replaced whole: finding what they share could
take seconds."""

_NO_NEWLINE = "\\ No newline at end of file"
_HEADER = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)")


class Hunk(NamedTuple):
    """One hunk as programs write it: line numbers from 1, lines with their prefix."""

    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    lines: Sequence[str]


class _Edit(NamedTuple):
    """``old[i1:i2]`` becomes ``new[j1:j2]``; ``tag`` as in difflib."""

    tag: str
    i1: int
    i2: int
    j1: int
    j2: int


def between(old: str, new: str) -> str:
    """What turns the whole text ``old`` into ``new``; empty when they are the same."""
    before, after = _lines(old), _lines(new)
    return patched(_hunk(group, before, after) for group in _groups(before, after))


def created(text: str) -> str:
    """A file that was not there: all plus."""
    return between("", text)


def deleted(text: str) -> str:
    """A file that is no more: all minus."""
    return between(text, "")


def unplaced(old: str, new: str) -> str:
    """What turns one passage of a file into another, where it is not known at which line: the hunks begin at line 0 on
    both sides, as no hunk of a known place does. A passage need not end with a line feed."""
    before, after = _lines(_ended(old)), _lines(_ended(new))
    hunks = (_hunk(group, before, after) for group in _groups(before, after))
    return patched(hunk._replace(old_start=0, new_start=0) for hunk in hunks)


def patched(hunks: Iterable[Hunk]) -> str:
    """Hunks that are already reckoned."""
    return "\n".join(
        line
        for hunk in hunks
        for line in (f"@@ -{hunk.old_start},{hunk.old_lines} +{hunk.new_start},{hunk.new_lines} @@", *hunk.lines)
    )


def counts(hunks: str) -> tuple[int, int]:
    """How many lines are added and removed."""
    lines = hunks.split("\n")
    return sum(line.startswith("+") for line in lines), sum(line.startswith("-") for line in lines)


def touched(hunks: str) -> tuple[int, int] | None:
    """The first and the last line of the new text that changed; where lines only went, the one before them. None for
    hunks of unknown place."""
    numbers: list[int] = []
    line, gone = 0, False
    for text in f"{hunks}\n".split("\n"):
        if text.startswith("+"):
            numbers.append(line)
            line, gone = line + 1, False
        elif text.startswith("-"):
            gone = True
        elif not text.startswith("\\"):
            if gone:
                numbers.append(max(1, line - 1))
            header = _HEADER.match(text)
            if header and header[1] == header[2] == "0":
                return None
            line, gone = int(header[2]) if header else line + 1, False
    return (min(numbers), max(numbers)) if numbers else None


def change(kind: ChangeKind, path: str, hunks: str, old_path: str = "") -> Change:
    """The change of a file that ``hunks`` describe, with its counts and lines."""
    added, removed = counts(hunks)
    return Change(kind, path, hunks, added, removed, old_path, touched(hunks))


def _ended(passage: str) -> str:
    return passage if not passage or passage.endswith("\n") else passage + "\n"


def _lines(text: str) -> list[str]:
    """Lines end with a line feed alone: other breaks are content. A last line without one carries the remark."""
    lines = text.split("\n")
    if lines[-1]:
        lines[-1] += f"\n{_NO_NEWLINE}"
    else:
        lines.pop()
    return lines


def _groups(before: list[str], after: list[str]) -> Iterator[list[_Edit]]:
    start = _shared(before, after)
    end = _shared(before[start:][::-1], after[start:][::-1])
    start, end = max(0, start - CONTEXT), max(0, end - CONTEXT)
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    for group in _compare(old, new):
        yield [_Edit(edit.tag, *(number + start for number in edit[1:])) for edit in group]


def _compare(old: list[str], new: list[str]) -> Iterable[list[_Edit]]:
    if old == new:
        return []
    if len(old) + len(new) > MAX_COMPARED:
        return [_replaced(old, new)]
    matcher = SequenceMatcher(None, old, new)
    return [[_Edit(*edit) for edit in group] for group in matcher.get_grouped_opcodes(CONTEXT)]


def _replaced(old: list[str], new: list[str]) -> list[_Edit]:
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    i, j = len(old) - tail, len(new) - tail
    return [
        _Edit("equal", 0, head, 0, head),
        _Edit("replace", head, i, head, j),
        _Edit("equal", i, len(old), j, len(new)),
    ]


def _shared(one: list[str], other: list[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _hunk(group: list[_Edit], before: list[str], after: list[str]) -> Hunk:
    first, last = group[0], group[-1]
    old, new = last.i2 - first.i1, last.j2 - first.j1
    lines: list[str] = []
    for edit in group:
        if edit.tag == "equal":
            lines += (f" {line}" for line in before[edit.i1 : edit.i2])
        else:
            lines += (f"-{line}" for line in before[edit.i1 : edit.i2])
            lines += (f"+{line}" for line in after[edit.j1 : edit.j2])
    return Hunk(first.i1 + bool(old), old, first.j1 + bool(new), new, lines)
