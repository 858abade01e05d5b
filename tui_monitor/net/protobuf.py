"""Decoder of protobuf's wire format into OTLP JSON, by the table of messages.

Google's library encodes ids differently from OTLP JSON, and is far larger than needed.
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
"""Limit of nesting: the protocol has none for an `AnyValue`."""

MAX_VALUES = 250_000
"""The most values of one export: each takes a hundred times the memory of the two bytes that it may be sent in."""

_VARINT: Final = 0
_FIXED64: Final = 1
_BYTES: Final = 2
_FIXED32: Final = 5
_MAX_VARINT_BYTES = 10
_MAX_ID_BYTES = 32
_CONTROLS = bytes(range(0x20))
_CONTROLS_PER_VALUE = 8
_MAX_BINARY = 64 << 10  # of binary values, which nothing shows, the beginning is kept


class BrokenMessage(ValueError):
    """Data that is not protobuf, is truncated, or does not have the fields of the message."""


class TooManyValues(ValueError):
    """A message of more than `MAX_VALUES` values."""


def decode(data: bytes, message: str) -> dict[str, Json]:
    """Decode a message into OTLP JSON. Fields that are not in the table are ignored.

    Raises:
        BrokenMessage: the data is not such a message.
        TooManyValues: it has more values than can be held.
    """
    return _Decoder().decode(memoryview(data), message, 0)


class _Decoder:
    """Decodes one export, whose values it counts."""

    def __init__(self) -> None:
        self._remaining = MAX_VALUES

    def decode(self, data: memoryview, message: str, depth: int) -> dict[str, Json]:
        if depth > MAX_DEPTH:
            raise BrokenMessage("nested too deeply")
        fields, result = MESSAGES[message], dict[str, Json]()
        for number, wire, value in _fields(data):
            self._count(1)
            field = fields.get(number)
            if field is None:
                continue
            if field.many:
                items = result.setdefault(field.name, [])
                assert isinstance(items, list)
                items += self._values(field, wire, value, depth)
            else:
                result[field.name] = self._value(field, wire, value, depth)
        return result

    def _count(self, values: int) -> None:
        self._remaining -= values
        if self._remaining < 0:
            raise TooManyValues(f"more than {MAX_VALUES:,} values")

    def _value(self, field: Field, wire: int, value: memoryview | int, depth: int) -> Json:
        if isinstance(field.kind, str):
            if isinstance(value, int) or wire != _BYTES:
                raise BrokenMessage(f"{field.name} is not a message")
            return self.decode(value, field.kind, depth + 1)
        if wire != _WIRE.get(field.kind, _VARINT):
            raise BrokenMessage(f"unexpected wire type {wire} for {field.name}")
        if field.kind is Scalar.TEXT:
            return self._text(bytes(value))
        return _READERS[field.kind](value)

    def _text(self, raw: bytes) -> str:
        """Decode a text. Control characters, which take six times as many in JSON, count as parts of values."""
        if len(raw) > _CONTROLS_PER_VALUE:
            self._count((len(raw) - len(raw.translate(None, _CONTROLS))) // _CONTROLS_PER_VALUE)
        return raw.decode("utf-8", "replace")

    def _values(self, field: Field, wire: int, value: memoryview | int, depth: int) -> list[Json]:
        """Return the values of a repeated field, of which many may be packed into one."""
        if isinstance(field.kind, str) or isinstance(value, int) or _WIRE.get(field.kind, _VARINT) == wire:
            return [self._value(field, wire, value, depth)]
        if wire != _BYTES:
            raise BrokenMessage(f"unexpected wire type {wire} for {field.name}")
        values: list[Json] = []
        for raw in _packed(field.kind, value):
            self._count(1)
            values.append(_READERS[field.kind](raw))
        return values


def _fields(data: memoryview) -> Iterator[tuple[int, int, memoryview | int]]:
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


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    if at < len(data) and data[at] < 0x80:
        return data[at], at + 1
    value = 0
    for position, byte in enumerate(data[at : at + _MAX_VARINT_BYTES]):
        value |= (byte & 0x7F) << (7 * position)
        if byte < 0x80:
            return value, at + position + 1
    raise BrokenMessage("truncated")


def _packed(kind: Scalar, value: memoryview) -> Iterator[memoryview | int]:
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


def _hex(raw: memoryview | int) -> Json:
    assert isinstance(raw, memoryview)
    if len(raw) > _MAX_ID_BYTES:
        raise BrokenMessage("an id is too long")
    return raw.hex()


def _base64(raw: memoryview | int) -> Json:
    assert isinstance(raw, memoryview)
    return b64encode(raw[:_MAX_BINARY]).decode()


def _double(raw: memoryview | int) -> Json:
    number: float = struct.unpack("<d", bytes(raw))[0]
    return number if isfinite(number) else None


def _signed(raw: memoryview | int) -> Json:
    value = int(raw) & (1 << 64) - 1
    return str(value - (1 << 64) if value >> 63 else value)


def _zigzag(raw: memoryview | int) -> Json:
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

_READERS: Mapping[Scalar, Callable[[memoryview | int], Json]] = {
    Scalar.HEX: _hex,
    Scalar.BASE64: _base64,
    Scalar.BOOL: bool,
    Scalar.NUMBER: int,
    Scalar.SIGNED: _signed,
    Scalar.ZIGZAG: _zigzag,
    Scalar.FIXED32: lambda raw: int.from_bytes(bytes(raw), "little"),
    Scalar.FIXED64: lambda raw: str(int.from_bytes(bytes(raw), "little")),
    Scalar.SIGNED_FIXED64: lambda raw: str(int.from_bytes(bytes(raw), "little", signed=True)),
    Scalar.DOUBLE: _double,
}
