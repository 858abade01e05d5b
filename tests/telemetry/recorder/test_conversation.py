"""Prompts, messages, steps, and the end of a process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.telemetry.support import live_session, of_type, only, read_events, read_line, read_lines, status_after
from tui_monitor.events import AgentMessage, AgentStatus, PlanUpdate, Prompt, RetryUpdate, Turn, TurnUpdate
from tui_monitor.live.status import StatusWord
from tui_monitor.telemetry import (
    ToolExecution,
    agent,
    execution,
    get_recording_status,
    record_message,
    record_output,
    record_prompt,
    record_retry,
    record_start,
    record_todos,
    session,
)


def test_prompts_and_messages_reach_the_monitor(stream: Path) -> None:
    with session("s1"):
        record_prompt("Mend the tide table")
        record_message("hm", thinking=True)
        record_message("I will look at it")
        with agent("scout", "a1"):
            record_prompt("Find the table")
    events = read_events(stream)
    assert [(prompt.agent, prompt.text) for prompt in of_type(events, Prompt)] == [
        ("", "Mend the tide table"),
        ("a1", "Find the table"),
    ]
    assert [message.thinking for message in of_type(events, AgentMessage)] == [True, False]
    state = live_session(stream)
    assert (state.prompt, state.last_message) == ("Mend the tide table", "I will look at it")


def test_secrets_in_prompts_are_masked(stream: Path) -> None:
    record_prompt("use password=hunter2hunter2 there")
    assert "hunter2" not in read_line(stream, "prompt")["text"]


def test_output_of_a_running_tool_reaches_the_monitor(stream: Path) -> None:
    with session("s1"), execution("bash", {"command": "make"}) as running:
        record_output("tide.c\nmoo")
        record_output("n.c\n")
        call = live_session(stream).log.open[0]
        assert (call.progress_output, call.progress_lines) == ("tide.c\nmoon.c\n", 2)
        running.output = "2 files"
    assert {line["id"] for line in read_lines(stream) if line["type"] == "output"} == {running.id}
    assert next(live_session(stream).log.calls()).output == "2 files"


def test_output_of_a_tool_that_runs_elsewhere_is_told_by_its_execution(stream: Path) -> None:
    started = ToolExecution.start("bash").with_session("s2")
    record_start(started)
    record_output("password=hunter2hunter2\n", started)
    line = read_line(stream, "output")
    assert (line["id"], line["session_id"]) == (started.id, "s2")
    assert "hunter2" not in line["text"]


def test_output_of_no_tool_is_lost(stream: Path) -> None:
    record_output("tide\n")
    assert get_recording_status().problems == {"record_output: ValidationError": 1}


def test_todos_are_the_plan(stream: Path) -> None:
    record_todos([("Read", "completed"), ("Mend", "in_progress"), "Test"])
    plan = only(read_events(stream), PlanUpdate)
    assert (plan.completed, plan.total, plan.now) == (1, 3, "Mend")


def test_unknown_status_of_a_todo_is_refused_without_raising(stream: Path, caplog: pytest.LogCaptureFixture) -> None:
    record_todos([("Read", "nearly")])
    assert not stream.exists()
    assert get_recording_status().lost == 1
    assert "must be one of pending, in_progress, completed, not 'nearly'" in caplog.text


def test_used_up_limit_is_shown_with_its_reset(stream: Path) -> None:
    with session("s1"):
        record_retry("usage limit", rate_limited=True, resets_at=2_000_000_000)
        assert status_after(stream).word == StatusWord.RATE_LIMITED
    retry = only(read_events(stream), RetryUpdate)
    assert (retry.is_rate_limit, retry.resets_at) == (True, 2_000_000_000_000)


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ("with session('s1'): record_prompt('x')", AgentStatus.COMPLETED, ""),
        ("with session('s1'): raise ValueError('aground')", AgentStatus.FAILED, "aground"),
        ("configure(session_id='s1'); record_prompt('x')", AgentStatus.COMPLETED, ""),
        ("configure(session_id='s1'); record_prompt('x'); raise ValueError('aground')", AgentStatus.FAILED, "aground"),
        ("open_one = session('s1'); open_one.__enter__()", AgentStatus.TERMINATED, ""),
    ],
)
def test_session_ends_with_its_process(tmp_path: Path, body: str, status: AgentStatus, reason: str) -> None:
    stream = tmp_path / "run.jsonl"
    env = {"TUI_MONITOR_DATA_DIR": str(tmp_path), "HOME": str(tmp_path), "TUI_MONITOR_STREAM": str(stream)}
    program = f"from tui_monitor import configure, record_prompt, session\n{body}"
    subprocess.run([sys.executable, "-c", program], env=env, check=False, capture_output=True, timeout=60)
    end = of_type(read_events(stream), TurnUpdate)[-1]
    assert (end.turn, end.reason) == (Turn.SESSION_ENDED, reason)
    state = live_session(stream)
    assert status_after(stream).word == StatusWord.ENDED
    assert state.agent("").status == status


def test_process_does_not_begin_a_removed_stream_again(tmp_path: Path) -> None:
    program = "import os, sys\nfrom tui_monitor import session\nwith session('s1'): pass\nos.remove(sys.argv[1])"
    stream = tmp_path / "run.jsonl"
    env = {"TUI_MONITOR_DATA_DIR": str(tmp_path), "HOME": str(tmp_path), "TUI_MONITOR_STREAM": str(stream)}
    subprocess.run([sys.executable, "-c", program, str(stream)], env=env, check=True, timeout=60)
    assert not stream.exists()


def test_session_of_another_process_is_not_ended(tmp_path: Path) -> None:
    program = """
import os, sys
from tui_monitor import session
with session("s1"):
    child = os.fork()
    if child == 0:
        sys.exit()
    os.waitpid(child, 0)
"""
    stream = tmp_path / "run.jsonl"
    env = {"TUI_MONITOR_DATA_DIR": str(tmp_path), "HOME": str(tmp_path), "TUI_MONITOR_STREAM": str(stream)}
    subprocess.run([sys.executable, "-c", program], env=env, check=True, timeout=60)
    assert [line["type"] for line in read_lines(stream)].count("end") == 1
