"""Tokens: the pieces of a text by which it is indexed.

They are made here and not by the index, so that a query has exactly those of the texts.
"""

from __future__ import annotations

import re

MAX_TOKEN = 24
"""Characters of a token; of a longer one, such as a hash, the beginning is enough to find the text."""

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Scripts that are written without spaces: each character is a token."""
_ASCII = re.compile(r"[a-z0-9]+")
_JOINING = re.compile(rf"[^\W_{_UNSPACED}]")
_ANY = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")


def tokens_in(text: str) -> list[str]:
    """Return the tokens of a text in lower case, in their order."""
    return [token[:MAX_TOKEN] for token in (_ASCII if text.isascii() else _ANY).findall(text)]


def joins(letter: str) -> bool:
    """Return True for a letter or digit that is part of one token with those beside it; False for none."""
    return _JOINING.match(letter) is not None
