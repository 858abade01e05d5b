"""Handing on of session, agent and execution: to threads, pools, processes, and over the network."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.telemetry.support import read_lines
from tui_monitor.sources.base import Record
from tui_monitor.telemetry import (
    PropagatingExecutor,
    agent,
    child_environment,
    execution,
    extract,
    inject,
    operation,
    propagate,
    record_log,
    session,
)
from tui_monitor.telemetry.recorder.carriers import read_baggage, read_carrier, write_baggage
from tui_monitor.telemetry.recorder.scope import process_scope

WORKER = """
import sys
from tui_monitor.telemetry import agent, execution, record_log
record_log("before")
with agent("worker"), execution("bash"):
    record_log("inside")
"""
JOINER = """
import sys
from tui_monitor.telemetry import configure, execution, session
configure(stream=sys.argv[1])
with session("shared"), execution("joined"):
    pass
"""
SAME_NAME = """
import sys
from tui_monitor.telemetry import configure, record_log
configure(stream=sys.argv[1], session_id="shared")
record_log("joined")
"""


def say(text: str) -> int:
    record_log(text)
    return os.getpid()


def logs(stream: Path) -> dict[str, Record]:
    return {line["message"]: line for line in read_lines(stream) if line["type"] == "log"}


def statuses(stream: Path, session_id: str) -> list[str]:
    agents = [line for line in read_lines(stream) if line["type"] == "agent" and line["agent_id"] == session_id]
    return [line["status"] for line in agents if line.get("status")]


def run(code: str, *arguments: str, env: dict[str, str] | None = None) -> None:
    subprocess.run([sys.executable, "-c", code, *arguments], env=env, check=True, timeout=60)


def test_thread_of_a_session_never_records_into_another_one(stream: Path) -> None:
    go = Event()
    with session("A"):
        thread = Thread(target=lambda: (go.wait(), record_log("late")))
        thread.start()
    with session("B"):
        go.set()
        thread.join()
    assert logs(stream)["late"]["session_id"] == process_scope().session_id


def test_thread_keeps_what_is_handed_to_it(stream: Path) -> None:
    go = Event()

    def late() -> None:
        go.wait()
        record_log("late")
        with execution("bash"):
            pass

    with session("A"), agent("developer", "dev"), execution("delegate") as outer, operation("review", task_id="T1"):
        thread = Thread(target=propagate(late))
        thread.start()
    with session("B"):
        go.set()
        thread.join()
    line = logs(stream)["late"]
    assert [line[name] for name in ("session_id", "agent_id", "operation", "task_id")] == ["A", "dev", "review", "T1"]
    [call] = [line for line in read_lines(stream) if line["type"] == "tool" and line["tool_name"] == "bash"]
    assert call["parent_id"] == outer.id


@pytest.mark.parametrize(
    "pool", [lambda: ThreadPoolExecutor(2), lambda: ProcessPoolExecutor(1, mp_context=get_context("spawn"))]
)
def test_pool_hands_on_the_session_of_each_task(
    stream: Path, pool: Callable[[], Executor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUI_MONITOR_DATA_DIR", str(stream.parent))
    with PropagatingExecutor(pool()) as executor:
        futures = []
        for name in ("A", "B"):
            with session(name), agent("worker", f"w{name}"):
                futures.append(executor.submit(say, name))
        assert all(future.result(60) for future in futures)
    assert {text: (line["session_id"], line["agent_id"]) for text, line in logs(stream).items()} == {
        "A": ("A", "wA"),
        "B": ("B", "wB"),
    }


async def test_coroutine_function_keeps_what_is_handed_to_it(stream: Path) -> None:
    async def work() -> None:
        await asyncio.sleep(0)
        record_log("awaited")

    with session("A"):
        bound = propagate(work)
    await bound()
    assert logs(stream)["awaited"]["session_id"] == "A"


def test_subprocess_records_to_the_session_in_its_environment(stream: Path) -> None:
    with session("A"), agent("lead", "lead"), execution("bash") as outer:
        run(WORKER, env=child_environment())
    lines = logs(stream)
    assert (lines["before"]["session_id"], lines["before"]["agent_id"]) == ("A", "lead")
    [worker] = [
        line for line in read_lines(stream) if line.get("agent_type") == "worker" and line["status"] == "running"
    ]
    assert (worker["session_id"], worker["parent_id"]) == ("A", "lead")
    [call] = [line for line in read_lines(stream) if line["type"] == "tool_start" and line["agent_id"] != "lead"]
    assert (call["parent_id"], call["agent_id"]) == (outer.id, worker["agent_id"])
    assert statuses(stream, "A") == ["running", "completed"]


def test_subprocess_records_to_the_session_in_headers_of_its_environment(stream: Path) -> None:
    with session("A"):
        run(WORKER, env={**os.environ, **inject(), "TUI_MONITOR_STREAM": str(stream)})
    assert logs(stream)["inside"]["session_id"] == "A"
    assert statuses(stream, "A") == ["running", "completed"]


def test_headers_hand_on_session_agent_and_execution(stream: Path) -> None:
    with session("A"), agent("lead", "lé,ad"), execution("call"):
        headers = inject()
    with session("B"), extract({name.title(): value for name, value in headers.items()}):
        record_log("there")
    assert (logs(stream)["there"]["session_id"], logs(stream)["there"]["agent_id"]) == ("A", "lé,ad")
    version, trace, span, flags = headers["traceparent"].split("-")
    assert (version, len(trace), len(span), flags) == ("00", 32, 16, "01")


def test_trace_and_baggage_of_others_are_kept() -> None:
    with session("A"):
        carrier = inject({"traceparent": "00-1-2-01", "baggage": "tenant=7"})
        again = inject(dict(carrier))
    assert carrier["traceparent"] == "00-1-2-01"
    assert carrier["baggage"] == again["baggage"] == "tenant=7,tui-monitor.session_id=A"


@pytest.mark.parametrize("carrier", [{}, {"traceparent": "00-1-2-01"}, {"baggage": "tenant=7"}, {"baggage": "%zz,=,;"}])
def test_carrier_without_a_session_changes_nothing(stream: Path, carrier: dict[str, str]) -> None:
    with session("B"), extract(carrier):
        record_log("here")
    assert logs(stream)["here"]["session_id"] == "B"


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,9}", fullmatch=True), st.text(min_size=1).filter(str.isprintable)))
def test_baggage_is_read_as_it_was_written(fields: dict[str, str]) -> None:
    assert read_baggage(write_baggage(fields)) == fields


@given(st.dictionaries(st.sampled_from(["baggage", "Baggage", "traceparent"]), st.text()))
def test_hostile_carriers_are_read_without_an_error(carrier: dict[str, str]) -> None:
    assert all(value.isprintable() for value in read_carrier(carrier).values())


@pytest.mark.parametrize("code", [JOINER, SAME_NAME])
def test_worker_that_joins_a_session_ends_nothing(stream: Path, code: str) -> None:
    with session("shared", title="Parent"):
        run(code, str(stream))
        assert statuses(stream, "shared") == ["running"]
    assert statuses(stream, "shared") == ["running", "completed"]


def test_thread_that_joins_a_session_ends_nothing(stream: Path) -> None:
    def join() -> None:
        with session("shared"):
            record_log("joined")

    with session("shared"):
        thread = Thread(target=join)
        thread.start()
        thread.join()
        assert logs(stream)["joined"]["session_id"] == "shared"
        assert statuses(stream, "shared") == ["running"]


def test_session_of_a_process_that_is_gone_is_taken_over(stream: Path) -> None:
    run("import os, sys\n" + JOINER.replace("    pass", "    os._exit(0)"), str(stream))
    with session("shared"):
        pass
    assert statuses(stream, "shared") == ["running", "running", "completed"]


def test_session_that_ended_is_begun_again(stream: Path) -> None:
    for _ in range(2):
        with session("shared"):
            pass
    assert statuses(stream, "shared") == ["running", "completed"] * 2


def test_joining_is_seen_behind_a_megabyte_of_other_lines(stream: Path) -> None:
    with session("shared"):
        for _ in range(3):
            record_log("x" * 500_000)
        run(JOINER, str(stream))
        assert statuses(stream, "shared") == ["running"]


def test_session_is_begun_though_its_stream_cannot_be_read(stream: Path) -> None:
    stream.mkdir(parents=True)
    with session("shared") as name:
        assert name == "shared"
