"""Tools of Pi: requests and outcomes."""

from __future__ import annotations

import pytest

from tui_monitor.events import CallState, Change, ChangeKind, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.pi.tools import call_outcome, call_request, hunks_shown


def result(name: str, output: str = "", *, is_error: bool = False, **fields: object) -> Record:
    """Return a result."""
    return {"toolName": name, "content": [{"type": "text", "text": output}], "isError": is_error, **fields}


@pytest.mark.parametrize(
    ("name", "arguments", "kind", "subject"),
    [
        ("read", {"path": "a.py", "offset": 3}, ToolKind.READ, "a.py"),
        ("grep", {"pattern": "valve", "path": "src"}, ToolKind.SEARCH, "valve"),
        ("subagent", {"agent": "scout", "task": "look"}, ToolKind.AGENT, "look"),
        ("mcp__git__log", {"name": "x"}, ToolKind.MCP, "x"),
        ("hologram", {"beam": "on"}, ToolKind.OTHER, "on"),
    ],
)
def test_request_has_kind_and_subject(name: str, arguments: Record, kind: ToolKind, subject: str) -> None:
    request = call_request(name, arguments)
    assert (request.kind, request.subject) == (kind, subject)


@pytest.mark.parametrize(
    ("output", "is_error", "state", "code"),
    [
        ("ok", False, CallState.OK, None),
        ("bad\n\nCommand exited with code 2", True, CallState.FAILED, 2),
        ("bad\n\nCommand exited with code 2", False, CallState.FAILED, 2),
        ("half\n\nCommand aborted", True, CallState.INTERRUPTED, None),
        ("Blocked by user", True, CallState.REJECTED, None),
        ("Command timed out after 5 seconds", True, CallState.FAILED, None),
        ('Validation failed for tool "bash"', True, CallState.SLIPPED, None),
    ],
)
def test_state_of_a_command(output: str, is_error: bool, state: CallState, code: int | None) -> None:
    outcome = call_outcome(result("bash", output, is_error=is_error), {})
    assert (outcome.state, outcome.exit_code) == (state, code)


def test_output_of_a_command_is_without_its_exit_code() -> None:
    outcome = call_outcome(result("bash", "one\ntwo\n\nCommand exited with code 2", is_error=True), {})
    assert (outcome.output, outcome.error) == ("one\ntwo", "one\ntwo")
    assert outcome.measure is not None
    assert outcome.measure.count == 2


def test_edit_has_the_hunks_of_its_patch() -> None:
    patch = "--- a.py\n+++ a.py\n@@ -3,2 +3,2 @@\n keep\n-old\n+new\n"
    outcome = call_outcome(result("edit", details={"patch": patch, "diff": "ignored"}), {"path": "a.py"})
    [change] = outcome.changes
    assert (change.kind, change.path, change.added, change.removed) == (ChangeKind.MODIFY, "a.py", 1, 1)
    assert change.lines == (4, 4)


def test_diff_of_older_versions_becomes_hunks_with_positions() -> None:
    shown = "     ...\n  9 keep\n-10 old\n+10 new\n+11 more\n 11 keep\n     ...\n 40 keep\n-41 gone\n"
    assert hunks_shown(shown).split("\n") == [
        "@@ -9,3 +9,4 @@",
        " keep",
        "-old",
        "+new",
        "+more",
        " keep",
        "@@ -40,2 +41,1 @@",
        " keep",
        "-gone",
    ]


def test_written_file_has_no_counts_because_what_it_replaced_is_unknown() -> None:
    assert call_outcome(result("write"), {"path": "a"}).changes == (Change(ChangeKind.MODIFY, "a"),)


def test_read_file_has_the_requested_lines() -> None:
    outcome = call_outcome(result("read"), {"path": "a", "offset": 3, "limit": 10})
    assert outcome.changes == (Change(ChangeKind.READ, "a", lines=(3, 12)),)


def test_failed_call_changes_nothing() -> None:
    outcome = call_outcome(
        result("edit", "no match", is_error=True, details={"patch": "@@ -1 +1 @@\n-1\n+2"}), {"path": "a"}
    )
    assert (outcome.changes, outcome.error) == ((), "no match")
