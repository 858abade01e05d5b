"""Decoder of protobuf's wire format into OTLP JSON, by the table of messages.

Google's library encodes ids differently from OTLP JSON, and is far larger than what is needed here.
"""

from __future__ import annotations

import struct
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from typing import Final, TypeAlias

from tui_monitor.net.messages import MESSAGES, Field, Scalar

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

MAX_DEPTH = 64
"""The most levels of messages inside messages: an `AnyValue` can be nested without limit."""

_VARINT: Final = 0
_FIXED64: Final = 1
_BYTES: Final = 2
_FIXED32: Final = 5
_MAX_VARINT_BYTES = 10


class BrokenMessage(ValueError):
    """Data that is not protobuf, is truncated, or does not have the fields of the message."""


def decode(data: bytes, message: str, depth: int = 0) -> dict[str, Json]:
    """Decode a message into OTLP JSON. Fields that are not in the table are ignored.

    Raises:
        BrokenMessage: the data is not such a message.
    """
    if depth > MAX_DEPTH:
        raise BrokenMessage("nested too deeply")
    fields, result = MESSAGES[message], dict[str, Json]()
    for number, wire, value in _fields(data):
        field = fields.get(number)
        if field is None:
            continue
        values = _values(field, wire, value, depth)
        if field.many:
            items = result.setdefault(field.name, [])
            assert isinstance(items, list)
            items += values
        elif values:
            result[field.name] = values[-1]
    return result


def _fields(data: bytes) -> Iterator[tuple[int, int, bytes | int]]:
    """Yield the number, wire type and raw value of each field."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        wire = key & 7
        if wire == _VARINT:
            number, at = _varint(data, at)
            yield key >> 3, wire, number
            continue
        if wire == _BYTES:
            length, at = _varint(data, at)
        elif wire in (_FIXED64, _FIXED32):
            length = 8 if wire == _FIXED64 else 4
        else:
            raise BrokenMessage(f"unknown wire type {wire}")
        if at + length > len(data):
            raise BrokenMessage("truncated")
        yield key >> 3, wire, data[at : at + length]
        at += length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    if at < len(data) and data[at] < 0x80:
        return data[at], at + 1
    value = 0
    for position, byte in enumerate(data[at : at + _MAX_VARINT_BYTES]):
        value |= (byte & 0x7F) << (7 * position)
        if byte < 0x80:
            return value, at + position + 1
    raise BrokenMessage("truncated")


def _values(field: Field, wire: int, value: bytes | int, depth: int) -> list[Json]:
    if isinstance(field.kind, str):
        if not isinstance(value, bytes) or wire != _BYTES:
            raise BrokenMessage(f"{field.name} is not a message")
        return [decode(value, field.kind, depth + 1)]
    read = _READERS[field.kind]
    if wire == _WIRE.get(field.kind, _VARINT):
        return [read(value)]
    if wire != _BYTES or not isinstance(value, bytes):
        raise BrokenMessage(f"unexpected wire type {wire} for {field.name}")
    return list(map(read, _packed(field.kind, value)))


def _packed(kind: Scalar, value: bytes) -> Iterator[bytes | int]:
    """Yield the raw values of a packed repeated field."""
    expected = _WIRE.get(kind, _VARINT)
    if expected == _VARINT:
        at = 0
        while at < len(value):
            number, at = _varint(value, at)
            yield number
    else:
        width = 8 if expected == _FIXED64 else 4
        if len(value) % width:
            raise BrokenMessage("truncated")
        yield from (value[at : at + width] for at in range(0, len(value), width))


def _text(raw: bytes | int) -> Json:
    return bytes(raw).decode("utf-8", "replace")


def _double(raw: bytes | int) -> Json:
    number: float = struct.unpack("<d", bytes(raw))[0]
    return number if isfinite(number) else None


def _signed(raw: bytes | int) -> Json:
    value = int(raw) & (1 << 64) - 1
    return str(value - (1 << 64) if value >> 63 else value)


def _zigzag(raw: bytes | int) -> Json:
    return int(raw) >> 1 ^ -(int(raw) & 1)


_WIRE: Mapping[Scalar, int] = {
    Scalar.TEXT: _BYTES,
    Scalar.HEX: _BYTES,
    Scalar.BASE64: _BYTES,
    Scalar.FIXED32: _FIXED32,
    Scalar.FIXED64: _FIXED64,
    Scalar.SIGNED_FIXED64: _FIXED64,
    Scalar.DOUBLE: _FIXED64,
}
"""Wire type by kind; the others are varints."""

_READERS: Mapping[Scalar, Callable[[bytes | int], Json]] = {
    Scalar.TEXT: _text,
    Scalar.HEX: lambda raw: bytes(raw).hex(),
    Scalar.BASE64: lambda raw: b64encode(bytes(raw)).decode(),
    Scalar.BOOL: bool,
    Scalar.NUMBER: int,
    Scalar.SIGNED: _signed,
    Scalar.ZIGZAG: _zigzag,
    Scalar.FIXED32: lambda raw: int.from_bytes(bytes(raw), "little"),
    Scalar.FIXED64: lambda raw: str(int.from_bytes(bytes(raw), "little")),
    Scalar.SIGNED_FIXED64: lambda raw: str(int.from_bytes(bytes(raw), "little", signed=True)),
    Scalar.DOUBLE: _double,
}
