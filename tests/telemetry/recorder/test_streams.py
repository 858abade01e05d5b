"""Streams that cannot be written, file names of sessions, and settings from the environment."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from tests.telemetry.support import read_lines
from tui_monitor.telemetry import configure, get_recording_status, record_log, session
from tui_monitor.telemetry.recorder import settings, streams
from tui_monitor.telemetry.recorder.settings import Settings
from tui_monitor.telemetry.recorder.streams import stream_path


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(streams, "monotonic", clock)
    return clock


@pytest.fixture
def blocked(stream: Path) -> Path:
    """A file in place of the stream's folder."""
    stream.parent.write_text("in the way")
    return stream.parent


def test_trouble_is_logged_once_at_start_and_end(
    stream: Path, clock: Clock, blocked: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        for number in range(5):
            clock.now += 2
            record_log(f"message {number}")
        assert len(caplog.records) == 1
        status = get_recording_status()
        assert (status.written, status.waiting, status.lost) == (0, 5, 0)
        assert str(blocked) in status.trouble
        blocked.unlink()
        clock.now += 2
        record_log("message 5")
    assert [line["message"] for line in read_lines(stream)] == [f"message {number}" for number in range(6)]
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert caplog.messages[1] == "recording has resumed; 0 events were lost"
    status = get_recording_status()
    assert (status.written, status.waiting, status.trouble) == (6, 0, "")


def test_writing_is_not_retried_with_every_line(stream: Path, clock: Clock, blocked: Path) -> None:
    record_log("one")
    blocked.unlink()
    record_log("two")
    assert get_recording_status().waiting == 2
    clock.now += streams.RETRY_S
    record_log("three")
    assert len(read_lines(stream)) == 3


def test_waiting_lines_are_bounded_and_lost_ones_counted(
    stream: Path, clock: Clock, blocked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MAX_WAITING_LINES", 10)
    for number in range(15):
        record_log(f"message {number}")
    status = get_recording_status()
    assert (status.waiting, status.lost) == (10, 5)
    blocked.unlink()
    clock.now += 2
    record_log("last")
    assert read_lines(stream)[-1]["message"] == "last"


def test_waiting_lines_are_bounded_in_bytes(blocked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MAX_WAITING_BYTES", 10_000)
    for _ in range(20):
        record_log("x" * 1000)
    status = get_recording_status()
    assert status.waiting < 10
    assert status.waiting + status.lost == 20


def test_stream_can_be_changed_while_lines_wait(tmp_path: Path, blocked: Path, clock: Clock) -> None:
    record_log("one")
    configure(stream=tmp_path / "other.jsonl")
    blocked.unlink()
    clock.now += 2
    record_log("two")
    assert [line["message"] for line in read_lines(tmp_path / "other.jsonl")] == ["two"]


def test_each_session_has_its_own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_current", Settings(streams=tmp_path / "streams"))
    for number in range(streams._MAX_OPEN_FILES + 10):
        with session(f"s{number}"):
            record_log("x")
    assert len(read_lines(tmp_path / "streams" / "s0.jsonl")) == 3
    assert len(list((tmp_path / "streams").iterdir())) == streams._MAX_OPEN_FILES + 10


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "..", ".", "a/b", "a\\b", "x" * 500, "\ud800", "é", "nul\0"]
)
def test_session_ids_stay_in_the_folder(tmp_path: Path, name: str) -> None:
    path = stream_path(Settings(streams=tmp_path), name)
    assert path.parent == tmp_path
    assert path.resolve().parent == tmp_path.resolve()
    assert len(path.name) < 150
    assert path.name != f"{name}.jsonl"


def test_different_sessions_have_different_files(tmp_path: Path) -> None:
    names = ["a/b", "a_b", "a\\b", "a?b"]
    assert len({stream_path(Settings(streams=tmp_path), name) for name in names}) == len(names)


def test_settings_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_current", None)
    monkeypatch.setenv("TUI_MONITOR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TUI_MONITOR_STREAM", "named.jsonl")
    monkeypatch.setenv("TUI_MONITOR_TELEMETRY_INCLUDE_TOOL_ARGS", "false")
    monkeypatch.setenv("TUI_MONITOR_TELEMETRY_MASK_SECRETS", "false")
    monkeypatch.setenv("TUI_MONITOR_TELEMETRY_MAX_EXECUTIONS", "7")
    monkeypatch.chdir(tmp_path)
    read = settings.current_settings()
    assert (read.stream, read.streams) == (tmp_path / "named.jsonl", tmp_path / "data" / "streams")
    assert (read.include_tool_args, read.mask_secrets, read.max_executions, read.persist) == (False, False, 7, True)


def test_invalid_setting_is_logged_and_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(settings, "_current", None)
    monkeypatch.setenv("TUI_MONITOR_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TUI_MONITOR_TELEMETRY_MAX_EXECUTIONS", "many")
    assert settings.current_settings().max_executions == 1000
    assert caplog.messages == [
        "TUI_MONITOR_TELEMETRY_MAX_EXECUTIONS: telemetry.max_executions must be a whole number from 1 to 1,000,000,000"
    ]


def test_folder_of_any_name_is_logged_in_one_plain_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "a\x1b]2;title\x07\n%s"
    folder.mkdir()
    (folder / ".tui-monitor.toml").write_text("display.theme = 1")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(settings, "_current", None)
    monkeypatch.setenv("TUI_MONITOR_DATA_DIR", str(tmp_path))
    settings.current_settings()
    (message,) = caplog.messages
    assert message.isprintable()
    assert "display.theme" in message


def test_recording_works_in_a_removed_directory(tmp_path: Path) -> None:
    program = """
import os
os.rmdir(os.getcwd())
from tui_monitor import record_log, session
with session("s"):
    record_log("x")
"""
    (tmp_path / "gone").mkdir()
    env = {"TUI_MONITOR_DATA_DIR": str(tmp_path / "data"), "HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path / "gone", env=env)
    lines = read_lines(tmp_path / "data" / "streams" / "s.jsonl")
    assert [line["type"] for line in lines] == ["agent", "log", "agent", "end"]
