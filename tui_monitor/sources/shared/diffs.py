"""Unified hunks: computed from texts, extracted from other programs' diffs, counted.

A diff here has no file header: each line is the header of a hunk (``@@ -a,b +c,d @@``) or begins with a space, ``+``,
``-`` or ``\\``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from tui_monitor.events import Change, ChangeKind

CONTEXT = 3
MAX_COMPARED = 4_000
"""Differing sections longer than this (lines, old and new) count as replaced: comparing them could take seconds."""

_NO_NEWLINE = "\\ No newline at end of file"
_HEADER = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)")
_COUNTS = re.compile(r"@@ -\d+(?:,(?P<old>\d+))? \+\d+(?:,(?P<new>\d+))? @@")


class Hunk(NamedTuple):
    """A hunk: line numbers from 1, lines with their prefix."""

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
    """Return the hunks that turn the text ``old`` into ``new``; empty if they are equal."""
    before, after = _lines(old), _lines(new)
    return format_hunks(_hunk(group, before, after) for group in _groups(before, after))


def creation(text: str) -> str:
    """Return the hunks of a new file."""
    return between("", text)


def deletion(text: str) -> str:
    """Return the hunks of a deleted file."""
    return between(text, "")


def between_passages(old: str, new: str) -> str:
    """Return the hunks that turn one passage of a file into another, at an unknown position.

    Such hunks begin at line 0 on both sides, unlike any with a known position. A passage need not end with a line feed.
    """
    before, after = _lines(_with_line_end(old)), _lines(_with_line_end(new))
    hunks = (_hunk(group, before, after) for group in _groups(before, after))
    return format_hunks(hunk._replace(old_start=0, new_start=0) for hunk in hunks)


def format_hunks(hunks: Iterable[Hunk]) -> str:
    """Return hunks as text."""
    lines: list[str] = []
    for old_start, old_lines, new_start, new_lines, content in hunks:
        lines.append(f"@@ -{old_start},{old_lines} +{new_start},{new_lines} @@")
        lines += content
    return "\n".join(lines)


def count_changes(hunks: str) -> tuple[int, int]:
    """Return the numbers of added and removed lines."""
    lines = f"\n{hunks}"
    return lines.count("\n+"), lines.count("\n-")


def changed_range(hunks: str) -> tuple[int, int] | None:
    """Return the first and the last changed line of the new text; None for hunks of unknown position.

    Where lines were only removed, the line before them counts.
    """
    first, last = 0, -1
    line, removed = 0, False
    for text in f"{hunks}\n".split("\n"):
        mark = text[:1]
        if mark == "+":
            first, last = line if last < 0 else min(first, line), max(last, line)
            line, removed = line + 1, False
        elif mark == "-":
            removed = True
        elif mark != "\\":
            if removed:
                before = max(1, line - 1)
                first, last = before if last < 0 else min(first, before), max(last, before)
            header = _HEADER.match(text) if mark == "@" else None
            if header and header[1] == header[2] == "0":
                return None
            line, removed = int(header[2]) if header else line + 1, False
    return (first, last) if last >= 0 else None


def extract_hunks(unified: str) -> str:
    """Return the hunks of a unified diff of another program, without file headers.

    Changed lines without a hunk header become one hunk of unknown position (line 0).
    """
    lines = unified.removesuffix("\n").split("\n")
    return "\n".join(_lines_in_hunks(lines)) or "\n".join(_as_one_hunk(lines))


def change(kind: ChangeKind, path: str, hunks: str, old_path: str = "") -> Change:
    """Return the change of a file by ``hunks``, with its counts and line range."""
    added, removed = count_changes(hunks)
    return Change(kind, path, hunks, added, removed, old_path, changed_range(hunks))


def _with_line_end(passage: str) -> str:
    return passage if not passage or passage.endswith("\n") else passage + "\n"


def _lines(text: str) -> list[str]:
    """Split at line feeds alone: other breaks are content. A last line without one gets the usual remark."""
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
    replacement = _replaced(old, new)
    if len(old) + len(new) > MAX_COMPARED or _is_alone(replacement, old, new):
        return [replacement]
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


def _is_alone(replacement: list[_Edit], old: list[str], new: list[str]) -> bool:
    """Return True if no line before, in or after a replacement occurs in another of its parts: every search for equal
    lines finds the same then."""
    head, middle, tail = replacement
    parts = (old[: head.i2], old[middle.i1 : middle.i2], new[middle.j1 : middle.j2], old[tail.i1 :])
    return sum(len(set(part)) for part in parts) == len(set().union(*parts))


def _shared(one: list[str], other: list[str]) -> int:
    count = 0
    for line, line_of_other in zip(one, other, strict=False):
        if line != line_of_other:
            break
        count += 1
    return count


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


def _lines_in_hunks(lines: list[str]) -> Iterator[str]:
    """Yield the lines of hunks, going by the line counts in their headers."""
    old = new = 0
    begun = False
    for line in lines:
        if old > 0 or new > 0:
            if not line.startswith("\\"):
                old -= not line.startswith("+")
                new -= not line.startswith("-")
            yield line
        elif header := _COUNTS.match(line):
            old, new, begun = int(header["old"] or 1), int(header["new"] or 1), True
            yield line
        elif begun and line.startswith("\\"):
            yield line


def _as_one_hunk(lines: list[str]) -> Iterator[str]:
    changed = [line for line in lines if line[:1] in ("+", "-", " ") and not line.startswith(("+++ ", "--- "))]
    if any(line[0] != " " for line in changed):
        old, new = sum(line[0] != "+" for line in changed), sum(line[0] != "-" for line in changed)
        yield f"@@ -0,{old} +0,{new} @@"
        yield from changed
