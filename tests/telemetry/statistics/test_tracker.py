"""The tracker of executions in memory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tui_monitor.telemetry import TOOL_EXECUTIONS, FileChange, ToolExecution, ToolExecutionTracker, configure


def completed(tool: str = "bash", ms: int = 10) -> ToolExecution:
    return ToolExecution.start(tool).complete_success("", timedelta(milliseconds=ms))


def failed() -> ToolExecution:
    return ToolExecution.start("bash").complete_error("no berth", timedelta(milliseconds=20))


def test_tracker_keeps_the_latest_and_counts_all() -> None:
    tracker = ToolExecutionTracker.with_capacity(3)
    for _ in range(10):
        tracker.record(completed())
    tracker.record(failed())
    stats = tracker.stats()
    assert len(tracker.recent(100)) == 3
    assert (stats.total_executions, stats.successful_executions, stats.failed_executions) == (11, 10, 1)
    assert (stats.total_duration_ms, stats.avg_duration_ms) == (120, 10)
    assert stats.executions_by_tool == {"bash": 11}


def test_recent_returns_newest_first() -> None:
    tracker = ToolExecutionTracker()
    executions = [completed() for _ in range(5)]
    for execution in executions:
        tracker.record(execution)
    assert tracker.recent(2) == [executions[4], executions[3]]
    assert tracker.recent(0) == []


def test_tracker_finds_executions_by_id_tool_and_file() -> None:
    tracker, execution, other = ToolExecutionTracker(), completed("edit"), completed("read")
    execution.add_file_change(FileChange.rename("old.py", "new.py"))
    tracker.record(execution)
    tracker.record(other)
    assert tracker.get(execution.id) is execution
    assert tracker.get(0) is None
    assert tracker.get_by_tool("edit") == [execution]
    assert tracker.get_by_file("old.py") == tracker.get_by_file("new.py") == [execution]
    assert tracker.all_file_changes() == execution.files_affected


def test_tracker_counts_a_repeated_execution_once() -> None:
    tracker, execution = ToolExecutionTracker(), completed()
    tracker.record(execution)
    tracker.record(execution)
    assert tracker.stats().total_executions == 1


def test_statistics_are_immutable() -> None:
    tracker = ToolExecutionTracker()
    stats = tracker.stats()
    tracker.record(completed())
    assert stats.total_executions == 0
    with pytest.raises(TypeError):
        stats.executions_by_tool["bash"] = 5  # type: ignore[index]


def test_the_summary() -> None:
    tracker = ToolExecutionTracker()
    assert tracker.stats().summary() == "0 executions (100.0% success), 0 files, avg 0ms"
    tracker.record(completed().add_file_change(FileChange.read("a")))
    tracker.record(completed())
    tracker.record(failed())
    assert tracker.stats().summary() == "3 executions (66.7% success), 1 files, avg 13ms"


def test_threads_lose_no_count() -> None:
    tracker = ToolExecutionTracker.with_capacity(50)

    def record_many(_: int) -> None:
        for _ in range(250):
            tracker.record(completed())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(record_many, range(4)))
    assert tracker.stats().total_executions == 1000
    assert len(tracker.recent(1000)) == 50


def test_process_tracker_follows_max_executions() -> None:
    configure(max_executions=2)
    for _ in range(5):
        TOOL_EXECUTIONS.record(completed())
    assert len(TOOL_EXECUTIONS.recent(10)) == 2


def test_process_tracker_is_empty_when_recording_is_disabled() -> None:
    configure(enabled=False)
    before = TOOL_EXECUTIONS.stats().total_executions
    TOOL_EXECUTIONS.record(completed())
    assert TOOL_EXECUTIONS.stats().total_executions == before


def test_execution_ids_are_unique_across_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda _: ToolExecution.start("bash").id, range(1000)))
    assert len(set(ids)) == 1000
    assert all(0 < each < 2**53 for each in ids)
