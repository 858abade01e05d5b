"""A diff becomes rows, and no line is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.diff.patches import patch
from tui_monitor.events import Change, ChangeKind
from tui_monitor.tui.diff.model import DiffLine, DiffNote, DiffRow, FileTitle, HunkGap, LineKind
from tui_monitor.tui.diff.parse import NO_NEWLINE, parse, rows_of

SIGNS = {LineKind.CONTEXT: " ", LineKind.ADDED: "+", LineKind.REMOVED: "-", LineKind.OTHER: ""}
LINES = st.one_of(
    st.sampled_from(
        [
            *("@@ -1,2 +1,3 @@", "@@ -0,0 +1 @@ def f():", "@@ -9 +8,0 @@\r", "@@ -0,4 +0,4 @@", "@@", "@@ class A"),
            *("@@@ -1 -1 +1 @@@", "@@ -99999999999999999999 +1 @@", NO_NEWLINE, "\\ Kein Zeilenende"),
            *("", " ", "+", "-", "+added", "-removed", " kept", "-- a", "--- a/file", "+++ b/file", "diff --git a b"),
        ]
    ),
    st.text(st.characters(exclude_characters="\n", exclude_categories=())),
)
TEXTS = st.lists(st.sampled_from(["one", "two", "three", "", "four\r"]), max_size=20).map("\n".join)


def lines(rows: list[DiffRow]) -> list[DiffLine]:
    return [row for row in rows if isinstance(row, DiffLine)]


def source_of(row: DiffLine) -> list[str]:
    """Return the lines of a diff behind ``row``, without trailing blanks."""
    text = SIGNS[row.kind] + row.text
    return [text.strip(" "), *([NO_NEWLINE] if row.unterminated else [])]


@given(st.lists(LINES).map("\n".join))
def test_no_line_of_any_text_is_lost(diff: str) -> None:
    source_lines = diff.removesuffix("\n").split("\n") if diff else []
    expected = [line.strip(" ") for line in source_lines if not line.startswith("@@") or line.startswith("@@@")]
    assert [line for row in lines(parse(diff)) for line in source_of(row)] == expected


@given(TEXTS, TEXTS, st.integers(0, 3))
def test_rows_hold_both_texts_with_their_line_numbers(old: str, new: str, context: int) -> None:
    rows = lines(parse(patch(old, new, context)))
    before, after = (text.split("\n") for text in (old, new))
    assert all(before[row.old - 1] == row.text for row in rows if row.kind is not LineKind.ADDED)
    assert all(after[row.new - 1] == row.text for row in rows if row.kind is not LineKind.REMOVED)
    assert {row.kind for row in rows} <= {LineKind.CONTEXT, LineKind.ADDED, LineKind.REMOVED}


@given(TEXTS, TEXTS)
def test_gaps_have_the_number_of_omitted_lines(old: str, new: str) -> None:
    rows = parse(patch(old, new, context=1))
    for before, gap, after in zip(rows, rows[1:], rows[2:], strict=False):
        if isinstance(gap, HunkGap):
            assert isinstance(before, DiffLine)
            assert isinstance(after, DiffLine)
            assert gap.unchanged == after.old - before.old - 1


def test_gaps_are_between_hunks_and_have_headings() -> None:
    diff = "@@ -1,2 +1,2 @@\n a\n-b\n+c\n@@ -9,1 +9,2 @@ def moor(self):\n x\n+y\n"
    assert [row for row in parse(diff) if isinstance(row, HunkGap)] == [HunkGap(6, "def moor(self):")]


def test_heading_of_the_first_hunk_is_shown() -> None:
    assert parse("@@ -4 +4 @@ class Quay\n-a\n+b\n")[0] == HunkGap(None, "class Quay")


@pytest.mark.parametrize("header", ["@@", "@@ def moor(self):", "@@ -0,2 +0,2 @@"])
def test_hunk_without_position_has_no_line_numbers(header: str) -> None:
    rows = lines(parse(f"{header}\n kept\n-old\n+new\n"))
    assert [(row.kind, row.old, row.new) for row in rows] == [
        (LineKind.CONTEXT, 0, 0),
        (LineKind.REMOVED, 0, 0),
        (LineKind.ADDED, 0, 0),
    ]


def test_new_file_counts_from_one() -> None:
    assert [row.new for row in lines(parse("@@ -0,0 +1,2 @@\n+a\n+b"))] == [1, 2]


def test_missing_final_line_feed_is_a_flag_of_the_line() -> None:
    old, new = lines(parse(patch("berth", "berth\n")))
    assert (old.unterminated, new.unterminated) == (True, False)


def test_removed_line_of_two_dashes_is_not_a_file_header() -> None:
    rows = lines(parse("@@ -1,2 +1 @@\n--- a comment\n x\n"))
    assert rows[0] == DiffLine(LineKind.REMOVED, "-- a comment", 1, 0)


def test_headers_of_another_file_end_the_hunk() -> None:
    rows = lines(parse("@@ -1 +1 @@\n-a\n+b\n--- a/x\n+++ b/x\n@@ -7 +7 @@\n-c\n+d\n"))
    assert [row.kind for row in rows[2:4]] == [LineKind.OTHER, LineKind.OTHER]
    assert rows[4].old == 7


def test_merge_diff_is_shown_as_plain_lines() -> None:
    rows = lines(parse("@@@ -1,1 -1,1 +1,2 @@@\n++both\n -one\n"))
    assert {row.kind for row in rows} == {LineKind.OTHER}


def test_changes_have_titles_and_reads_are_skipped() -> None:
    rows = rows_of(
        [
            Change(ChangeKind.READ, "seen.py"),
            Change(ChangeKind.MODIFY, "/w/quay.py", "@@ -1 +1 @@\n-a\n+b\n", 1, 1),
            Change(ChangeKind.RENAME, "/w/new.py", old_path="/w/old.py"),
        ],
        lambda path: path.removeprefix("/w/"),
    )
    titles = [(row.path, row.old_path) for row in rows if isinstance(row, FileTitle)]
    assert titles == [("quay.py", ""), ("new.py", "old.py")]
    assert rows[-1] == DiffNote("no line changed")


@pytest.mark.parametrize(("added", "note"), [(2, "⋯ 1 more changed line was"), (9, "⋯ 8 more changed lines were")])
def test_cut_diff_ends_with_a_note(added: int, note: str) -> None:
    rows = rows_of([Change(ChangeKind.MODIFY, "a.py", "@@ -1 +1 @@\n-a\n+b\n", added, 1)])
    assert rows[-1] == DiffNote(f"{note} not recorded")


@pytest.mark.parametrize("kind", [ChangeKind.MODIFY, ChangeKind.DELETE, ChangeKind.RENAME])
def test_change_without_lines_has_a_note(kind: ChangeKind) -> None:
    assert rows_of([Change(kind, "a.py", "", 3, 1)])[-1] == DiffNote("no lines were recorded")
