"""Highlighting of a diff, computed when a line comes into view: syntax colours and changed words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate, takewhile
from typing import TypeAlias

from tui_monitor.tui.diff.arrangement import BLANK, block_end, block_start, pairs
from tui_monitor.tui.diff.model import DiffLine, DiffRow, LineKind
from tui_monitor.tui.lines.document import StyleRange
from tui_monitor.tui.lines.syntax import highlight_lines

Range: TypeAlias = tuple[int, int]

MAX_LENGTH = 1_000
"""Characters of a line; longer ones are not compared."""
_MAX_WORDS = 120
_MIN_SHARED = 0.3
_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)


def changed_words(old: str, new: str) -> tuple[list[Range], list[Range]]:
    """Return the ranges of characters in which ``old`` and ``new`` differ; none if they share too little."""
    if max(len(old), len(new)) > MAX_LENGTH:
        return [], []
    before, after = _WORD.findall(old), _WORD.findall(new)
    edits = list(_edits(before, after))
    removed = _ink("".join("".join(before[i1:i2]) for i1, i2, _, _ in edits))
    if _ink(old) - removed < _MIN_SHARED * max(_ink(old), _ink(new)):
        return [], []
    return (
        _ranges(old, before, ((i1, i2) for i1, i2, _, _ in edits)),
        _ranges(new, after, ((j1, j2) for _, _, j1, j2 in edits)),
    )


def _ink(text: str) -> int:
    return sum(not character.isspace() for character in text)


def _edits(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the words ``before[i1:i2]`` that become ``after[j1:j2]``."""
    head = _shared(before, after)
    tail = _shared(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if max(len(old), len(new)) > _MAX_WORDS:
        yield head, head + len(old), head, head + len(new)
        return
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield head + i1, head + i2, head + j1, head + j2


def _shared(before: Sequence[str], after: Sequence[str]) -> int:
    """Return the number of words that both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))


def _ranges(text: str, words: Sequence[str], changed: Iterable[Range]) -> list[Range]:
    """Return the characters of the changed words; words with only white space between them are one range."""
    offsets = list(accumulate(map(len, words), initial=0))
    ranges: list[Range] = []
    for first, last in changed:
        start, end = offsets[first], offsets[last]
        if ranges and not text[ranges[-1][1] : start].strip():
            start = ranges.pop()[0]
        ranges.append((start, end))
    return [(start, end) for start, end in ranges if start < end]


class Emphasis:
    """The changed parts of lines, by their index in ``rows``. ``code`` returns the shown text of a line."""

    def __init__(self, rows: Sequence[DiffRow], code: Callable[[DiffLine], str]) -> None:
        self._rows = rows
        self._code = code
        self._partners: dict[int, int] = {}

    def of(self, index: int) -> list[Range]:
        """Return the changed ranges of one line; none if it has no similar partner."""
        line = self._rows[index]
        other = self._rows[partner] if (partner := self._partner(index)) != BLANK else None
        if not isinstance(line, DiffLine) or not isinstance(other, DiffLine):
            return []
        if line.kind is LineKind.REMOVED:
            return changed_words(self._code(line), self._code(other))[0]
        return changed_words(self._code(other), self._code(line))[1]

    def _partner(self, index: int) -> int:
        line = self._rows[index]
        if not isinstance(line, DiffLine) or not line.changed:
            return BLANK
        if index not in self._partners:
            start, end = block_start(self._rows, index), block_end(self._rows, index)
            for old, new in pairs(self._rows, start, end):
                self._partners[old], self._partners[new] = new, old
        return self._partners[index]


_STRETCH = 50
_MAX_CACHED = 40


class SyntaxColours:
    """Syntax colours of lines, by their index in ``rows``. ``code`` returns the shown text of a line, ``language`` the
    language of a row's file."""

    def __init__(
        self, rows: Sequence[DiffRow], code: Callable[[DiffLine], str], language: Callable[[int], str]
    ) -> None:
        self._rows = rows
        self._code = code
        self._language = language
        self._starts = list(_stretches(rows))
        self._cache: dict[int, dict[int, list[StyleRange]]] = {}

    def of(self, index: int) -> Sequence[StyleRange]:
        """Return the spans of one line."""
        stretch = bisect_right(self._starts, index) - 1
        if stretch not in self._cache:
            if len(self._cache) >= _MAX_CACHED:
                self._cache.clear()
            self._cache[stretch] = self._highlight(stretch, self._language(index))
        return self._cache[stretch].get(index, ())

    def _highlight(self, stretch: int, language: str) -> dict[int, list[StyleRange]]:
        """Highlight the old side and the new side of a stretch, each as code."""
        start, end, *_ = *self._starts[stretch : stretch + 2], len(self._rows)
        lines = {index: row for index, row in enumerate(self._rows[start:end], start) if isinstance(row, DiffLine)}
        kinds = {line.kind for line in lines.values()}
        spans: dict[int, list[StyleRange]] = {}
        if LineKind.REMOVED in kinds:
            spans |= self._highlight_side(lines, LineKind.ADDED, language)
        if LineKind.ADDED in kinds or LineKind.REMOVED not in kinds:
            spans |= self._highlight_side(lines, LineKind.REMOVED, language)
        return spans

    def _highlight_side(
        self, lines: dict[int, DiffLine], other: LineKind, language: str
    ) -> dict[int, list[StyleRange]]:
        side = {index: self._code(line) for index, line in lines.items() if line.kind is not other}
        return dict(zip(side, highlight_lines(list(side.values()), language), strict=True))


def _stretches(rows: Sequence[DiffRow]) -> Iterator[int]:
    """Yield the beginnings of stretches that are highlighted together: short ones, none across a gap."""
    start = 0
    for index, row in enumerate(rows):
        if index == 0 or index - start >= _STRETCH or not isinstance(row, DiffLine) or row.kind is LineKind.OTHER:
            start = index
            yield index
