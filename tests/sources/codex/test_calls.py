"""Calls: one per id, however many lines report it and in any order."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sources.codex_builder import CWD, THREAD, Rollout, events_of, only, read
from tui_monitor.events import (
    CallFinished,
    CallProgress,
    CallStarted,
    CallState,
    ChangeKind,
    PlanUpdate,
    ToolKind,
    WaitUpdate,
)
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex.calls import MAX_DIFF_LENGTH
from tui_monitor.sources.shared.open_calls import MAX_ANSWERED, MAX_OPEN

PATCH = "*** Begin Patch\n*** Add File: gears.py\n+x = 1\n*** End Patch"
LONG_ID = "call_0123456789abcdefghij"


def with_headers(status: str, text: str = "") -> str:
    return f"Chunk ID: 1\nWall time: 0.5000 seconds\n{status}\nOutput:\n{text}"


def started(name: str, arguments: Any, **more: Any) -> CallStarted:
    [call] = events_of(Rollout().context().call(name, arguments, **more), CallStarted)
    return call


@pytest.mark.parametrize(
    ("name", "arguments", "kind", "subject"),
    [
        ("exec_command", {"cmd": "ls -la"}, ToolKind.SHELL, "ls -la"),
        ("exec_command", {"cmd": "bash -lc 'make test'"}, ToolKind.SHELL, "make test"),
        ("exec_command", {"cmd": "bash -lc 'unfinished"}, ToolKind.SHELL, "bash -lc 'unfinished"),
        ("shell", {"command": ["bash", "-lc", "cargo build && ls"]}, ToolKind.SHELL, "cargo build && ls"),
        ("shell", {"command": ["git", "commit", "-m", "a b"]}, ToolKind.SHELL, "git commit -m 'a b'"),
        ("shell", {"command": ["powershell.exe", "-Command", "dir"]}, ToolKind.SHELL, "dir"),
        ("shell_command", {"command": "pytest -q"}, ToolKind.SHELL, "pytest -q"),
        ("view_image", {"path": "/p/a.png"}, ToolKind.READ, "/p/a.png"),
        ("grep_files", {"pattern": "TODO", "path": "src"}, ToolKind.SEARCH, "src"),
        ("update_plan", {"plan": []}, ToolKind.TODO, ""),
        ("request_user_input", {"questions": [{"question": "Which?"}]}, ToolKind.ASK, "Which?"),
        ("spawn_agent", {"message": "look", "agent_type": "explorer"}, ToolKind.AGENT, "look"),
        ("wait_agent", {"targets": ["t1"]}, ToolKind.WAIT, ""),
        ("shiny_new_tool", {"n": 1, "what": "this"}, ToolKind.OTHER, "this"),
    ],
)
def test_request_has_kind_and_subject(name: str, arguments: Any, kind: ToolKind, subject: str) -> None:
    call = started(name, arguments)
    assert (call.tool, call.kind, call.subject) == (name, kind, subject)
    assert json.loads(call.input) == arguments


def test_request_has_reason_and_timeout() -> None:
    call = started("exec_command", {"cmd": "ls", "justification": "need it", "yield_time_ms": 1000})
    assert (call.note, call.timeout_ms, call.model) == ("need it", 1000, "gpt-5.3-codex")


@pytest.mark.parametrize("namespace", ["", "mcp__tracker", "mcp__tracker__"])
def test_mcp_tool_has_the_names_of_server_and_tool(namespace: str) -> None:
    name = "get_issue" if namespace else "mcp__tracker__get_issue"
    call = started(name, {"id": "E-1"}, namespace=namespace)
    assert (call.tool, call.kind, call.subject) == ("tracker·get_issue", ToolKind.MCP, "E-1")


@pytest.mark.parametrize("arguments", ["[REDACTED len=12]", "", "[1, 2]", "{broken", "null"])
@pytest.mark.parametrize("name", ["exec_command", "write_stdin", "update_plan", "apply_patch", "s__t", "other"])
def test_unreadable_arguments_are_tolerated(name: str, arguments: str) -> None:
    call = started(name, arguments)
    assert call.tool == name.replace("__", "·")
    assert json.loads(call.input) == arguments


def test_call_is_paired_with_its_answer() -> None:
    rollout = (
        Rollout().call("exec_command", {"cmd": "false"}).answer(with_headers("Process exited with code 1", "boo\n"))
    )
    [call], [end] = events_of(rollout, CallStarted), events_of(rollout, CallFinished)
    assert call.call == end.call == "call_1"
    assert (end.state, end.exit_code, end.output, end.duration_ms) == (CallState.FAILED, 1, "boo\n", 500)
    assert end.at - call.at == 1000


def test_only_long_call_ids_are_globally_unique() -> None:
    rollout = Rollout().call("exec_command", {"cmd": "a"}, "call_0").call("exec_command", {"cmd": "b"}, LONG_ID)
    assert [call.uid for call in events_of(rollout, CallStarted)] == [f"{THREAD}:call_0", LONG_ID]


def test_a_local_shell_call_is_a_shell_call() -> None:
    action = {"type": "exec", "command": ["bash", "-lc", "ls"], "timeout_ms": 9000, "working_directory": "/w"}
    rollout = Rollout().line("response_item", {"type": "local_shell_call", "call_id": "call_1", "action": action})
    rollout.answer("Exit code: 0\nWall time: 1 seconds\nOutput:\nx\n")
    [call], [end] = events_of(rollout, CallStarted), events_of(rollout, CallFinished)
    assert (call.tool, call.kind, call.subject, call.timeout_ms) == ("local_shell", ToolKind.SHELL, "ls", 9000)
    assert end.state is CallState.OK


PATCHES: list[tuple[str, Any]] = [
    ("exec_command", {"cmd": f"apply_patch <<'EOF'\n{PATCH}\nEOF"}),
    ("exec_command", {"cmd": f"bash -lc \"apply_patch <<'EOF'\n{PATCH}\nEOF\""}),
    ("shell", {"command": ["apply_patch", PATCH]}),
    ("shell", {"command": ["bash", "-lc", f"apply_patch <<'EOF'\n{PATCH}\nEOF"]}),
    ("apply_patch", {"input": PATCH}),
    ("apply_patch", {"patch": PATCH}),
]


@pytest.mark.parametrize(("name", "arguments"), PATCHES)
def test_patch_is_an_edit_for_every_tool_that_applies_it(name: str, arguments: Any) -> None:
    rollout = Rollout().call(name, arguments).answer("Success. Updated the following files:\nA gears.py\n")
    [call], [end] = events_of(rollout, CallStarted), events_of(rollout, CallFinished)
    assert (call.tool, call.kind, call.subject) == ("apply_patch", ToolKind.EDIT, f"{CWD}/gears.py")
    [change] = end.changes
    assert (change.kind, change.path, change.diff) == (ChangeKind.CREATE, f"{CWD}/gears.py", "@@ -0,0 +1,1 @@\n+x = 1")


def test_patch_of_a_custom_tool_changes_files_on_success() -> None:
    rollout = Rollout().custom("apply_patch", PATCH).answer('{"output":"Success.","metadata":{"exit_code":0}}')
    [end] = events_of(rollout, CallFinished)
    assert [change.path for change in end.changes] == [f"{CWD}/gears.py"]
    assert end.measure is None


@pytest.mark.parametrize(
    "output", ["apply_patch verification failed: no such lines", "patch rejected by user", "aborted"]
)
def test_failed_patch_has_no_changes(output: str) -> None:
    [end] = events_of(Rollout().custom("apply_patch", PATCH).answer(output), CallFinished)
    assert end.changes == ()
    assert end.state is not CallState.OK


def test_command_with_a_patch_among_other_work_is_a_shell_call_with_changes() -> None:
    rollout = Rollout().call("exec_command", {"cmd": f"apply_patch <<'EOF'\n{PATCH}\nEOF\nmake"})
    rollout.answer(with_headers("Process exited with code 0"))
    [call], [end] = events_of(rollout, CallStarted), events_of(rollout, CallFinished)
    assert call.kind is ToolKind.SHELL
    assert len(end.changes) == 1


def test_patch_of_several_files_shows_the_first_and_the_number_of_others() -> None:
    patch = "*** Begin Patch\n*** Delete File: a\n*** Delete File: b\n*** Delete File: c\n*** End Patch"
    [call] = events_of(Rollout().custom("apply_patch", patch), CallStarted)
    assert (call.subject, call.note) == (f"{CWD}/a", "+2 files")


def test_very_long_patch_keeps_only_its_counts() -> None:
    patch = "*** Begin Patch\n*** Add File: a\n" + "+line\n" * (MAX_DIFF_LENGTH // 5) + "*** End Patch"
    [end] = events_of(Rollout().custom("apply_patch", patch).answer("Success."), CallFinished)
    assert (end.changes[0].diff, end.changes[0].added) == ("", MAX_DIFF_LENGTH // 5)


def test_other_custom_tools_show_their_first_line() -> None:
    [call] = events_of(Rollout().custom("exec", "\nconst a = 1\nrun(a)"), CallStarted)
    assert (call.kind, call.subject) == (ToolKind.OTHER, "const a = 1")


def test_background_shell_is_one_call_until_a_poll_reports_its_end() -> None:
    rollout = Rollout().call("exec_command", {"cmd": "make"}, "call_1")
    rollout.answer(with_headers("Process running with session ID 7", "one\n"), "call_1")
    rollout.call("write_stdin", {"session_id": 7, "chars": ""}, "call_2")
    rollout.answer(with_headers("Process running with session ID 7", "two\n"), "call_2")
    rollout.call("write_stdin", {"session_id": 7, "chars": "y\n"}, "call_3")
    rollout.answer(with_headers("Process exited with code 2", "three\n"), "call_3")
    events = read(rollout.records)
    assert [call.call for call in only(events, CallStarted)] == ["call_1"]
    assert [(end.call, end.state) for end in only(events, CallFinished)] == [
        ("call_1", CallState.BACKGROUND),
        ("call_1", CallState.FAILED),
    ]
    last = only(events, CallFinished)[-1]
    assert (last.output, last.exit_code, last.duration_ms) == ("one\ntwo\nthree\n", 2, None)
    assert [step.doing for step in only(events, CallProgress)] == ["waited for", "still running", "waited for, typed y"]


def test_poll_of_a_shell_that_an_item_ended_is_not_a_call() -> None:
    rollout = Rollout().call("exec_command", {"cmd": "make"}, "call_1")
    rollout.answer(with_headers("Process running with session ID 7"), "call_1")
    rollout.item("CommandExecution", id="call_1", command=["make"], exit_code=0, aggregated_output="all\n")
    rollout.call("write_stdin", {"session_id": 7}, "call_2").answer(
        with_headers("Process exited with code 0"), "call_2"
    )
    ends = events_of(rollout, CallFinished)
    assert [(end.call, end.state, end.output) for end in ends][1:] == [("call_1", CallState.OK, "all\n")]


def test_items_and_events_about_a_poll_are_progress_of_its_shell() -> None:
    rollout = Rollout().call("exec_command", {"cmd": "make"}, "call_1")
    rollout.answer(with_headers("Process running with session ID 7"), "call_1").call(
        "write_stdin", {"session_id": 7}, "call_2"
    )
    rollout.item("CommandExecution", id="call_2", command=["make"], source="unified_exec_interaction")
    rollout.event("terminal_interaction", call_id="call_2", process_id="7", stdin="")
    events = read(rollout.records)
    assert [(step.call, step.doing) for step in only(events, CallProgress)] == [("call_1", "waited for")] * 3
    assert len(only(events, CallStarted)) == 1


def test_poll_without_a_shell_is_a_call() -> None:
    rollout = (
        Rollout()
        .call("write_stdin", {"session_id": 7, "chars": "q"})
        .answer(with_headers("Process exited with code 0"))
    )
    [call], [end] = events_of(rollout, CallStarted), events_of(rollout, CallFinished)
    assert (call.tool, call.subject, end.state) == ("write_stdin", "q", CallState.OK)


def test_item_takes_precedence_over_a_later_answer() -> None:
    rollout = Rollout().call("exec_command", {"cmd": "exit 3"})
    rollout.item("CommandExecution", id="call_1", command=["/bin/bash", "-lc", "exit 3"], exit_code=3, status="failed")
    rollout.answer(with_headers("Process exited with code 3"))
    events = read(rollout.records)
    assert len(only(events, CallStarted)) == len(only(events, CallFinished)) == 1


def test_event_may_precede_its_request() -> None:
    changes = {"/p/a.py": {"type": "add", "content": "1\n"}}
    rollout = Rollout().event("patch_apply_end", call_id="call_1", success=True, changes=changes)
    rollout.custom("apply_patch", PATCH).answer("Success.")
    events = read(rollout.records)
    assert {call.call for call in only(events, CallStarted)} == {"call_1"}
    [end] = only(events, CallFinished)
    assert [change.path for change in end.changes] == ["/p/a.py"]


def test_event_after_the_answer_repeats_the_result_with_changes() -> None:
    command = f"apply_patch <<'EOF'\n{PATCH}\nEOF\nmake"
    rollout = Rollout().call("exec_command", {"cmd": command}).answer(with_headers("Process exited with code 0"))
    rollout.event("exec_command_end", call_id="call_1", command=["bash", "-lc", command], exit_code=0, cwd=CWD)
    assert [len(end.changes) for end in events_of(rollout, CallFinished)] == [1, 1]


def test_call_of_a_script_has_the_script_as_parent() -> None:
    rollout = Rollout().custom("exec", "run()", "call_js")
    rollout.item("CommandExecution", id="inner", command=["ls"], exit_code=0, started_at_ms=1_772_359_200_500)
    [outer, inner] = events_of(rollout, CallStarted)
    assert (outer.parent, inner.parent, inner.at) == ("", "call_js", 1_772_359_200_500)


def test_aborted_turn_interrupts_open_calls_except_background_shells() -> None:
    rollout = Rollout().event("task_started")
    rollout.call("exec_command", {"cmd": "serve"}, "call_1").answer(
        with_headers("Process running with session ID 1"), "call_1"
    )
    rollout.call("exec_command", {"cmd": "sleep"}, "call_2").event("turn_aborted", reason="interrupted")
    assert [(end.call, end.state) for end in events_of(rollout, CallFinished)] == [
        ("call_1", CallState.BACKGROUND),
        ("call_2", CallState.INTERRUPTED),
    ]


def test_answer_after_an_abort_replaces_the_interruption() -> None:
    rollout = Rollout().call("exec_command", {"cmd": "sleep"}).event("turn_aborted").answer("aborted by user after 2s")
    assert [end.error for end in events_of(rollout, CallFinished)] == ["", "aborted by user after 2s"]


ESCALATED = {"cmd": "rm -rf build", "sandbox_permissions": "require_escalated", "justification": "clear the old build"}
ABORTED = "Wall time: 40.0 seconds\naborted by user"


def test_command_that_needs_approval_likely_waits_for_a_person() -> None:
    rollout = Rollout().context(approvals_reviewer="user").call("exec_command", ESCALATED)
    [wait] = events_of(rollout, WaitUpdate)
    assert (wait.waiting, wait.certain, wait.call, wait.reason) == (True, False, "call_1", "clear the old build")


@pytest.mark.parametrize(
    ("tool", "arguments", "expected"),
    [
        ("exec_command", {"cmd": "make"}, 15_000),
        ("exec_command", {"cmd": "make", "yield_time_ms": 1_000}, 15_000),
        ("exec_command", {"cmd": "make", "yield_time_ms": 30_000}, 35_000),
        ("shell", {"command": ["make"]}, 35_000),
    ],
)
def test_command_that_does_not_answer_in_its_time_likely_waits(tool: str, arguments: Record, expected: int) -> None:
    rollout = Rollout().context(approvals_reviewer="user").call(tool, arguments)
    assert [call.approval_after_ms for call in events_of(rollout, CallStarted)] == [expected]


def test_command_that_a_person_refuses_is_rejected() -> None:
    rollout = Rollout().context(approvals_reviewer="user").call("exec_command", ESCALATED).answer(ABORTED)
    [end] = events_of(rollout.event("turn_aborted", reason="interrupted"), CallFinished)
    assert (end.state, end.approved, end.approval) == (CallState.REJECTED, False, "user")
    assert (end.duration_ms, end.error) == (40_000, "aborted by user")


@pytest.mark.parametrize(
    ("settings", "arguments"),
    [
        ({}, {"cmd": "make"}),
        ({"approval_policy": "never"}, ESCALATED),
        ({"approvals_reviewer": "auto_review"}, ESCALATED),
    ],
)
def test_command_that_needs_no_person_is_interrupted(settings: Record, arguments: Record) -> None:
    rollout = Rollout().context(**settings).call("exec_command", arguments).answer(ABORTED)
    [end] = events_of(rollout, CallFinished)
    assert (end.state, end.approved) == (CallState.INTERRUPTED, None)
    assert events_of(rollout, WaitUpdate) == []


def test_output_of_a_running_command_is_progress() -> None:
    rollout = Rollout().call("exec_command", {"cmd": "make"}).event("exec_command_output_delta", call_id="call_1")
    rollout.event("exec_command_output_delta", call_id="unknown")
    assert [step.call for step in events_of(rollout, CallProgress)] == ["call_1"]


def test_plan_has_completed_and_current_steps() -> None:
    steps = [("a", "completed"), ("b", "in_progress"), ("c", "pending")]
    plan = [{"step": step, "status": status} for step, status in steps]
    [event] = events_of(Rollout().call("update_plan", {"plan": plan}), PlanUpdate)
    assert (event.completed, event.total, event.now) == (1, 3, "b")


def test_state_is_bounded() -> None:
    from tests.sources.codex_builder import PATH
    from tui_monitor.events import SourceRef
    from tui_monitor.sources.codex.adapter import Codex

    rollout = Rollout()
    for number in range(MAX_OPEN * 2):
        rollout.call("exec_command", {"cmd": "x" * 500}, f"call_{number}")
    for number in range(MAX_ANSWERED * 2):
        rollout.call("other", {}, f"over_{number}").answer("ok", f"over_{number}")
    parser = Codex().parser(PATH, "")
    for record in rollout.records:
        list(parser.parse(record, SourceRef("f", 0, 1)))
    assert len(parser.state()) < 60_000
