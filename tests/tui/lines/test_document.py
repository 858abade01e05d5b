"""Text from outside becomes clean single lines, and sections one document."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_monitor.tui.lines.document import SectionDocument, StyleRange, TextSection, one_line, show_blanks

TEXTS = st.text(st.characters(exclude_categories=(), exclude_characters="\n"))


@given(TEXTS)
def test_cleaned_text_is_a_single_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1


@given(st.text("ab \t"))
def test_visible_blanks_are_as_wide_as_blanks(text: str) -> None:
    assert cell_len(one_line(show_blanks(text))) == cell_len(one_line(text))


def test_joiners_are_removed() -> None:
    assert one_line("\u2764\ufe0f a\u200db") == "\u2764 ab"


def test_spaces_and_tabs_are_visible() -> None:
    assert show_blanks("a b\tc") == "a·b→c"
    assert show_blanks("\tc") == "→   c"


def test_rows_are_the_lines_of_all_sections_with_their_styles() -> None:
    doc = SectionDocument([TextSection.of("error", "heading"), TextSection.of(""), TextSection.of("a\n\nb\n", "error")])
    rows = range(len(doc))
    assert [doc.texts(row)[0] for row in rows] == ["error", "a", "", "b"]
    assert [doc.style_name(row, 0) for row in rows] == ["heading", "error", "error", "error"]


def test_section_lines_are_cleaned() -> None:
    assert SectionDocument([TextSection.of("10 %\r\x1b[32m100 %\x1b[0m")]).texts(0) == ("10 %␍100 %",)


def test_spans_belong_to_their_line() -> None:
    span = StyleRange(0, 1, "key")
    doc = SectionDocument([TextSection.of("x"), TextSection(["a", "b"], spans=[[], [span]])])
    assert [list(doc.spans(row, 0)) for row in range(3)] == [[], [], [span]]


def test_empty_document_has_no_rows_and_no_width() -> None:
    assert (len(SectionDocument([])), SectionDocument([]).width()) == (0, 0)
