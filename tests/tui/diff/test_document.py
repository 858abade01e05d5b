"""The text and styles of each row of a diff."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.diff.patches import patch
from tests.tui.diff.test_parse import LINES
from tui_monitor.events import Change, ChangeKind
from tui_monitor.tui.diff.arrangement import DiffArrangement
from tui_monitor.tui.diff.document import DiffDocument
from tui_monitor.tui.diff.parse import rows_of
from tui_monitor.tui.lines.syntax import load_language

OLD = "def moor(ship):\n    return ship\n"
NEW = "def moor(ship, berth):\n    return ship\n"


def document(*changes: Change, split: bool = False, blanks: bool = False) -> DiffDocument:
    return DiffDocument(DiffArrangement(rows_of(changes), split=split), blanks=blanks)


def change(diff: str, kind: ChangeKind = ChangeKind.MODIFY, **fields: int | str) -> Change:
    return Change(kind, "quay.py", diff, **fields)  # type: ignore[arg-type]  # the fields are of several types


def lines_of(doc: DiffDocument) -> list[str]:
    rows = range(len(doc))
    return ["|".join(doc.label(row, side) + text for side, text in enumerate(doc.texts(row))).rstrip() for row in rows]


def spans(doc: DiffDocument, row: int, style_name: str) -> list[str]:
    text = doc.texts(row)[0]
    return [text[span.start : span.end] for span in doc.spans(row, 0) if span.style_name == style_name]


@given(st.lists(LINES, max_size=10).map("\n".join), st.booleans(), st.booleans())
def test_every_row_of_any_diff_can_be_shown(diff: str, split: bool, blanks: bool) -> None:
    load_language("quay.py")
    doc = document(change("@@ -1,5 +1,5 @@\n" + diff), split=split, blanks=blanks)
    for row in range(len(doc)):
        for side, text in enumerate(doc.texts(row)):
            assert "\n" not in text
            assert len(doc.label(row, side)) in (0, doc.margin)
            assert doc.style_name(row, side)
            assert all(0 <= span.start <= span.end <= len(text) for span in doc.spans(row, side))


def test_unified_lines_have_their_number_and_sign() -> None:
    assert lines_of(document(change(patch(OLD, NEW)))) == [
        " 1 − def moor(ship):",
        " 1 + def moor(ship, berth):",
        " 2       return ship",
    ]


def test_columns_have_the_numbers_of_their_side() -> None:
    doc = document(change("@@ -8,2 +9,3 @@\n ship\n-old\n+new\n+more\n"), split=True)
    assert lines_of(doc) == ["  8   ship|  9   ship", "  9 − old| 10 + new", "| 11 + more"]
    assert [doc.style_name(2, side) for side in (0, 1)] == ["blank", "added"]


def test_titles_have_letter_path_and_counts() -> None:
    doc = document(
        change("@@ -0,0 +1 @@\n+a\n", ChangeKind.CREATE, added=1),
        change("@@ -1 +1 @@\n-a\n+b\n", ChangeKind.RENAME, added=1, removed=1, old_path="pier.py"),
    )
    assert lines_of(doc)[0] == "   A quay.py  +1"
    assert lines_of(doc)[2] == "   R pier.py → quay.py  +1  −1"
    assert spans(doc, 2, "plus") + spans(doc, 2, "minus") == ["+1", "−1"]


def test_gap_has_number_of_lines_and_heading() -> None:
    doc = document(change("@@ -1 +1 @@\n-a\n+b\n@@ -7 +7 @@ class Quay:\n-c\n+d\n"))
    assert lines_of(doc)[2] == "⋯ 5 unchanged  class Quay:"


def test_changed_words_are_emphasised() -> None:
    doc = document(change(patch(OLD, NEW)))
    assert spans(doc, 1, "added-word") == [", berth"]
    assert spans(doc, 0, "removed-word") == []


def test_code_has_colours_once_its_language_is_loaded() -> None:
    load_language("quay.py")
    doc = document(change(patch(OLD, NEW)))
    assert spans(doc, 0, "keyword") == ["def"]
    assert spans(doc, 2, "keyword") == ["return"]


def test_missing_line_feed_is_shown_on_the_line() -> None:
    doc = document(change(patch("a\n", "a")))
    assert doc.texts(1) == ("a  no newline at end of file",)
    assert spans(doc, 1, "faint") == ["  no newline at end of file"]


@pytest.mark.parametrize("blanks", [False, True])
def test_carriage_return_is_visible_in_a_change(blanks: bool) -> None:
    doc = document(change("@@ -1,2 +1,2 @@\n kept\r\n-a\r\n+a\n"), blanks=blanks)
    assert [doc.texts(row)[0] for row in range(3)] == ["kept␍" if blanks else "kept", "a␍", "a"]
    assert spans(doc, 1, "removed-word") == ["␍"]


def test_white_space_can_be_made_visible_and_code_keeps_its_colours() -> None:
    load_language("quay.py")
    doc = document(change("@@ -1 +1 @@\n-\treturn x y\n+ return x\n"), blanks=True)
    assert doc.texts(0) == ("→   return·x·y",)
    assert spans(doc, 0, "keyword") == ["return"]


def test_hostile_text_is_harmless() -> None:
    doc = document(change("@@ -1 +1 @@\n-\x1b[2Jgone\n+\u202egone\x0cpage\n", added=1, removed=1))
    assert [doc.texts(row)[0] for row in range(2)] == ["gone", "gone␤page"]


def test_width_is_that_of_the_widest_row() -> None:
    assert document(change("@@ -1 +1 @@\n-\tabc\n+漢字 and more\n")).width() == 13
    assert document(change(patch("a\n", "a"))).width() == len("a  no newline at end of file")
    assert document(Change(ChangeKind.CREATE, "a/very/long/path.py")).width() == len("no lines were recorded")
