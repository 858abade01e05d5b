"""Detecting changed files by size and time."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tui_monitor.sources.files.stat_snapshot import StatSnapshot

LONG_AGO = 10**9


def write(path: Path, content: str, at: int) -> None:
    path.write_text(content, encoding="utf-8")
    os.utime(path, ns=(at, at))


def test_change_of_any_file_is_noticed_after_accept(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    write(one, "1", LONG_AGO)
    glance = StatSnapshot(one, other)
    assert glance.has_changed()
    assert glance.has_changed()
    glance.accept()
    assert not glance.has_changed()
    write(other, "1", LONG_AGO)
    assert glance.has_changed()
    glance.accept()
    write(one, "1", LONG_AGO + 1)
    assert glance.has_changed()
    glance.accept()
    write(one, "12", LONG_AGO + 1)
    assert glance.has_changed()


def test_recent_write_is_not_accepted_yet(tmp_path: Path) -> None:
    path = tmp_path / "one"
    write(path, "1", time.time_ns() + 3600 * 10**9)
    glance = StatSnapshot(path)
    assert glance.has_changed()
    assert glance.is_recent()
    glance.accept()
    assert glance.has_changed()


def test_missing_files_change_once(tmp_path: Path) -> None:
    glance = StatSnapshot(tmp_path / "none")
    assert glance.has_changed()
    assert not glance.is_recent()
    glance.accept()
    assert not glance.has_changed()
