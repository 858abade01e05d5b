"""Concurrent threads, processes and forks on one stream: every line is whole, no event is lost.

``TUI_MONITOR_TEST_EVENTS=100000`` sets the number of events in all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.telemetry.support import of_type, read_events
from tui_monitor.events import MetricSample
from tui_monitor.telemetry import ToolExecution, get_recording_status, record_log

PROCESSES, THREADS = 8, 4
EVENTS = int(os.environ.get("TUI_MONITOR_TEST_EVENTS", "8000"))
EACH = EVENTS // (PROCESSES * THREADS)

WRITER = """
import sys
from threading import Thread
from tui_monitor.telemetry import configure, get_collector, get_recording_status

process, threads, each, stream, limit = sys.argv[1], *map(int, sys.argv[2:4]), sys.argv[4], int(sys.argv[5])
configure(stream=stream, rotate_bytes=limit, session_id="harbour")

def write(thread):
    for number in range(each):
        get_collector().record_metric(f"{process}-{thread}-{number}", number, {"cargo": "x" * (number % 300)})

workers = [Thread(target=write, args=(thread,)) for thread in range(threads)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
assert (get_recording_status().waiting, get_recording_status().lost) == (0, 0), get_recording_status()
"""


def write_all(stream: Path, limit: int) -> None:
    env = {**os.environ, "TUI_MONITOR_DATA_DIR": str(stream.parent)}
    arguments = [str(THREADS), str(EACH), str(stream), str(limit)]
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(process), *arguments], env=env)
        for process in range(PROCESSES)
    ]
    assert [writer.wait(120) for writer in writers] == [0] * PROCESSES


def names_of_all() -> set[str]:
    return {
        f"{process}-{thread}-{number}"
        for process in range(PROCESSES)
        for thread in range(THREADS)
        for number in range(EACH)
    }


def test_concurrent_processes_and_threads_lose_no_line(stream: Path) -> None:
    write_all(stream, 10**9)
    metrics = of_type(read_events(stream), MetricSample)
    assert len(metrics) == len({metric.uid for metric in metrics}) == PROCESSES * THREADS * EACH
    assert {metric.name for metric in metrics} == names_of_all()


def test_concurrent_writers_lose_no_line_during_rotation(stream: Path) -> None:
    write_all(stream, 200_000)
    files = list(stream.parent.glob("run*.jsonl"))
    assert len(files) > EVENTS * 200 // 200_000
    by_uid = {metric.uid: metric.name for file in files for metric in of_type(read_events(file), MetricSample)}
    assert len(by_uid) == PROCESSES * THREADS * EACH
    assert set(by_uid.values()) == names_of_all()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_forked_child_records_with_its_own_ids(stream: Path) -> None:
    record_log("before")
    parent_id = ToolExecution.start("bash").id
    child = os.fork()
    if child == 0:
        record_log(json.dumps(ToolExecution.start("bash").id))
        os._exit(0 if get_recording_status().written == 1 else 1)
    assert os.waitpid(child, 0)[1] == 0
    record_log("after")
    lines = [json.loads(line) for line in stream.read_bytes().splitlines()]
    assert [line["message"] for line in lines][::2] == ["before", "after"]
    assert len({line["uid"] for line in lines}) == 3
    assert len({line["uid"].split("-")[0] for line in lines}) == 2
    assert abs(int(lines[1]["message"]) - parent_id) > 1
    assert len({line["session_id"] for line in lines}) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_child_forked_while_threads_record_can_record(tmp_path: Path) -> None:
    program = """
import os, sys
from threading import Thread
from tui_monitor.telemetry import TOKEN_USAGE, configure, record_log
configure(stream=sys.argv[1])
going = True
def work():
    while going:
        TOKEN_USAGE.record_model_usage("m", 1, 1)
threads = [Thread(target=work) for _ in range(3)]
for thread in threads: thread.start()
ends = []
for _ in range(30):
    child = os.fork()
    if child == 0:
        record_log("child")
        os._exit(0)
    ends.append(os.waitpid(child, 0)[1])
going = False
for thread in threads: thread.join()
sys.exit(any(ends))
"""
    stream = tmp_path / "forks.jsonl"
    run = [sys.executable, "-W", "ignore", "-c", program, str(stream)]
    subprocess.run(run, check=True, timeout=60, env={**os.environ, "TUI_MONITOR_DATA_DIR": str(tmp_path)})
    assert stream.read_text().count('"message":"child"') == 30


def test_process_exit_completes_its_session(tmp_path: Path) -> None:
    program = "from tui_monitor import record_log; record_log('x')"
    env = {**os.environ, "TUI_MONITOR_DATA_DIR": str(tmp_path), "TUI_MONITOR_STREAM": ""}
    subprocess.run([sys.executable, "-c", program], check=True, env=env, cwd=tmp_path)
    (stream,) = (tmp_path / "streams").iterdir()
    lines = [json.loads(line) for line in stream.read_bytes().splitlines()]
    assert [(line["type"], line.get("status")) for line in lines] == [
        ("agent", "running"),
        ("log", None),
        ("agent", "completed"),
        ("end", "completed"),
    ]
    assert lines[0]["cwd"] == str(tmp_path)
    assert stream.stem == lines[0]["session_id"]
