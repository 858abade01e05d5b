"""The layout that is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_monitor.cli.layout_file import NAME, LayoutFile


def test_layout_is_remembered(tmp_path: Path) -> None:
    assert LayoutFile(tmp_path).load() is None
    LayoutFile(tmp_path).save(45)
    LayoutFile(tmp_path).save(50)
    assert LayoutFile(tmp_path).load() == 50
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"log_share": "50"}', '{"log_share": 99}', "[" * 9000, "\udcff"])
def test_damaged_file_is_ignored_with_a_word(tmp_path: Path, content: str) -> None:
    (tmp_path / NAME).write_bytes(content.encode("utf-8", "surrogateescape"))
    file = LayoutFile(tmp_path)
    assert file.load() is None
    assert "is damaged" in file.problem
    file.save(60)
    assert LayoutFile(tmp_path).load() == 60


def test_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    LayoutFile(tmp_path / "missing").save(50)
    assert LayoutFile(tmp_path / "missing").load() is None
