from __future__ import annotations

from typing import Any

import pytest

from tests.sources.claude_builder import Transcript
from tui_monitor.events import CallFinished, Change, ChangeKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.calls import MAX_ARGUMENTS

PATCH = {"oldStart": 3, "oldLines": 3, "newStart": 3, "newLines": 4, "lines": [" a", "-b", "+c", "+d", " e"]}
HUNK = "@@ -3,3 +3,4 @@\n a\n-b\n+c\n+d\n e"


def changed(
    tool: str, structured: object = None, answer: str = "updated", error: bool | None = None, **arguments: Any
) -> tuple[Change, ...]:
    transcript = Transcript()
    transcript.calls(tool, **arguments)
    transcript.result(answer, structured, error=error)
    return transcript.one(CallFinished).changes


def test_edit_has_the_hunks_of_its_patch() -> None:
    structured = {"filePath": "/e/a.py", "oldString": "b", "newString": "c\nd", "structuredPatch": [PATCH]}
    assert changed("Edit", structured, file_path="/e/a.py", old_string="b", new_string="c\nd") == (
        Change(ChangeKind.MODIFY, "/e/a.py", HUNK, 2, 1, lines=(4, 5)),
    )


def test_several_hunks_are_concatenated() -> None:
    later = PATCH | {"oldStart": 40, "newStart": 41}
    structured = {"filePath": "/e/a.py", "edits": [{}, {}], "structuredPatch": [PATCH, later]}
    (change,) = changed("MultiEdit", structured, file_path="/e/a.py", edits=[])
    assert change.diff == f"{HUNK}\n{HUNK.replace('-3,3 +3,4', '-40,3 +41,4')}"
    assert (change.added, change.removed, change.lines) == (4, 2, (4, 43))


def test_created_file_is_all_additions() -> None:
    structured = {"type": "create", "filePath": "/e/a.py", "content": "one\ntwo\n", "structuredPatch": []}
    assert changed("Write", structured, file_path="/e/a.py", content="one\ntwo\n") == (
        Change(ChangeKind.CREATE, "/e/a.py", "@@ -0,0 +1,2 @@\n+one\n+two", 2, 0, lines=(1, 2)),
    )


def test_rewritten_file_has_the_hunks_of_its_patch() -> None:
    structured = {"type": "update", "filePath": "/e/a.py", "content": "…", "structuredPatch": [PATCH]}
    (change,) = changed("Write", structured, file_path="/e/a.py", content="…")
    assert (change.kind, change.diff) == (ChangeKind.MODIFY, HUNK)


def test_original_content_is_compared_without_a_patch() -> None:
    structured = {
        "type": "update",
        "filePath": "/e/a.py",
        "content": "a\nc\n",
        "originalFile": "a\nb\n",
        "structuredPatch": [],
    }
    (change,) = changed("Write", structured, file_path="/e/a.py", content="a\nc\n")
    assert change.diff == "@@ -1,2 +1,2 @@\n a\n-b\n+c"


def test_edit_is_read_from_its_arguments_without_a_structured_result() -> None:
    (change,) = changed("Edit", file_path="/e/a.py", old_string="a\nb", new_string="a\nc\nd")
    assert change == Change(ChangeKind.MODIFY, "/e/a.py", "@@ -0,2 +0,3 @@\n a\n-b\n+c\n+d", 2, 1, lines=None)


def test_all_edits_of_the_arguments_are_read_without_a_structured_result() -> None:
    edits = [{"old_string": "a", "new_string": "b"}, {"old_string": "c", "new_string": "c"}, {"old_string": "d"}]
    (change,) = changed("MultiEdit", file_path="/e/a.py", edits=edits)
    assert change.diff == "@@ -0,1 +0,1 @@\n-a\n+b\n@@ -0,1 +0,0 @@\n-d"


def test_edit_of_an_empty_passage_creates_the_file() -> None:
    (change,) = changed("Edit", file_path="/e/a.py", old_string="", new_string="one\n")
    assert (change.kind, change.diff) == (ChangeKind.CREATE, "@@ -0,0 +1,1 @@\n+one")


def test_new_file_is_read_from_its_arguments_without_a_structured_result() -> None:
    (change,) = changed("Write", answer="File created successfully at: /e/a.py", file_path="/e/a.py", content="one\n")
    assert (change.kind, change.added, change.removed) == (ChangeKind.CREATE, 1, 0)


def test_overwritten_unknown_content_counts_no_lines() -> None:
    answer = "The file /e/a.py has been updated."
    change = Change(ChangeKind.MODIFY, "/e/a.py")
    assert changed("Write", answer=answer, file_path="/e/a.py", content="one\n") == (change,)


def test_failed_call_changes_nothing() -> None:
    arguments: Record = {"file_path": "/e/a.py", "old_string": "a", "new_string": "b"}
    assert changed("Edit", "Error: …", "String to replace not found", error=True, **arguments) == ()


def test_notebook_change_is_that_of_the_cell_source() -> None:
    arguments: Record = {"notebook_path": "/e/n.ipynb", "new_source": "a = 1", "edit_mode": "insert"}
    assert changed("NotebookEdit", **arguments) == (
        Change(ChangeKind.MODIFY, "/e/n.ipynb", "@@ -0,0 +0,1 @@\n+a = 1", 1, 0),
    )
    assert changed("NotebookEdit", **arguments | {"edit_mode": "delete"}) == (Change(ChangeKind.MODIFY, "/e/n.ipynb"),)


def test_whole_notebooks_are_compared() -> None:
    structured = {"original_file": "1\n2\n", "updated_file": "1\n3\n"}
    (change,) = changed("NotebookEdit", structured, notebook_path="/e/n.ipynb", new_source="3")
    assert change.diff == "@@ -1,2 +1,2 @@\n 1\n-2\n+3"


def test_read_is_a_change_without_lines() -> None:
    structured: Record = {"type": "text", "file": {"filePath": "/e/a.py", "numLines": 12, "startLine": 17}}
    assert changed("Read", structured, file_path="/e/a.py", offset=17) == (
        Change(ChangeKind.READ, "/e/a.py", lines=(17, 28)),
    )
    assert changed("Read", file_path="/e/a.py", offset=17, limit=5) == (
        Change(ChangeKind.READ, "/e/a.py", lines=(17, 21)),
    )
    assert changed("Read", file_path="/e/a.py") == (Change(ChangeKind.READ, "/e/a.py"),)


def test_too_long_arguments_give_a_change_without_lines() -> None:
    structured = {"filePath": "/e/a.py"}
    arguments: Record = {"file_path": "/e/a.py", "old_string": "a", "new_string": "b" * MAX_ARGUMENTS}
    assert changed("Edit", structured, **arguments) == (Change(ChangeKind.MODIFY, "/e/a.py"),)
    assert changed("Edit", **arguments) == ()


@pytest.mark.parametrize("tool", ["Read", "Edit", "Write", "NotebookEdit"])
def test_result_without_a_path_has_no_change(tool: str) -> None:
    assert changed(tool, {"content": "a", "newString": "b"}) == ()


def test_patch_of_an_unknown_call_is_read() -> None:
    transcript = Transcript()
    patched = {"filePath": "/e/a.py", "oldString": "b", "newString": "c", "structuredPatch": [PATCH]}
    transcript.result("updated", patched, call="lost_1")
    created = {"type": "create", "filePath": "/e/b.py", "content": "one\n", "structuredPatch": []}
    transcript.result("created", created, call="lost_2")
    (edit,), (create,) = (end.changes for end in transcript.of(CallFinished))
    assert (edit.kind, edit.diff, create.kind, create.added) == (ChangeKind.MODIFY, HUNK, ChangeKind.CREATE, 1)
