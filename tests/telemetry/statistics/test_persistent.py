"""Executions read back from the stream, and the documented ``telemetry.json``."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tui_monitor.telemetry import (
    TOOL_EXECUTIONS,
    FileChange,
    PersistentTelemetry,
    TelemetryData,
    TokenCounts,
    ToolExecution,
    configure,
    get_persistent_stats,
    record_log,
    record_persistent,
)
from tui_monitor.telemetry.recorder.settings import Settings
from tui_monitor.telemetry.statistics import persistent


def edit(tool: str = "edit") -> ToolExecution:
    run = ToolExecution.start(tool, {"path": "quay.py"})
    run.add_file_change(FileChange.modify("quay.py", "a\n", "b\n", (1, 1))).add_file_change(FileChange.read("quay.py"))
    run.tokens = TokenCounts(100, 20)
    return run.complete_success("done", timedelta(milliseconds=40))


def failed_bash() -> ToolExecution:
    return ToolExecution.start("bash").complete_error("no berth", timedelta(milliseconds=2))


def test_recorded_execution_is_read_back_whole(stream: Path) -> None:
    run = edit()
    record_persistent(run)
    record_log("not a tool")
    assert get_persistent_stats().executions == [run]


def test_persistent_statistics_are_the_documented_ones(stream: Path) -> None:
    for run in (edit(), edit(), failed_bash()):
        record_persistent(run)
    data = get_persistent_stats()
    stats = data.stats
    assert (stats.total_executions, stats.successful_executions, stats.failed_executions) == (3, 2, 1)
    assert (stats.total_duration_ms, stats.total_requests) == (82, 2)
    assert (stats.total_input_tokens, stats.total_output_tokens) == (200, 40)
    assert (stats.executions_by_tool, stats.files_modified) == ({"edit": 2, "bash": 1}, {"quay.py": 2})
    assert data.summary() == "3 executions (66.7% success), 1 files modified, 240 tokens used"
    assert [run.tool_name for run in data.recent(2)] == ["bash", "edit"]
    assert (len(data.by_tool("edit")), len(data.by_file("quay.py")), len(data.all_file_changes())) == (2, 2, 4)


def test_executions_of_another_instance_are_read(stream: Path) -> None:
    record_persistent(edit())
    assert PersistentTelemetry().read().stats.total_executions == 1


def test_snapshot_is_unchanged_by_later_reads(stream: Path) -> None:
    telemetry = PersistentTelemetry()
    record_persistent(edit())
    first = telemetry.read()
    record_persistent(failed_bash())
    assert telemetry.read().stats.total_executions == 2
    assert first.stats.total_executions == 1


def test_rotated_files_are_read(stream: Path) -> None:
    configure(rotate_bytes=2000)
    runs = [edit() for _ in range(40)]
    for run in runs:
        record_persistent(run)
    assert len(list(stream.parent.iterdir())) > 10
    assert PersistentTelemetry().read().executions == runs


def test_latest_executions_are_kept_and_all_are_counted(stream: Path) -> None:
    configure(persist_executions=5)
    for _ in range(12):
        record_persistent(edit())
    data = get_persistent_stats()
    assert (len(data.executions), data.stats.total_executions) == (5, 12)


def test_execution_recorded_twice_counts_once(stream: Path) -> None:
    run = edit()
    record_persistent(run)
    record_persistent(run)
    assert get_persistent_stats().stats.total_executions == 1


def test_executions_are_not_persisted_when_disabled(stream: Path) -> None:
    configure(persist=False)
    record_persistent(edit())
    assert get_persistent_stats() == TelemetryData()


def test_foreign_and_incomplete_lines_are_skipped(stream: Path) -> None:
    record_persistent(edit())
    with stream.open("ab") as file:
        file.write(b'not json "type":"tool"\n{"type":"tool"}\n[]\n{"type":"tool","tool_name":"x","started_at":1')
    data = get_persistent_stats()
    assert data.stats.total_executions == 1


def test_saved_file_has_the_documented_form(tmp_path: Path) -> None:
    data, path = TelemetryData(), tmp_path / "data" / "telemetry.json"
    data.record_execution(edit())
    data.save_to(path)
    document = json.loads(path.read_bytes())
    assert list(document) == ["executions", "stats", "last_updated"]
    assert len(document["executions"][0]) == 14
    assert len(document["executions"][0]["files_affected"][0]) == 10
    assert document["executions"][0]["parent_id"] is None
    assert path.read_text().startswith('{\n  "executions"')
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert TelemetryData.load_from(path) == data


def test_save_and_load_use_the_data_folder() -> None:
    assert TelemetryData.load() == TelemetryData()
    data = TelemetryData()
    data.record_execution(failed_bash())
    data.save()
    assert TelemetryData.load() == data
    assert TelemetryData.default_path().name == "telemetry.json"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"executions": [{}], "stats": {}, "last_updated": 0}'])
def test_loading_another_kind_of_file_raises(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "telemetry.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="is not a telemetry file"):
        TelemetryData.load_from(path)


def test_failed_save_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "telemetry.json"
    TelemetryData().save_to(path)
    before = path.read_bytes()

    def refuse(self: Path, target: Path) -> Path:
        raise OSError("no")

    data = TelemetryData()
    data.record_execution(edit())
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(OSError, match="no"):
            data.save_to(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_executions_of_earlier_runs_are_read_from_their_streams(tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    code = """
import sys
from datetime import timedelta
from tui_monitor.telemetry import TOOL_EXECUTIONS, ToolExecution, get_persistent_stats, record_persistent
run = ToolExecution.start("tool", {"a": 1}).complete_success("output", timedelta(milliseconds=3))
TOOL_EXECUTIONS.record(run)
record_persistent(run)
print(get_persistent_stats().stats.total_executions)
"""
    env = {**os.environ, "TUI_MONITOR_DATA_DIR": str(folder)}
    runs = [subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True) for _ in range(3)]
    assert [run.stdout.strip() for run in runs] == [b"1", b"2", b"3"]


def test_latest_executions_of_all_streams_are_kept_in_order(tmp_path: Path) -> None:
    streams = tmp_path / "streams"
    settings = Settings(streams=streams, persist_executions=4)
    streams.mkdir()
    for name, times in (("b", (1, 4, 5)), ("a", (2, 3, 6))):
        lines = [{"type": "tool", "id": at, "tool_name": "t", "started_at": at} for at in times]
        (streams / f"{name}.jsonl").write_text(
            "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
        )
    telemetry = PersistentTelemetry()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(persistent, "current_settings", lambda: settings)
        data = telemetry.read()
    assert [run.started_at for run in data.executions] == [3, 4, 5, 6]
    assert data.stats.total_executions == 6


def test_executions_in_memory_are_in_the_stream_too(stream: Path) -> None:
    run = edit()
    TOOL_EXECUTIONS.record(run)
    record_persistent(run)
    assert len(stream.read_bytes().splitlines()) == 1
    record_persistent(run.add_file_change(FileChange.read("tides.py")))
    assert len(stream.read_bytes().splitlines()) == 2
    assert get_persistent_stats().stats.total_executions == 1
