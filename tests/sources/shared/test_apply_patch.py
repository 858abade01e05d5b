"""The patch language, and the shell commands that contain patches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.hostile import UNHURRIED
from tui_monitor.events import ChangeKind
from tui_monitor.sources.shared import apply_patch, diffs

ADD = "*** Begin Patch\n*** Add File: gears.py\n+def turn(wheel):\n+    return wheel + 1\n*** End Patch\n"
UPDATE = """*** Begin Patch
*** Update File: src/gears.py
@@ class Gear
@@ def turn
 def turn(wheel):
-    return wheel
+    # one further
+    return wheel + 1
@@
-x = 1
+x = 2
*** End of File
*** End Patch"""


def test_added_file_has_only_added_lines() -> None:
    [change] = apply_patch.parse_changes(ADD, "/home/ada")
    assert (change.kind, change.path) == (ChangeKind.CREATE, "/home/ada/gears.py")
    assert change.diff == "@@ -0,0 +1,2 @@\n+def turn(wheel):\n+    return wheel + 1"
    assert (change.added, change.removed) == (2, 0)


def test_update_becomes_hunks_at_line_zero_with_headings() -> None:
    [change] = apply_patch.parse_changes(UPDATE)
    first, second = change.diff.split("\n@@")
    assert first.startswith("@@ -0,2 +0,3 @@ class Gear def turn\n def turn(wheel):\n-    return wheel\n")
    assert second == " -0,1 +0,1 @@\n-x = 1\n+x = 2"
    assert (change.kind, change.path, change.added, change.removed) == (ChangeKind.MODIFY, "src/gears.py", 3, 2)
    assert change.lines is None


def test_first_hunk_needs_no_heading_and_empty_line_is_context() -> None:
    [change] = apply_patch.parse_changes("*** Begin Patch\n*** Update File: a\n one\n\n-two\n*** End Patch")
    assert change.diff == "@@ -0,3 +0,2 @@\n one\n \n-two"


def test_moved_file_has_its_old_path() -> None:
    patch = "*** Begin Patch\n*** Update File: old.py\n*** Move to: lib/new.py\n@@\n-a\n+b\n*** End Patch"
    [change] = apply_patch.parse_changes(patch, "/p")
    assert (change.kind, change.path, change.old_path) == (ChangeKind.RENAME, "/p/lib/new.py", "/p/old.py")
    assert (change.added, change.removed) == (1, 1)


def test_several_files_come_in_the_order_of_the_patch() -> None:
    patch = "*** Begin Patch\n*** Delete File: z.py\n*** Add File: a.py\n+1\n*** Update File: m.py\n+2\n*** End Patch"
    assert [(c.kind, c.path) for c in apply_patch.parse_changes(patch)] == [
        (ChangeKind.DELETE, "z.py"),
        (ChangeKind.CREATE, "a.py"),
        (ChangeKind.MODIFY, "m.py"),
    ]


def test_text_after_the_end_is_ignored() -> None:
    [change] = apply_patch.parse_changes(ADD + "EOF\n*** Add File: other.py\n+no\n")
    assert change.path == "gears.py"


def test_a_patch_without_an_end_is_read_as_far_as_it_goes() -> None:
    [change] = apply_patch.parse_changes("*** Begin Patch\n*** Add File: a\n+1\n+2\n")
    assert change.added == 2


@pytest.mark.parametrize("text", ["", "[REDACTED len=10]", "*** Begin Patch\n*** End Patch", "*** Begin Patch"])
def test_text_without_file_changes_is_not_a_patch(text: str) -> None:
    with pytest.raises(ValueError, match="not a patch"):
        apply_patch.parse_changes(text)


@pytest.mark.parametrize(
    ("command", "path"),
    [
        (f"apply_patch <<'EOF'\n{ADD}EOF", "/w/gears.py"),
        (f"cd lib && apply_patch <<'PATCH'\n{ADD}PATCH\n", "/w/lib/gears.py"),
        (f"cd '/opt/my lib' && applypatch <<EOF\n{ADD}EOF", "/opt/my lib/gears.py"),
        (f"set -e; /usr/bin/apply_patch <<'EOF'\n{ADD}EOF\nmake test", "/w/gears.py"),
    ],
)
def test_patch_is_found_in_a_shell_command(command: str, path: str) -> None:
    [change] = apply_patch.changes_in_command(command, "/w")
    assert change.path == path


@pytest.mark.parametrize(
    "command", ["ls", f"cat > notes.txt <<'EOF'\n{ADD}EOF", "apply_patch <<'EOF'\n*** Begin Patch\nEOF"]
)
def test_command_without_a_patch_has_no_changes(command: str) -> None:
    assert apply_patch.changes_in_command(command, "/w") == ()


@pytest.mark.parametrize(
    ("command", "only"),
    [
        (f"apply_patch <<'EOF'\n{ADD}EOF", True),
        (f"cd lib && apply_patch <<'EOF'\n{ADD}EOF\n", True),
        (f"apply_patch <<'EOF'\n{ADD}EOF\nmake test", False),
        (f"make clean\napply_patch <<'EOF'\n{ADD}EOF", False),
        ("ls", False),
    ],
)
def test_command_that_only_applies_a_patch_is_recognised(command: str, only: bool) -> None:
    assert apply_patch.is_patch_only(command) is only


@pytest.mark.parametrize(
    ("folder", "path", "expected"),
    [
        ("/w", "a/b.py", "/w/a/b.py"),
        ("/w", "/x/b.py", "/x/b.py"),
        ("", "b.py", "b.py"),
        ("/w", "", "/w"),
        ("C:\\w", "a\\b.py", "C:\\w\\a\\b.py"),
    ],
)
def test_paths_are_resolved_against_the_folder(folder: str, path: str, expected: str) -> None:
    assert apply_patch.resolve_path(folder, path) == expected


LINES = st.lists(st.text(st.characters(exclude_characters="\n\r", codec="utf-8"), max_size=12), max_size=6)


@given(context=LINES, old=LINES, new=LINES)
@UNHURRIED
def test_no_changed_line_is_lost_or_added(context: list[str], old: list[str], new: list[str]) -> None:
    body = [f" {line}" for line in context] + [f"-{line}" for line in old] + [f"+{line}" for line in new]
    patch = "\n".join(["*** Begin Patch", "*** Update File: a", "@@", *body, "*** End Patch"])
    [change] = apply_patch.parse_changes(patch)
    assert (change.added, change.removed) == (len(new), len(old)) == diffs.count_changes(change.diff)
    assert change.diff.split("\n")[1:] == body if body else not change.diff


@given(st.text())
@UNHURRIED
def test_any_text_is_parsed_or_rejected(text: str) -> None:
    try:
        assert apply_patch.parse_changes(f"*** Begin Patch\n{text}")
    except ValueError as error:
        assert str(error) == "not a patch"  # noqa: PT017
