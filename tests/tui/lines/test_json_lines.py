"""JSON is indented for people, without changing its value."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.tui.lines.json_lines import MAX_LENGTH, json_section

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text("ab\"'\\ü", max_size=5)
KEYS = st.text("ab", max_size=2)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)


def lines(value: object) -> list[str]:
    section = json_section(json.dumps(value))
    assert section is not None
    return list(section.lines)


@given(st.lists(VALUES, max_size=3) | st.dictionaries(KEYS, VALUES, max_size=3))
def test_indented_json_has_the_same_value(value: Any) -> None:
    assert json.loads("\n".join(lines(value))) == value


@given(st.text() | st.text('{}[]",:1a\n '))
def test_any_text_is_a_section_or_none(text: str) -> None:
    section = json_section(text)
    if section is not None:
        assert isinstance(json.loads(text), dict | list)
        assert all(
            span.end <= len(line) for line, row in zip(section.lines, section.spans, strict=True) for span in row
        )


def test_objects_are_indented() -> None:
    assert lines({"path": "quay.py", "edits": [{"all": True}, []]}) == [
        "{",
        '  "path": "quay.py",',
        '  "edits": [',
        "    {",
        '      "all": true',
        "    },",
        "    []",
        "  ]",
        "}",
    ]


def test_strings_of_several_lines_become_lines() -> None:
    assert lines({"text": "one\n  two\n", "n": 1}) == ["{", '  "text": ', "    │ one", "    │   two", '  "n": 1', "}"]
    assert lines(["one\ntwo"]) == ["[", "  │ one", "  │ two", "]"]


def test_numbers_are_shown_as_they_were_written() -> None:
    section = json_section('{"cost": 1.10, "id": 12345678901234567890123}')
    assert section is not None
    assert section.lines[1:3] == ['  "cost": 1.10,', '  "id": 12345678901234567890123']


def test_keys_and_values_have_styles() -> None:
    section = json_section('{"a": "b", "c": null}')
    assert section is not None
    styles = [
        [(section.lines[row][span.start : span.end], span.style_name) for span in section.spans[row]] for row in (1, 2)
    ]
    assert styles == [[('"a"', "key"), ('"b"', "string")], [('"c"', "key"), ("null", "constant")]]


@pytest.mark.parametrize("text", ["", "12", '"text"', "{broken", "[1, 2", "[" * 100_000, "[" + " " * MAX_LENGTH + "]"])
def test_other_json_values_are_no_section(text: str) -> None:
    assert json_section(text) is None
