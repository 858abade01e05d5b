"""Invisible characters and heaps of marks are removed by property, not by a handful of examples."""

import json
import sys
import unicodedata
from itertools import pairwise

import pytest
from rich.cells import cell_len, get_character_cell_size

from tui_monitor.clean import clean_line, clean_text, escape_invisible
from tui_monitor.clean.text import MAX_COMBINING, MAX_NONSPACING
from tui_monitor.clean.unicode_ranges import COMBINING, FORMATS, IGNORABLE, NONSPACING

EVERY_CHARACTER = list(map(chr, range(sys.maxunicode + 1)))
DEFAULT_IGNORABLE = [
    *(0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x3164, 0xFEFF, 0xFFA0),
    *range(0x180B, 0x1810),
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),
    *range(0xFFF0, 0xFFF9),
    *range(0x1BCA0, 0x1BCA4),
    *range(0x1D173, 0x1D17B),
    *range(0xE0000, 0xE1000),
]
"""The code points with this property in Unicode 17, from DerivedCoreProperties.txt."""


def test_default_ignorable_characters_are_removed() -> None:
    assert [hex(code) for code in DEFAULT_IGNORABLE if clean_text(f"a{chr(code)}b") != "ab"] == []


def test_nothing_is_left_that_a_terminal_does_not_draw() -> None:
    left = clean_text(" ".join(EVERY_CHARACTER)).replace("\n", "")
    assert {unicodedata.category(char) for char in left}.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})


def test_marks_of_any_kind_on_one_character_are_limited() -> None:
    for character in filter(lambda char: get_character_cell_size(char) == 0, EVERY_CHARACTER):
        cleaned = clean_text("a" + character * 100)
        assert sum(get_character_cell_size(char) == 0 for char in cleaned) <= MAX_COMBINING or "\n" in cleaned


@pytest.mark.parametrize("mark", ["\u0301", "\u0336", "\u20dd", "\U0001d165", "\u0e49"])
def test_at_most_three_nonspacing_marks_remain(mark: str) -> None:
    cleaned = clean_line("a" + mark * 1000 + "b" + mark)
    assert cleaned.count(mark) <= 2 * MAX_COMBINING
    if unicodedata.category(mark) in ("Mn", "Me"):
        assert cleaned == "a" + mark * MAX_NONSPACING + "b" + mark


def test_mixed_marks_are_limited_too() -> None:
    heap = "".join(char for char in EVERY_CHARACTER if unicodedata.category(char).startswith("M"))
    assert len(clean_text(f"a{heap}b")) <= 2 + MAX_COMBINING


@pytest.mark.parametrize("text", ["ကြွေး", "नमस्ते", "שָׁלוֹם", "ก็ต้อง", "한국어", "བསྒྲུབས", "ệ", "한"])
def test_words_of_real_languages_stay(text: str) -> None:
    assert clean_text(text) == text


def test_removing_marks_changes_no_width() -> None:
    marks = "".join(chr(code) for first, last in NONSPACING + COMBINING for code in range(first, last + 1))
    text = "".join(f"{base}{marks}" for base in "aé字\U0001f6a4")
    assert cell_len(clean_text(text)) == cell_len(text) == 6


def test_ranges_are_sorted_and_apart() -> None:
    ranges = sorted(IGNORABLE + FORMATS + NONSPACING + COMBINING)
    assert all(first <= last < after for (first, last), (after, _) in pairwise(ranges))
    assert all(list(table) == sorted(table) for table in (IGNORABLE, FORMATS, NONSPACING, COMBINING))


def test_invisible_characters_in_json_are_escaped() -> None:
    document = json.dumps({"a": " ".join(EVERY_CHARACTER)}, ensure_ascii=False, indent=2)
    escaped = escape_invisible(document)
    assert json.loads(escaped) == json.loads(document)
    assert {unicodedata.category(char) for char in escaped.replace("\n", "")}.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})
    assert escape_invisible('{"é": "字"}\n') == '{"é": "字"}\n'
