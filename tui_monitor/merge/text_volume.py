"""The volume of texts, which fills a context; a text cut in the middle counts in full."""

from __future__ import annotations

import re

MAX_BODY = 64 * 1024
"""Characters of one text that are kept, and that count: agents give no more of it to their models."""

MAX_MESSAGES = 2000
"""Messages to remember, the last ones."""

_LEFT_OUT = re.compile(r"\n⋯ ([0-9,]{1,20}) characters left out ⋯\n")


def is_cut(text: str) -> bool:
    """Return True if ``text`` may be part of a longer one."""
    return len(text) >= MAX_BODY or _LEFT_OUT.search(text) is not None


def text_length(text: str) -> int:
    """Return the characters of ``text`` including those marked as left out; at most `MAX_BODY`."""
    size = len(text)
    if left_out := _LEFT_OUT.search(text):
        size += int("0" + left_out[1].replace(",", "")) - len(left_out[0])
    return min(size, MAX_BODY)


class TextVolume:
    """The sizes of messages by their time. A message that is read again counts once."""

    def __init__(self) -> None:
        self._sizes: dict[tuple[int, int], None] = {}

    def add(self, at: int, text: str) -> None:
        """Count the message ``text`` of the time ``at`` (epoch ms)."""
        self._sizes[at, text_length(text)] = None
        if len(self._sizes) > MAX_MESSAGES:
            del self._sizes[next(iter(self._sizes))]

    def since(self, at: int) -> int:
        """Return the characters of all messages from the time ``at`` on."""
        return sum(size for when, size in self._sizes if when >= at)
