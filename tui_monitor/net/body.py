"""The body of an HTTP request: read to its end, unpacked, and never more of it than is allowed."""

from __future__ import annotations

import re
import zlib
from email.message import Message
from io import BufferedIOBase

MOST_BYTES = 16 << 20
"""Bytes of a body, before and after it is unpacked."""

_LONGEST_LINE = 1024
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,16}")


class HttpError(Exception):
    """The request is not taken: the HTTP status, and why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def read_body(headers: Message, stream: BufferedIOBase, most: int = MOST_BYTES) -> bytes:
    """The body that follows these headers, unpacked.

    Raises:
        Refused: it is too long, cut off, or packed in an unknown way.
        OSError: the connection broke, or nothing came for too long.
    """
    chunked = str(headers.get("Transfer-Encoding", "")).lower() == "chunked"
    data = _chunks(stream, most) if chunked else _measured(str(headers.get("Content-Length", "")), stream, most)
    packing = str(headers.get("Content-Encoding", "")).lower()
    if packing in ("", "identity"):
        return data
    if packing not in ("gzip", "deflate"):
        raise HttpError(415, f"the packing {packing!r} is not known: send gzip, or none")
    return _unpacked(data, most)


def _measured(length: str, stream: BufferedIOBase, most: int) -> bytes:
    if not (length.isdecimal() and length.isascii()):
        raise HttpError(411, "the length of the body is not told")
    return _exactly(stream, _allowed(int(length[:20]), most))


def _chunks(stream: BufferedIOBase, most: int) -> bytes:
    data = bytearray()
    while size := _chunk_size(stream.readline(_LONGEST_LINE)):
        data += _exactly(stream, _allowed(len(data) + size, most) - len(data))
        stream.readline(_LONGEST_LINE)
    while stream.readline(_LONGEST_LINE).strip():
        pass  # trailers say nothing here
    return bytes(data)


def _chunk_size(line: bytes) -> int:
    size = line.partition(b";")[0].strip()
    if not _CHUNK_SIZE.fullmatch(size):
        raise HttpError(400, "broken chunks")
    return int(size, 16)


def _allowed(size: int, most: int) -> int:
    if size > most:
        raise HttpError(413, f"longer than {most >> 20} MiB")
    return size


def _exactly(stream: BufferedIOBase, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise HttpError(400, "the body is cut off")
    return data


def _unpacked(packed: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        data = unpacker.decompress(packed, most + 1)
    except zlib.error:
        raise HttpError(400, "broken packing") from None
    _allowed(len(data), most)
    if not unpacker.eof:
        raise HttpError(400, "the body is cut off")
    return data
