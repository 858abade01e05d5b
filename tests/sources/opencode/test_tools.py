"""Tools of OpenCode: requests, outcomes and changed files."""

from __future__ import annotations

import pytest

from tests.sources.opencode_builder import Sessions, completed, events_of
from tui_monitor.events import (
    CallFinished,
    CallStarted,
    CallState,
    Change,
    ChangeKind,
    Measure,
    ToolKind,
)
from tui_monitor.sources.base import Record


def result(sessions: Sessions, tool: str, state: Record) -> CallFinished:
    sessions.tool(sessions.message("assistant"), tool, state)
    return events_of(sessions, CallFinished)[-1]


def test_command_with_an_exit_code_failed(sessions: Sessions) -> None:
    finished = result(sessions, "bash", completed({"command": "false"}, "no", exit=1))
    assert (finished.state, finished.exit_code, finished.error) == (CallState.FAILED, 1, "no")


@pytest.mark.parametrize(
    ("error", "metadata", "state"),
    [
        ("Error: no such file", {}, CallState.FAILED),
        ("Tool execution aborted", {}, CallState.INTERRUPTED),
        ("killed", {"interrupted": True}, CallState.INTERRUPTED),
        ("Error: The user rejected permission to use this specific tool call.", {}, CallState.REJECTED),
        ("Error: The user dismissed this question", {}, CallState.REJECTED),
        ("The user has specified a rule which prevents you from using this", {}, CallState.REFUSED),
        ("The edit tool was called with invalid arguments: x", {}, CallState.SLIPPED),
    ],
)
def test_error_text_decides_the_state_of_a_failed_call(
    sessions: Sessions, error: str, metadata: Record, state: CallState
) -> None:
    finished = result(sessions, "read", {"status": "error", "input": {}, "error": error, "metadata": metadata})
    assert (finished.state, finished.error) == (state, error)


def test_invalid_call_slipped(sessions: Sessions) -> None:
    finished = result(sessions, "invalid", completed({"tool": "edit", "error": "x"}, "The arguments are invalid: x"))
    assert finished.state is CallState.SLIPPED


@pytest.mark.parametrize(
    ("tool", "arguments", "expected"),
    [
        ("read", {"filePath": "/w/a"}, (ToolKind.READ, "read", "/w/a", "")),
        ("grep", {"pattern": "x", "include": "*.py", "path": "/w"}, (ToolKind.SEARCH, "grep", "x", "*.py")),
        ("webfetch", {"url": "https://x"}, (ToolKind.WEB, "webfetch", "https://x", "")),
        ("question", {"questions": [{"question": "Which?"}]}, (ToolKind.ASK, "question", "Which?", "")),
        ("task", {"description": "look", "prompt": "p", "subagent_type": "x"}, (ToolKind.AGENT, "task", "look", "x")),
        ("docs_look_up", {"q": "x"}, (ToolKind.MCP, "docs·look_up", "x", "")),
        ("skill", {"name": "tidy"}, (ToolKind.OTHER, "skill", "tidy", "")),
    ],
)
def test_request_has_kind_subject_and_note(
    sessions: Sessions, tool: str, arguments: Record, expected: tuple[ToolKind, str, str, str]
) -> None:
    sessions.tool(sessions.message("assistant"), tool, completed(arguments))
    [started] = events_of(sessions, CallStarted)
    assert (started.kind, started.tool, started.subject, started.note) == expected


PATCH = "Index: /w/a\n=====\n--- /w/a\n+++ /w/a\n@@ -1 +1,2 @@\n-1\n+2\n+3\n"
HUNK = "@@ -1 +1,2 @@\n-1\n+2\n+3"


@pytest.mark.parametrize(
    ("tool", "arguments", "metadata", "expected"),
    [
        ("write", {"content": "1\n2\n"}, {"exists": False}, ("create", 2, 0)),
        ("write", {"content": "1\n2\n"}, {"exists": True}, ("modify", 0, 0)),
        ("write", {"content": "1\n2\n"}, {"exists": True, "diff": PATCH}, ("modify", 2, 1)),
        ("edit", {"oldString": "1"}, {"diff": PATCH, "filediff": {"patch": PATCH}}, ("modify", 2, 1)),
        ("edit", {"oldString": "1"}, {"filediff": {"before": "1\n", "after": "2\n3\n"}}, ("modify", 2, 1)),
        ("edit", {"oldString": "1\n", "newString": "2\n3\n"}, {}, ("modify", 2, 1)),
        ("edit", {"oldString": "", "newString": "2\n3\n"}, {}, ("create", 2, 0)),
        ("multiedit", {"edits": [{"oldString": "1", "newString": "2"}] * 2}, {}, ("modify", 2, 2)),
    ],
)
def test_edit_has_a_diff_from_metadata_or_arguments(
    sessions: Sessions, tool: str, arguments: Record, metadata: Record, expected: tuple[str, int, int]
) -> None:
    [change] = result(sessions, tool, completed({"filePath": "/w/a", **arguments}, **metadata)).changes
    assert (change.path, (change.kind.value, change.added, change.removed)) == ("/w/a", expected)


def test_patch_may_change_several_files(sessions: Sessions) -> None:
    files = [
        {"filePath": "/w/a", "type": "add", "patch": "@@ -0,0 +1 @@\n+1"},
        {"filePath": "/w/b", "type": "update", "diff": PATCH},
        {"filePath": "/w/c", "type": "move", "movePath": "/w/d", "before": "1\n", "after": "2\n"},
        {"filePath": "/w/e", "type": "delete"},
        {},
    ]
    created, changed, renamed, deleted = result(
        sessions, "apply_patch", completed({"patchText": "x"}, files=files)
    ).changes
    assert (created.kind, created.added) == (ChangeKind.CREATE, 1)
    assert (changed.kind, changed.diff) == (ChangeKind.MODIFY, HUNK)
    assert (renamed.kind, renamed.path, renamed.old_path) == (ChangeKind.RENAME, "/w/d", "/w/c")
    assert (deleted.kind, deleted.path) == (ChangeKind.DELETE, "/w/e")


def test_read_file_has_its_lines(sessions: Sessions) -> None:
    finished = result(sessions, "read", completed({"filePath": "/w/a", "offset": 5, "limit": 10}))
    assert finished.changes == (Change(ChangeKind.READ, "/w/a", lines=(5, 14)),)


@pytest.mark.parametrize(("metadata", "unit"), [({"matches": 3}, "matches"), ({"count": 3}, "files")])
def test_search_is_measured(sessions: Sessions, metadata: Record, unit: str) -> None:
    assert result(sessions, "grep", completed({"pattern": "x"}, **metadata)).measure == Measure(3, unit)
