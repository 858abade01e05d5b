from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sources.claude_builder import MODEL, Transcript, at, text_block
from tui_monitor.events import CallStarted, SourceRef, ToolKind


def started(name: str, **arguments: Any) -> CallStarted:
    transcript = Transcript()
    transcript.calls(name, **arguments)
    return transcript.one(CallStarted)


@pytest.mark.parametrize(
    ("name", "arguments", "kind", "subject", "note"),
    [
        ("Bash", {"command": "make test", "description": "Run tests"}, ToolKind.SHELL, "make test", "Run tests"),
        ("Read", {"file_path": "/e/a.py", "offset": 17, "limit": 5}, ToolKind.READ, "/e/a.py", "17"),
        ("Edit", {"file_path": "/e/a.py", "old_string": "a", "new_string": "b"}, ToolKind.EDIT, "/e/a.py", ""),
        ("MultiEdit", {"file_path": "/e/a.py", "edits": []}, ToolKind.EDIT, "/e/a.py", ""),
        ("NotebookEdit", {"notebook_path": "/e/n.ipynb", "edit_mode": "insert"}, ToolKind.EDIT, "/e/n.ipynb", "insert"),
        ("Write", {"file_path": "/e/a.py", "content": "a"}, ToolKind.WRITE, "/e/a.py", ""),
        ("Glob", {"pattern": "**/*.py"}, ToolKind.SEARCH, "**/*.py", ""),
        ("Grep", {"pattern": "def ", "path": "/e"}, ToolKind.SEARCH, "def ", "/e"),
        ("LS", {"path": "/e"}, ToolKind.SEARCH, "/e", ""),
        ("WebFetch", {"url": "https://a.example/b", "prompt": "What?"}, ToolKind.WEB, "https://a.example/b", "What?"),
        ("WebSearch", {"query": "turbines"}, ToolKind.WEB, "turbines", ""),
        ("Task", {"description": "Look", "subagent_type": "Explore"}, ToolKind.AGENT, "Look", "Explore"),
        ("Agent", {"description": "Look", "subagent_type": "Plan"}, ToolKind.AGENT, "Look", "Plan"),
        ("TodoWrite", {"todos": []}, ToolKind.TODO, "", ""),
        ("TaskCreate", {"subject": "Oil it"}, ToolKind.TODO, "Oil it", ""),
        ("TaskUpdate", {"taskId": "2", "status": "completed"}, ToolKind.TODO, "2", "completed"),
        ("BashOutput", {"bash_id": "b1"}, ToolKind.WAIT, "b1", ""),
        ("TaskOutput", {"task_id": "b1"}, ToolKind.WAIT, "b1", ""),
        ("KillShell", {"shell_id": "b1"}, ToolKind.OTHER, "b1", ""),
        ("AskUserQuestion", {"questions": [{"question": "Which?"}, {}]}, ToolKind.ASK, "Which?", ""),
        ("AskUserQuestion", {"question": "Which?"}, ToolKind.ASK, "Which?", ""),
        ("ExitPlanMode", {"plan": "# Plan\n1. Oil"}, ToolKind.PLAN, "# Plan\n1. Oil", ""),
        ("exit_plan_mode", {"plan": "Oil"}, ToolKind.PLAN, "Oil", ""),
        ("EnterPlanMode", {}, ToolKind.OTHER, "", ""),
        ("Skill", {"skill": "review", "args": "12"}, ToolKind.OTHER, "review", "12"),
        ("Polish", {"count": 3, "part": "valve"}, ToolKind.OTHER, "valve", ""),
    ],
)
def test_tools_have_kind_and_target(
    name: str, arguments: dict[str, object], kind: ToolKind, subject: str, note: str
) -> None:
    call = started(name, **arguments)
    assert (call.tool, call.kind, call.subject, call.note) == (name, kind, subject, note)


def test_mcp_tool_is_named_after_server_and_tool() -> None:
    call = started("mcp__issue-tracker__get_issue", id="ENG-7", full=True)
    assert (call.tool, call.kind, call.subject) == ("issue-tracker·get_issue", ToolKind.MCP, "ENG-7")


def test_call_has_ref_model_input_and_timeout() -> None:
    transcript = Transcript()
    transcript.user("go")
    line = transcript.calls("Bash", command="make", timeout=60_000)
    call = transcript.one(CallStarted)
    assert call.uid == f"{line['uuid']}/call_1"
    assert (call.model, call.timeout_ms, call.at) == (MODEL, 60_000, at(1))
    assert json.loads(call.input) == {"command": "make", "timeout": 60_000}
    assert call.ref == SourceRef(str(transcript.path), 100, 100)


def test_copied_history_keeps_call_uids() -> None:
    original, copy = Transcript(), Transcript(session="99999999-2222-4333-8444-555555555555")
    for transcript in (original, copy):
        transcript.calls("Bash", command="make")
    assert original.one(CallStarted).uid == copy.one(CallStarted).uid


def test_answered_call_does_not_start_again() -> None:
    transcript = Transcript()
    line = transcript.calls("Bash", command="make")
    transcript.result("ok")
    transcript.records.append(line)
    assert len(transcript.of(CallStarted)) == 1


def test_server_tools_are_calls() -> None:
    transcript = Transcript()
    ask = {"type": "server_tool_use", "id": "srv_1", "name": "web_search", "input": {"query": "turbines"}}
    transcript.assistant(ask, text_block("Found."))
    call = transcript.one(CallStarted)
    assert (call.kind, call.subject) == (ToolKind.WEB, "turbines")


def test_large_integers_are_kept_in_the_input() -> None:
    assert json.loads(started("Polish", turns=2**80).input) == {"turns": 2**80}
