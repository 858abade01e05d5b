"""Waiting for changes of files and folders."""

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
"""Seconds after which a test fails; none waits so long otherwise."""


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
    """Return all changes reported without waiting."""
    changed: set[Path] = set()
    while news := watch.wait(0):
        changed |= news
    return changed


def wait_for(watch: FileWatcher, path: Path) -> set[Path]:
    """Return all changes until ``path`` is reported."""
    changed: set[Path] = set()
    end = monotonic() + LONG
    while path not in changed and monotonic() < end:
        changed |= watch.wait(LONG)
    assert path in changed
    return changed


def test_new_targets_are_reported_as_changed(watch: FileWatcher, file: Path, tmp_path: Path) -> None:
    watch.follow([file], [tmp_path])
    assert settle(watch) == {file, tmp_path}


def test_nothing_is_reported_without_a_change(watch: FileWatcher, file: Path) -> None:
    watch.follow([file], [])
    settle(watch)
    assert watch.wait(0.05) == set()


@pytest.mark.usefixtures("no_rescans")
def test_growing_file_is_reported(watch: FileWatcher, file: Path) -> None:
    watch.follow([file], [])
    settle(watch)
    append(file, b"x")
    assert watch.wait(LONG) == {file}


@pytest.mark.usefixtures("no_rescans")
def test_created_and_deleted_files_are_reported(watch: FileWatcher, tmp_path: Path) -> None:
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
def test_entries_of_a_folder_are_reported_but_not_of_its_subfolders(watch: FileWatcher, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    watch.follow([], [tmp_path])
    settle(watch)
    append(tmp_path / "below" / "file", b"x")
    append(tmp_path / "new", b"x")
    assert wait_for(watch, tmp_path / "new") == {tmp_path / "new"}


@pytest.mark.usefixtures("no_rescans")
def test_siblings_of_a_followed_file_are_not_reported(watch: FileWatcher, file: Path) -> None:
    watch.follow([file], [])
    settle(watch)
    append(file.with_name("other"), b"x")
    append(file, b"x")
    assert wait_for(watch, file) == {file}


@pytest.mark.usefixtures("no_rescans")
def test_folder_created_later_is_reported_and_watched(watch: FileWatcher, tmp_path: Path) -> None:
    folder = tmp_path / "2030" / "01"
    watch.follow([], [folder])
    settle(watch)
    folder.mkdir(parents=True)
    wait_for(watch, folder)
    append(folder / "new", b"x")
    wait_for(watch, folder / "new")


@pytest.mark.usefixtures("no_rescans")
def test_recreated_folder_is_watched_again(watch: FileWatcher, tmp_path: Path) -> None:
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
def test_paths_are_reported_as_given_even_through_links(watch: FileWatcher, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    file = tmp_path / "link" / "log"
    watch.follow([file], [tmp_path / "link"])
    settle(watch)
    append(tmp_path / "real" / "log", b"x")
    wait_for(watch, file)
    append(tmp_path / "real" / "new", b"x")
    wait_for(watch, tmp_path / "link" / "new")


def test_folders_are_reported_periodically(watch: FileWatcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "RESCAN_S", 0.05)
    watch.follow([], [tmp_path])
    settle(watch)
    assert [watch.wait(LONG) for _ in range(3)] == [{tmp_path}] * 3


@pytest.mark.usefixtures("no_rescans")
def test_changes_are_found_by_polling_without_notifications(
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
def test_change_just_before_new_targets_is_not_lost(watch: FileWatcher, tmp_path: Path) -> None:
    idle, active = tmp_path / "idle.jsonl", tmp_path / "active.jsonl"
    watch.follow([], [tmp_path])
    settle(watch)
    append(idle, b"x")
    sleep(0.1)
    watch.follow([active], [tmp_path])
    wait_for(watch, idle)


@pytest.mark.usefixtures("no_rescans")
def test_notifications_arrive_before_polling(watch: FileWatcher, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "POLL_S", 1000.0)
    watch.follow([file], [])
    settle(watch)
    append(file, b"x")
    assert watch.wait(LONG) == {file}
    assert not watch.fault


def test_wake_from_another_thread_ends_waiting(watch: FileWatcher, file: Path) -> None:
    watch.follow([], [])
    settle(watch)
    with ThreadPoolExecutor(1) as other:
        other.submit(watch.wake, file)
        assert watch.wait(LONG) == {file}


def test_targets_can_change_while_waiting(watch: FileWatcher, file: Path) -> None:
    watch.follow([], [])
    settle(watch)
    with ThreadPoolExecutor(1) as other:
        other.submit(watch.follow, [file], [])
        assert watch.wait(LONG) == {file}


def test_stop_from_another_thread_ends_waiting(watch: FileWatcher, file: Path) -> None:
    watch.follow([file], [])
    settle(watch)
    start = monotonic()
    with ThreadPoolExecutor(1) as other:
        other.submit(watch.stop)
        assert watch.wait(LONG) == set()
    assert monotonic() - start < LONG / 2
    append(file, b"x")
    assert watch.wait(LONG) == set()


@pytest.mark.usefixtures("no_rescans")
def test_other_files_in_watched_folders_need_no_new_notifier(watch: FileWatcher, file: Path, tmp_path: Path) -> None:
    watch.follow([file], [tmp_path])
    settle(watch)
    notifier = watch._notifier
    other = file.with_name("other.jsonl")
    watch.follow([other], watch._targets.folders)
    settle(watch)
    assert watch._notifier is notifier
    append(other, b"x")
    assert wait_for(watch, other) == {other}
    watch.follow([tmp_path / "elsewhere" / "file"], watch._targets.folders)
    settle(watch)
    assert watch._notifier is not notifier


def test_files_beyond_the_first_are_polled_less_often_with_notifications(
    watch: FileWatcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / f"{n}.jsonl" for n in range(watching.FREQUENT + 3)]
    watch.follow(files, [])
    settle(watch)
    polled: list[Path] = []
    monkeypatch.setattr(watching, "_stat", lambda file: polled.append(file))
    watch._poll_at = 0.0
    watch._poll()
    assert polled == files[: watching.FREQUENT]
    polled.clear()
    watch._poll_at = watch._slow_poll_at = 0.0
    watch._poll()
    assert polled == files


@pytest.mark.usefixtures("no_rescans")
def test_files_are_polled_less_often_where_notifications_arrive(watch: FileWatcher, file: Path) -> None:
    other = file.with_name("other.jsonl")
    append(other, b"x")
    watch.follow([file, other], [])
    settle(watch)
    assert watch._frequently_polled() == [file, other]
    append(file, b"x")
    watch._wait_for_notification(LONG)
    assert watch._frequently_polled() == []
    assert watch._poll_interval() == watching.SLOW_POLL_S
