"""Whatever an agent hands over → values that JSON knows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from os import PathLike

_DEEPEST = 64
_LARGEST_INTEGER = 2**63
_LONGEST_WORDS = 4000


def plain(value: object, depth: int = 0) -> object:
    """``value`` as JSON values: never fails, ends in any depth (what lies below 64 levels is told by its type), and
    holds only text that can be encoded."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _encodable(value)
    if isinstance(value, int):
        return int(value) if -_LARGEST_INTEGER <= value < _LARGEST_INTEGER else str(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if depth == _DEEPEST:
        return f"<{type(value).__name__}>"
    return _container(value, depth + 1)


def _container(value: object, depth: int) -> object:
    if isinstance(value, Mapping):
        return {_name(key): plain(item, depth) for key, item in value.items()}
    if isinstance(value, list | tuple | Set):
        return [plain(item, depth) for item in value]
    if isinstance(value, Enum):
        return plain(value.value, depth)
    if isinstance(value, PathLike):
        return plain(value.__fspath__(), depth)
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name, None), depth) for each in fields(value)}
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value)} bytes>"
    return words(value)


def words(value: object) -> str:
    """An object of no known kind in its own words, or, when it has none, by its type."""
    try:
        return _encodable(str(value)[:_LONGEST_WORDS])
    except Exception:  # its own code runs here
        return f"<{type(value).__name__}>"


def output_of(result: object) -> str | None:
    """What a tool gave, as its output: text is whole, anything else in its own words, and None nothing."""
    return result if result is None or isinstance(result, str) else words(result)


def _name(key: object) -> str:
    return _encodable(key) if isinstance(key, str) else words(key)


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return str.__str__(text)
