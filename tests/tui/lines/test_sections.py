"""Several texts stand below each other."""

from __future__ import annotations

from tui_monitor.tui.lines.document import Span
from tui_monitor.tui.lines.sections import Section, Sections


def test_rows_are_the_lines_of_all_sections_with_their_looks() -> None:
    doc = Sections([Section.of("error", "heading"), Section.of(""), Section.of("a\n\nb\n", "error")])
    rows = range(len(doc))
    assert [doc.texts(row)[0] for row in rows] == ["error", "a", "", "b"]
    assert [doc.look(row, 0) for row in rows] == ["heading", "error", "error", "error"]


def test_lines_are_cleaned_when_they_are_shown() -> None:
    assert Sections([Section.of("10 %\r\x1b[32m100 %\x1b[0m")]).texts(0) == ("100 %",)


def test_spans_belong_to_their_line() -> None:
    span = Span(0, 1, "key")
    doc = Sections([Section.of("x"), Section(["a", "b"], spans=[[], [span]])])
    assert [list(doc.spans(row, 0)) for row in range(3)] == [[], [], [span]]


def test_nothing_has_no_rows_and_no_width() -> None:
    assert (len(Sections([])), Sections([]).width()) == (0, 0)
