"""Text from outside becomes single, harmless lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_monitor.tui.lines.document import blanks_shown, one_line

TEXTS = st.text(st.characters(exclude_categories=(), exclude_characters="\n"))


@given(TEXTS)
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1


@given(st.text("ab \t"))
def test_visible_blanks_are_as_wide_as_blanks(text: str) -> None:
    assert cell_len(one_line(blanks_shown(text))) == cell_len(one_line(text))


def test_characters_on_whose_width_terminals_disagree_are_left_out() -> None:
    assert one_line("\u2764\ufe0f a\u200db") == "\u2764 ab"


def test_spaces_and_tabs_have_signs_of_their_own() -> None:
    assert blanks_shown("a b\tc") == "a·b→c"
    assert blanks_shown("\tc") == "→   c"
