"""A folder is read again when it has changed, however many ask for its entries."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tui_monitor.sources.base import Adapter
from tui_monitor.sources.claude_code.adapter import ClaudeCode
from tui_monitor.sources.files import folder_listing
from tui_monitor.sources.files.folder_listing import FolderListing, files_below, list_folder, with_prefix
from tui_monitor.sources.gemini.adapter import Gemini
from tui_monitor.sources.stream.adapter import Stream

LONG_AGO = time.time() - 100


@pytest.fixture
def scans(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the folders that are read, as the test goes on."""
    scans: list[str] = []
    read = folder_listing._read

    def count(path: str) -> FolderListing:
        scans.append(path)
        return read(path)

    monkeypatch.setattr(folder_listing, "_read", count)
    return scans


def test_entries_are_files_and_folders_by_name(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / name).touch()
        (tmp_path / f"{name}-folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a-folder")
    (tmp_path / "dangling").symlink_to(tmp_path / "gone")
    assert list_folder(tmp_path) == FolderListing(("a", "b", "dangling"), ("a-folder", "b-folder", "link"), ("link",))


def test_unchanged_folder_is_read_once(tmp_path: Path, scans: list[str]) -> None:
    (tmp_path / "a").touch()
    os.utime(tmp_path, (LONG_AGO, LONG_AGO))
    first = list_folder(tmp_path)
    assert list_folder(tmp_path) is first
    assert len(scans) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "b").touch(),
        lambda folder: (folder / "a").unlink(),
        lambda folder: (folder / "a").rename(folder / "c"),
    ],
)
def test_change_is_noticed(tmp_path: Path, change: Callable[[Path], object]) -> None:
    (tmp_path / "a").touch()
    os.utime(tmp_path, (LONG_AGO, LONG_AGO))
    before = list_folder(tmp_path)
    change(tmp_path)
    assert list_folder(tmp_path) != before


def test_change_with_the_same_time_stamp_is_noticed(tmp_path: Path) -> None:
    list_folder(tmp_path)
    status = tmp_path.stat()
    (tmp_path / "a").touch()
    os.utime(tmp_path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert list_folder(tmp_path).files == ("a",)


def test_listing_of_recent_folder_stays_the_same_object(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert list_folder(tmp_path) is list_folder(tmp_path)


def test_folder_that_keeps_no_time_is_read_again_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scans: list[str]
) -> None:
    monkeypatch.setattr(folder_listing, "_MAX_AGE_S", 0.0)
    os.utime(tmp_path, (LONG_AGO, LONG_AGO))
    list_folder(tmp_path)
    list_folder(tmp_path)
    assert len(scans) == 2


def test_number_of_remembered_folders_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_listing, "MAX_FOLDERS", 3)
    for n in range(10):
        (tmp_path / str(n)).mkdir()
        list_folder(tmp_path / str(n))
    assert len(folder_listing._remembered) <= 3


def test_missing_folder_and_file_have_no_entries(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "gone", tmp_path / "file", tmp_path / "file" / "below"):
        assert list_folder(path) == FolderListing()


def test_names_with_a_prefix() -> None:
    names = ("a", "ab", "ab\udcff", "abc", "ac", "b")
    assert with_prefix(names, "ab") == ("ab", "ab\udcff", "abc")
    assert with_prefix(names, "") == names
    assert with_prefix(names, "c") == ()


def test_files_below_do_not_include_those_behind_links(tmp_path: Path) -> None:
    for path in (tmp_path / "x-1.txt", tmp_path / "one" / "x-2.txt", tmp_path / "one" / "y-3.txt"):
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (tmp_path / "one" / "loop").symlink_to(tmp_path)
    assert [path.name for path in files_below(tmp_path, "x-", ".txt")] == ["x-1.txt", "x-2.txt"]


SESSIONS = 100


@pytest.mark.parametrize(
    ("adapter", "name"),
    [
        (ClaudeCode(), "{}.jsonl"),
        (ClaudeCode(), "agent-{}.jsonl"),
        (Gemini(), "chats/session-2026-01-01T10-00-{:08}.jsonl"),
        (Stream(), "session-{}.jsonl"),
    ],
    ids=["claude sessions", "claude agents", "gemini", "stream"],
)
def test_sessions_in_one_folder_share_one_look_at_it(
    tmp_path: Path, adapter: Adapter, name: str, scans: list[str]
) -> None:
    paths = [tmp_path / name.format(n) for n in range(SESSIONS)]
    paths[0].parent.mkdir(exist_ok=True)
    for path in paths:
        path.write_text('{"type": "user", "sessionId": "s"}\n')
    session = tmp_path / "s.jsonl"
    session.touch()
    os.utime(paths[0].parent, (LONG_AGO, LONG_AGO))
    for path in (*paths, *[session] * SESSIONS):
        list(adapter.related_files(path))
    assert len(scans) <= 2
