"""Waiting for change."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep

import pytest
import watchfiles._rust_notify

from tests.sources.support import append
from tui_monitor.sources.files import watcher as watching
from tui_monitor.sources.files.watcher import FileWatcher

LONG = 20.0
"""Seconds after which a test has failed; none waits so long when all is well."""


@pytest.fixture
def watch() -> Iterator[FileWatcher]:
    watch = FileWatcher()
    yield watch
    watch.stop()
    watch.wait(0)


@pytest.fixture
def no_rescans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "RESCAN_S", 1000.0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "log.jsonl"
    file.touch()
    return file


def settle(watch: FileWatcher) -> set[Path]:
    """Everything that is told without waiting."""
    told: set[Path] = set()
    while news := watch.wait(0):
        told |= news
    return told


def wait_for(watch: FileWatcher, path: Path) -> set[Path]:
    """All that is told until ``path`` is."""
    told: set[Path] = set()
    end = monotonic() + LONG
    while path not in told and monotonic() < end:
        told |= watch.wait(LONG)
    assert path in told
    return told


def test_what_is_followed_for_the_first_time_is_told(watch: FileWatcher, file: Path, tmp_path: Path) -> None:
    watch.follow([file], [tmp_path])
    assert settle(watch) == {file, tmp_path}


def test_nothing_is_told_when_nothing_happens(watch: FileWatcher, file: Path) -> None:
    watch.follow([file], [])
    settle(watch)
    assert watch.wait(0.05) == set()


@pytest.mark.usefixtures("no_rescans")
def test_a_file_that_grows_is_told(watch: FileWatcher, file: Path) -> None:
    watch.follow([file], [])
    settle(watch)
    append(file, b"x")
    assert watch.wait(LONG) == {file}


@pytest.mark.usefixtures("no_rescans")
def test_a_file_that_appears_or_goes_is_told(watch: FileWatcher, tmp_path: Path) -> None:
    file = tmp_path / "not" / "yet" / "there"
    watch.follow([file], [])
    settle(watch)
    file.parent.mkdir(parents=True)
    file.touch()
    wait_for(watch, file)
    settle(watch)
    shutil.rmtree(tmp_path / "not")
    wait_for(watch, file)


@pytest.mark.usefixtures("no_rescans")
def test_what_appears_in_a_folder_is_told_but_not_what_appears_below(watch: FileWatcher, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    watch.follow([], [tmp_path])
    settle(watch)
    append(tmp_path / "below" / "file", b"x")
    append(tmp_path / "new", b"x")
    assert wait_for(watch, tmp_path / "new") == {tmp_path / "new"}


@pytest.mark.usefixtures("no_rescans")
def test_other_files_beside_a_followed_one_are_not_told(watch: FileWatcher, file: Path) -> None:
    watch.follow([file], [])
    settle(watch)
    append(file.with_name("other"), b"x")
    append(file, b"x")
    assert wait_for(watch, file) == {file}


@pytest.mark.usefixtures("no_rescans")
def test_a_folder_that_is_made_later_is_told_and_listened_to(watch: FileWatcher, tmp_path: Path) -> None:
    folder = tmp_path / "2030" / "01"
    watch.follow([], [folder])
    settle(watch)
    folder.mkdir(parents=True)
    wait_for(watch, folder)
    append(folder / "new", b"x")
    wait_for(watch, folder / "new")


@pytest.mark.usefixtures("no_rescans")
def test_a_folder_that_is_deleted_and_made_again_is_listened_to_again(watch: FileWatcher, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    watch.follow([], [folder])
    settle(watch)
    folder.rmdir()
    wait_for(watch, folder)
    folder.mkdir()
    wait_for(watch, folder)
    append(folder / "new", b"x")
    wait_for(watch, folder / "new")


@pytest.mark.usefixtures("no_rescans")
def test_names_are_those_that_were_given_also_through_links(watch: FileWatcher, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    file = tmp_path / "link" / "log"
    watch.follow([file], [tmp_path / "link"])
    settle(watch)
    append(tmp_path / "real" / "log", b"x")
    wait_for(watch, file)
    append(tmp_path / "real" / "new", b"x")
    wait_for(watch, tmp_path / "link" / "new")


def test_folders_are_told_again_and_again(watch: FileWatcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "RESCAN_S", 0.05)
    watch.follow([], [tmp_path])
    settle(watch)
    assert [watch.wait(LONG) for _ in range(3)] == [{tmp_path}] * 3


@pytest.mark.usefixtures("no_rescans")
def test_without_hints_changes_are_found_by_looking(
    watch: FileWatcher, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(watchfiles._rust_notify, "RustNotify", refuse)
    watch.follow([file], [])
    settle(watch)
    assert watch.fault == "no change notifications: no space left on device"
    append(file, b"x")
    assert watch.wait(LONG) == {file}


@pytest.mark.usefixtures("no_rescans")
def test_files_are_polled_if_the_notifier_cannot_be_imported(
    watch: FileWatcher, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles._rust_notify", None)
    watch.follow([file], [])
    settle(watch)
    assert watch.fault.startswith("no change notifications: ")
    append(file, b"x")
    assert watch.wait(LONG) == {file}


@pytest.mark.usefixtures("no_rescans")
def test_change_just_before_other_files_are_followed_is_not_lost(watch: FileWatcher, tmp_path: Path) -> None:
    idle, active = tmp_path / "idle.jsonl", tmp_path / "active.jsonl"
    watch.follow([], [tmp_path])
    settle(watch)
    append(idle, b"x")
    sleep(0.1)
    watch.follow([active], [tmp_path])
    wait_for(watch, idle)


@pytest.mark.usefixtures("no_rescans")
def test_hints_come_well_before_files_are_looked_at(
    watch: FileWatcher, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "POLL_S", 1000.0)
    watch.follow([file], [])
    settle(watch)
    append(file, b"x")
    assert watch.wait(LONG) == {file}
    assert not watch.fault


def test_it_can_be_woken_from_another_thread(watch: FileWatcher, file: Path) -> None:
    watch.follow([], [])
    settle(watch)
    with ThreadPoolExecutor(1) as other:
        other.submit(watch.wake, file)
        assert watch.wait(LONG) == {file}


def test_what_is_followed_may_change_while_it_waits(watch: FileWatcher, file: Path) -> None:
    watch.follow([], [])
    settle(watch)
    with ThreadPoolExecutor(1) as other:
        other.submit(watch.follow, [file], [])
        assert watch.wait(LONG) == {file}


def test_it_can_be_stopped_from_another_thread(watch: FileWatcher, file: Path) -> None:
    watch.follow([file], [])
    settle(watch)
    start = monotonic()
    with ThreadPoolExecutor(1) as other:
        other.submit(watch.stop)
        assert watch.wait(LONG) == set()
    assert monotonic() - start < LONG / 2
    append(file, b"x")
    assert watch.wait(LONG) == set()
