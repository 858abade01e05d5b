"""Line breaks, and the row of each screen line."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_monitor.tui.lines.document import SectionDocument, TextSection, one_line, widest
from tui_monitor.tui.lines.wrapping import breaks, flat, wrapped

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["C"])),
    st.text(st.sampled_from(["a", "b", " ", "字", "é", "\u0301", "\u200d"]), max_size=60),
)


def pieces(text: str, width: int) -> list[str]:
    starts = breaks(text, width)
    return [text[start:end] for start, end in pairwise([*starts, len(text)])]


@given(TEXTS, st.integers(2, 30))
def test_pieces_make_up_the_text_and_fit(text: str, width: int) -> None:
    parts = pieces(text, width)
    assert "".join(parts) == text
    assert all(cell_len(piece.removesuffix(" ")) <= width for piece in parts)
    assert all(parts) or not text


def test_lines_break_behind_spaces_where_one_is_near() -> None:
    assert pieces("the tide turns at noon", 10) == ["the tide ", "turns at ", "noon"]


def test_space_that_does_not_fit_hangs() -> None:
    assert pieces("abcde fgh", 5) == ["abcde ", "fgh"]
    assert pieces("äbcde fgh", 5) == ["äbcde ", "fgh"]


def test_long_words_break_where_the_line_is_full() -> None:
    assert pieces("a/very/long/path", 6) == ["a/very", "/long/", "path"]


def test_wide_characters_are_not_cut_in_half() -> None:
    assert pieces("漢字かな", 5) == ["漢字", "かな"]


def test_wide_character_is_placed_even_if_it_does_not_fit() -> None:
    assert pieces("漢字", 1) == ["漢", "字"]


@given(st.lists(TEXTS, max_size=10), st.integers(2, 40))
def test_every_screen_line_is_found_in_its_row(lines: list[str], width: int) -> None:
    layout = wrapped(SectionDocument([TextSection(lines)]), width)
    parts = [layout.locate(y) for y in range(layout.height)]
    assert parts == [
        (row, part) for row, text in enumerate(lines) for part in range(len(breaks(one_line(text), width - 1)))
    ]
    assert [layout.top(row) for row, part in parts if part == 0] == [
        y for y, (_, part) in enumerate(parts) if part == 0
    ]
    assert layout.top(len(lines)) == layout.height


def test_flat_layout_is_as_wide_as_its_widest_row() -> None:
    layout = flat(SectionDocument([TextSection(["short", "字" * 20, "x" * 30])]), 10)
    assert (layout.height, layout.width) == (3, 41)


@pytest.mark.parametrize(("texts", "width"), [([], 0), (["abc", "\tab"], 6), (["\x1b[31mred\x1b[0m"], 3)])
def test_width_is_that_of_the_cleaned_text(texts: list[str], width: int) -> None:
    assert widest(texts, one_line) == width


def test_width_of_a_very_long_text_is_an_upper_bound() -> None:
    text = "字" * 20_000
    assert widest([text], one_line) >= cell_len(text)
