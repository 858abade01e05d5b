"""Decoding the JSON objects of a line, as tolerant as possible without guessing."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import orjson

from tui_monitor.sources.base import Record, UnreadableRecord

_GAP = re.compile(r"[\s\x00\ufeff]*")
"""Padding around objects: white space, the NULs of a crashed writer, a byte order mark."""


def decode(line: bytes | bytearray) -> Iterator[Record]:
    """Yield the objects on a line: usually one, none for a blank line, several if line ends are missing.

    Strings are encodable: U+FFFD replaces bytes that are not UTF-8 and lone surrogates. NaN and infinities become None.

    Raises:
        UnreadableRecord: the line, or its rest after the objects yielded so far, is something else.
    """
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        yield from _decode_leniently(line.decode("utf-8", "replace"))
        return
    if not isinstance(value, dict):
        raise UnreadableRecord("not a JSON object")
    yield value


def is_complete(line: bytes | bytearray) -> bool:
    """Return True if the line consists of whole objects, so that no later byte can belong to them."""
    if not line.endswith((b"}", b"}\r")):
        return False
    try:
        return bool(list(decode(line)))
    except UnreadableRecord:
        return False


def _decode_leniently(text: str) -> Iterator[Record]:
    at = _skip_gap(text, 0)
    while at < len(text):
        if text[at] != "{":
            raise UnreadableRecord("not a JSON object")
        try:
            value, end = _DECODER.raw_decode(text, at)
            record = _encodable(value)
        except RecursionError:
            raise UnreadableRecord("JSON nested too deeply") from None
        except ValueError:
            raise UnreadableRecord("broken JSON") from None
        yield record
        at = _skip_gap(text, end)


def _skip_gap(text: str, at: int) -> int:
    gap = _GAP.match(text, at)
    return gap.end() if gap else at


def _finite(number: str) -> float | None:
    value = float(number)
    return value if math.isfinite(value) else None


_DECODER = json.JSONDecoder(strict=False, parse_float=_finite, parse_constant=_finite)


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    return value
