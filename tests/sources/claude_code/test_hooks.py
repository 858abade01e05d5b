"""Payloads of hooks: turns, calls, agents, and waiting for a person."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.sources.claude_builder import ID, Transcript, only, tool_use
from tests.sources.claude_payloads import events_of, hook, resumed_events_of, tool_hook
from tui_monitor.events import (
    AgentStatus,
    AgentUpdate,
    CallFinished,
    CallStarted,
    CallState,
    ChangeKind,
    CompactionUpdate,
    Prompt,
    SessionUpdate,
    Turn,
    TurnUpdate,
    WaitUpdate,
)
from tui_monitor.sources.base import Record, UnknownRecord

ASKED = tool_hook("PreToolUse", "Bash", tool_input={"command": "make"})


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1_772_359_200_000_000_000)


def waits(*records: Record) -> list[bool]:
    """Return the changes of waiting for a person."""
    return [update.waiting for update in only(WaitUpdate, events_of(records))]


def test_call_has_the_same_id_as_in_the_transcript() -> None:
    transcript = Transcript()
    transcript.assistant(tool_use("call_1", "Bash", command="make"))
    (from_hook,), (from_transcript,) = only(CallStarted, events_of([ASKED])), transcript.of(CallStarted)
    assert (from_hook.session, from_hook.call, from_hook.tool, from_hook.kind, from_hook.subject) == (
        from_transcript.session,
        "call_1",
        "Bash",
        from_transcript.kind,
        "make",
    )


def test_successful_call_has_the_reported_duration() -> None:
    response = {"stdout": "built", "stderr": "", "interrupted": False}
    (end,) = only(
        CallFinished, events_of([ASKED, tool_hook("PostToolUse", "Bash", tool_response=response, duration_ms=95)])
    )
    assert (end.state, end.output, end.duration_ms) == (CallState.OK, "built", 95)


@pytest.mark.parametrize(("interrupted", "state"), [(False, CallState.FAILED), (True, CallState.INTERRUPTED)])
def test_failed_call_has_an_error(interrupted: bool, state: CallState) -> None:
    failed = tool_hook("PostToolUseFailure", "Bash", error="Exit code 3", is_interrupt=interrupted, duration_ms=49)
    (end,) = only(CallFinished, events_of([ASKED, failed]))
    assert (end.state, end.error, end.duration_ms) == (state, "Exit code 3", 49)
    assert end.exit_code == 3


@pytest.mark.parametrize("start_is_known", [True, False])
def test_edit_without_a_known_start_has_its_diff(start_is_known: bool) -> None:
    arguments = {"file_path": "/p/a.py", "old_string": "a", "new_string": "b"}
    began = tool_hook("PreToolUse", "Edit", tool_input=arguments)
    response = {"filePath": "/p/a.py", "oldString": "a", "newString": "b", "structuredPatch": []}
    ended = tool_hook("PostToolUse", "Edit", tool_input=arguments, tool_response=response)
    (end,) = only(CallFinished, events_of([began, ended] if start_is_known else [ended]))
    (change,) = end.changes
    assert (change.kind, change.path, change.added, change.removed) == (ChangeKind.MODIFY, "/p/a.py", 1, 1)
    assert end.output == ""


@pytest.mark.parametrize(
    ("tool", "response", "output"),
    [
        ("Read", {"type": "text", "file": {"filePath": "/p/a", "content": "text", "numLines": 1}}, "text"),
        ("Glob", {"filenames": ["/p/a", "/p/b"], "numFiles": 2}, "/p/a\n/p/b"),
        ("WebFetch", {"result": "a page", "code": 200}, "a page"),
        ("Agent", {"content": [{"type": "text", "text": "done"}], "agentId": "a1"}, "done"),
        ("mcp__files__list", [{"type": "text", "text": "a, b"}], "a, b"),
        ("Custom", "words", "words"),
    ],
)
def test_tool_responses_become_output(tool: str, response: object, output: str) -> None:
    (end,) = only(CallFinished, events_of([tool_hook("PostToolUse", tool, tool_response=response)]))
    assert end.output == output


def test_repeated_payload_ends_a_call_once() -> None:
    end = tool_hook("PostToolUse", "Bash", tool_response={"stdout": ""})
    assert len(only(CallFinished, events_of([ASKED, end, end]))) == 1


@pytest.mark.parametrize(
    "asks",
    [
        tool_hook("PermissionRequest", "Bash"),
        hook("Notification", notification_type="permission_prompt", message="Claude needs your permission"),
        hook("Notification", message="Claude needs your permission to use Bash"),
        hook("Elicitation", message="Which port?"),
    ],
)
def test_waiting_lasts_until_the_call_continues(asks: Record) -> None:
    end = tool_hook("PostToolUse", "Bash", tool_response={"stdout": ""})
    assert waits(ASKED, asks) == [True]
    assert waits(ASKED, asks, end, end) == [True, False]


@pytest.mark.parametrize(
    ("asks", "call"),
    [
        (hook("PermissionRequest", tool_name="Bash"), "call_1"),
        (hook("PermissionRequest", tool_name="Write"), ""),
        (hook("Notification", notification_type="permission_prompt"), "call_2"),
        (hook("PermissionRequest", tool_name="Bash", tool_use_id="call_9"), "call_9"),
    ],
)
def test_waiting_call_is_the_newest_open_one_of_its_tool(asks: Record, call: str) -> None:
    (wait,) = only(WaitUpdate, events_of([ASKED, tool_hook("PreToolUse", "Read", call="call_2"), asks]))
    assert wait.call == call


@pytest.mark.parametrize("name", ["UserPromptSubmit", "Stop", "SessionEnd", "PermissionDenied"])
def test_next_event_ends_waiting(name: str) -> None:
    assert waits(tool_hook("PermissionRequest", "Bash"), hook(name)) == [True, False]


def test_waiting_is_tracked_per_session() -> None:
    assert waits(tool_hook("PermissionRequest", "Bash"), hook("Stop", session="other")) == [True]


@pytest.mark.parametrize(
    ("payload", "turn", "reason"),
    [
        (hook("UserPromptSubmit", prompt="go"), Turn.STARTED, ""),
        (hook("Stop"), Turn.DONE, ""),
        (hook("Notification", notification_type="idle_prompt"), Turn.DONE, ""),
        (hook("StopFailure", error="rate_limit"), Turn.FAILED, "rate_limit"),
        (hook("SessionEnd", reason="prompt_input_exit"), Turn.SESSION_ENDED, "prompt_input_exit"),
    ],
)
def test_hooks_start_and_end_turns(payload: Record, turn: Turn, reason: str) -> None:
    (update,) = only(TurnUpdate, events_of([payload]))
    assert (update.turn, update.reason) == (turn, reason)


def test_prompts_are_left_to_the_transcript() -> None:
    assert only(Prompt, events_of([hook("UserPromptSubmit", prompt="go")])) == []


def test_subagent_hooks_start_and_end_an_agent() -> None:
    about = {"agent_id": "a0b1", "agent_type": "Explore"}
    first, last = only(AgentUpdate, events_of([hook("SubagentStart", **about), hook("SubagentStop", **about)]))
    assert (first.agent, first.type, first.status, first.ended) == ("a0b1", "Explore", AgentStatus.RUNNING, None)
    assert (last.status, last.ended, last.internal) == (AgentStatus.COMPLETED, 1_772_359_200_000, False)


def test_agent_without_a_type_is_internal() -> None:
    (update,) = only(AgentUpdate, events_of([hook("SubagentStop", agent_id="a0b1", agent_type="")]))
    assert update.internal


def test_calls_of_an_agent_belong_to_it() -> None:
    (began,) = only(CallStarted, events_of([tool_hook("PreToolUse", "Read", agent_id="a0b1")]))
    assert began.agent == "a0b1"


def test_compaction_hook_starts_a_compaction() -> None:
    (update,) = only(CompactionUpdate, events_of([hook("PreCompact", trigger="auto")]))
    assert (update.finished, update.trigger) == (False, "auto")


def test_session_facts_are_emitted_once() -> None:
    (update,) = only(SessionUpdate, events_of([hook("Stop"), hook("Stop")]))
    assert (update.cwd, update.session.id) == ("/home/ada/engine", ID)
    assert update.path.endswith(f"{ID}.jsonl")


def test_unknown_hook_is_counted() -> None:
    assert events_of([hook("PostCompact")]) != []
    with pytest.raises(UnknownRecord, match="hook Novelty"):
        events_of([hook("Novelty")])


def test_last_line_has_the_change_time_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "hooks.jsonl"
    path.write_bytes(b"x" * 301)  # as long as three lines, as the builder counts them
    update = only(TurnUpdate, events_of([hook("UserPromptSubmit"), hook("Stop"), hook("SessionEnd")], path))
    assert [turn.at for turn in update] == [0, 0, path.stat().st_mtime_ns // 1_000_000]


def test_stated_time_applies_to_lines_without_one(tmp_path: Path) -> None:
    path = tmp_path / "hooks.jsonl"
    path.write_bytes(b"x" * 900)
    stamped = hook("UserPromptSubmit", timestamp="2026-03-01T10:00:00Z")
    update = only(TurnUpdate, events_of([hook("Stop"), stamped, hook("Stop")], path))
    assert [turn.at for turn in update] == [0, 1_772_359_200_000, 1_772_359_200_000]


def test_copied_file_gives_no_time(tmp_path: Path) -> None:
    path = tmp_path / "hooks.jsonl"
    path.write_bytes(b"x" * 201)
    stamped = hook("UserPromptSubmit", timestamp="2026-03-01T10:00:00Z")
    os.utime(path, (1_772_359_200 + 59, 1_772_359_200 + 59))
    assert [turn.at for turn in only(TurnUpdate, events_of([stamped, hook("Stop")], path))][1] == 1_772_359_259_000
    os.utime(path, (1_772_459_200, 1_772_459_200))
    assert [turn.at for turn in only(TurnUpdate, events_of([stamped, hook("Stop")], path))][1] == 1_772_359_200_000


def test_resuming_after_any_line_gives_the_same_events() -> None:
    records = [
        hook("SessionStart", source="startup"),
        ASKED,
        tool_hook("PermissionRequest", "Bash"),
        tool_hook("PostToolUse", "Bash", tool_response={"stdout": "built"}),
        hook("Stop"),
    ]
    assert resumed_events_of(records) == events_of(records)


def test_call_that_went_on_after_a_permission_request_was_allowed_by_the_person() -> None:
    request = tool_hook("PermissionRequest", "Bash")
    payloads = [tool_hook("PreToolUse", "Bash"), request, tool_hook("PostToolUse", "Bash", duration_ms=7)]
    (result,) = only(CallFinished, events_of(payloads))
    assert (result.approved, result.approval, result.duration_ms) == (True, "user", 7)
