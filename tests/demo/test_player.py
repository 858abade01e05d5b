"""The demo session is written in real time, its past at once."""

from __future__ import annotations

import json
from pathlib import Path

from tui_monitor.demo.player import DemoPlayer, TranscriptWriter
from tui_monitor.demo.script import script


def count_lines(folder: Path) -> int:
    """Return the number of lines in all files."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in folder.rglob("*.jsonl"))


def test_lines_are_written_once_and_not_before_their_time(tmp_path: Path) -> None:
    writer, due = TranscriptWriter(tmp_path, 0.0), script()
    for until in (-400.0, -400.0, 0.0, 30.0, 5.0):
        writer.play(until)
    assert count_lines(tmp_path) == sum(step.at <= 30 for step in due)
    assert writer.next_at == next(step.at for step in due if step.at > 30)


def test_whole_script_is_written_at_the_end(tmp_path: Path) -> None:
    writer = TranscriptWriter(tmp_path, 0.0)
    writer.play(10_000)
    assert writer.next_at is None
    assert count_lines(tmp_path) == len(script())


def test_times_are_relative_to_the_start(tmp_path: Path) -> None:
    writer = TranscriptWriter(tmp_path, 1_772_000_000.0)
    writer.play(-400)
    first = json.loads(writer.path.read_text(encoding="utf-8").splitlines()[0])
    assert first["timestamp"] == "2026-02-25T06:05:10.000Z"


def test_past_is_written_before_the_player_starts(tmp_path: Path) -> None:
    player = DemoPlayer(tmp_path)
    assert player.path.exists()
    assert count_lines(tmp_path) == sum(step.at <= 0 for step in script())


def test_player_stops_at_once(tmp_path: Path) -> None:
    player = DemoPlayer(tmp_path)
    player.start()
    player.stop()
    player.join(10)
    assert not player.is_alive()
    assert count_lines(tmp_path) < len(script())
