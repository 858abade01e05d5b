"""How long a text is, also one of which the store gave only the beginning and the end."""

from __future__ import annotations

import re

MAX_BODY = 64 * 1024
"""Characters of one text that are kept, and that count: agents give no more of it to their models."""

_LEFT_OUT = re.compile(r"\n⋯ ([0-9,]{1,20}) characters left out ⋯\n")


def is_cut(text: str) -> bool:
    """Whether a text that is held here may once have been longer."""
    return len(text) >= MAX_BODY or _LEFT_OUT.search(text) is not None


def text_length(text: str) -> int:
    """The characters of ``text``, with those that it says were left out of it; at most `MAX_BODY`."""
    size = len(text)
    if left_out := _LEFT_OUT.search(text):
        size += int("0" + left_out[1].replace(",", "")) - len(left_out[0])
    return min(size, MAX_BODY)


MAX_WORDS = 2000
"""So many things that were said last are remembered."""


class TextVolume:
    """What is told again counts once."""

    def __init__(self) -> None:
        self._said: dict[tuple[int, int], None] = {}

    def hear(self, at: int, text: str) -> None:
        """``text`` was said ``at`` this time (epoch ms)."""
        self._said[at, text_length(text)] = None
        if len(self._said) > MAX_WORDS:
            del self._said[next(iter(self._said))]

    def since(self, at: int) -> int:
        """The characters of all that was said from then on."""
        return sum(size for when, size in self._said if when >= at)
