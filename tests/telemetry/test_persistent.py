"""What was recorded lastingly, and the documents' own file of it."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from tui_monitor.telemetry import (
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


def done(tool: str = "edit") -> ToolExecution:
    run = ToolExecution.start(tool, {"path": "quay.py"})
    run.add_file_change(FileChange.modify("quay.py", "a\n", "b\n", (1, 1))).add_file_change(FileChange.read("quay.py"))
    run.tokens = TokenCounts(100, 20)
    return run.complete_success("done", timedelta(milliseconds=40))


def failed() -> ToolExecution:
    return ToolExecution.start("bash").complete_error("no berth", timedelta(milliseconds=2))


def test_what_was_recorded_is_read_back_whole(stream: Path) -> None:
    run = done()
    record_persistent(run)
    record_log("not a tool")
    assert get_persistent_stats().executions == [run]


def test_the_statistics_are_those_of_the_documents(stream: Path) -> None:
    for run in (done(), done(), failed()):
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


def test_another_run_knows_it_too(stream: Path) -> None:
    record_persistent(done())
    assert PersistentTelemetry().read().stats.total_executions == 1


def test_only_what_is_new_is_read(stream: Path) -> None:
    telemetry = PersistentTelemetry()
    record_persistent(done())
    first = telemetry.read()
    record_persistent(failed())
    assert telemetry.read().stats.total_executions == 2
    assert first.stats.total_executions == 1


def test_it_reads_through_rotated_files(stream: Path) -> None:
    configure(rotate_bytes=2000)
    runs = [done() for _ in range(40)]
    for run in runs:
        record_persistent(run)
    assert len(list(stream.parent.iterdir())) > 10
    assert PersistentTelemetry().read().executions == runs


def test_the_last_ones_are_kept_and_all_are_counted(stream: Path) -> None:
    configure(persist_executions=5)
    for _ in range(12):
        record_persistent(done())
    data = get_persistent_stats()
    assert (len(data.executions), data.stats.total_executions) == (5, 12)


def test_an_execution_that_is_recorded_twice_counts_once(stream: Path) -> None:
    run = done()
    record_persistent(run)
    record_persistent(run)
    assert get_persistent_stats().stats.total_executions == 1


def test_what_is_not_persisted_is_not_there(stream: Path) -> None:
    configure(persist=False)
    record_persistent(done())
    assert get_persistent_stats() == TelemetryData()


def test_lines_of_others_and_half_lines_do_no_harm(stream: Path) -> None:
    record_persistent(done())
    with stream.open("ab") as file:
        file.write(b'not json "type":"tool"\n{"type":"tool"}\n[]\n{"type":"tool","tool_name":"x","started_at":1')
    data = get_persistent_stats()
    assert data.stats.total_executions == 1


def test_it_is_saved_in_the_form_of_the_documents(tmp_path: Path) -> None:
    data, path = TelemetryData(), tmp_path / "kept" / "telemetry.json"
    data.record_execution(done())
    data.save_to(path)
    told = json.loads(path.read_bytes())
    assert list(told) == ["executions", "stats", "last_updated"]
    assert len(told["executions"][0]) == 14
    assert len(told["executions"][0]["files_affected"][0]) == 10
    assert told["executions"][0]["parent_id"] is None
    assert path.read_text().startswith('{\n  "executions"')
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert TelemetryData.load_from(path) == data


def test_saving_and_loading_use_the_data_folder() -> None:
    assert TelemetryData.load() == TelemetryData()
    data = TelemetryData()
    data.record_execution(failed())
    data.save()
    assert TelemetryData.load() == data
    assert TelemetryData.default_path().name == "telemetry.json"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"executions": [{}], "stats": {}, "last_updated": 0}'])
def test_a_file_of_another_kind_is_not_taken_for_empty(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "telemetry.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="is not a telemetry file"):
        TelemetryData.load_from(path)


def test_a_save_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "telemetry.json"
    TelemetryData().save_to(path)
    before = path.read_bytes()

    def refuse(self: Path, target: Path) -> Path:
        raise OSError("no")

    data = TelemetryData()
    data.record_execution(done())
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(OSError, match="no"):
            data.save_to(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
