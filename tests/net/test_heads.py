"""The head of a request: as the standard library reads it where that is a head, and refused where it is none."""

from __future__ import annotations

from contextlib import suppress
from http.client import parse_headers
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.net.body import HttpError
from tui_monitor.net.heads import MAX_HEADERS, MAX_LINE, read_fields, read_head

NAMES = st.text("abcXYZ019-_.", min_size=1, max_size=12)
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)


def status_of(head: bytes) -> int:
    line, _, rest = head.partition(b"\n")
    with pytest.raises(HttpError) as error:
        read_head(line, BytesIO(rest))
    return error.value.status


@given(st.lists(st.tuples(NAMES, VALUES), max_size=9))
def test_headers_are_those_that_the_standard_library_reads(pairs: list[tuple[str, str]]) -> None:
    unique = {name.lower(): (name, value) for name, value in reversed(pairs)}
    data = "".join(f"{name}: {value}\r\n" for name, value in unique.values()).encode() + b"\r\nbody"
    stream = BytesIO(data)
    message = parse_headers(BytesIO(data))
    assert read_fields(stream) == {name.lower(): value for name, value in message.items()}
    assert stream.read() == b"body"


@given(st.binary(max_size=200))
def test_anything_else_is_refused_or_read(data: bytes) -> None:
    line, _, rest = data.partition(b"\n")
    with suppress(HttpError):
        assert read_head(line, BytesIO(rest)).method


def test_head_has_line_and_fields() -> None:
    head = read_head(b"POST /v1/logs HTTP/1.1\r\n", BytesIO(b"Host:c\r\nX-Own:  a b \r\n\r\n"))
    assert (head.method, head.path, head.version) == ("POST", "/v1/logs", "HTTP/1.1")
    assert head.fields == {"host": "c", "x-own": "a b"}


def test_first_of_several_headers_with_one_name_counts() -> None:
    assert read_fields(BytesIO(b"A: 1\r\na: 2\r\n\r\n")) == {"a": "1"}


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"", 400),
        (b"GET /\n", 400),
        (b"GET / FTP/1.1\n", 400),
        (b"GET / HTTP/2.0\n", 505),
        (b"GET / HTTP/1.1\r\nno header\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n folded: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA : x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 3\r\ncontent-length: 4\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA: " + MAX_LINE * b"x" + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + (MAX_HEADERS + 1) * b"A: x\r\n" + b"\r\n", 431),
    ],
)
def test_what_is_no_head_is_refused(head: bytes, status: int) -> None:
    assert status_of(head) == status


@pytest.mark.parametrize(
    ("version", "connection", "keeps_open"),
    [("1.1", "", True), ("1.1", "Close", False), ("1.0", "", False), ("1.0", "Keep-Alive", True)],
)
def test_connection_is_kept_as_the_client_wishes(version: str, connection: str, keeps_open: bool) -> None:
    fields = f"Connection: {connection}\r\n\r\n".encode() if connection else b"\r\n"
    assert read_head(f"GET / HTTP/{version}".encode(), BytesIO(fields)).keeps_open is keeps_open
