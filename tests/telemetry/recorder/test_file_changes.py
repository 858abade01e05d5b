"""File changes and their diffs."""

from __future__ import annotations

import copy
import dataclasses
import difflib
import pickle
from pathlib import Path

import pytest

from tui_monitor.telemetry import FileChange, FileChangeType

CHANGE = FileChange.modify("quay.py", "one\ntwo\n", "one\nthree\n", (2, 2))


def test_create_stores_content_and_size() -> None:
    change = FileChange.create(Path("quay.py"), "größe\n")
    assert (change.change_type, change.path, change.after) == (FileChangeType.CREATE, "quay.py", "größe\n")
    assert (change.size_before, change.size_after) == (None, 8)


def test_rename_stores_both_paths() -> None:
    change = FileChange.rename("old.py", "new.py")
    assert (change.old_path, change.path) == ("old.py", "new.py")


def test_diff_is_computed_from_the_texts() -> None:
    assert CHANGE.diff == "--- a/quay.py\n+++ b/quay.py\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n"


def test_diff_marks_a_missing_final_newline() -> None:
    assert "+b\n\\ No newline at end of file\n" in (FileChange.modify("a", "b\n", "b").diff or "")


def test_passed_diff_is_kept() -> None:
    assert FileChange.modify_with_diff("a", "x", "y", "@@ -1 +1 @@\n-x\n+y\n").diff == "@@ -1 +1 @@\n-x\n+y\n"


def test_file_change_has_the_ten_documented_fields() -> None:
    assert [each.name for each in dataclasses.fields(FileChange)] == [
        "change_type",
        "path",
        "old_path",
        "lines_affected",
        "before",
        "after",
        "diff",
        "size_before",
        "size_after",
        "timestamp",
    ]
    assert FileChange(FileChangeType.MODIFY, "a", diff="@@ -1 +1 @@\n-x\n+y\n").diff == "@@ -1 +1 @@\n-x\n+y\n"


def test_copied_change_is_equal() -> None:
    assert pickle.loads(pickle.dumps(CHANGE)) == copy.deepcopy(CHANGE) == CHANGE


def test_diff_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    change = FileChange.modify("a", "x\n", "y\n")
    first = change.diff
    monkeypatch.delattr(difflib, "unified_diff")
    assert change.diff is first


@pytest.mark.parametrize("change", [FileChange.create("a", "x"), FileChange.delete("a", "x"), FileChange.read("a")])
def test_change_with_one_text_has_no_diff(change: FileChange) -> None:
    assert change.diff is None


@pytest.mark.parametrize(
    ("change", "summary"),
    [
        (FileChange.create("a", ""), "+ a"),
        (FileChange.delete("a", ""), "- a"),
        (FileChange.rename("a", "b"), "R a -> b"),
        (FileChange.modify("a", "", "", (10, 20)), "M a (L10-20)"),
        (FileChange.modify("a", "", ""), "M a"),
        (FileChange.read("a", (1, 2)), "R a (L1-2)"),
    ],
)
def test_summary_of_each_change_type(change: FileChange, summary: str) -> None:
    assert change.summary() == summary
