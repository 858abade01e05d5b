"""Output of ``codex exec --json``: turns, calls and a total."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sources.codex_builder import THREAD, only, read
from tui_monitor.events import (
    AgentMessage,
    CallFinished,
    CallStarted,
    CallState,
    ChangeKind,
    Event,
    LogLine,
    PlanUpdate,
    RetryUpdate,
    SessionKey,
    SessionTotalUpdate,
    SessionUpdate,
    Tokens,
    ToolKind,
    Turn,
    TurnUpdate,
)
from tui_monitor.sources.base import Record, UnknownRecord

EXEC_PATH = Path("/tmp/out.jsonl")
STARTED: Record = {"type": "thread.started", "thread_id": THREAD}


def exec_events(*lines: Record, path: Path = EXEC_PATH) -> list[Event]:
    return read([STARTED, *lines], path)


def item(phase: str, kind: str, name: str = "item_1", **fields: Any) -> Record:
    return {"type": f"item.{phase}", "item": {"id": name, "type": kind, **fields}}


def test_session_is_the_thread() -> None:
    [event] = only(exec_events(), SessionUpdate)
    assert (event.session, event.path, event.client) == (SessionKey("codex", THREAD), str(EXEC_PATH), "codex_exec")


def test_tokens_of_a_turn_are_the_total_of_the_thread() -> None:
    usage = {
        "input_tokens": 30_000,
        "cached_input_tokens": 20_000,
        "output_tokens": 700,
        "reasoning_output_tokens": 300,
    }
    events = exec_events({"type": "turn.started"}, {"type": "turn.completed", "usage": usage})
    [total] = only(events, SessionTotalUpdate)
    assert total.tokens == Tokens(input=10_000, output=700, cache_read=20_000, reasoning=300)
    assert [event.turn for event in only(events, TurnUpdate)] == [Turn.STARTED, Turn.DONE]


def test_command_is_one_call() -> None:
    command = "/bin/bash -lc 'exit 3'"
    events = exec_events(
        item(
            "started", "command_execution", command=command, aggregated_output="", exit_code=None, status="in_progress"
        ),
        item("completed", "command_execution", command=command, aggregated_output="no\n", exit_code=3, status="failed"),
    )
    [call], [end] = only(events, CallStarted), only(events, CallFinished)
    assert (call.tool, call.kind, call.subject) == ("exec_command", ToolKind.SHELL, "exit 3")
    assert (end.call, end.state, end.exit_code, end.output) == (call.call, CallState.FAILED, 3, "no\n")


def test_changed_files_have_no_diffs() -> None:
    changes = [{"path": "/w/a", "kind": "add"}, {"path": "/w/b", "kind": "update"}, {"path": "/w/c", "kind": "delete"}]
    events = exec_events(item("completed", "file_change", changes=changes, status="completed"))
    [call], [end] = only(events, CallStarted), only(events, CallFinished)
    assert (call.tool, call.subject, call.note) == ("apply_patch", "/w/a", "+2 files")
    assert [(change.kind, change.path, change.diff) for change in end.changes] == [
        (ChangeKind.CREATE, "/w/a", ""),
        (ChangeKind.MODIFY, "/w/b", ""),
        (ChangeKind.DELETE, "/w/c", ""),
    ]


def test_servers_and_searches_are_calls() -> None:
    events = exec_events(
        item(
            "completed", "mcp_tool_call", "item_1", server="tracker", tool="get", arguments={"id": "E-1"}, result=None
        ),
        item("completed", "web_search", "item_2", query="mypy"),
    )
    assert [(call.tool, call.subject) for call in only(events, CallStarted)] == [
        ("tracker·get", "E-1"),
        ("web_search", "mypy"),
    ]


def test_messages_thoughts_and_plans_are_emitted() -> None:
    steps = [{"text": "a", "completed": True}, {"text": "b", "completed": False}]
    events = exec_events(
        item("completed", "reasoning", text="hmm"),
        item("updated", "agent_message", text="Do"),
        item("completed", "agent_message", text="Done."),
        item("updated", "todo_list", items=steps),
    )
    assert [(event.text, event.thinking) for event in only(events, AgentMessage)] == [("hmm", True), ("Done.", False)]
    [plan] = only(events, PlanUpdate)
    assert (plan.completed, plan.total, plan.now) == (1, 2, "b")


def test_warning_is_a_log_line() -> None:
    [event] = only(exec_events(item("completed", "error", message="no metadata")), LogLine)
    assert (event.text, event.level) == ("no metadata", "warning")


def test_failures_are_emitted() -> None:
    events = exec_events(
        {"type": "error", "message": "Reconnecting... 1/5"},
        {"type": "error", "message": "stream closed"},
        {"type": "turn.failed", "error": {"message": "stream closed"}},
    )
    assert [(event.attempt, event.wait_ms) for event in only(events, RetryUpdate)] == [(1, 0), (0, None)]
    [turn] = only(events, TurnUpdate)
    assert (turn.turn, turn.reason) == (Turn.FAILED, "stream closed")


def test_items_of_another_run_are_other_calls() -> None:
    command = item("completed", "command_execution", command="ls", exit_code=0)
    again = exec_events(command, STARTED, command) + exec_events(command, path=Path("/tmp/resumed.jsonl"))
    assert len({call.call for call in only(again, CallStarted)}) == 3
    assert len({call.uid for call in only(again, CallStarted)}) == 3


def test_unknown_item_raises_unknown_record() -> None:
    with pytest.raises(UnknownRecord, match="hologram"):
        exec_events(item("completed", "hologram"))
