"""Request bodies: complete, decompressed, and limited."""

from __future__ import annotations

import gzip
import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.net.body import MAX_RATIO, SMALL_BYTES, Headers, HttpError, decompress_body, read_body, skip_body


def headers(**values: str) -> Headers:
    return {name.replace("_", "-"): value for name, value in values.items()}


def read(data: bytes, limit: int = 1000, **values: str) -> bytes:
    parsed = headers(**values)
    return decompress_body(parsed, read_body(parsed, BytesIO(data), limit), limit)


def status_of(data: bytes, limit: int = 1000, **values: str) -> int:
    with pytest.raises(HttpError) as error:
        read(data, limit, **values)
    assert str(error.value)
    return error.value.status


def chunked(data: bytes, size: int) -> bytes:
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"%x;x=y\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\nTrailer: x\r\n\r\n"


def test_content_length_limits_what_is_read() -> None:
    assert read(b"abcdef", content_length="4") == b"abcd"


@given(st.binary(max_size=300), st.integers(1, 50))
def test_chunks_are_joined(data: bytes, size: int) -> None:
    assert read(chunked(data, size), transfer_encoding="chunked") == data


def test_next_request_after_the_chunks_is_not_read() -> None:
    stream = BytesIO(chunked(b"abc", 2) + b"POST")
    read_body(headers(transfer_encoding="chunked"), stream)
    assert stream.read() == b"POST"


@pytest.mark.parametrize(
    ("name", "compressed"), [("gzip", gzip.compress(b"abc", mtime=0)), ("deflate", zlib.compress(b"abc"))]
)
def test_compressed_body_is_decompressed(name: str, compressed: bytes) -> None:
    assert read(compressed, content_length=str(len(compressed)), content_encoding=name) == b"abc"


def test_body_over_the_limit_is_not_read() -> None:
    stream = BytesIO(b"x" * 2000)
    with pytest.raises(HttpError) as error:
        read_body(headers(content_length="2000"), stream, 1000)
    assert error.value.status == 413
    assert stream.tell() == 0


def test_chunks_over_the_limit_are_refused() -> None:
    assert status_of(chunked(b"x" * 1100, 500), transfer_encoding="chunked") == 413


def test_body_over_the_limit_when_decompressed_is_refused() -> None:
    bomb = gzip.compress(bytes(10_000_000))
    assert status_of(bomb, 20_000, content_length=str(len(bomb)), content_encoding="gzip") == 413


@pytest.mark.parametrize(
    ("data", "values", "status"),
    [
        (b"abc", {}, 411),
        (b"abc", {"content_length": "many"}, 411),
        (b"abc", {"content_length": "-1"}, 411),
        (b"abc", {"content_length": "9"}, 400),
        (b"zz\r\nabc", {"transfer_encoding": "chunked"}, 400),
        (b"-3\r\nabc", {"transfer_encoding": "chunked"}, 400),
        (b"3\r\nabc\r\n-1\r\nand all the rest", {"transfer_encoding": "chunked"}, 400),
        (b"0x3\r\nabc\r\n0\r\n\r\n", {"transfer_encoding": "chunked"}, 400),
        (b"9\r\nabc", {"transfer_encoding": "chunked"}, 400),
        (b"abc", {"content_length": "3", "content_encoding": "gzip"}, 400),
        (b"abc", {"content_length": "3", "content_encoding": "br"}, 415),
    ],
)
def test_invalid_body_is_refused(data: bytes, values: dict[str, str], status: int) -> None:
    assert status_of(data, 1000, **values) == status


def test_body_that_shrinks_too_well_is_refused() -> None:
    bomb = gzip.compress(bytes(SMALL_BYTES + 1))
    assert len(bomb) * MAX_RATIO < SMALL_BYTES
    parsed = headers(content_encoding="gzip")
    with pytest.raises(HttpError) as error:
        decompress_body(parsed, bomb)
    assert error.value.status == 413
    assert decompress_body(parsed, gzip.compress(bytes(SMALL_BYTES))) == bytes(SMALL_BYTES)


def test_size_is_reserved_before_it_is_read() -> None:
    sizes: list[int] = []
    read_body(headers(content_length="3"), BytesIO(b"abc"), reserve=sizes.append)
    read_body(headers(transfer_encoding="chunked"), BytesIO(chunked(b"abcde", 3)), reserve=sizes.append)
    assert sizes == [3, 3, 2]


def test_truncated_compressed_body_is_refused() -> None:
    compressed = gzip.compress(b"abc" * 100)[:-9]
    assert status_of(compressed, content_length=str(len(compressed)), content_encoding="gzip") == 400


def test_short_body_that_is_not_wanted_is_skipped() -> None:
    stream = BytesIO(b"abcPOST")
    assert skip_body(headers(content_length="3"), stream)
    assert stream.read() == b"POST"


@pytest.mark.parametrize(
    "fields",
    [
        {"content_length": "4"},
        {"content_length": str(1 << 20)},
        {"content_length": "x"},
        {},
        {"content_length": "3", "transfer_encoding": "chunked"},
    ],
)
def test_end_of_a_body_that_is_long_cut_off_or_of_unknown_length_is_not_known(fields: dict[str, str]) -> None:
    assert not skip_body(headers(**fields), BytesIO(b"abc"))
