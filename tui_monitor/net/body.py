"""The body of an HTTP request: read completely, decompressed, and limited in size."""

from __future__ import annotations

import re
import zlib
from email.message import Message
from io import BufferedIOBase

MAX_BYTES = 16 << 20
"""The most bytes of a body, both compressed and decompressed."""

_MAX_LINE = 1024
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,16}")


class HttpError(Exception):
    """A request that is refused: the HTTP status and the reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def read_body(headers: Message, stream: BufferedIOBase, limit: int = MAX_BYTES) -> bytes:
    """Read the body that follows these headers, and decompress it.

    Raises:
        HttpError: the body is too long, incomplete, or of an unknown content encoding.
        OSError: the connection broke or timed out.
    """
    chunked = str(headers.get("Transfer-Encoding", "")).lower() == "chunked"
    if chunked:
        data = _read_chunks(stream, limit)
    else:
        data = _read_length(stream, str(headers.get("Content-Length", "")), limit)
    encoding = str(headers.get("Content-Encoding", "")).lower()
    if encoding in ("", "identity"):
        return data
    if encoding not in ("gzip", "deflate"):
        raise HttpError(415, f'unknown content encoding "{encoding}": use gzip, deflate or none')
    return _decompress(data, limit)


def _read_length(stream: BufferedIOBase, length: str, limit: int) -> bytes:
    if not (length.isdecimal() and length.isascii()):
        raise HttpError(411, "Content-Length is missing or invalid")
    return _read_exactly(stream, _checked_size(int(length[:20]), limit))


def _read_chunks(stream: BufferedIOBase, limit: int) -> bytes:
    data = bytearray()
    while size := _parse_chunk_size(stream.readline(_MAX_LINE)):
        data += _read_exactly(stream, _checked_size(len(data) + size, limit) - len(data))
        stream.readline(_MAX_LINE)
    while stream.readline(_MAX_LINE).strip():
        pass  # trailers are ignored
    return bytes(data)


def _parse_chunk_size(line: bytes) -> int:
    size = line.partition(b";")[0].strip()
    if not _CHUNK_SIZE.fullmatch(size):
        raise HttpError(400, "invalid chunk size")
    return int(size, 16)


def _checked_size(size: int, limit: int) -> int:
    if size > limit:
        raise HttpError(413, f"the body is longer than {limit >> 20} MiB")
    return size


def _read_exactly(stream: BufferedIOBase, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise HttpError(400, "the body is incomplete")
    return data


def _decompress(compressed: bytes, limit: int) -> bytes:
    decompressor = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        data = decompressor.decompress(compressed, limit + 1)
    except zlib.error:
        raise HttpError(400, "the body cannot be decompressed") from None
    _checked_size(len(data), limit)
    if not decompressor.eof:
        raise HttpError(400, "the body is incomplete")
    return data
