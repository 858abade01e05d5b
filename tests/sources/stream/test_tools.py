"""ToolExecution and FileChange objects: calls and their changes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sources.stream_builder import MILLIS, execution, line, only, read, read_resuming
from tui_monitor.events import CallFinished, CallProgress, CallStarted, CallState, ChangeKind, Event, Tokens, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.stream.parser import MAX_OUTPUT


def both(events: list[Event]) -> tuple[CallStarted, CallFinished]:
    [call], [end] = only(events, CallStarted), only(events, CallFinished)
    assert call.call == end.call
    return call, end


def test_bare_execution_is_a_whole_call() -> None:
    call, end = both(read(execution(session_id="s1", model="gpt-5", metadata={"exit_code": 0, "by": "lib"})))
    assert (call.tool, call.kind, call.subject, call.model) == ("bash", ToolKind.SHELL, "make test", "gpt-5")
    assert json.loads(call.input) == {"command": "make test"}
    assert (call.at, end.at, end.duration_ms) == (MILLIS, MILLIS + 1500, 1500)
    assert (end.state, end.output, end.exit_code) == (CallState.OK, "exit_code=0, output_len=2", 0)
    assert json.loads(end.metadata) == {"exit_code": 0, "by": "lib"}


def test_started_call_is_open_until_its_execution() -> None:
    begun = line("tool_start", "u1", id="t1", tool_name="read", input={"path": "/w/a"}, started_at=MILLIS)
    events = read(begun, line("tool", "u2", **execution(id="t1", tool_name="read", session_id="s1")))
    assert [(call.call, call.uid) for call in only(events, CallStarted)] == [("t1", "s1:t1")] * 2
    assert [end.call for end in only(events, CallFinished)] == ["t1"]
    assert only(read(begun), CallFinished) == []


def test_output_of_a_running_call_grows_until_its_end() -> None:
    begun = line("tool_start", "u1", id="t1", tool_name="bash", input={"command": "make"}, started_at=MILLIS)
    printed = [line("output", f"o{number}", id="t1", text=text) for number, text in enumerate(("a\nb", "c\n", "d\n"))]
    end = line("tool", "u2", **execution(id="t1", tool_name="bash"))
    events = read_resuming([begun, *printed, end])
    assert [(sign.call, sign.output, sign.lines) for sign in only(events, CallProgress)] == [
        ("t1", "a\nb", 2),
        ("t1", "a\nbc\n", 2),
        ("t1", "a\nbc\nd\n", 3),
    ]


def test_long_output_of_a_running_call_keeps_its_end_and_counts_all_lines() -> None:
    text = "x" * MAX_OUTPUT + "\n"
    [first, second] = only(
        read(line("output", "u1", id="t1", text=text), line("output", "u2", id="t1", text=text)), CallProgress
    )
    assert (len(first.output), first.lines, second.lines) == (MAX_OUTPUT, 1, 2)


def test_repeated_numeric_ids_are_different_calls() -> None:
    events = read(execution(), execution(started_at=MILLIS + 5000))
    assert len({call.call for call in only(events, CallStarted)}) == 2


def test_call_id_of_a_line_with_a_uid_is_its_id() -> None:
    events = read(line("tool", "u1", **execution(id=7)), line("tool", "u2", **execution(id=8, parent_id=7)))
    assert [(call.call, call.parent) for call in only(events, CallStarted)] == [("7", ""), ("8", "7")]


def test_bare_execution_has_its_parent_by_number() -> None:
    [parent, child] = only(read(execution(), execution(id=2, parent_id=1)), CallStarted)
    assert child.parent == parent.call


def test_execution_without_an_id_has_the_id_of_its_line() -> None:
    call, _ = both(read(line("tool", "u1", **execution(id=None))))
    assert call.call == "uid:u1"


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"success": True}, CallState.OK),
        ({"success": True, "error": "noise"}, CallState.OK),
        ({"success": False, "error": "no"}, CallState.FAILED),
        ({"success": None, "error": "no"}, CallState.FAILED),
        ({"success": None}, CallState.OK),
        ({"success": False, "tool_approved": False, "tool_approval_type": "user"}, CallState.REJECTED),
        ({"success": True, "tool_approved": 1, "tool_approval_type": "auto"}, CallState.OK),
    ],
)
def test_state_of_a_call(fields: Record, state: CallState) -> None:
    _, end = both(read(execution(**fields)))
    assert end.state is state
    assert end.error == (fields.get("error") or "")
    approved = fields.get("tool_approved")
    assert end.approved is (None if approved is None else bool(approved))
    assert end.approval == fields.get("tool_approval_type", "")


def test_tokens_of_a_tool_belong_to_the_call() -> None:
    _, end = both(read(execution(tokens={"input": 5, "output": 6})))
    assert end.tokens == Tokens(input=5, output=6)


@pytest.mark.parametrize(
    ("tool", "arguments", "kind"),
    [
        ("bash", {"command": "ls"}, ToolKind.SHELL),
        ("bash", ["ls"], ToolKind.SHELL),
        ("Read", {"file_path": "/w/a"}, ToolKind.READ),
        ("confirm_edit", {"path": "/w/a"}, ToolKind.EDIT),
        ("write", '{"path": "/w/a", "content": ""}', ToolKind.WRITE),
        ("grep", {"pattern": "x"}, ToolKind.SEARCH),
        ("grep", None, ToolKind.SEARCH),
        ("WebFetch", {"url": "https://example.org"}, ToolKind.WEB),
        ("mcp__tracker__get", {"id": 1}, ToolKind.MCP),
        ("frobnicate", {"path": "/w/a"}, ToolKind.OTHER),
        ("run", {"workflow": "nightly"}, ToolKind.OTHER),
        ("open", {"valve": "3"}, ToolKind.OTHER),
        ("create", {"ticket": "harbour"}, ToolKind.OTHER),
    ],
)
def test_kind_follows_from_common_names_of_tools_and_their_arguments(tool: str, arguments: Any, kind: ToolKind) -> None:
    call, _ = both(read(execution(tool_name=tool, input=arguments)))
    assert call.kind is kind


@pytest.mark.parametrize(
    "tool",
    [
        "ask",
        "ask_user",
        "question",
        "AskUserQuestion",
        "plan",
        "exitplanmode",
        "todo",
        "TodoWrite",
        "update_plan",
        "wait",
        "sleep",
        "task",
        "agent",
    ],
)
def test_tool_is_a_tool_whatever_its_name_means_to_other_agents(tool: str) -> None:
    call, _ = both(read(execution(tool_name=tool, input={"question": "ask the second model for the tide"})))
    assert (call.kind, call.tool, call.subject) == (ToolKind.OTHER, tool, "ask the second model for the tide")


def test_call_that_is_started_runs() -> None:
    [call] = only(read(line("tool_start", "u1", id="t1", tool_name="ask", started_at=MILLIS)), CallStarted)
    assert call.runs


@pytest.mark.parametrize(
    ("arguments", "subject"),
    [
        ({"timeout": 5, "command": "ls"}, "ls"),
        ({"content": "text", "path": "/w/a"}, "/w/a"),
        ({"what": "this"}, "this"),
        ("plain", "plain"),
        (["one", "two"], "one"),
        ('{"command": "ls"}', "ls"),
        ("{broken", "{broken"),
        (5, ""),
        (None, ""),
    ],
)
def test_subject_is_found_in_the_input(arguments: Any, subject: str) -> None:
    call, _ = both(read(execution(input=arguments)))
    assert call.subject == subject


@pytest.mark.parametrize("tool", ["grep", "Search", "find"])
def test_subject_of_a_search_is_what_it_looks_for(tool: str) -> None:
    call, _ = both(read(execution(tool_name=tool, input={"path": "src", "pattern": "tide"})))
    assert call.subject == "tide"
    call, _ = both(read(execution(tool_name=tool, input={"path": "src"})))
    assert call.subject == "src"


def test_output_that_is_not_text_becomes_json() -> None:
    _, end = both(read(execution(output={"rows": [1, 2]})))
    assert end.output == '{"rows":[1,2]}'


def change(**fields: Any) -> Any:
    _, end = both(read(execution(files_affected=[{"change_type": "modify", "path": "/w/a", **fields}])))
    [event] = end.changes
    return event


def test_diff_is_computed_from_the_texts_before_and_after() -> None:
    result = change(before="a\nb\n", after="a\nc\n", lines_affected=[2, 2])
    assert (result.kind, result.path, result.added, result.removed, result.lines) == (
        ChangeKind.MODIFY,
        "/w/a",
        1,
        1,
        (2, 2),
    )
    assert result.diff == "@@ -1,2 +1,2 @@\n a\n-b\n+c"


def test_reported_diff_loses_its_file_header() -> None:
    result = change(before="x", after="y", diff="--- a\n+++ b\n@@ -7 +7 @@\n-old\n+new\n")
    assert (result.diff, result.lines) == ("@@ -7 +7 @@\n-old\n+new", (7, 7))


@pytest.mark.parametrize(
    ("fields", "diff"),
    [
        ({"change_type": "create", "after": "a\n"}, "@@ -0,0 +1,1 @@\n+a"),
        ({"change_type": "delete", "before": "a\n"}, "@@ -1,1 +0,0 @@\n-a"),
        ({"change_type": "delete", "before": None}, ""),
        ({"change_type": "read", "before": "a", "after": "b"}, ""),
        ({"change_type": "rename", "old_path": "/w/z"}, ""),
        ({"change_type": "modify", "before": "a", "after": None}, ""),
    ],
)
def test_change_of_each_kind_has_its_diff(fields: Record, diff: str) -> None:
    result = change(**fields)
    assert (result.kind, result.diff, result.old_path) == (fields["change_type"], diff, fields.get("old_path", ""))


def test_change_of_an_unknown_kind_is_a_modification() -> None:
    assert change(change_type="transmogrify").kind is ChangeKind.MODIFY


@pytest.mark.parametrize("lines", [None, [1], [1, "x"], "1-2", [0, 0]])
def test_missing_lines_are_unknown(lines: Any) -> None:
    assert change(lines_affected=lines).lines is None


def test_masked_fields_are_metadata() -> None:
    _, end = both(read(execution(session_id="s1", masked=["output", 3], metadata={"by": "lib"})))
    assert json.loads(end.metadata) == {"by": "lib", "masked": ["output"]}
