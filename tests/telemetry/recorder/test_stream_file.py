"""Appending to stream files that are rotated, deleted, truncated, full or missing."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sources.support import Toy, read_all, toys
from tui_monitor.sources.files.line_source import LineSource
from tui_monitor.telemetry.recorder.stream_file import StreamFile

NEVER = 1 << 40


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a" / "b" / "run.jsonl"


@pytest.fixture
def file(path: Path) -> StreamFile:
    return StreamFile(path)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_and_folders_are_private(path: Path, file: StreamFile) -> None:
    before = os.umask(0)
    try:
        file.append(b"x\n", NEVER)
    finally:
        os.umask(before)
        file.close()
    assert (mode(path), mode(path.parent), mode(path.parent.parent)) == (0o600, 0o700, 0o700)


def test_full_file_is_rotated(path: Path, file: StreamFile) -> None:
    for number in range(5):
        file.append(toys(number), 20)
    file.close()
    assert [each.name for each in sorted(path.parent.iterdir())] == ["run.1.jsonl", "run.2.jsonl", "run.jsonl"]
    assert (path.parent / "run.1.jsonl").read_bytes() == toys(0, 1)
    assert mode(path) == 0o600


def test_tail_follows_through_every_rotation(path: Path, file: StreamFile) -> None:
    source, values = LineSource(Toy(), path), []
    for number in range(50):
        file.append(toys(number), 25)
        values += read_all(source)
    source.close()
    file.close()
    assert values == [str(number) for number in range(50)]


def test_line_written_to_a_rotated_file_is_repeated_in_the_next(path: Path) -> None:
    one, other = StreamFile(path), StreamFile(path)
    source = LineSource(Toy(), path)
    other.append(toys(0), 25)
    values = read_all(source)
    one.append(toys(1), 25)
    one.append(toys(2), 25)
    one.append(toys(3), 25)
    values += read_all(source)
    other.append(toys(4), 25)
    values += read_all(source)
    for each in (one, other, source):
        each.close()
    assert set(values) == {"0", "1", "2", "3", "4"}


def test_line_longer_than_the_limit_gets_its_own_file(path: Path, file: StreamFile) -> None:
    file.append(toys(1), 500)
    file.append(b"x" * 1000 + b"\n", 500)
    file.append(toys(2), 500)
    file.close()
    assert path.read_bytes() == toys(2)


def test_file_that_cannot_be_renamed_keeps_growing(
    path: Path, file: StreamFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(errno.EACCES, "no", str(target))

    monkeypatch.setattr(Path, "rename", refuse)
    for number in range(5):
        file.append(toys(number), 20)
    file.close()
    assert path.read_bytes() == toys(0, 1, 2, 3, 4)


def test_line_survives_deletion_of_the_file(path: Path, file: StreamFile) -> None:
    file.append(toys(1), NEVER)
    path.unlink()
    file.append(toys(2), NEVER)
    file.close()
    assert path.read_bytes() == toys(2)


def test_line_survives_deletion_of_the_folder(path: Path, file: StreamFile) -> None:
    file.append(toys(1), NEVER)
    path.unlink()
    path.parent.rmdir()
    file.append(toys(2), NEVER)
    file.close()
    assert path.read_bytes() == toys(2)


class Clock:
    """A clock that stands still, until it is set."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("tui_monitor.telemetry.recorder.stream_file.monotonic", clock)
    return clock


def remove(path: Path) -> None:
    path.unlink()
    path.parent.rmdir()


def test_lines_that_went_to_a_removed_file_are_written_with_the_next_check(
    path: Path, file: StreamFile, clock: Clock
) -> None:
    file.append(toys(1), NEVER)
    remove(path)
    file.append(toys(2), NEVER)
    file.append(toys(3), NEVER)
    assert not path.exists()
    clock.now += 1
    file.append(toys(4), NEVER)
    assert path.read_bytes() == toys(2, 3, 4)
    file.close()


@pytest.mark.parametrize("end", [StreamFile.flush, StreamFile.close])
def test_lines_that_went_to_a_removed_file_are_written_at_the_end(
    path: Path, file: StreamFile, clock: Clock, end: Callable[[StreamFile], object]
) -> None:
    file.append(toys(1), NEVER)
    remove(path)
    file.append(toys(2), NEVER)
    end(file)
    file.close()
    assert path.read_bytes() == toys(2)


def test_lines_of_a_removed_file_survive_that_it_cannot_be_made_again(
    path: Path, file: StreamFile, clock: Clock
) -> None:
    file.append(toys(1), NEVER)
    remove(path)
    file.append(toys(2), NEVER)
    path.parent.write_text("in the way")
    clock.now += 1
    with pytest.raises(OSError, match="directory"):
        file.append(toys(3), NEVER)
    path.parent.unlink()
    file.append(toys(3), NEVER)
    assert path.read_bytes() == toys(2, 3)
    file.close()


def test_lines_of_a_removed_file_survive_a_full_disk(
    path: Path, file: StreamFile, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.append(toys(1), NEVER)
    path.unlink()
    file.append(toys(2), NEVER)
    clock.now += 0.5
    write = os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda descriptor, data: write(descriptor, data if path.exists() is False else b""))
        with pytest.raises(OSError, match="No space"):
            file.append(toys(3), NEVER)
    file.append(toys(3), NEVER)
    assert path.read_bytes() == toys(2, 3)
    file.close()


def test_lines_that_cannot_be_written_at_the_end_are_counted(path: Path, file: StreamFile, clock: Clock) -> None:
    file.append(toys(1), NEVER)
    remove(path)
    file.append(toys(2), NEVER)
    path.parent.write_text("in the way")
    assert file.close() == 1


def test_file_removed_after_its_last_line_is_not_begun_again(path: Path, file: StreamFile, clock: Clock) -> None:
    file.append(toys(1), NEVER)
    file.append(toys(2), NEVER)
    os.utime(path, ns=(0, 0))  # written long before it is removed
    remove(path)
    assert file.close() == 0
    assert not path.exists()


def test_full_file_is_noticed_between_checks(path: Path, file: StreamFile, clock: Clock) -> None:
    for number in range(5):
        file.append(toys(number), 20)
    file.close()
    assert (path.parent / "run.1.jsonl").read_bytes() == toys(0, 1)


def test_forked_child_leaves_the_latest_lines_to_its_parent(path: Path, file: StreamFile, clock: Clock) -> None:
    file.append(toys(1), NEVER)
    remove(path)
    file.append(toys(2), NEVER)
    file.forget_recent()
    assert file.close() == 0
    assert not path.exists()


def test_renamed_file_is_not_appended_to(path: Path, file: StreamFile, clock: Clock) -> None:
    file.append(toys(1), NEVER)
    path.rename(path.with_name("renamed.jsonl"))
    clock.now += 5
    file.append(toys(2), NEVER)
    file.close()
    assert path.read_bytes() == toys(2)


def test_line_after_a_torn_one_begins_on_a_new_line(path: Path, file: StreamFile) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b'{"toy": 1')
    file.append(toys(2), NEVER)
    file.close()
    assert path.read_bytes() == b'{"toy": 1\n' + toys(2)


def test_partial_write_raises_and_does_not_corrupt_the_next_line(
    path: Path, file: StreamFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:4]))
        with pytest.raises(OSError, match="No space"):
            file.append(toys(1), NEVER)
    file.append(toys(2), NEVER)
    file.close()
    assert path.read_bytes() == toys(1)[:4] + b"\n" + toys(2)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_unread_pipe_does_not_block_the_agent(path: Path, file: StreamFile) -> None:
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    with pytest.raises(OSError):  # noqa: PT011
        file.append(toys(1), NEVER)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_full_disk_raises(file: StreamFile, tmp_path: Path) -> None:
    (tmp_path / "full.jsonl").symlink_to("/dev/full")
    full = StreamFile(tmp_path / "full.jsonl")
    with pytest.raises(OSError, match="No space"):
        full.append(toys(1), NEVER)
    full.close()
