"""Encoder of protobuf's wire format, field by field."""

from __future__ import annotations

import struct


def varint(value: int) -> bytes:
    """Encode a varint; a negative number as 64 bits."""
    value &= (1 << 64) - 1
    data = bytearray()
    while value >= 0x80:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*data, value))


def number(field: int, value: int) -> bytes:
    """Encode a varint field."""
    return varint(field << 3) + varint(value)


def data(field: int, *parts: bytes | str) -> bytes:
    """Encode a length-delimited field: bytes, text, or a message of these encoded fields."""
    content = b"".join(part.encode() if isinstance(part, str) else part for part in parts)
    return varint(field << 3 | 2) + varint(len(content)) + content


def fixed64(field: int, value: int) -> bytes:
    """Encode a fixed 64-bit field."""
    return varint(field << 3 | 1) + struct.pack("<q", value)


def fixed32(field: int, value: int) -> bytes:
    """Encode a fixed 32-bit field."""
    return varint(field << 3 | 5) + struct.pack("<I", value)


def double(field: int, value: float) -> bytes:
    """Encode a double field."""
    return varint(field << 3 | 1) + struct.pack("<d", value)


def attribute(field: int, key: str, value: bytes) -> bytes:
    """Encode an attribute; ``value`` is the encoded field of its `AnyValue`."""
    return data(field, data(1, key), data(2, value))


def logs_export(name: str = "api_request", service: str = "claude-code") -> bytes:
    """Encode an export of one log record."""
    record = data(2, fixed64(1, 1_772_359_200_000_000_000), attribute(6, "event.name", data(1, name)))
    resource = data(1, attribute(1, "service.name", data(1, service)))
    return data(1, resource, data(2, record))
