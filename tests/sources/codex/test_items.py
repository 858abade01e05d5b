"""Calls in events of older versions and in items of newer ones."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sources.codex_builder import CWD, Rollout, only, read
from tui_monitor.events import CallFinished, CallStarted, CallState, ChangeKind, ToolKind
from tui_monitor.sources.base import Record


def both(rollout: Rollout) -> tuple[CallStarted, CallFinished]:
    events = read(rollout.records)
    [call], [end] = only(events, CallStarted), only(events, CallFinished)
    assert call.call == end.call
    return call, end


def test_command_has_exit_code_output_and_duration() -> None:
    item: Record = {
        "id": "call_1",
        "command": ["/bin/bash", "-lc", "ls"],
        "cwd": "file:///w",
        "exit_code": 0,
        "aggregated_output": "a\nb\n",
        "duration": {"secs": 1, "nanos": 250_000_000},
        "status": "completed",
    }
    call, end = both(Rollout().item("CommandExecution", **item))
    assert (call.tool, call.kind, call.subject) == ("exec_command", ToolKind.SHELL, "ls")
    assert (end.state, end.output, end.exit_code, end.duration_ms) == (CallState.OK, "a\nb\n", 0, 1250)


@pytest.mark.parametrize(
    ("status", "code", "state"),
    [
        ("completed", 0, CallState.OK),
        ("failed", 1, CallState.FAILED),
        ("failed", None, CallState.FAILED),
        ("declined", None, CallState.REJECTED),
        ("Declined", -1, CallState.REJECTED),
        (None, 2, CallState.FAILED),
    ],
)
def test_status_and_exit_code_decide_the_state_of_a_command(
    status: str | None, code: int | None, state: CallState
) -> None:
    _, end = both(Rollout().item("CommandExecution", id="c", command=["x"], status=status, exit_code=code))
    assert (end.state, end.exit_code) == (state, code)
    assert end.approved is (False if state is CallState.REJECTED else None)


def test_command_of_a_person_has_a_tool_of_its_own() -> None:
    call, _ = both(Rollout().item("CommandExecution", id="c", command=["ls"], source="user_shell", exit_code=0))
    assert call.tool == "user_shell"


def test_duration_defaults_to_the_time_between_start_and_completion() -> None:
    rollout = Rollout().item("ImageView", id="c", path="file:///w/a.png", started_at_ms=1000, completed_at_ms=1700)
    call, end = both(rollout)
    assert (call.at, call.subject, end.duration_ms) == (1000, "/w/a.png", 700)


def test_older_events_begin_and_end_a_command() -> None:
    rollout = Rollout().event("exec_command_begin", call_id="c", command=["bash", "-lc", "make"], cwd=CWD)
    rollout.event(
        "exec_command_end", call_id="c", command=["bash", "-lc", "make"], stdout="", stderr="no\n", exit_code=2
    )
    call, end = both(rollout)
    assert (call.subject, call.at) == ("make", end.at - 1000)
    assert (end.state, end.output, end.error) == (CallState.FAILED, "no\n", "no\n")


CHANGES: list[tuple[Record, Any]] = [
    ({"type": "add", "content": "a\nb\n"}, (ChangeKind.CREATE, "/w/x.py", "", "@@ -0,0 +1,2 @@\n+a\n+b", 2, 0)),
    ({"type": "delete", "content": "a\n"}, (ChangeKind.DELETE, "/w/x.py", "", "@@ -1,1 +0,0 @@\n-a", 0, 1)),
    ({"type": "delete"}, (ChangeKind.DELETE, "/w/x.py", "", "", 0, 0)),
    (
        {"type": "update", "unified_diff": "@@ -1 +1 @@\n-a\n+b\n", "move_path": None},
        (ChangeKind.MODIFY, "/w/x.py", "", "@@ -1 +1 @@\n-a\n+b", 1, 1),
    ),
    (
        {"type": "update", "unified_diff": "--- x\n+++ y\n@@ -1 +1 @@\n-a\n+b\n", "move_path": "/w/y.py"},
        (ChangeKind.RENAME, "/w/y.py", "/w/x.py", "@@ -1 +1 @@\n-a\n+b", 1, 1),
    ),
    ({"add": {"content": "a\n"}}, (ChangeKind.CREATE, "/w/x.py", "", "@@ -0,0 +1,1 @@\n+a", 1, 0)),
    (
        {"update": {"unified_diff": "@@ -1 +1 @@\n-a\n+b\n", "move_path": None}},
        (ChangeKind.MODIFY, "/w/x.py", "", "@@ -1 +1 @@\n-a\n+b", 1, 1),
    ),
]


@pytest.mark.parametrize(("file", "change"), CHANGES)
@pytest.mark.parametrize("kind", ["item", "event"])
def test_changed_files_come_with_their_diffs(kind: str, file: Record, change: Any) -> None:
    fields: Record = {"changes": {"/w/x.py": file}, "stdout": "Success.", "stderr": ""}
    rollout = Rollout()
    if kind == "item":
        rollout.item("FileChange", id="c", status="completed", **fields)
    else:
        rollout.event("patch_apply_end", call_id="c", success=True, **fields)
    call, end = both(rollout)
    [changed] = end.changes
    assert (
        changed.kind,
        changed.path,
        changed.old_path,
        changed.diff,
        changed.added,
        changed.removed,
    ) == change
    assert (call.tool, call.kind, call.subject) == ("apply_patch", ToolKind.EDIT, changed.path)


@pytest.mark.parametrize(
    ("fields", "state", "approved", "approval"),
    [
        ({"auto_approved": True}, CallState.OK, True, "auto"),
        ({"auto_approved": False}, CallState.OK, True, "user"),
        ({}, CallState.OK, None, ""),
        ({"status": "declined"}, CallState.REJECTED, False, "user"),
        ({"success": False, "stderr": "no"}, CallState.FAILED, None, ""),
    ],
)
def test_patch_has_its_approval(fields: Record, state: CallState, approved: bool | None, approval: str) -> None:
    _, end = both(Rollout().item("FileChange", id="c", changes={"/w/x": {"type": "add", "content": "1\n"}}, **fields))
    assert (end.state, end.approved, end.approval) == (state, approved, approval)
    assert bool(end.changes) is (state is CallState.OK)


SERVED: list[tuple[Record, CallState, str]] = [
    ({"result": {"content": [{"type": "text", "text": "found"}]}}, CallState.OK, "found"),
    ({"result": {"Ok": {"content": [{"type": "text", "text": "found"}], "is_error": False}}}, CallState.OK, "found"),
    ({"result": {"Ok": {"content": [{"type": "text", "text": "none"}], "is_error": True}}}, CallState.FAILED, "none"),
    ({"result": {"Err": "no connection"}}, CallState.FAILED, ""),
    ({"result": {"Err": "user rejected MCP tool call"}}, CallState.REJECTED, ""),
    ({"result": None, "error": {"message": "timed out"}, "status": "failed"}, CallState.FAILED, ""),
]


@pytest.mark.parametrize(("fields", "state", "output"), SERVED)
@pytest.mark.parametrize("kind", ["item", "event"])
def test_answer_of_an_mcp_server_is_read_from_event_and_item(
    kind: str, fields: Record, state: CallState, output: str
) -> None:
    called = {"server": "tracker", "tool": "get_issue", "arguments": {"id": "E-1"}}
    rollout = Rollout()
    if kind == "item":
        rollout.item("McpToolCall", id="c", duration={"secs": 2, "nanos": 0}, **called, **fields)
    else:
        rollout.event("mcp_tool_call_begin", call_id="c", invocation=called)
        rollout.event("mcp_tool_call_end", call_id="c", invocation=called, duration={"secs": 2, "nanos": 0}, **fields)
    call, end = both(rollout)
    assert (call.tool, call.kind, call.subject) == ("tracker·get_issue", ToolKind.MCP, "E-1")
    assert (end.state, end.output, end.duration_ms) == (state, output, 2000)
    assert bool(end.error) is (state is not CallState.OK)


OTHERS: list[tuple[str, Record, str, ToolKind, str]] = [
    ("WebSearch", {"query": "mypy strict", "action": {"type": "search"}}, "web_search", ToolKind.WEB, "mypy strict"),
    (
        "WebSearch",
        {"action": {"type": "open_page", "url": "http://a.example"}},
        "web_search",
        ToolKind.WEB,
        "http://a.example",
    ),
    (
        "ImageGeneration",
        {"saved_path": "/w/a.png", "status": "completed"},
        "image_generation",
        ToolKind.OTHER,
        "/w/a.png",
    ),
    ("Sleep", {"duration_ms": 400}, "sleep", ToolKind.WAIT, ""),
    ("DynamicToolCall", {"tool": "lookup", "arguments": {"q": "x"}, "success": True}, "lookup", ToolKind.OTHER, "x"),
    ("CollabAgentToolCall", {"tool": "spawnAgent", "prompt": "look"}, "spawn_agent", ToolKind.AGENT, "look"),
    ("Extension", {"kind": "browser"}, "browser", ToolKind.OTHER, ""),
]


@pytest.mark.parametrize(("kind", "fields", "tool", "what", "subject"), OTHERS)
def test_other_items_are_calls(kind: str, fields: Record, tool: str, what: ToolKind, subject: str) -> None:
    call, end = both(Rollout().item(kind, id="c", **fields))
    assert (call.tool, call.kind, call.subject, end.state) == (tool, what, subject, CallState.OK)


def test_failed_dynamic_tool_has_an_error() -> None:
    _, end = both(Rollout().item("DynamicToolCall", id="c", tool="lookup", success=False, error="no such thing"))
    assert (end.state, end.error) == (CallState.FAILED, "no such thing")


def test_started_item_is_an_open_call() -> None:
    events = read(
        Rollout().event("item_started", item={"type": "CommandExecution", "id": "c", "command": ["ls"]}).records
    )
    assert len(only(events, CallStarted)) == 1
    assert only(events, CallFinished) == []


@pytest.mark.parametrize("order", ["line first", "event first"])
def test_search_in_a_line_without_id_and_in_an_event_is_one_call(order: str) -> None:
    rollout = Rollout()
    for kind in ("line", "event") if order == "line first" else ("event", "line"):
        if kind == "line":
            rollout.line("response_item", {"type": "web_search_call", "status": "completed"})
        else:
            rollout.event("web_search_end", call_id="ws_1", query="mypy")
    both(rollout)


def test_each_search_in_lines_alone_is_a_call() -> None:
    rollout = Rollout()
    for query in ("a", "b", "b"):
        action = {"type": "search", "queries": [query]}
        rollout.line("response_item", {"type": "web_search_call", "action": action})
    calls = only(read(rollout.records), CallStarted)
    assert [call.subject for call in calls] == ["a", "b", "b"]
    assert len({call.call for call in calls}) == 3


def test_tool_search_is_paired_with_its_result() -> None:
    rollout = Rollout()
    arguments = {"query": "issues"}
    rollout.line("response_item", {"type": "tool_search_call", "call_id": "c", "arguments": arguments})
    rollout.line("response_item", {"type": "tool_search_output", "call_id": "c", "tools": [{"name": "get_issue"}]})
    call, end = both(rollout)
    assert (call.tool, call.subject, end.output) == ("tool_search", "issues", "get_issue")


def test_image_in_a_line_and_an_event_is_one_call() -> None:
    rollout = Rollout().line(
        "response_item", {"type": "image_generation_call", "id": "ig_1", "revised_prompt": "a cat"}
    )
    rollout.event("image_generation_end", call_id="ig_1", saved_path="/w/cat.png")
    call, _ = both(rollout)
    assert (call.tool, call.subject) == ("image_generation", "a cat")


def test_hook_prompt_is_not_a_call() -> None:
    assert only(read(Rollout().item("HookPrompt", id="h", fragments=[]).records), CallStarted) == []
