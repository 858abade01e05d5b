"""Extracting the hunks of other programs' unified diffs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.sources.hostile import UNHURRIED
from tui_monitor.sources.shared import diffs


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
