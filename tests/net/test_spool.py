"""The spool: one private file per day, every line complete."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest

from tui_monitor.net.spool import Spool


def test_every_day_has_its_file(tmp_path: Path) -> None:
    days = iter(["2026-03-01", "2026-03-01", "2026-03-02"])
    spool = Spool(tmp_path / "data" / "otlp", lambda: next(days))
    assert [spool.append(line).name for line in (b"1", b"2", b"3")] == [
        "2026-03-01.jsonl",
        "2026-03-01.jsonl",
        "2026-03-02.jsonl",
    ]
    assert (spool.folder / "2026-03-01.jsonl").read_bytes() == b"1\n2\n"


@pytest.mark.skipif(os.name == "nt", reason="there are no such permissions")
def test_only_the_owner_can_read_the_files(tmp_path: Path) -> None:
    path = Spool(tmp_path / "otlp").append(b"secret")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_lines_of_concurrent_threads_are_not_mixed(tmp_path: Path) -> None:
    spool = Spool(tmp_path, lambda: "day")
    lines = [b"%d" % number * 2000 for number in range(10, 60)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(spool.append, lines))
    assert sorted((tmp_path / "day.jsonl").read_bytes().split()) == sorted(lines)


def test_line_that_cannot_be_written_completely_is_removed(tmp_path: Path) -> None:
    spool = Spool(tmp_path, lambda: "day")
    spool.append(b"first")
    write = os.write

    def write_a_little(descriptor: int, data: memoryview) -> int:
        if len(data) < 9:
            raise OSError(28, "No space left on device")
        return write(descriptor, data[:4])

    with patch.object(os, "write", write_a_little), pytest.raises(OSError, match="space"):
        spool.append(b"a long line")
    spool.append(b"last")
    assert (tmp_path / "day.jsonl").read_bytes() == b"first\nlast\n"


@pytest.mark.skipif(os.name == "nt", reason="an open file can be neither moved nor deleted")
@pytest.mark.parametrize("remove", [Path.unlink, lambda path: path.rename(path.with_suffix(".old"))])
def test_file_that_was_moved_or_deleted_is_begun_anew(tmp_path: Path, remove: Callable[[Path], object]) -> None:
    with closing(Spool(tmp_path, lambda: "day")) as spool:
        remove(spool.append(b"first"))
        assert spool.append(b"second").read_bytes() == b"second\n"


def test_folder_that_was_deleted_is_made_again(tmp_path: Path) -> None:
    with closing(Spool(tmp_path / "otlp", lambda: "day")) as spool:
        spool.append(b"first")
        spool.close()
        (spool.folder / "day.jsonl").unlink()
        spool.folder.rmdir()
        assert spool.append(b"second").read_bytes() == b"second\n"


def test_file_that_became_something_else_is_not_written(tmp_path: Path) -> None:
    with closing(Spool(tmp_path, lambda: "day")) as spool:
        path = spool.append(b"first")
        spool.close()
        path.unlink()
        path.mkdir()
        with pytest.raises(IsADirectoryError):
            spool.append(b"second")
