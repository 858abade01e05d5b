"""Following a file by its name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources.support import append, toys
from tui_monitor.events import Checkpoint
from tui_monitor.sources.files.file_reader import CHUNK_LINES, READ_BYTES, Chunk
from tui_monitor.sources.files.open_file import OpenFile
from tui_monitor.sources.files.tail import Tail


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.jsonl"


@pytest.fixture
def tail(path: Path) -> Iterator[Tail]:
    tail = Tail(path)
    yield tail
    tail.close()


LONG = range(100, 200)
"""Enough lines to exceed the prefix by which a file is recognised."""


def pieces(tail: Tail) -> list[Chunk]:
    return list(iter(tail.read, None))


def read(tail: Tail) -> list[bytes]:
    return [line.data for piece in pieces(tail) for line in piece.lines]


def kept_after(piece: Chunk) -> Checkpoint:
    return Checkpoint(piece.source, "", "toy", 1, piece.after, "state")


def resumed(path: Path, *chunks: Chunk) -> Tail:
    """Return the tail of a later run with the end positions of these chunks."""
    checkpoints = [kept_after(piece) for piece in chunks]
    return Tail(path, lambda prefix: [checkpoint for checkpoint in checkpoints if checkpoint.source.startswith(prefix)])


def test_lines_have_offsets(path: Path, tail: Tail) -> None:
    path.write_bytes(b"a\n\nbc\r\nd")
    [piece] = pieces(tail)
    assert [(line.offset, line.data) for line in piece.lines] == [(0, b"a"), (3, b"bc")]
    assert (piece.before, piece.after, piece.start_state) == ("", "0:7", "")


def test_appended_lines_are_returned_once(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1))
    assert read(tail) == [b'{"toy": 1}']
    assert read(tail) == []
    append(path, toys(2)[:5])
    assert read(tail) == []
    append(path, toys(2)[5:])
    assert read(tail) == [b'{"toy": 2}']


def test_complete_object_is_returned_before_its_line_end(path: Path, tail: Tail) -> None:
    path.write_bytes(b'{"toy": 1}')
    assert read(tail) == [b'{"toy": 1}']
    append(path, b"\r\n" + b'{"toy": 2}')
    assert read(tail) == [b'{"toy": 2}']


def test_chunks_are_contiguous(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(*range(3 * CHUNK_LINES)))
    first, second, third = pieces(tail)
    assert first.before == ""
    assert (second.before, third.before) == (first.after, second.after)
    assert third.after == f"0:{path.stat().st_size}"
    assert [first.start_state, second.start_state, third.start_state] == ["", None, None]
    assert first.source == second.source == third.source
    assert max(map(len, (first.lines, second.lines, third.lines))) == CHUNK_LINES


def test_line_longer_than_one_read_is_returned_whole(path: Path, tail: Tail) -> None:
    long = b"x" * (3 * READ_BYTES)
    path.write_bytes(b"a\n" + long + b"\nb\n")
    assert read(tail) == [b"a", long, b"b"]


def test_file_in_a_folder_created_later_is_read(tmp_path: Path) -> None:
    path = tmp_path / "later" / "log.jsonl"
    tail = Tail(path)
    assert (tail.read(), tail.progress()) == (None, (0, 0))
    path.parent.mkdir()
    assert tail.read() is None
    path.touch()
    assert tail.read() is None
    append(path, toys(1))
    assert read(tail) == [b'{"toy": 1}']
    tail.close()


def test_progress_is_in_bytes(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1, 2))
    assert tail.progress() == (0, 22)
    tail.read()
    append(path, toys(3))
    assert tail.progress() == (22, 33)


def test_truncated_file_is_read_from_its_start_under_a_new_generation(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(*LONG))
    [before] = pieces(tail)
    os.truncate(path, 1040)
    [after] = pieces(tail)
    assert [line.offset for line in after.lines] == list(range(0, 1040, 13))
    assert (after.source, after.before, after.after, after.start_state) == (before.source, before.after, "1:1040", "")
    os.truncate(path, 1027)
    assert pieces(tail)[0].after == "2:1027"


def test_emptied_file_is_read_from_its_start_when_it_grows(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(*LONG))
    [before] = pieces(tail)
    os.truncate(path, 0)
    assert read(tail) == []
    append(path, toys(*LONG, *LONG))
    [after] = pieces(tail)
    assert len(after.lines) == 2 * len(LONG)
    assert (after.source, after.before, after.after) == (before.source, before.after, "1:2600")


def test_file_rewritten_in_place_is_another_file_even_if_longer(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1))
    [before] = pieces(tail)
    path.write_bytes(toys(5, 6, 7))
    [after] = pieces(tail)
    assert [line.data for line in after.lines] == [b'{"toy": 5}', b'{"toy": 6}', b'{"toy": 7}']
    assert after.source != before.source
    assert (after.before, after.start_state) == ("", "")


def test_file_rewritten_before_its_first_complete_line_is_read_from_its_start(path: Path, tail: Tail) -> None:
    path.write_bytes(b'{"toy": ')
    assert read(tail) == []
    path.write_bytes(toys(5, 6))
    assert read(tail) == [b'{"toy": 5}', b'{"toy": 6}']


def test_rotated_file_is_drained_before_the_next_one(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1))
    [old] = pieces(tail)
    append(path, toys(2))
    path.rename(path.with_suffix(".1"))
    append(path.with_suffix(".1"), toys(3))
    path.touch()
    append(path.with_suffix(".1"), toys(4))
    last = pieces(tail)
    assert [line.data[-2:] for piece in last for line in piece.lines] == [b"2}", b"3}", b"4}"]
    assert {piece.source for piece in last} == {old.source}
    append(path, toys(5))
    [new] = pieces(tail)
    assert new.source != old.source
    assert (new.before, new.after, new.start_state) == ("", "0:11", "")


def test_unterminated_end_of_a_rotated_file_is_a_line(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1) + b'{"toy"')
    assert read(tail) == [b'{"toy": 1}']
    path.rename(path.with_suffix(".1"))
    path.write_bytes(toys(2))
    assert read(tail) == [b'{"toy"', b'{"toy": 2}']


def test_atomically_replaced_file_is_another_file(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1, 2))
    assert len(read(tail)) == 2
    fresh = path.with_suffix(".new")
    fresh.write_bytes(toys(3))
    append(path, toys(4))
    fresh.replace(path)
    assert read(tail) == [b'{"toy": 4}', b'{"toy": 3}']


def test_deleted_file_raises_once_and_is_read_when_recreated(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1))
    tail.read()
    append(path, toys(2))
    path.unlink()
    piece = tail.read()
    assert piece
    assert [line.data for line in piece.lines] == [b'{"toy": 2}']
    with pytest.raises(FileNotFoundError, match="deleted"):
        tail.read()
    assert tail.read() is None
    path.write_bytes(toys(3))
    assert read(tail) == [b'{"toy": 3}']


def test_moved_file_is_still_followed(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1))
    tail.read()
    path.rename(path.with_suffix(".moved"))
    append(path.with_suffix(".moved"), toys(2))
    assert read(tail) == [b'{"toy": 2}']


def test_directory_under_the_name_keeps_raising(path: Path, tail: Tail) -> None:
    path.mkdir()
    (path / "entry").touch()
    for _ in range(2):
        with pytest.raises(IsADirectoryError):
            tail.read()


def test_trailing_nuls_are_read_again(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1) + b"\0" * 100)
    assert read(tail) == [b'{"toy": 1}']
    with path.open("r+b") as file:
        file.seek(11)
        file.write(toys(2))
    assert read(tail) == [b'{"toy": 2}']


def test_lines_after_nuls_are_read(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1) + b"\0" * (2 * READ_BYTES + 10))
    assert read(tail) == [b'{"toy": 1}']
    append(path, toys(2))
    assert [line.strip(b"\0") for line in read(tail)] == [b'{"toy": 2}']


def test_later_run_resumes_at_the_saved_position(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1))
    [first] = pieces(tail)
    append(path, toys(2))
    later = resumed(path, first)
    [second] = pieces(later)
    assert [line.offset for line in second.lines] == [11]
    assert (second.source, second.before, second.after, second.start_state) == (first.source, "0:11", "0:22", "state")
    later.close()


def test_later_run_starts_anew_if_the_file_is_shorter(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(*LONG))
    [first] = pieces(tail)
    os.truncate(path, 1040)
    later = resumed(path, first)
    [second] = pieces(later)
    assert (second.source, second.before, second.after, second.start_state) == (first.source, first.after, "1:1040", "")
    later.close()


def test_later_run_starts_anew_if_the_file_was_empty(path: Path, tail: Tail) -> None:
    path.write_bytes(b"same\n")
    [first] = pieces(tail)
    os.truncate(path, 0)
    later = resumed(path, first)
    assert later.read() is None
    append(path, b"same\nbut\nlonger\n")
    assert read(later) == [b"same", b"but", b"longer"]
    later.close()


def test_later_run_detects_another_file_with_the_same_inode(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1))
    [first] = pieces(tail)
    path.write_bytes(toys(5, 6))
    later = resumed(path, first)
    [second] = pieces(later)
    assert (second.before, len(second.lines)) == ("", 2)
    later.close()


def test_furthest_of_several_saved_positions_is_used(path: Path) -> None:
    path.write_bytes(toys(1, 2))
    with_one, with_two = Tail(path), Tail(path)
    [early] = pieces(with_one)
    append(path, toys(3))
    [late] = pieces(with_two)
    assert early.source != late.source
    later = resumed(path, early, late)
    assert read(later) == []
    append(path, toys(4))
    assert pieces(later)[0].source == late.source
    for tail in (with_one, with_two, later):
        tail.close()


def test_checkpoints_of_other_sources_are_ignored(path: Path) -> None:
    path.write_bytes(toys(1))
    status = path.stat()
    strange = Checkpoint(f"file:{status.st_dev}:{status.st_ino}:what", "", "toy", 1, "cursor")
    tail = Tail(path, lambda _: [strange])
    assert len(read(tail)) == 1
    tail.close()


def test_reading_works_without_pread(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pread")
    path.write_bytes(toys(1))
    tail = Tail(path)
    assert len(read(tail)) == 1
    append(path, toys(2, 3))
    assert len(read(tail)) == 2
    tail.close()


def test_resuming_far_inside_a_large_file_reads_only_the_rest(path: Path) -> None:
    with path.open("wb") as large:
        large.write(toys(1))
        end = large.seek(10 << 30)
        large.write(b"\n")
    file = OpenFile(path)
    chunks = Checkpoint(str(file.fingerprint(11)), "", "toy", 1, f"0:{end}", "")
    file.close()
    append(path, toys(2))
    tail = Tail(path, lambda _: [chunks])
    assert read(tail) == [b'{"toy": 2}']
    tail.close()


def test_released_file_is_resumed(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1) + toys(2)[:5])
    [first] = pieces(tail)
    tail.release()
    append(path, toys(2)[5:] + toys(3))
    assert tail.progress() == (16, 33)
    [second] = pieces(tail)
    assert [line.offset for line in second.lines] == [11, 22]
    assert (second.source, second.before, second.start_state) == (first.source, first.after, None)


def test_release_closes_the_descriptor(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1))
    before = open_descriptors()
    pieces(tail)
    assert open_descriptors() == before + 1
    tail.release()
    assert open_descriptors() == before
    tail.release()
    assert read(tail) == []
    assert open_descriptors() == before + 1


def test_file_is_drained_once_all_of_it_was_returned(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1))
    tail.read()
    append(path, toys(2, 3))
    drained = []
    for max_lines in (1, 2):
        assert tail.read(max_lines)
        drained.append(tail.is_drained)
    append(path, toys(4)[:5])
    assert tail.read() is None
    assert [*drained, tail.is_drained] == [False, True, False]


@pytest.mark.parametrize("is_replaced", [False, True])
def test_file_whose_name_leads_elsewhere_is_not_drained(is_replaced: bool, path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1))
    tail.read()
    append(path, toys(2))
    path.rename(path.with_suffix(".1"))
    if is_replaced:
        path.write_bytes(toys(3))
    assert tail.read()
    assert not tail.is_drained
    assert read(tail) == ([b'{"toy": 3}'] if is_replaced else [])


def test_reopened_file_keeps_what_is_appended_before_it_is_deleted(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1))
    assert read(tail)
    tail.release()
    append(path, toys(2))
    tail.reopen()
    path.unlink()
    assert read_once(tail) == [b'{"toy": 2}']


def test_file_released_before_its_first_complete_line_is_started_again(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1)[:5])
    assert read(tail) == []
    tail.release()
    append(path, toys(1)[5:])
    assert read(tail) == [b'{"toy": 1}']


def test_released_file_that_is_deleted_is_reported_once(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1) + b"rest")
    pieces(tail)
    tail.release()
    path.unlink()
    assert read_once(tail) == [b"rest"]
    with pytest.raises(FileNotFoundError):
        tail.read()
    assert tail.read() is None


def test_file_that_was_released_appended_to_and_rotated_is_read_to_its_end(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1))
    [first] = pieces(tail)
    tail.release()
    append(path, toys(2))
    path.rename(path.with_suffix(".1"))
    path.write_bytes(toys(3))
    append(path.with_suffix(".1"), toys(4))
    rest, new = pieces(tail)
    assert ([line.data for line in rest.lines], rest.before) == ([b'{"toy": 2}', b'{"toy": 4}'], first.after)
    assert [line.data for line in new.lines] == [b'{"toy": 3}']


def test_file_that_was_released_appended_to_and_renamed_is_followed_until_its_name_is_given_again(
    path: Path, tail: Tail
) -> None:
    path.write_bytes(toys(1))
    pieces(tail)
    tail.release()
    append(path, toys(2))
    path.rename(path.with_suffix(".1"))
    assert read(tail) == [b'{"toy": 2}']
    tail.release()
    append(path.with_suffix(".1"), toys(3))
    assert read(tail) == [b'{"toy": 3}']
    path.write_bytes(toys(4))
    assert read(tail) == [b'{"toy": 4}']


def test_file_whose_folder_was_removed_while_it_was_released_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "a.jsonl"
    path.parent.mkdir()
    path.write_bytes(toys(1))
    tail = Tail(path)
    pieces(tail)
    tail.release()
    path.unlink()
    path.parent.rmdir()
    with pytest.raises(FileNotFoundError):
        tail.read()


def test_file_that_replaces_a_released_one_is_read_from_its_start(path: Path, tail: Tail) -> None:
    path.write_bytes(toys(1))
    [first] = pieces(tail)
    tail.release()
    path.rename(path.with_suffix(".old"))
    path.touch()
    assert (tail.read(), tail.progress()) == (None, (11, 11))
    append(path, toys(2, 3))
    [second] = pieces(tail)
    assert [line.offset for line in second.lines] == [0, 11]
    assert (second.before, second.start_state) == ("", "")
    assert second.source != first.source


def read_once(tail: Tail) -> list[bytes]:
    piece = tail.read()
    return [line.data for line in piece.lines] if piece else []


def open_descriptors() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())
