"""Assembling lines from bytes."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_monitor.sources.files import line_buffer
from tui_monitor.sources.files.decode import is_complete
from tui_monitor.sources.files.line_buffer import OBJECT_END, Line, LineBuffer

MANY = 1000


@pytest.fixture
def short_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_buffer, "LONGEST", 100)


def buffer_of(*pieces: bytes) -> tuple[LineBuffer, list[Line]]:
    """Return a buffer fed with these pieces, and all lines it returned."""
    buffer = LineBuffer()
    lines: list[Line] = []
    for piece in pieces:
        buffer.feed(piece)
        lines += buffer.lines(MANY)
    return buffer, lines


@settings(deadline=None)
@given(
    st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"")), max_size=8),
    st.data(),
)
def test_lines_do_not_depend_on_how_bytes_arrive(content: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(line + b"\n" for line in content)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    pieces = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    buffer, lines = buffer_of(*pieces)
    assert [line.data for line in lines] == [line.removesuffix(b"\r") for line in content if line.removesuffix(b"\r")]
    assert all(whole[line.offset :].startswith(line.data) for line in lines)
    assert buffer.offset == buffer.end == len(whole)


def test_number_of_lines_is_limited() -> None:
    buffer, _ = buffer_of()
    buffer.feed(b"a\nb\nc\n")
    assert [line.data for line in buffer.lines(2)] == [b"a", b"b"]
    assert buffer.offset == 4
    assert [line.data for line in buffer.lines(2)] == [b"c"]


def test_unterminated_line_stays_in_the_buffer() -> None:
    buffer, lines = buffer_of(b"a\nb")
    assert [line.data for line in lines] == [b"a"]
    assert (buffer.offset, buffer.end) == (2, 3)


def test_complete_object_is_returned_before_its_line_end() -> None:
    buffer, lines = buffer_of(b'{"a":', b"1}", b"\r\n", b'{"b":2}')
    assert lines == [Line(0, b'{"a":1}'), Line(9, b'{"b":2}')]
    assert buffer.offset == 16


@pytest.mark.usefixtures("short_lines")
def test_too_long_line_is_skipped_and_marked() -> None:
    buffer, lines = buffer_of(b"ok\n", *[b"x" * 60] * 10, b'{"a":1}', b'\n{"b":2}\n')
    assert lines == [Line(0, b"ok"), Line(3, b"", too_long=True), Line(611, b'{"b":2}')]
    assert buffer.offset == 619


@pytest.mark.usefixtures("short_lines")
def test_too_long_line_is_not_kept_in_memory() -> None:
    buffer, piece = LineBuffer(), b"x" * 500
    tracemalloc.start()
    try:
        for _ in range(2000):
            buffer.feed(piece)
            assert buffer.lines(MANY) == []
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (buffer.offset, buffer.end) == (0, 1_000_000)
    assert peak < 10_000


@pytest.mark.parametrize(("fed", "flush"), [(b"", []), (b"a\n", []), (b"a\nb", [Line(2, b"b")])])
def test_flush_returns_the_unterminated_line(fed: bytes, flush: list[Line]) -> None:
    buffer, _ = buffer_of(fed)
    assert buffer.flush() == flush
    assert buffer.flush() == []


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2), max_size=5), st.data())
def test_multi_line_objects_do_not_depend_on_how_bytes_arrive(
    objects: list[dict[str, str]], data: st.DataObject
) -> None:
    texts = [json.dumps({"first": [{}], **content}, indent=2).encode() for content in objects]
    whole = b"".join(text + b"\n" for text in texts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    buffer, lines = LineBuffer(line_end=OBJECT_END), []
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        buffer.feed(whole[start:end])
        lines += buffer.lines(MANY)
    assert [line.data.strip() for line in lines] == texts
    assert buffer.end == len(whole)


def lines_by_parsing_each_time(pieces: list[bytes]) -> list[bytes]:
    """Return the lines of a buffer that parses everything after each piece."""
    lines: list[bytes] = []
    data = b""
    for piece in pieces:
        data += piece
        *complete, data = data.split(b"\n")
        lines += complete
        if is_complete(data):
            lines.append(data)
            data = b""
    return [line.removesuffix(b"\r") for line in lines if line.removesuffix(b"\r")]


JSON_PIECES = [
    b"{",
    b"}",
    b'"',
    b"\\",
    b"a",
    b":",
    b"1",
    b",",
    b" ",
    b"\r",
    b"\n",
    b"\0",
    b'{"a":1}',
    b'{"a":"}\\"',
    b"[",
]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.lists(st.sampled_from(JSON_PIECES), max_size=6).map(b"".join), max_size=10))
def test_unterminated_lines_are_complete_where_their_bytes_are_whole_objects(pieces: list[bytes]) -> None:
    _, lines = buffer_of(*pieces)
    assert [line.data for line in lines] == lines_by_parsing_each_time(pieces)


@pytest.mark.parametrize(
    "line",
    [
        b"}" * 4000,
        b'{"text":"' + b"}" * 4000,
        b'{"text":"' + b'\\"}' * 2000,
        b'{"a":{' + b'"b":{},' * 1000,
        b"{x}" * 2000,
        b'{"a":1}' * 500 + b"{x}" * 2000,
    ],
    ids=["braces", "braces in a string", "escaped quotes", "open object", "no JSON", "objects, then no JSON"],
)
def test_long_incomplete_line_is_not_parsed_again_for_each_piece(line: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = 0

    def parse(data: bytes | bytearray) -> bool:
        nonlocal parsed
        parsed += len(data)
        return is_complete(data)

    monkeypatch.setattr(line_buffer, "is_complete", parse)
    buffer_of(*(line[at : at + 7] for at in range(0, len(line), 7)))
    assert parsed <= 2 * len(line)
