"""The changed words of a line are marked, and only those."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.tui.diff.highlighting import MAX_LENGTH, Range, changed_words

LINES = st.lists(st.sampled_from(["ship", "quay", " ", "  ", "(", ")", "=", "é", "\t"]), max_size=20).map("".join)


def without_ranges(text: str, changed: list[Range]) -> str:
    for start, end in reversed(changed):
        text = text[:start] + text[end:]
    return text


def marked(text: str, changed: list[Range]) -> list[str]:
    return [text[start:end] for start, end in changed]


@given(LINES, LINES)
def test_unmarked_text_is_the_same_on_both_sides(old: str, new: str) -> None:
    before, after = changed_words(old, new)
    if before or after:
        assert without_ranges(old, before).split() == without_ranges(new, after).split()


@given(LINES, LINES)
def test_ranges_rise_and_stay_within_the_line(old: str, new: str) -> None:
    for text, changed in zip((old, new), changed_words(old, new), strict=True):
        bounds = [bound for one in changed for bound in one]
        assert bounds == sorted(bounds)
        assert all(0 <= start < end <= len(text) for start, end in changed)


def test_changed_words_are_marked_whole() -> None:
    old, new = "moor(ship, berth=4)", "moor(ship, berth=12, fast=True)"
    before, after = changed_words(old, new)
    assert marked(old, before) == ["4"]
    assert marked(new, after) == ["12, fast=True"]


def test_adjacent_words_are_one_range() -> None:
    assert marked("a big ship in", changed_words("the in port now", "a big ship in port now")[1]) == ["a big ship"]


def test_indentation_alone_is_marked() -> None:
    assert changed_words("return ship", "    return ship") == ([], [(0, 4)])


def test_too_different_lines_are_not_marked() -> None:
    assert changed_words("return None", "raise HarbourFull(name)") == ([], [])


def test_very_long_lines_are_not_compared() -> None:
    assert changed_words("a" * MAX_LENGTH, "a " * MAX_LENGTH) == ([], [])


def test_very_many_changed_words_are_one_range() -> None:
    old = "same same same same same same " * 20 + " ".join("ab" * 75)
    new = "same same same same same same " * 20 + " ".join("cd" * 75)
    start = old.index("a b")
    assert changed_words(old, new) == ([(start, len(old))], [(start, len(new))])
