"""What the last sentence of a text says of what comes next."""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_ENGLISH = re.compile(r"\b(?:the|and|you|your|are|have|has|with|that)\b", re.IGNORECASE)
_ANNOUNCEMENT = re.compile(
    r"\A\W*(?:now|next|first|then|need)\b|\b(?:let me(?! know)|let[’']s|i[’']ll|i will|going to)\b", re.IGNORECASE
)
"""Words of a last sentence that say what the agent does next: after 192 of 193 such texts it did."""
_INTRODUCING = (":", "：")
"""Ends of a text that introduces a call: no turn was seen to end with one."""


def is_english(words: str) -> bool:
    """Return True for a text that is likely English, the only language whose announcements are known."""
    return _ENGLISH.search(words) is not None


def introduces(words: str) -> bool:
    """Return True if a text ends with a colon: what it speaks of follows."""
    return words.rstrip().endswith(_INTRODUCING)


def announces(words: str) -> bool:
    """Return True if the last sentence of an English text says what the agent does next."""
    last_line = words[words.rfind("\n") + 1 :]
    return _ANNOUNCEMENT.search(_SENTENCE_END.split(last_line)[-1]) is not None
