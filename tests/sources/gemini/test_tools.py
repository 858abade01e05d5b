"""Tools of Gemini CLI: requests, outcomes and changed files."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sources.gemini_builder import call, diff_of
from tui_monitor.events import CallState, Change, ChangeKind, Measure, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.gemini.tools import call_outcome, call_request
from tui_monitor.sources.shared.tool_call import CallOutcome

EDIT = {"file_path": "/w/a.py", "old_string": "one\n", "new_string": "two\n"}


def result(name: str, args: Record, output: str = "", **fields: Any) -> CallOutcome:
    """Return the outcome of a finished call."""
    outcome = call_outcome(call(name, args, output, **fields))
    assert outcome is not None
    return outcome


@pytest.mark.parametrize(
    ("name", "arguments", "kind", "subject", "note"),
    [
        ("run_shell_command", {"command": "ls", "description": "list"}, ToolKind.SHELL, "ls", "list"),
        ("replace", {"file_path": "a", "instruction": "mend"}, ToolKind.EDIT, "a", "mend"),
        ("write_file", {"file_path": "a", "content": "x"}, ToolKind.WRITE, "a", ""),
        ("read_file", {"absolute_path": "/a"}, ToolKind.READ, "/a", ""),
        ("search_file_content", {"pattern": "x", "include": "*.py"}, ToolKind.SEARCH, "x", "*.py"),
        ("google_web_search", {"query": "q"}, ToolKind.WEB, "q", ""),
        ("ask_user", {"questions": [{"question": "Which?"}]}, ToolKind.ASK, "Which?", ""),
        ("exit_plan_mode", {"plan_filename": "p.md"}, ToolKind.PLAN, "p.md", ""),
        ("activate_skill", {"name": "tidy"}, ToolKind.OTHER, "tidy", ""),
        ("invented", {"b": 1, "a": "text"}, ToolKind.OTHER, "text", ""),
    ],
)
def test_request_has_kind_subject_and_note(
    name: str, arguments: Record, kind: ToolKind, subject: str, note: str
) -> None:
    request = call_request(name, arguments)
    assert (request.tool, request.kind, request.subject, request.note) == (name, kind, subject, note)


@pytest.mark.parametrize("name", ["mcp_docs_look_up", "docs__look_up"])
def test_mcp_tool_has_the_names_of_server_and_tool(name: str) -> None:
    request = call_request(name, {"q": "x"})
    assert (request.tool, request.kind) == ("docs·look_up", ToolKind.MCP)


def test_tool_that_started_an_agent_is_an_agent_tool() -> None:
    assert call_request("reviewer", {"prompt": "x"}, "some-id").kind is ToolKind.AGENT


@pytest.mark.parametrize(
    ("status", "error", "state"),
    [
        ("success", "", CallState.OK),
        ("error", "File not found", CallState.FAILED),
        ("cancelled", "[Operation Cancelled] Reason: User did not allow tool call", CallState.REJECTED),
        ("cancelled", "[Operation Cancelled] User cancelled tool execution.", CallState.INTERRUPTED),
    ],
)
def test_state_is_read_from_status_and_error(status: str, error: str, state: CallState) -> None:
    outcome = result("glob", {}, status=status, error=error)
    assert (outcome.state, outcome.error) == (state, error)


@pytest.mark.parametrize("status", ["validating", "scheduled", "executing", "awaiting_approval", None, 5])
def test_unfinished_call_has_no_outcome(status: Any) -> None:
    assert call_outcome(call("glob", {}, status=status)) is None


def test_error_defaults_to_the_displayed_text() -> None:
    assert result("glob", {}, status="error", resultDisplay="No such folder").error == "No such folder"


@pytest.mark.parametrize(
    ("output", "display", "state", "expected", "code"),
    [
        ("<untrusted_context>\nOutput: 5\nProcess Group PGID: 7\n</untrusted_context>", "5", CallState.OK, "5", None),
        ("Output: one\ntwo\nError: (none)\nExit Code: 0\nSignal: (none)", "", CallState.OK, "one\ntwo", 0),
        ("Command: x\nStdout: one\nStderr: (empty)\nExit Code: 2", None, CallState.FAILED, "one", 2),
        ("Command: x\nOutput: (empty)\nExit Code: 0", None, CallState.OK, "", 0),
        ("Command is running in background. PID: 5.", "", CallState.BACKGROUND, None, None),
        ("Command moved to background (PID: 5). Output hidden.", "", CallState.BACKGROUND, None, None),
    ],
)
def test_command_has_output_and_exit_code(
    output: str, display: Any, state: CallState, expected: str | None, code: int | None
) -> None:
    outcome = result("run_shell_command", {}, output, resultDisplay=display)
    assert (outcome.state, outcome.output, outcome.exit_code) == (state, output if expected is None else expected, code)
    assert bool(outcome.error) == (state is CallState.FAILED and expected != "")


def test_styled_output_is_converted_to_text() -> None:
    display = [[{"text": "a", "fg": "red"}, {"text": "b  "}], [{"text": "c"}], []]
    outcome = result("run_shell_command", {}, "Output: abc", resultDisplay=display)
    assert (outcome.output, outcome.measure) == ("ab\nc", Measure(2, "lines"))


@pytest.mark.parametrize(
    ("display", "measure"),
    [
        ("Found 3 matches", Measure(3, "matches")),
        ({"summary": "Found 1 match (limited)"}, Measure(1, "matches")),
        ("Found 12 matching file(s)", Measure(12, "files")),
        ({"summary": "Listed 4 item(s)."}, Measure(4, "files")),
        ("No matches found", None),
    ],
)
def test_result_is_measured_in_its_own_unit(display: Any, measure: Measure | None) -> None:
    assert result("grep_search", {}, "text", resultDisplay=display).measure == measure


def test_change_has_a_diff() -> None:
    display = diff_of("/w/a.py", "@@ -1,2 +1,3 @@\n one\n+two\n-three\n+four\n", isNewFile=False)
    [change] = result("replace", EDIT, resultDisplay=display).changes
    assert (change.kind, change.path, change.added, change.removed) == (ChangeKind.MODIFY, "/w/a.py", 2, 1)
    assert change.diff == "@@ -1,2 +1,3 @@\n one\n+two\n-three\n+four"


def test_new_file_is_created() -> None:
    display = diff_of("/w/a.py", "@@ -0,0 +1 @@\n+one\n", isNewFile=True)
    [change] = result("write_file", {"file_path": "a.py"}, resultDisplay=display).changes
    assert (change.kind, change.path, change.added) == (ChangeKind.CREATE, "/w/a.py", 1)


@pytest.mark.parametrize(
    ("name", "arguments", "output", "kind", "counts"),
    [
        ("write_file", {"content": "1\n2\n"}, "Successfully created and wrote to new file: /w/a", "create", (2, 0)),
        ("write_file", {"content": "1\n2\n"}, "Successfully overwrote file: /w/a", "modify", (0, 0)),
        ("replace", {"old_string": "x\ny", "new_string": "x\nz"}, "ok", "modify", (1, 1)),
        ("replace", {"old_string": "", "new_string": "x\n"}, "ok", "create", (1, 0)),
    ],
)
def test_change_without_a_diff_is_derived_from_the_arguments(
    name: str, arguments: Record, output: str, kind: str, counts: tuple[int, int]
) -> None:
    [change] = result(name, {"file_path": "/w/a", **arguments}, output).changes
    assert (change.kind.value, change.path, (change.added, change.removed)) == (kind, "/w/a", counts)


def test_failed_call_has_no_changes() -> None:
    assert result("replace", EDIT, status="error", error="no such text").changes == ()


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [({}, None), ({"start_line": 3, "end_line": 9}, (3, 9)), ({"offset": 10, "limit": 5}, (11, 15))],
)
def test_read_file_has_its_lines(arguments: Record, lines: tuple[int, int] | None) -> None:
    outcome = result("read_file", {"file_path": "/w/a", **arguments}, "text")
    assert outcome.changes == (Change(ChangeKind.READ, "/w/a", lines=lines),)
