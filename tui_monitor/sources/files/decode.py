"""Decoding the JSON objects of a line, as tolerant as possible without guessing."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson

from tui_monitor.sources.base import Record, UnreadableRecord

_GAP = re.compile(r"[\s\x00\ufeff]*")
"""Padding around objects: white space, the NULs of a crashed writer, a byte order mark."""

_ARRAY = re.compile(r"[\s\ufeff]*\[\s*\{")
_ARRAY_GAP = re.compile(r"[\s\x00\ufeff\[\],]*")
"""The same around the objects of an array."""

_OBJECT_START = re.compile(r'\{\s*"')
_LOOKBACK = 16
"""Characters before an error that may belong to the start of the object that caused it."""
_FIRST_KEY = 8
"""Characters by which a whole object, in the place of a value of a cut one, is recognised as a record of its own."""
_MAX_STARTS = 1000
"""Possible starts of a whole object behind a cut one that are tried."""


def decode(line: bytes | bytearray) -> Iterator[Record]:
    """Return the objects on a line: usually one, none for a blank line, several if line ends are missing or they are in
    an array.

    Strings are encodable: U+FFFD replaces bytes that are not UTF-8 and lone surrogates. NaN and infinities become None.
    Whole objects behind one that was cut in the middle are yielded, too.

    Raises:
        UnreadableRecord: a part of the line is something else. Raised after all objects have been yielded.
    """
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return _decode_leniently(line.decode("utf-8", "replace"))
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return iter(value)
    if not isinstance(value, dict):
        raise UnreadableRecord("not a JSON object")
    return iter((value,))


def is_complete(line: bytes | bytearray) -> bool:
    """Return True if the line consists of whole objects, so that no later byte can belong to them."""
    if not line.endswith((b"}", b"}\r", b"]")):
        return False
    try:
        return bool(list(decode(line)))
    except UnreadableRecord:
        return False


def _decode_leniently(text: str) -> Iterator[Record]:
    gap = _ARRAY_GAP if _ARRAY.match(text) else _GAP
    at, error = _skip_gap(text, 0, gap), ""
    while at < len(text):
        try:
            record, at = _decode_one(text, at)
        except UnreadableRecord as broken:
            error, at = str(broken), _next_whole(text, at)
        else:
            yield record
            at = _skip_gap(text, at, gap)
    if error:
        raise UnreadableRecord(error)


def _decode_one(text: str, at: int) -> tuple[Record, int]:
    """Return the object at this position, and the position after it."""
    if text[at] != "{":
        raise UnreadableRecord("not a JSON object")
    try:
        value, end = _DECODER.raw_decode(text, at)
        return _encodable(value), end
    except RecursionError:
        raise UnreadableRecord("JSON nested too deeply") from None
    except ValueError:
        raise UnreadableRecord("broken JSON") from None


def _next_whole(text: str, at: int) -> int:
    """Return the position of the first whole object behind the broken one at this position; else the end of the text.

    An object inside the broken one is not meant: what follows must be another object or the end, and an object at the
    end must begin where the broken one ends, or like it.
    """
    first_key, cut = text[at : at + _FIRST_KEY], _error_position(text, at) - _LOOKBACK
    for match in islice(_OBJECT_START.finditer(text, at + 1), _MAX_STARTS):
        start = match.start()
        try:
            _, end = _decode_one(text, start)
        except UnreadableRecord:
            continue
        end = _skip_gap(text, end)
        is_next = start >= cut or text.startswith(first_key, start)
        if text.startswith("{", end) or (end == len(text) and is_next):
            return start
    return len(text)


def _error_position(text: str, at: int) -> int:
    try:
        _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        return error.pos
    except (RecursionError, ValueError):
        pass
    return at


def _skip_gap(text: str, at: int, gap: re.Pattern[str] = _GAP) -> int:
    match = gap.match(text, at)
    return match.end() if match else at


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
