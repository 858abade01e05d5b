"""Decoding the JSON objects of a line."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_monitor.sources.base import UnreadableRecord
from tui_monitor.sources.files.decode import decode, is_complete

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(), VALUES, max_size=4)


@settings(deadline=None)
@given(OBJECTS)
def test_object_is_decoded(value: dict[str, object]) -> None:
    assert list(decode(json.dumps(value, ensure_ascii=False).encode())) == [value]


@settings(deadline=None)
@given(st.lists(OBJECTS, min_size=1, max_size=4), st.sampled_from(["", " ", "\r", "\0\0", "\t "]))
def test_concatenated_objects_are_separated(values: list[dict[str, object]], glue: str) -> None:
    assert list(decode(glue.join(map(json.dumps, values)).encode())) == values


@settings(deadline=None)
@given(st.lists(OBJECTS, min_size=1, max_size=4), st.sampled_from([None, 2]), st.sampled_from([0, 1]))
def test_objects_in_an_array_are_separated_though_it_is_cut(
    values: list[dict[str, object]], indent: int | None, cut: int
) -> None:
    text = json.dumps(values, indent=indent)
    assert list(decode(text[: len(text) - cut].encode())) == values


def test_whole_objects_of_a_cut_array_are_decoded() -> None:
    objects = decode(b'[\n {"a": 1},\n {"a": NaN},\n {"a": ')
    assert [next(objects), next(objects)] == [{"a": 1}, {"a": None}]
    with pytest.raises(UnreadableRecord):
        next(objects)


@pytest.mark.parametrize("line", [b"[]", b"[1]", b'[{"a": 1}, 2]', b"[[]]"])
def test_other_arrays_are_no_records(line: bytes) -> None:
    with pytest.raises(UnreadableRecord):
        list(decode(line))


@pytest.mark.parametrize("line", [b"", b" \t\r", b"\0\0\0\0", b"\xef\xbb\xbf", b"\0 \0\r"])
def test_blank_line_has_no_objects(line: bytes) -> None:
    assert list(decode(line)) == []


@pytest.mark.parametrize(
    ("line", "record"),
    [
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        (b'\0\0\0{"a":1}\0', {"a": 1}),
        (b'{"a":1}\r', {"a": 1}),
        (b'{"a":NaN,"b":-Infinity,"c":1e999}', {"a": None, "b": None, "c": None}),
        (b'{"a":"x\xff\xfey"}', {"a": "x��y"}),
        (b'{"a":"one\ttab"}', {"a": "one\ttab"}),
        (b'{"n":123456789012345678901234567890,"f":NaN}', {"n": 123456789012345678901234567890, "f": None}),
    ],
)
def test_lenient_decoding_accepts_what_orjson_rejects(line: bytes, record: dict[str, object]) -> None:
    assert list(decode(line)) == [record]


@settings(deadline=None)
@given(st.lists(st.sampled_from(["\\ud800", "\\udfff", "\\ud83d\\ude00", "a", "é"]), max_size=6))
def test_lone_surrogates_are_replaced(parts: list[str]) -> None:
    text = "-".join(parts)
    [record] = decode(f'{{"{text}": ["{text}"]}}'.encode())
    [(key, [value])] = record.items()
    assert key == value
    value.encode()
    assert value == text.replace("\\ud83d\\ude00", "\U0001f600").replace("\\ud800", "�").replace("\\udfff", "�")


@pytest.mark.parametrize(
    "line", [b"[1]", b"1", b'"text"', b"null", b"NaN", b"plain words", b"\x80\x81", b"{", b'{"a":1']
)
def test_line_without_an_object_is_unreadable(line: bytes) -> None:
    with pytest.raises(UnreadableRecord):
        list(decode(line))


WHOLE = {"type": "assistant", "message": {"content": [{"type": "text"}], "n": 1}}


@pytest.mark.parametrize("spaced", [False, True])
@pytest.mark.parametrize("behind", ["", "\r", '{"type": "mode"}', '{"type": "mo'])
def test_whole_record_behind_one_cut_anywhere_is_read(behind: str, spaced: bool) -> None:
    separators = (", ", ": ") if spaced else (",", ":")
    cut = json.dumps({"type": "link", "note": 'a "b" \\ {c} \t é', "n": [1, -2.5e3, True, None]}, separators=separators)
    whole = json.dumps(WHOLE, separators=separators)
    for end in range(1, len(cut)):
        records = read_all(f"{cut[:end]}{whole}{behind}".encode())
        assert WHOLE in records, cut[:end]
        assert len(records) == 1 + behind.endswith("}"), cut[:end]


@pytest.mark.parametrize(
    "line",
    [
        b'{"type":"a","message":{"id":1,"n":{"x":2}},"text":"cut he',
        b'{"type":"a","message":{"id":1,"n":{"x":2}}',
        b'{"type":"a" broken "message":{"id":1},"more":{"n":{}}}',
        b'plain {"words":1} in a line',
    ],
)
def test_object_inside_a_broken_record_is_no_record(line: bytes) -> None:
    assert read_all(line) == []
    assert not is_complete(line)


def test_records_around_a_broken_part_are_read() -> None:
    assert read_all(b'{"a":1}{"b":{"c":2{"a":3}{"d":"{"a":4}') == [{"a": 1}, {"a": 3}, {"a": 4}]


def read_all(line: bytes) -> list[dict[str, object]]:
    """Return the records of a line, whether all of it is readable or not."""
    records: list[dict[str, object]] = []
    with suppress(UnreadableRecord):
        records.extend(decode(line))
    return records


def test_endless_nesting_is_unreadable() -> None:
    with pytest.raises(UnreadableRecord, match="nested"):
        list(decode(b'{"a":' * 100_000))


def test_endless_number_is_unreadable() -> None:
    with pytest.raises(UnreadableRecord, match="broken"):
        list(decode(b'{"a":NaN,"b":' + b"1" * 10_000 + b"}"))


def test_objects_before_garbage_are_kept() -> None:
    records = decode(b'{"a":1}{"b":2} and so on')
    assert [next(records), next(records)] == [{"a": 1}, {"b": 2}]
    with pytest.raises(UnreadableRecord, match="not a JSON object"):
        next(records)


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_arbitrary_bytes_raise_nothing_else(line: bytes) -> None:
    with suppress(UnreadableRecord):
        json.dumps(list(decode(line)), ensure_ascii=False).encode()


@settings(deadline=None)
@given(OBJECTS.map(json.dumps).map(str.encode))
def test_object_is_complete_at_its_last_byte(line: bytes) -> None:
    assert is_complete(line)
    assert not any(is_complete(line[:end]) for end in range(len(line)))


def test_non_object_is_never_complete() -> None:
    assert not any(map(is_complete, (b"[1]", b"", b"\0\0", b'x{"a":1}', b'{"a":1}x')))
