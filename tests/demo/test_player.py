"""The session is written as it is played: what was before at once, the rest in its time."""

from __future__ import annotations

import json
from pathlib import Path

from tui_monitor.demo.player import DemoPlayer
from tui_monitor.demo.script import script
from tui_monitor.demo.transcript import TranscriptWriter


def lines_in(folder: Path) -> int:
    """How many lines have been written to all files."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in folder.rglob("*.jsonl"))


def test_no_line_is_written_before_its_time_and_none_twice(tmp_path: Path) -> None:
    tape, due = TranscriptWriter(tmp_path, 0.0), script()
    for until in (-400.0, -400.0, 0.0, 30.0, 5.0):
        tape.play(until)
    assert lines_in(tmp_path) == sum(step.at <= 30 for step in due)
    assert tape.next_at == next(step.at for step in due if step.at > 30)


def test_at_the_end_there_is_no_more(tmp_path: Path) -> None:
    tape = TranscriptWriter(tmp_path, 0.0)
    tape.play(10_000)
    assert tape.next_at is None
    assert lines_in(tmp_path) == len(script())


def test_times_count_from_the_start(tmp_path: Path) -> None:
    tape = TranscriptWriter(tmp_path, 1_772_000_000.0)
    tape.play(-400)
    first = json.loads(tape.path.read_text(encoding="utf-8").splitlines()[0])
    assert first["timestamp"] == "2026-02-25T06:05:10.000Z"


def test_the_history_is_there_before_it_is_played(tmp_path: Path) -> None:
    player = DemoPlayer(tmp_path)
    assert player.path.exists()
    assert lines_in(tmp_path) == sum(step.at <= 0 for step in script())


def test_it_plays_until_it_is_stopped(tmp_path: Path) -> None:
    player = DemoPlayer(tmp_path)
    player.start()
    player.stop()
    player.join(10)
    assert not player.is_alive()
    assert lines_in(tmp_path) < len(script())
