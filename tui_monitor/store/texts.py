"""Long texts in the database: truncated at a limit, and compressed."""

from __future__ import annotations

import zlib
from typing import TypeAlias

TEXT_LIMIT = 64 * 1024
"""Characters stored of an input, an output, an error, metadata."""

DIFF_LIMIT = 256 * 1024
"""Characters stored of one file's diff."""

_MARK_LENGTH = 64
_PLAIN = 200
"""Characters of a text that is not compressed: little would be gained."""

PLAIN_INPUT = 4096
"""Characters of an input that is not compressed: the documented view shows it, and SQL cannot decompress."""

PLAIN_CONTEXT = 1024
"""The same of a context update, by whose beginning an index of SQL knows those without tokens."""

Packed: TypeAlias = str | bytes | None
"""A text as it is stored; None if it is empty."""


def pack(text: str, plain: int = _PLAIN) -> Packed:
    """Return the text itself up to ``plain`` characters, otherwise compressed if that is shorter; None if it is
    empty."""
    if len(text) <= plain:
        return text or None
    raw = text.encode()
    compressor = zlib.compressobj(4, zlib.DEFLATED, zlib.MAX_WBITS, 7)  # little memory to clear: faster for short texts
    packed = compressor.compress(raw) + compressor.flush()
    return packed if len(packed) < len(raw) else text


def unpack(packed: Packed) -> str:
    """Return the text that was packed."""
    return zlib.decompress(packed).decode() if isinstance(packed, bytes) else packed or ""


def truncate(text: str, limit: int) -> str:
    """Return ``text``, or its beginning and its end, which has the results, if it is longer than ``limit``."""
    if len(text) <= limit:
        return text
    half = limit // 2 - _MARK_LENGTH // 2
    return f"{text[:half]}\n⋯ {len(text) - 2 * half:,} characters left out ⋯\n{text[-half:]}"


def truncate_diff(diff: str, limit: int) -> str:
    """Return ``diff``, or its first whole lines if it is longer than ``limit``."""
    return diff if len(diff) <= limit else diff[: diff.rfind("\n", 0, limit) + 1]
