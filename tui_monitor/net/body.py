"""The body of an HTTP request: read completely, decompressed, and limited in size."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from io import BufferedIOBase
from typing import TypeAlias

MAX_BYTES = 16 << 20
"""Size limit of a body in bytes, both compressed and decompressed."""

SMALL_BYTES = 4 << 20
"""Bytes up to which the ratio of decompression does not matter; above, `MAX_RATIO` is the limit."""
MAX_RATIO = 64
"""Telemetry shrinks to a tenth or a thirtieth; what shrinks to a thousandth was made to fill memory."""

_SHORT_BYTES = 64 << 10
_MAX_LINE = 1024
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,16}")


Headers: TypeAlias = Mapping[str, str]
"""The headers of a request by their names in lower case."""


class HttpError(Exception):
    """A request that is refused: the HTTP status and the reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def check_headers(headers: Headers, limit: int = MAX_BYTES) -> None:
    """Check the headers before the body is read.

    Raises:
        HttpError: the body is too long, of unknown length, or of an unknown content encoding.
    """
    encoding = _encoding(headers)
    if encoding not in ("", "identity", "gzip", "deflate"):
        raise HttpError(415, f'unknown content encoding "{encoding}": use gzip, deflate or none')
    if not _is_chunked(headers):
        _length(headers, limit)


def read_body(
    headers: Headers, stream: BufferedIOBase, limit: int = MAX_BYTES, reserve: Callable[[int], None] = lambda size: None
) -> bytes:
    """Read the body that follows these headers, still compressed. ``reserve`` is called with each size before so many
    bytes are read.

    Raises:
        HttpError: the body is too long, or incomplete.
        OSError: the connection broke or timed out.
    """
    check_headers(headers, limit)
    if _is_chunked(headers):
        return _read_chunks(stream, limit, reserve)
    size = _length(headers, limit)
    reserve(size)
    return _read_exactly(stream, size)


def skip_body(headers: Headers, stream: BufferedIOBase) -> bool:
    """Read a short body that is not wanted; return False if it is long, incomplete, or of unknown length.

    Raises:
        OSError: the connection broke or timed out.
    """
    try:
        size = _length(headers, _SHORT_BYTES)
    except HttpError:
        return False
    return not _is_chunked(headers) and len(stream.read(size)) == size


def decompress_body(headers: Headers, data: bytes, limit: int = MAX_BYTES) -> bytes:
    """Return a body without its content encoding.

    Raises:
        HttpError: it cannot be decompressed, or comes to too much.
    """
    if _encoding(headers) in ("", "identity"):
        return data
    return _decompress(data, min(limit, max(SMALL_BYTES, MAX_RATIO * len(data))))


def _is_chunked(headers: Headers) -> bool:
    return str(headers.get("transfer-encoding", "")).lower() == "chunked"


def _encoding(headers: Headers) -> str:
    return str(headers.get("content-encoding", "")).lower()


def _length(headers: Headers, limit: int) -> int:
    length = str(headers.get("content-length", ""))
    if not (length.isdecimal() and length.isascii()):
        raise HttpError(411, "Content-Length is missing or invalid")
    return _checked_size(int(length[:20]), limit)


def _read_chunks(stream: BufferedIOBase, limit: int, reserve: Callable[[int], None]) -> bytes:
    data = bytearray()
    while size := _parse_chunk_size(stream.readline(_MAX_LINE)):
        _checked_size(len(data) + size, limit)
        reserve(size)
        data += _read_exactly(stream, size)
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
        raise HttpError(413, f"the body is longer than {limit >> 20} MiB: send smaller batches")
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
