"""Which parts of a changed line are new."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate, takewhile
from typing import TypeAlias

Range: TypeAlias = tuple[int, int]

MAX_LENGTH = 1_000
"""Longer lines are not compared."""
_MAX_WORDS = 120
_MIN_SHARED = 0.3
_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)


def changed_words(old: str, new: str) -> tuple[list[Range], list[Range]]:
    """Where ``old`` and ``new`` differ, as ranges of characters of each; none at all where they share too little for
    the difference to be worth showing."""
    if max(len(old), len(new)) > MAX_LENGTH:
        return [], []
    before, after = _WORD.findall(old), _WORD.findall(new)
    edits = list(_edits(before, after))
    gone = _ink("".join("".join(before[i1:i2]) for i1, i2, _, _ in edits))
    if _ink(old) - gone < _MIN_SHARED * max(_ink(old), _ink(new)):
        return [], []
    return (
        _ranges(old, before, ((i1, i2) for i1, i2, _, _ in edits)),
        _ranges(new, after, ((j1, j2) for _, _, j1, j2 in edits)),
    )


def _ink(text: str) -> int:
    return sum(not character.isspace() for character in text)


def _edits(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """The words ``before[i1:i2]`` that become ``after[j1:j2]``."""
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
    """How many words both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))


def _ranges(text: str, words: Sequence[str], changed: Iterable[Range]) -> list[Range]:
    """The characters of the changed words; what only white space parts is one range."""
    offsets = list(accumulate(map(len, words), initial=0))
    ranges: list[Range] = []
    for first, last in changed:
        start, end = offsets[first], offsets[last]
        if ranges and not text[ranges[-1][1] : start].strip():
            start = ranges.pop()[0]
        ranges.append((start, end))
    return [(start, end) for start, end in ranges if start < end]
