"""The volume of texts, which fills a context; a text cut in the middle counts in full."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

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


class TextKind(StrEnum):
    """Who wrote a text of a conversation."""

    PROMPT = "prompts"
    WORDS = "words"
    THINKING = "thinking"
    SUMMARY = "summary"


class SizedText(NamedTuple):
    """A text of a conversation: its time (epoch ms), its kind, and its characters."""

    at: int
    kind: TextKind
    chars: int


class TextVolume:
    """The sizes of messages by their time. A message that is read again counts once."""

    def __init__(self) -> None:
        self._texts: dict[SizedText, None] = {}

    def add(self, at: int, kind: TextKind, text: str) -> None:
        """Count the message ``text`` of the time ``at`` (epoch ms)."""
        self._texts[SizedText(at, kind, text_length(text))] = None
        if len(self._texts) > MAX_MESSAGES:
            del self._texts[next(iter(self._texts))]

    def between(self, since: int, until: int) -> list[SizedText]:
        """Return the messages from ``since`` on, before ``until``."""
        return [text for text in self._texts if since <= text.at < until]
