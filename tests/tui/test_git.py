"""Files against the last commit of their working tree."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tui_monitor.tui import git
from tui_monitor.tui.git import IGNORED, NO_REPOSITORY, NOT_TRACKED, TOO_LARGE, TreeFile, head_diff, tree_files

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def run(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working tree with one commit of ``tides.py``."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    tree = tmp_path / "harbour"
    tree.mkdir()
    run(tree, "init", "-q")
    (tree / "tides.py").write_text("low\nhigh\n")
    (tree / ".gitignore").write_text("build/\n")
    run(tree, "add", "-A")
    run(tree, "commit", "-q", "-m", "Keep tides in UTC")
    return tree


def test_difference_from_the_last_commit_is_in_hunks(tree: Path) -> None:
    (tree / "tides.py").write_text("low\nhighest\n")
    diff = head_diff(tree / "tides.py")
    assert diff.diff == "@@ -1,2 +1,2 @@\n low\n-high\n+highest\n"
    assert diff.commit.endswith("Keep tides in UTC")


def test_deleted_file_is_compared(tree: Path) -> None:
    (tree / "tides.py").unlink()
    assert head_diff(tree / "tides.py").diff == "@@ -1,2 +0,0 @@\n-low\n-high\n"


def test_file_of_another_working_tree_is_compared_with_the_commit_of_that_one(tree: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    run(tree, "worktree", "add", "-q", str(other))
    (other / "tides.py").write_text("spring\n")
    assert "+spring" in head_diff(other / "tides.py").diff
    assert head_diff(tree / "tides.py").note == "It is as in HEAD."


def test_strange_name_is_one_file(tree: Path) -> None:
    (tree / ":(glob)*.py").write_text("x\n")
    run(tree, "add", "-A")
    run(tree, "commit", "-q", "-m", "Strange")
    (tree / ":(glob)*.py").write_text("y\n")
    (tree / "tides.py").write_text("z\n")
    assert head_diff(tree / ":(glob)*.py").diff == "@@ -1 +1 @@\n-x\n+y\n"


def test_file_without_a_difference_says_why(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / "new.py").write_text("new\n")
    (tree / "build").mkdir()
    (tree / "build" / "made.py").write_text("made\n")
    (tree / "bytes.bin").write_bytes(b"\0\1")
    run(tree, "add", "bytes.bin")
    assert head_diff(tree / "new.py").note == NOT_TRACKED
    assert head_diff(tree / "build" / "made.py").note == IGNORED
    assert head_diff(tree / "bytes.bin").note == "It is not a text file."
    assert head_diff(tmp_path / "elsewhere.py").note == NO_REPOSITORY
    assert head_diff(Path("relative.py")).note == NO_REPOSITORY
    monkeypatch.setattr(git, "MAX_FILE", 1)
    assert head_diff(tree / "tides.py").note == TOO_LARGE


def test_tree_without_a_commit_says_so(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    run(tmp_path / "empty", "init", "-q")
    assert head_diff(tmp_path / "empty" / "a.py").note == "There is no commit yet."


def test_missing_git_is_a_sentence(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert "git cannot be started" in head_diff(tree / "tides.py").note


def test_programs_of_the_repository_are_not_run(tree: Path, tmp_path: Path) -> None:
    trap = tmp_path / "ran"
    for setting in ("core.fsmonitor", "diff.external", "diff.trap.textconv", "diff.trap.command"):
        run(tree, "config", setting, f"touch {trap};")
    (tree / ".gitattributes").write_text("*.py diff=trap\n")
    (tree / "tides.py").write_text("changed\n")
    assert "+changed" in head_diff(tree / "tides.py").diff
    assert not trap.exists()


def test_repository_of_a_hook_is_not_meant(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / "tides.py").write_text("changed\n")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert "+changed" in head_diff(tree / "tides.py").diff


def test_files_that_differ_from_the_last_commit_are_listed_with_their_lines(tree: Path) -> None:
    (tree / "tides.py").write_text("low\nhigher\nhighest\n")
    (tree / "new file.py").write_text("x\n")
    (tree / "staged.py").write_text("a\nb\n")
    (tree / "build").mkdir()
    (tree / "build" / "made.py").write_text("ignored\n")
    run(tree, "add", "staged.py")
    assert tree_files(tree) == (
        TreeFile(f"{tree}/staged.py", "new", 2, 0),
        TreeFile(f"{tree}/tides.py", "", 2, 1),
        TreeFile(f"{tree}/new file.py", "new"),
    )
    (tree / "tides.py").unlink()
    assert TreeFile(f"{tree}/tides.py", "deleted", 0, 2) in tree_files(tree)


def test_only_the_files_of_the_folder_itself_are_listed(tree: Path) -> None:
    (tree / "tides.py").write_text("x\n")
    (tree / "part").mkdir()
    (tree / "part" / "quay.py").write_text("x\n")
    assert [file.path for file in tree_files(tree / "part")] == [f"{tree}/part/"]


def test_no_files_are_listed_without_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert tree_files(tmp_path) == ()
    assert tree_files(tmp_path / "missing") == ()
    assert tree_files(Path("relative")) == ()
