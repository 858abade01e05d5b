"""Expanding path arguments into sources."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.sources.support import Toy, toys
from tui_monitor.sources.discovery.expand import STANDARD_INPUT, ExpandedPaths, expand
from tui_monitor.sources.discovery.registry import Registry, default_registry


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory with two sessions, one with parts, and other files."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deep" / "er").mkdir(parents=True)
    for name in ("a.jsonl", "deep/b.jsonl", "deep/b.1.part", "deep/b.2.part"):
        (tmp_path / name).write_bytes(toys(1))
    (tmp_path / "deep" / "er" / "notes.txt").write_bytes(b"words\n")
    (tmp_path / "empty.jsonl").touch()
    return tmp_path


def select(*words: str | Path) -> ExpandedPaths:
    return expand(map(str, words), Registry((Toy(),)))


def names(selection: ExpandedPaths) -> list[str]:
    return [files.path.name for files in selection.sessions]


def test_file_is_a_session(folder: Path) -> None:
    selection = select("a.jsonl")
    [files] = selection.sessions
    assert (files.adapter.name, files.path, files.related_files) == ("toy", folder / "a.jsonl", ())
    assert (selection.skipped, selection.errors, selection.pending, selection.pipes) == ([], [], [], [])


def test_main_file_includes_its_related_files(folder: Path) -> None:
    [files] = select("deep/b.jsonl").sessions
    assert files.related_files == (folder / "deep" / "b.1.part", folder / "deep" / "b.2.part")


def test_related_file_alone_is_a_session(folder: Path) -> None:
    assert names(select("deep/b.1.part")) == ["b.1.part"]


def test_folder_is_expanded_and_skipped_files_are_reported(folder: Path) -> None:
    selection = select(folder)
    assert names(selection) == ["a.jsonl", "b.jsonl"]
    assert selection.skipped == [
        f"{folder}/empty.jsonl: is empty",
        f"{folder}/deep/er/notes.txt: holds no lines of JSON",
    ]
    assert selection.errors == []


def test_repeated_arguments_give_each_session_once(folder: Path) -> None:
    (folder / "link.jsonl").symlink_to(folder / "a.jsonl")
    selection = select("deep/b.2.part", ".", "a.jsonl", "./a.jsonl", "*.jsonl", "link.jsonl", "deep/b.1.part", "-", "-")
    assert names(selection) == ["a.jsonl", "b.jsonl"]
    assert selection.pipes == [STANDARD_INPUT]


def test_superseded_file_is_skipped_with_a_reason(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Toy, "superseded", lambda toy, paths: [path for path in paths if path.stem == "a"])
    selection = select("deep/b.jsonl", "a.jsonl")
    assert names(selection) == ["b.jsonl"]
    assert selection.skipped == [f"{folder}/a.jsonl: superseded by another file of the same session"]


def test_pattern_expands_to_matching_files(folder: Path) -> None:
    assert names(select("**/*.jsonl")) == ["a.jsonl", "b.jsonl"]
    assert names(select(folder / "d*")) == ["b.jsonl"]
    assert select("*.nothing").errors == ["*.nothing: no file matches"]


def test_existing_file_with_wildcards_in_its_name_is_a_file(folder: Path) -> None:
    (folder / "[a].jsonl").write_bytes(toys(1))
    assert names(select("[a].jsonl")) == ["[a].jsonl"]


def test_unreadable_file_argument_is_an_error(folder: Path) -> None:
    selection = select("deep/er/notes.txt")
    assert selection.errors == [f"{folder}/deep/er/notes.txt: holds no lines of JSON"]
    assert selection.skipped == []


def test_impossible_path_argument_is_an_error(folder: Path) -> None:
    [error] = select("x" * 300).errors
    assert error.endswith(": file name too long")


def test_empty_file_argument_is_pending(folder: Path) -> None:
    selection = select("empty.jsonl", "later/log.jsonl")
    assert selection.pending == [folder / "empty.jsonl", folder / "later" / "log.jsonl"]
    assert selection.errors == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_named_pipe_is_read_as_an_argument_but_not_in_a_folder(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert select("pipe").pipes == [folder / "pipe"]
    selection = select(".")
    assert selection.pipes == []
    assert f"{folder}/pipe: " in "".join(selection.skipped)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="everything is allowed to root")
def test_unreadable_folder_is_reported(folder: Path) -> None:
    (folder / "deep").chmod(0)
    (folder / "a.jsonl").chmod(0)
    try:
        assert "permission denied" in "".join(select(".").skipped)
        assert select("a.jsonl").errors == [f"{folder}/a.jsonl: permission denied"]
    finally:
        (folder / "deep").chmod(0o700)


@pytest.mark.parametrize(
    "name", ["s/subagents/agent-1.meta.json", ".codex/state_5.sqlite", ".codex/state_5.sqlite-wal"]
)
def test_sidecar_files_are_not_reported_as_skipped(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b'{"agentType": "explorer"}\n')
    assert expand([str(tmp_path)], default_registry()).skipped == []
    [error] = expand([str(path)], default_registry()).errors
    assert name in error


def test_failing_plug_in_has_no_sidecar_files(folder: Path) -> None:
    class FailingSidecars(Toy):
        def is_sidecar(self, path: Path) -> bool:
            raise RuntimeError

    assert not Registry((FailingSidecars(),)).is_sidecar(folder / "deep" / "er" / "notes.txt")
