"""Times and sizes of many session files: old ones are looked at in turns."""

import os
import time
from pathlib import Path

import pytest

from tui_monitor.sources.discovery import session_stats
from tui_monitor.sources.discovery.session_stats import SessionStats

OLD = 1_700_000_000


def write(folder: Path, name: str, modified: float = OLD) -> Path:
    path = folder / name
    path.write_text("{}\n")
    os.utime(path, (modified, modified))
    return path


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_stats, "FEW", 2)


def test_change_of_one_of_few_is_seen_at_once(tmp_path: Path) -> None:
    stats, path = SessionStats(), write(tmp_path, "a")
    assert [file.size for file in stats.of([path])] == [3]
    path.write_text("{}\n{}\n")
    assert [file.size for file in stats.of([path])] == [6]


@pytest.mark.usefixtures("few")
def test_change_of_an_old_one_of_many_is_seen_in_its_turn(tmp_path: Path) -> None:
    stats, paths = SessionStats(), [write(tmp_path, name) for name in "abcdef"]
    list(stats.of(paths))
    for path in paths:
        path.write_text("{}\n{}\n")
    looked_at = [sum(file.size == 6 for file in stats.of(paths)) for _ in range(4)]
    assert looked_at[0] < 6
    assert looked_at[-1] == 6


@pytest.mark.usefixtures("few")
def test_recent_and_new_ones_of_many_are_looked_at_each_time(tmp_path: Path) -> None:
    stats, old = SessionStats(), [write(tmp_path, name) for name in "abcdef"]
    recent = write(tmp_path, "recent", time.time())
    list(stats.of([*old, recent]))
    recent.write_text("{}\n{}\n")
    new = write(tmp_path, "new", time.time())
    files = {file.path.name: file.size for file in stats.of([*old, recent, new])}
    assert (files["recent"], files["new"]) == (6, 3)


def test_file_that_is_gone_is_no_session(tmp_path: Path) -> None:
    stats, path = SessionStats(), write(tmp_path, "a", time.time())
    assert len(list(stats.of([path]))) == 1
    path.unlink()
    assert list(stats.of([path])) == []
