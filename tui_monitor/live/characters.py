"""How long a text is, also one of which the store gave only the beginning and the end."""

from __future__ import annotations

import re

MAX_BODY = 64 * 1024
"""Characters of one text that are kept, and that count: agents give no more of it to their models."""

_LEFT_OUT = re.compile(r"\n⋯ ([0-9,]{1,20}) characters left out ⋯\n")


def is_cut(text: str) -> bool:
    """Whether a text that is held here may once have been longer."""
    return len(text) >= MAX_BODY or _LEFT_OUT.search(text) is not None


def characters(text: str) -> int:
    """The characters of ``text``, with those that it says were left out of it; at most `MAX_BODY`."""
    size = len(text)
    if left_out := _LEFT_OUT.search(text):
        size += int("0" + left_out[1].replace(",", "")) - len(left_out[0])
    return min(size, MAX_BODY)
