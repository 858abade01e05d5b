"""Words of a command line → sources."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.sources.support import Toy, toys
from tui_monitor.sources.discovery.expand import STANDARD_INPUT, ExpandedPaths, expand
from tui_monitor.sources.discovery.registry import Registry, default_registry


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory: two sessions, one with parts, and other files."""
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


def test_a_file_is_a_session(folder: Path) -> None:
    selection = select("a.jsonl")
    [files] = selection.sessions
    assert (files.adapter.name, files.path, files.related_files) == ("toy", folder / "a.jsonl", ())
    assert (selection.skipped, selection.errors, selection.pending, selection.pipes) == ([], [], [], [])


def test_a_main_file_brings_its_companions(folder: Path) -> None:
    [files] = select("deep/b.jsonl").sessions
    assert files.related_files == (folder / "deep" / "b.1.part", folder / "deep" / "b.2.part")


def test_a_companion_alone_is_a_session(folder: Path) -> None:
    assert names(select("deep/b.1.part")) == ["b.1.part"]


def test_a_folder_is_looked_through_and_says_what_it_skips(folder: Path) -> None:
    selection = select(folder)
    assert names(selection) == ["a.jsonl", "b.jsonl"]
    assert selection.skipped == [
        f"{folder}/empty.jsonl: is empty",
        f"{folder}/deep/er/notes.txt: holds no lines of JSON",
    ]
    assert selection.errors == []


def test_everything_comes_once_however_often_it_is_named(folder: Path) -> None:
    (folder / "link.jsonl").symlink_to(folder / "a.jsonl")
    selection = select("deep/b.2.part", ".", "a.jsonl", "./a.jsonl", "*.jsonl", "link.jsonl", "deep/b.1.part", "-", "-")
    assert names(selection) == ["a.jsonl", "b.jsonl"]
    assert selection.pipes == [STANDARD_INPUT]


def test_what_only_tells_again_what_another_file_tells_is_skipped_and_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Toy, "superseded", lambda toy, paths: [path for path in paths if path.stem == "a"])
    selection = select("deep/b.jsonl", "a.jsonl")
    assert names(selection) == ["b.jsonl"]
    assert selection.skipped == [f"{folder}/a.jsonl: superseded by another file of the same session"]


def test_a_pattern_stands_for_what_matches_it(folder: Path) -> None:
    assert names(select("**/*.jsonl")) == ["a.jsonl", "b.jsonl"]
    assert names(select(folder / "d*")) == ["b.jsonl"]
    assert select("*.nothing").errors == ["*.nothing: no file matches"]


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(folder: Path) -> None:
    (folder / "[a].jsonl").write_bytes(toys(1))
    assert names(select("[a].jsonl")) == ["[a].jsonl"]


def test_a_named_file_that_cannot_be_read_is_an_error(folder: Path) -> None:
    selection = select("deep/er/notes.txt")
    assert selection.errors == [f"{folder}/deep/er/notes.txt: holds no lines of JSON"]
    assert selection.skipped == []


def test_a_name_that_cannot_be_one_is_an_error(folder: Path) -> None:
    [error] = select("x" * 300).errors
    assert error.endswith(": file name too long")


def test_a_named_file_without_content_is_waited_for(folder: Path) -> None:
    selection = select("empty.jsonl", "later/log.jsonl")
    assert selection.pending == [folder / "empty.jsonl", folder / "later" / "log.jsonl"]
    assert selection.errors == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_is_read_as_one_but_not_found_as_one(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert select("pipe").pipes == [folder / "pipe"]
    selection = select(".")
    assert selection.pipes == []
    assert f"{folder}/pipe: " in "".join(selection.skipped)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="everything is allowed to root")
def test_what_is_forbidden_is_said(folder: Path) -> None:
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
def test_what_is_read_along_with_a_session_is_not_said_to_be_skipped(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b'{"agentType": "explorer"}\n')
    assert expand([str(tmp_path)], default_registry()).skipped == []
    [error] = expand([str(path)], default_registry()).errors
    assert name in error


def test_a_plug_in_that_fails_describes_nothing(folder: Path) -> None:
    class Failing(Toy):
        def is_sidecar(self, path: Path) -> bool:
            raise RuntimeError

    assert not Registry((Failing(),)).is_sidecar(folder / "deep" / "er" / "notes.txt")
