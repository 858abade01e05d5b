from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.hostile import UNHURRIED
from tests.sources.patching import apply_hunks
from tui_monitor.events import Change, ChangeKind
from tui_monitor.sources.shared import diffs
from tui_monitor.sources.shared.diffs import Hunk

lines = st.lists(st.sampled_from(["a", "b", "", "@@ -1,1 +1,1 @@", "+x", "-y", "\r", "\x0c\u2028z"]), max_size=30)
texts = st.builds(lambda rows, end: "\n".join(rows) + end, lines, st.sampled_from(["", "\n"]))


def test_edit_has_three_lines_of_context() -> None:
    old = "".join(f"{n}\n" for n in range(1, 11))
    assert diffs.between(old, old.replace("5\n", "five\n")) == "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8"


def test_distant_edits_are_separate_hunks() -> None:
    old = "".join(f"{n}\n" for n in range(1, 31))
    hunks = diffs.between(old, old.replace("3\n", "three\n", 1).replace("28\n", ""))
    assert [line for line in hunks.split("\n") if line.startswith("@@")] == ["@@ -1,6 +1,6 @@", "@@ -25,6 +25,5 @@"]


def test_created_file_is_all_additions() -> None:
    assert diffs.creation("one\ntwo\n") == "@@ -0,0 +1,2 @@\n+one\n+two"


def test_deleted_file_is_all_removals() -> None:
    assert diffs.deletion("one\n") == "@@ -1,1 +0,0 @@\n-one"


def test_empty_file_has_no_diff() -> None:
    assert diffs.creation("") == ""


def test_missing_final_newline_is_marked() -> None:
    assert diffs.between("a\nb", "a\nb\n") == "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b"


def test_only_line_feeds_separate_lines() -> None:
    assert diffs.count_changes(diffs.creation("a\x0bb\x85c\r\nd\u2028e\n")) == (2, 0)


def test_given_hunks_are_formatted() -> None:
    hunks = [Hunk(4, 2, 4, 1, [" keep", "-drop"]), Hunk(20, 0, 18, 1, ["+late"])]
    assert diffs.format_hunks(hunks) == "@@ -4,2 +4,1 @@\n keep\n-drop\n@@ -20,0 +18,1 @@\n+late"


def test_lines_that_look_like_file_headers_are_counted() -> None:
    assert diffs.count_changes("@@ -1,2 +1,2 @@\n--- a\n-b\n+++ c\n+d\n context") == (2, 2)


def test_empty_diff_has_no_changes() -> None:
    assert diffs.count_changes("") == (0, 0)


@pytest.mark.parametrize(
    ("hunks", "expected"),
    [
        ("@@ -1,3 +1,4 @@\n a\n+b\n+c\n d", (2, 3)),
        ("@@ -5,3 +5,2 @@\n a\n-b\n c", (5, 5)),
        ("@@ -5,3 +5,3 @@\n a\n-b\n+B\n c", (6, 6)),
        ("@@ -1,1 +0,0 @@\n-a", (1, 1)),
        ("@@ -1,1 +1,2 @@\n+a\n b\n@@ -40,1 +41,1 @@\n-x\n\\ No newline at end of file\n+x", (1, 41)),
        ("", None),
    ],
)
def test_changed_range_of_a_diff(hunks: str, expected: tuple[int, int] | None) -> None:
    assert diffs.changed_range(hunks) == expected


def test_change_has_counts_and_range() -> None:
    hunks = diffs.between("a\nb\n", "a\nc\nd\n")
    assert diffs.change(ChangeKind.RENAME, "new", hunks, "old") == Change(
        ChangeKind.RENAME, "new", hunks, 2, 1, "old", (2, 3)
    )


def test_hunks_of_a_passage_have_no_position() -> None:
    hunks = diffs.between_passages("a\nb", "a\nc")
    assert hunks == "@@ -0,2 +0,2 @@\n a\n-b\n+c"
    assert diffs.changed_range(hunks) is None


def test_removed_passage_has_no_additions() -> None:
    assert diffs.between_passages("gone", "") == "@@ -0,1 +0,0 @@\n-gone"


@given(texts, texts)
def test_applying_a_diff_gives_the_new_text(old: str, new: str) -> None:
    assert apply_hunks(old, diffs.between(old, new)) == new


@given(*2 * [st.lists(st.sampled_from("abcdefgh"), max_size=12).map("\n".join)])
def test_replacement_that_is_alone_is_what_a_search_finds(old: str, new: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(diffs, "_is_alone", lambda *parts: False)
        searched = diffs.between(old, new)
    assert diffs.between(old, new) == searched


@given(texts, texts)
def test_rewrite_too_long_to_compare_is_still_correct(old: str, new: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(diffs, "MAX_COMPARED", 0)
        assert apply_hunks(old, diffs.between(old, new)) == new


def test_file_headers_are_removed() -> None:
    unified = "diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@ def f\n a\n-b\n+c\n"
    assert diffs.extract_hunks(unified) == "@@ -1,2 +1,2 @@ def f\n a\n-b\n+c"


def test_hunks_of_several_files_are_kept_without_headers() -> None:
    unified = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n--- a/y\n+++ b/y\n@@ -3,2 +3 @@\n k\n-gone\n"
    assert diffs.count_changes(diffs.extract_hunks(unified)) == (1, 2)


def test_lines_that_look_like_headers_inside_a_hunk_are_kept() -> None:
    unified = "@@ -1,2 +1,1 @@\n--- a/x\n keep\n"
    assert diffs.extract_hunks(unified) == "@@ -1,2 +1,1 @@\n--- a/x\n keep"


def test_missing_newline_remark_is_kept() -> None:
    unified = "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"
    assert diffs.extract_hunks(unified) == unified.removesuffix("\n")


def test_changed_lines_without_a_header_become_one_hunk_of_unknown_position() -> None:
    assert diffs.extract_hunks("--- a\n+++ b\n-old\n+new\n same") == "@@ -0,2 +0,2 @@\n-old\n+new\n same"


def test_diff_without_changes_is_empty() -> None:
    assert diffs.extract_hunks("") == diffs.extract_hunks("no diff at all") == ""


@given(st.text("ab\n"), st.text("ab\n"))
@UNHURRIED
def test_own_hunks_are_unchanged(old: str, new: str) -> None:
    hunks = diffs.between(old, new)
    assert diffs.extract_hunks(hunks) == diffs.extract_hunks(f"--- a/x\n+++ b/x\n{hunks}\n") == hunks
