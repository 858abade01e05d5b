"""The end of a file that a running command writes."""

from __future__ import annotations

import os
from pathlib import Path

from tui_monitor.tui.output_tail import MAX_COUNTED, MAX_TAIL, OutputTail, read_on


def test_growing_file_is_read_on_from_where_it_was(tmp_path: Path) -> None:
    file = tmp_path / "b1.output"
    file.write_bytes(b"one\ntwo\n")
    first = read_on(file, OutputTail())
    assert first == OutputTail("one\ntwo\n", lines=2, counted=8)
    with file.open("ab") as output:
        output.write(b"thr\xc3\xa9e")
    assert read_on(file, first) == OutputTail("one\ntwo\nthrée", lines=2, counted=14)


def test_file_that_shrank_is_read_from_its_beginning(tmp_path: Path) -> None:
    file = tmp_path / "b1.output"
    file.write_bytes(b"new\n")
    assert read_on(file, OutputTail("old\nold\n", lines=2, counted=8)) == OutputTail("new\n", lines=1, counted=4)


def test_large_file_is_read_within_bounds(tmp_path: Path) -> None:
    file = tmp_path / "b1.output"
    line = b"x" * 1023 + b"\n"
    file.write_bytes(line * (MAX_COUNTED // 1024 + 5))
    first = read_on(file, OutputTail())
    assert len(first.text) < MAX_TAIL
    assert set(first.text.splitlines()) == {"x" * 1023}
    assert first.lines == MAX_COUNTED // 1024
    assert read_on(file, first).lines == MAX_COUNTED // 1024 + 5


def test_what_is_no_file_changes_nothing(tmp_path: Path) -> None:
    before = OutputTail("kept", lines=1, counted=4)
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "missing", tmp_path, tmp_path / "pipe", Path("nul\0")):
        assert read_on(path, before) == before
