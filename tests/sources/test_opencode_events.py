"""What the rows of OpenCode's database tell: sessions, turns, words, responses, calls, sub-agents, compactions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sources.opencode_builder import CHILD, CWD, ROOT, Sessions, done, only, read, tokens, told
from tui_monitor.events import (
    MAIN,
    AgentMessage,
    AgentStatus,
    AgentUpdate,
    CallFinished,
    CallProgress,
    CallStarted,
    CallState,
    Change,
    ChangeKind,
    CompactionUpdate,
    ContextUpdate,
    Measure,
    PlanUpdate,
    Prompt,
    RetryUpdate,
    SessionKey,
    SessionUpdate,
    Tokens,
    ToolKind,
    Turn,
    TurnUpdate,
    Usage,
)
from tui_monitor.sources.base import Record


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[Sessions]:
    built = Sessions(tmp_path / "opencode.db").session(title="Mend it")
    yield built
    built.close()


def test_a_session_is_told_with_its_facts(sessions: Sessions) -> None:
    [seen] = told(sessions, SessionUpdate)
    assert seen.session == SessionKey("opencode", ROOT)
    assert (seen.cwd, seen.title, seen.version, seen.mode) == (CWD, "Mend it", "1.18.0", "build")
    assert seen.path == str(sessions.path / ROOT)


def test_a_title_that_the_program_only_fills_in_is_none(sessions: Sessions) -> None:
    sessions.session("ses_new", title="New session - 2026-03-01T10:00:00.000Z")
    assert told(sessions, SessionUpdate, "ses_new")[0].title == ""


def test_a_prompt_begins_a_turn_which_ends_with_the_last_message(sessions: Sessions) -> None:
    asked = sessions.message("user")
    sessions.part(asked, "text", text="mend it")
    sessions.part(asked, "text", text="<file>", synthetic=True)
    for finish in ("tool-calls", "stop"):
        sessions.complete(sessions.message("assistant"), finish)
    assert [prompt.text for prompt in told(sessions, Prompt)] == ["mend it"]
    assert [turn.turn for turn in told(sessions, TurnUpdate)] == [Turn.STARTED, Turn.DONE]


@pytest.mark.parametrize(
    ("error", "turn", "reason"),
    [
        ({"name": "MessageAbortedError", "data": {"message": "stopped"}}, Turn.INTERRUPTED, "stopped"),
        ({"name": "APIError", "data": {"message": "no quota", "statusCode": 429}}, Turn.FAILED, "no quota"),
        ({"name": "MessageOutputLengthError", "data": {}}, Turn.FAILED, "MessageOutputLengthError"),
    ],
)
def test_a_turn_may_end_in_an_error(sessions: Sessions, error: Record, turn: Turn, reason: str) -> None:
    sessions.complete(sessions.message("assistant"), error=error)
    assert [(seen.turn, seen.reason) for seen in told(sessions, TurnUpdate)] == [(turn, reason)]


def test_words_are_told_when_they_are_complete(sessions: Sessions) -> None:
    message = sessions.message("assistant")
    sessions.part(message, "reasoning", text="hm", time={"start": 5, "end": 6})
    sessions.part(message, "text", text="Wel", time={"start": 7})
    sessions.part(message, "text", text="All", time={"start": 7, "end": 8})
    said = [(event.text, event.thinking, event.at) for event in told(sessions, AgentMessage)]
    assert said == [("hm", True, 6), ("All", False, 8)]


def test_words_that_were_broken_off_are_told_with_the_end_of_the_message(sessions: Sessions) -> None:
    message = sessions.message("assistant")
    sessions.part(message, "text", text="Wel", time={"start": 7})
    sessions.complete(message, error={"name": "MessageAbortedError"})
    assert [event.text for event in told(sessions, AgentMessage)] == ["Wel"]


def test_each_step_is_a_response_and_the_message_repeats_the_last(sessions: Sessions) -> None:
    message = sessions.message("assistant")
    for spent in (tokens(100, 7, 5, read=40, written=3, total=155), tokens(200, 1)):
        sessions.part(message, "step-finish", reason="stop", tokens=spent, cost=0.25)
    sessions.complete(message, tokens=tokens(200, 1), cost=0.5)
    first, second = told(sessions, Usage)
    assert first.tokens == Tokens(input=100, output=12, cache_read=40, cache_creation=3, reasoning=5)
    assert (first.model, first.provider) == ("claude-sonnet-4-5", "anthropic")
    assert (first.reported_cost, second.tokens.input) == (250_000_000_000, 200)
    assert [seen.tokens for seen in told(sessions, ContextUpdate)] == [155, 201]


def test_a_message_without_steps_tells_its_own_counts(sessions: Sessions) -> None:
    sessions.complete(sessions.message("assistant", "msg_a"), tokens=tokens(200, 1), cost=0.5)
    [usage] = told(sessions, Usage)
    assert (usage.strong_ids[0], usage.tokens.input) == ("opencode:msg_a", 200)


@pytest.mark.parametrize("cost", [0, -1, None, "5", True, 10**9])
def test_a_cost_that_is_none_is_left_to_the_price_list(sessions: Sessions, cost: Any) -> None:
    sessions.part(sessions.message("assistant"), "step-finish", tokens=tokens(5), cost=cost)
    assert told(sessions, Usage)[0].reported_cost is None


@pytest.mark.parametrize("spent", [None, {}, tokens(0), 5])
def test_a_step_that_spent_nothing_is_no_response(sessions: Sessions, spent: Any) -> None:
    sessions.part(sessions.message("assistant"), "step-finish", tokens=spent)
    assert told(sessions, Usage) == []


def test_a_forked_session_shares_the_responses_and_calls_that_were_copied(sessions: Sessions) -> None:
    created = {"created": 1_772_359_000_000}
    sessions.session("ses_fork")
    for session in (ROOT, "ses_fork"):
        message = sessions.message("assistant", session=session, time=created)
        sessions.tool(message, "bash", done({"command": "ls"}), session)
        sessions.part(message, "step-finish", session, tokens=tokens(5, 1), cost=0.1)
    [one], [other] = told(sessions, Usage), told(sessions, Usage, "ses_fork")
    assert len(set(one.strong_ids) & set(other.strong_ids)) == 1
    [call], [copy] = told(sessions, CallStarted), told(sessions, CallStarted, "ses_fork")
    assert (call.uid, call.call != copy.call) == (copy.uid, True)


def test_a_call_goes_from_asked_over_running_to_done(sessions: Sessions) -> None:
    message = sessions.message("assistant")
    given = {"command": "make", "description": "build", "timeout": 9}
    running = {"status": "running", "input": given}
    sessions.tool(message, "bash", {"status": "pending", "input": {}, "raw": ""})
    sessions.tool(message, "bash", {**running, "metadata": {"output": "one\ntwo\n"}, "time": {"start": 7}})
    sessions.tool(message, "bash", done(given, "three\n", output="three\n", exit=0))
    pending, started, ended = told(sessions, CallStarted)
    assert (pending.kind, pending.subject, pending.input) == (ToolKind.SHELL, "", "")
    assert (started.subject, started.note, started.timeout_ms, started.at) == ("make", "build", 9, 7)
    assert [(seen.call, seen.doing, seen.lines) for seen in told(sessions, CallProgress)] == [(started.call, "two", 2)]
    [finished] = told(sessions, CallFinished)
    assert (finished.call, finished.state, finished.output) == (ended.call, CallState.OK, "three\n")
    assert (finished.duration_ms, finished.exit_code, finished.measure) == (50, 0, Measure(1, "lines"))


def result(sessions: Sessions, tool: str, state: Record) -> CallFinished:
    sessions.tool(sessions.message("assistant"), tool, state)
    return told(sessions, CallFinished)[-1]


def test_a_command_that_exits_with_an_error_failed(sessions: Sessions) -> None:
    finished = result(sessions, "bash", done({"command": "false"}, "no", exit=1))
    assert (finished.state, finished.exit_code, finished.error) == (CallState.FAILED, 1, "no")


@pytest.mark.parametrize(
    ("error", "metadata", "state"),
    [
        ("Error: no such file", {}, CallState.FAILED),
        ("Tool execution aborted", {}, CallState.INTERRUPTED),
        ("killed", {"interrupted": True}, CallState.INTERRUPTED),
        ("Error: The user rejected permission to use this specific tool call.", {}, CallState.REJECTED),
        ("Error: The user dismissed this question", {}, CallState.REJECTED),
        ("The user has specified a rule which prevents you from using this", {}, CallState.SLIPPED),
        ("The edit tool was called with invalid arguments: x", {}, CallState.SLIPPED),
    ],
)
def test_why_a_call_failed_stands_in_its_error(
    sessions: Sessions, error: str, metadata: Record, state: CallState
) -> None:
    finished = result(sessions, "read", {"status": "error", "input": {}, "error": error, "metadata": metadata})
    assert (finished.state, finished.error) == (state, error)


def test_a_call_that_the_program_could_not_make_sense_of_slipped(sessions: Sessions) -> None:
    finished = result(sessions, "invalid", done({"tool": "edit", "error": "x"}, "The arguments are invalid: x"))
    assert finished.state is CallState.SLIPPED


@pytest.mark.parametrize(
    ("tool", "given", "expected"),
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
def test_a_call_is_known_by_its_tool(
    sessions: Sessions, tool: str, given: Record, expected: tuple[ToolKind, str, str, str]
) -> None:
    sessions.tool(sessions.message("assistant"), tool, done(given))
    [started] = told(sessions, CallStarted)
    assert (started.kind, started.tool, started.subject, started.note) == expected


PATCH = "Index: /w/a\n=====\n--- /w/a\n+++ /w/a\n@@ -1 +1,2 @@\n-1\n+2\n+3\n"
HUNK = "@@ -1 +1,2 @@\n-1\n+2\n+3"


@pytest.mark.parametrize(
    ("tool", "given", "metadata", "expected"),
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
def test_an_edit_is_told_by_its_diff_or_its_arguments(
    sessions: Sessions, tool: str, given: Record, metadata: Record, expected: tuple[str, int, int]
) -> None:
    [change] = result(sessions, tool, done({"filePath": "/w/a", **given}, **metadata)).changes
    assert (change.path, (change.kind.value, change.added, change.removed)) == ("/w/a", expected)


def test_a_patch_may_change_several_files(sessions: Sessions) -> None:
    files = [
        {"filePath": "/w/a", "type": "add", "patch": "@@ -0,0 +1 @@\n+1"},
        {"filePath": "/w/b", "type": "update", "diff": PATCH},
        {"filePath": "/w/c", "type": "move", "movePath": "/w/d", "before": "1\n", "after": "2\n"},
        {"filePath": "/w/e", "type": "delete"},
        {},
    ]
    created, changed, moved, deleted = result(sessions, "apply_patch", done({"patchText": "x"}, files=files)).changes
    assert (created.kind, created.added) == (ChangeKind.CREATE, 1)
    assert (changed.kind, changed.diff) == (ChangeKind.MODIFY, HUNK)
    assert (moved.kind, moved.path, moved.old_path) == (ChangeKind.RENAME, "/w/d", "/w/c")
    assert (deleted.kind, deleted.path) == (ChangeKind.DELETE, "/w/e")


def test_a_file_that_was_read_is_told(sessions: Sessions) -> None:
    finished = result(sessions, "read", done({"filePath": "/w/a", "offset": 5, "limit": 10}))
    assert finished.changes == (Change(ChangeKind.READ, "/w/a", lines=(5, 14)),)


@pytest.mark.parametrize(("metadata", "unit"), [({"matches": 3}, "matches"), ({"count": 3}, "files")])
def test_the_size_of_a_search_is_told(sessions: Sessions, metadata: Record, unit: str) -> None:
    assert result(sessions, "grep", done({"pattern": "x"}, **metadata)).measure == Measure(3, unit)


def test_the_list_of_steps_is_the_plan(sessions: Sessions) -> None:
    todos = [{"content": "a", "status": "completed"}, {"content": "b", "status": "in_progress"}]
    sessions.tool(sessions.message("assistant"), "todowrite", done({"todos": todos}))
    [plan] = told(sessions, PlanUpdate)
    assert (plan.completed, plan.total, plan.now) == (1, 2, "b")


def test_a_sub_agents_session_belongs_to_the_one_that_a_person_began(sessions: Sessions) -> None:
    sessions.session(CHILD, ROOT, "look (@general subagent)", agent="")
    sessions.session("ses_grandchild", CHILD, "deeper", agent="explore")
    message = sessions.message("assistant", session="ses_grandchild")
    sessions.part(message, "step-finish", "ses_grandchild", tokens=tokens(5))
    events = read(sessions.path, "ses_grandchild")
    assert {(event.session, event.agent) for event in events} == {(SessionKey("opencode", ROOT), "ses_grandchild")}
    [grandchild] = only(events, AgentUpdate)
    assert (grandchild.parent, grandchild.type, grandchild.description) == (CHILD, "explore", "deeper")
    [child] = told(sessions, AgentUpdate, CHILD)
    assert (child.parent, child.type, child.description) == (MAIN, "general", "look")


def test_sessions_that_name_each_other_as_parents_are_read(sessions: Sessions) -> None:
    sessions.session("ses_a", "ses_b").session("ses_b", "ses_a").session("ses_c", "ses_gone")
    assert told(sessions, AgentUpdate, "ses_a")[0].session.id == "ses_b"
    assert told(sessions, SessionUpdate, "ses_c")[0].session.id == "ses_c"


def test_a_call_tells_of_the_sub_agent_that_it_started(sessions: Sessions) -> None:
    given = {"description": "look", "prompt": "p", "subagent_type": "general"}
    message = sessions.message("assistant")
    sessions.tool(message, "task", {"status": "running", "input": given, "metadata": {"sessionId": CHILD}})
    call = sessions.tool(message, "task", done(given, sessionId=CHILD))
    running, ended = told(sessions, AgentUpdate)
    assert (running.agent, running.status, running.ended) == (CHILD, AgentStatus.RUNNING, None)
    assert (ended.call, ended.type, ended.description) == (call, "general", "look")
    assert (ended.status, ended.ended is not None) == (AgentStatus.COMPLETED, True)


def test_a_compaction_is_asked_for_and_done(sessions: Sessions) -> None:
    sessions.part(sessions.message("user"), "compaction", auto=True)
    message = sessions.message("assistant", summary=True, agent="compaction")
    sessions.part(message, "step-finish", tokens=tokens(900))
    sessions.complete(message)
    compactions = [(seen.finished, seen.trigger) for seen in told(sessions, CompactionUpdate)]
    assert sorted(compactions) == [(False, "auto"), (True, "")]
    assert [seen.tokens for seen in told(sessions, ContextUpdate)] == [None]
    assert [usage.operation for usage in told(sessions, Usage)] == ["compact"]


def test_a_request_that_is_tried_again_is_told(sessions: Sessions) -> None:
    error = {"name": "APIError", "data": {"message": "overloaded", "statusCode": 529}}
    sessions.part(sessions.message("assistant"), "retry", attempt=2, error=error, time={"created": 7})
    [retry] = told(sessions, RetryUpdate)
    assert (retry.reason, retry.attempt, retry.status, retry.at, retry.wait_ms) == ("overloaded", 2, 529, 7, 0)


@pytest.mark.parametrize("kind", ["step-start", "snapshot", "patch", "file", "agent", "subtask"])
def test_parts_that_tell_nothing_are_silent(sessions: Sessions, kind: str) -> None:
    sessions.part(sessions.message("assistant"), kind)
    assert [type(event) for event in read(sessions.path)] == [SessionUpdate]
