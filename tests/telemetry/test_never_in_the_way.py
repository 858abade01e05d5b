"""Recording raises nothing into the agent: it says once what is wrong, and counts."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from shutil import rmtree

import pytest

from tests.telemetry.support import read_line, read_lines
from tui_monitor import record
from tui_monitor.telemetry import (
    TOKEN_USAGE,
    AgentRecord,
    DatabaseError,
    MonitoringService,
    TelemetryRecord,
    agent,
    execution,
    get_collector,
    get_recording_status,
    monitor,
    record_log,
    record_usage,
    recorded,
    session,
)
from tui_monitor.telemetry.service import outbox

REMOVED_FOLDER = """
import os, shutil, sys, tempfile
import tui_monitor as tm
folder = tempfile.mkdtemp()
os.chdir(folder)
shutil.rmtree(folder)

@tm.monitor(track_cost=True)
def answer():
    return {"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 1}

with tm.session("s"), tm.agent("dev"), tm.execution("bash", {"command": "true"}) as run:
    run.output = "ok"
tm.TOOL_EXECUTIONS.record(run)
tm.get_collector().record_metric("berths", 5)
assert answer()["prompt_tokens"] == 10
print(tm.get_recording_status().lost)
"""


def test_working_folder_that_was_removed_stops_nothing(tmp_path: Path) -> None:
    environment = {"TUI_MONITOR_DATA_DIR": str(tmp_path), "HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", REMOVED_FOLDER], env=environment, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "0\n", "")
    assert '"type":"tool"' in (tmp_path / "streams" / "s.jsonl").read_text()


class Lazy(Mapping[str, object]):
    """A row that is loaded when it is asked for, and is gone by then."""

    def __getitem__(self, key: str) -> object:
        raise ConnectionError("the row is gone")

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __str__(self) -> str:
        raise ConnectionError("the row is gone")

    __repr__ = __str__
    __fspath__ = __str__


def test_odd_results_pass_through_with_one_warning_of_each_kind(stream: Path, caplog: pytest.LogCaptureFixture) -> None:
    row = Lazy()
    calls = [monitor(lambda: row), monitor(track_cost=True)(lambda: row), recorded("row")(lambda: row)]
    for _ in range(3):
        assert all(call() is row for call in calls)
        with session("s1", cwd=row), agent("dev", log_file=row), execution("odd", row) as run:
            run.metadata["row"] = row
    assert len(caplog.records) == len(get_recording_status().problems)
    assert "the row is gone" not in stream.read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input_tokens": "12"}, "input_tokens must be a whole number, 0 or more, not '12'"),
        ({"output_tokens": -1}, "output_tokens must be a whole number, 0 or more, not -1"),
        ({"input_tokens": 1.5}, "input_tokens must be a whole number, 0 or more, not 1.5"),
        ({"input_tokens": 2**53}, "input_tokens must be a whole number, 0 or more, not 9007199254740992"),
        ({"estimated_cost": "free"}, "estimated_cost must be a number, 0 or more, not 'free'"),
        ({"provider": 5}, "provider must be text, not 5"),
    ],
)
def test_invalid_usage_is_refused_whole_and_said(
    stream: Path, caplog: pytest.LogCaptureFixture, arguments: dict[str, object], message: str
) -> None:
    before = TOKEN_USAGE.global_snapshot().request_count
    for _ in range(3):
        record_usage("gpt-4o", **arguments)  # type: ignore[call-overload]
    assert [record.getMessage() for record in caplog.records] == [
        f"record_usage has recorded nothing: {message} (said once; get_recording_status() counts how often)"
    ]
    status = get_recording_status()
    assert (status.lost, status.problems) == (3, {"record_usage: ValidationError": 3})
    assert not stream.exists() or all(line["type"] != "usage" for line in read_lines(stream))
    assert TOKEN_USAGE.global_snapshot().request_count == before


def test_invalid_requests_and_metrics_are_refused(stream: Path) -> None:
    get_collector().record_request("/chat", "POST", "long", 200)  # type: ignore[arg-type]
    get_collector().record_metric("berths", "five")  # type: ignore[arg-type]
    assert get_recording_status().problems == {
        "record_request: ValidationError": 1,
        "record_metric: ValidationError": 1,
    }
    assert get_collector().get_requests() == []


class BrokenHandler(logging.Handler):
    """A handler that raises."""

    def emit(self, record: logging.LogRecord) -> None:
        raise OSError("the log is gone")


def test_broken_log_handler_disturbs_nothing(stream: Path) -> None:
    handler = BrokenHandler()
    logging.getLogger("tui_monitor.telemetry").addHandler(handler)
    try:
        record_usage("gpt-4o", input_tokens=-1)
        record_log("the tide is high")
    finally:
        logging.getLogger("tui_monitor.telemetry").removeHandler(handler)
    assert get_recording_status().lost == 1


def test_locked_store_is_written_behind_the_agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "monitoring.db"
    with MonitoringService(path, session_id="harbour") as service:
        service.register_agent(AgentRecord("a", "developer"))
        service.list_agents()
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        waits: list[float] = []
        monkeypatch.setattr("tui_monitor.telemetry.service.jobs.Job.wait", lambda job, seconds: waits.append(seconds))
        for _ in range(20):
            service.add_telemetry(TelemetryRecord("a", input_tokens=1))
        assert len(waits) == 1  # only the first one is waited for
        monkeypatch.undo()
        with pytest.raises(DatabaseError, match="is being written by another program"):
            service.list_agents()
        other.execute("ROLLBACK")
        other.close()
        assert service.get_total_tokens("a").input == 20


def test_removed_store_folder_is_said_and_agents_are_stored_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "data"
    with MonitoringService(folder / "m.db", session_id="s") as service:
        service.register_agent(AgentRecord("a", "developer"))
        service.list_agents()
        rmtree(folder)
        for _ in range(3):
            service.add_telemetry(TelemetryRecord("a", input_tokens=1))
        assert service.get_total_tokens("a").input == 3
    with MonitoringService(folder / "m.db", session_id="s") as again:
        assert [(each.id, each.agent_type) for each in again.list_agents()] == [("a", "developer")]
        assert again.get_total_tokens("a").input == 3
    assert "agents cannot be stored at the moment" in caplog.text


def test_waits_are_short() -> None:
    assert outbox.PUT_LOCK_WAIT_S < 0.5
    assert outbox.QUERY_LOCK_WAIT_S <= 1.0


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: record.context(-1), "current must be a whole number, 0 or more, not -1"),
        (lambda: record.context(5, 2**63), "limit must be a whole number, 0 or more, not 9223372036854775808"),
        (lambda: record.prompt(None), "text must be text, not None"),  # type: ignore[arg-type]
        (lambda: record.message(b"x"), "text must be text, not a bytes"),  # type: ignore[arg-type]
        (lambda: record.log(5), "message must be text, not 5"),  # type: ignore[arg-type]
        (lambda: record.retry("e", wait_ms="x"), "wait_ms must be a number, 0 or more, not 'x'"),  # type: ignore[arg-type]
        (lambda: record.retry("e", wait_ms=float("nan")), "wait_ms must be a number"),  # type: ignore[arg-type]
        (lambda: record.todos([("a", "pending", "b")]), "a step must be text, or a pair of text and status"),  # type: ignore[list-item]
    ],
)
def test_what_no_reader_takes_is_refused_and_said(
    stream: Path, caplog: pytest.LogCaptureFixture, call: Callable[[], None], reason: str
) -> None:
    call()
    assert reason in caplog.text
    assert not stream.exists()


def test_names_of_any_type_become_text(stream: Path) -> None:
    with record.session(5), record.agent(None, 7):  # type: ignore[arg-type]
        record.metric("berths", 2**70)
    lines = read_lines(stream)
    assert {line["session_id"] for line in lines} == {"5"}
    assert lines[1]["agent_id"] == "7"
    assert read_line(stream, "metric")["value"] == float(2**70)


def test_compaction_with_an_odd_size_ends(stream: Path) -> None:
    with record.session("s"), record.compaction(before="many") as compacting:  # type: ignore[arg-type]
        compacting.after = -1
    assert [(line["finished"], line["before"]) for line in read_lines(stream) if line["type"] == "compaction"] == [
        (False, None),
        (True, None),
    ]
