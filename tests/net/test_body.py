"""Bodies of requests: whole, unpacked, and bounded."""

from __future__ import annotations

import gzip
import zlib
from email.message import Message
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.net.body import HttpError, read_body


def headers(**told: str) -> Message:
    message = Message()
    for name, value in told.items():
        message[name.replace("_", "-")] = value
    return message


def read(data: bytes, most: int = 1000, **told: str) -> bytes:
    return read_body(headers(**told), BytesIO(data), most)


def refused(data: bytes, most: int = 1000, **told: str) -> int:
    with pytest.raises(HttpError) as refusal:
        read(data, most, **told)
    assert str(refusal.value)
    return refusal.value.status


def chunked(data: bytes, size: int) -> bytes:
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"%x;x=y\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\nTrailer: x\r\n\r\n"


def test_so_many_bytes_are_read_as_are_told() -> None:
    assert read(b"abcdef", content_length="4") == b"abcd"


@given(st.binary(max_size=300), st.integers(1, 50))
def test_chunks_are_put_together(data: bytes, size: int) -> None:
    assert read(chunked(data, size), transfer_encoding="chunked") == data


def test_what_follows_the_chunks_is_left_for_the_next_request() -> None:
    stream = BytesIO(chunked(b"abc", 2) + b"POST")
    read_body(headers(transfer_encoding="chunked"), stream)
    assert stream.read() == b"POST"


@pytest.mark.parametrize(("name", "packed"), [("gzip", gzip.compress(b"abc")), ("deflate", zlib.compress(b"abc"))])
def test_packed_bodies_are_unpacked(name: str, packed: bytes) -> None:
    assert read(packed, content_length=str(len(packed)), content_encoding=name) == b"abc"


def test_a_body_that_is_too_long_is_not_read() -> None:
    stream = BytesIO(b"x" * 2000)
    with pytest.raises(HttpError) as refusal:
        read_body(headers(content_length="2000"), stream, 1000)
    assert refusal.value.status == 413
    assert stream.tell() == 0


def test_nor_are_chunks_that_come_to_too_much() -> None:
    assert refused(chunked(b"x" * 1100, 500), transfer_encoding="chunked") == 413


def test_nor_is_one_that_would_be_too_long_when_unpacked() -> None:
    bomb = gzip.compress(bytes(10_000_000))
    assert refused(bomb, 20_000, content_length=str(len(bomb)), content_encoding="gzip") == 413


@pytest.mark.parametrize(
    ("data", "told", "status"),
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
def test_what_is_broken_is_refused(data: bytes, told: dict[str, str], status: int) -> None:
    assert refused(data, 1000, **told) == status


def test_a_packed_body_that_is_cut_off_is_refused() -> None:
    packed = gzip.compress(b"abc" * 100)[:-9]
    assert refused(packed, content_length=str(len(packed)), content_encoding="gzip") == 400
