"""Several texts stand below each other."""

from __future__ import annotations

from tui_monitor.tui.lines.document import StyleRange
from tui_monitor.tui.lines.sections import SectionDocument, TextSection


def test_rows_are_the_lines_of_all_sections_with_their_looks() -> None:
    doc = SectionDocument([TextSection.of("error", "heading"), TextSection.of(""), TextSection.of("a\n\nb\n", "error")])
    rows = range(len(doc))
    assert [doc.texts(row)[0] for row in rows] == ["error", "a", "", "b"]
    assert [doc.look(row, 0) for row in rows] == ["heading", "error", "error", "error"]


def test_lines_are_cleaned_when_they_are_shown() -> None:
    assert SectionDocument([TextSection.of("10 %\r\x1b[32m100 %\x1b[0m")]).texts(0) == ("100 %",)


def test_spans_belong_to_their_line() -> None:
    span = StyleRange(0, 1, "key")
    doc = SectionDocument([TextSection.of("x"), TextSection(["a", "b"], spans=[[], [span]])])
    assert [list(doc.spans(row, 0)) for row in range(3)] == [[], [], [span]]


def test_nothing_has_no_rows_and_no_width() -> None:
    assert (len(SectionDocument([])), SectionDocument([]).width()) == (0, 0)
