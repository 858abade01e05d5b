"""What a call was given and what it answered: long texts, cut at a stated size and compressed."""

from __future__ import annotations

import sqlite3
import zlib
from dataclasses import dataclass
from typing import TypeAlias

from tui_monitor.store.sql import SqlRow

TEXT_LIMIT = 64 * 1024
"""Characters that are kept of an input, an output, an error, metadata."""

DIFF_LIMIT = 256 * 1024
"""Characters that are kept of one file's diff."""

_NOTE = 64
_PLAIN = 1024
_PLAIN_INPUT = 4096  # the documented view shows arguments, and SQL cannot unpack them

Packed: TypeAlias = str | bytes | None


def pack(text: str, plain: int = _PLAIN) -> Packed:
    """The text as it is stored: as it is up to ``plain`` characters, else compressed; None when it is empty."""
    if len(text) <= plain:
        return text or None
    squeezer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, 5)  # little memory to clear: twice as fast here
    return squeezer.compress(text.encode()) + squeezer.flush()


def unpack(packed: Packed) -> str:
    """The text that was packed."""
    return zlib.decompress(packed).decode() if isinstance(packed, bytes) else packed or ""


def truncate(text: str, limit: int) -> str:
    """``text`` if it is no longer than ``limit``, else its beginning and its end, where results stand."""
    if len(text) <= limit:
        return text
    half = limit // 2 - _NOTE // 2
    return f"{text[:half]}\n⋯ {len(text) - 2 * half:,} characters left out ⋯\n{text[-half:]}"


def truncate_diff(diff: str, limit: int) -> str:
    """``diff`` if it is no longer than ``limit``, else its first whole lines."""
    return diff if len(diff) <= limit else diff[: diff.rfind("\n", 0, limit) + 1]


@dataclass(frozen=True, slots=True)
class CallTexts:
    """The long texts of one call; what is empty says nothing."""

    input: str = ""
    output: str = ""
    error: str = ""
    metadata: str = ""

    @property
    def exceeds_limit(self) -> bool:
        """Whether any of them is longer than what is kept."""
        return max(len(self.input), len(self.output), len(self.error), len(self.metadata)) > TEXT_LIMIT

    def truncated(self, limit: int) -> CallTexts:
        """The same, each cut at ``limit`` characters."""
        return CallTexts(*(truncate(text, limit) for text in (self.input, self.output, self.error, self.metadata)))


_INSERT = "INSERT INTO bodies (call, input, output, error, metadata, cut) VALUES (?, ?, ?, ?, ?, ?)"
_TEXTS = ("input", "output", "error", "metadata")
_REPLACE = ", ".join(f"{text} = coalesce(excluded.{text}, {text})" for text in _TEXTS)
_SAVE = f"{_INSERT} ON CONFLICT (call) DO UPDATE SET cut = max(cut, excluded.cut), {_REPLACE}"


class BodyTable:
    """The table of texts. Without ``keep`` it stays empty."""

    def __init__(self, connection: sqlite3.Connection, keep: bool) -> None:
        self._connection = connection
        self._keep = keep
        self._unsaved: list[SqlRow] = []

    def put(self, call: int, texts: CallTexts) -> None:
        """Replace the texts of a call by those that are not empty."""
        if self._keep and texts != _EMPTY:
            kept = texts.truncated(TEXT_LIMIT) if texts.exceeds_limit else texts
            row = (
                call,
                pack(kept.input, _PLAIN_INPUT),
                *map(pack, (kept.output, kept.error, kept.metadata)),
                texts.exceeds_limit,
            )
            self._unsaved.append(row)

    def flush(self) -> None:
        """Write the texts."""
        self._connection.executemany(_SAVE, self._unsaved)
        self._unsaved.clear()


_EMPTY = CallTexts()
