"""Chats of Qwen Code: facts, turns, tokens, context, calls and sub-agents.

The lines are made by the published source of the program's recorder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sources.qwen_builder import (
    AGENT,
    AGENT_PATH,
    CWD,
    MODEL,
    PATH,
    SESSION,
    START,
    QwenChat,
    call,
    counts,
    events_of,
    read,
)
from tui_monitor.events import (
    MAIN,
    AgentMessage,
    AgentStatus,
    AgentUpdate,
    CallFinished,
    CallStarted,
    CallState,
    ChangeKind,
    CompactionUpdate,
    ContextUpdate,
    PlanUpdate,
    Prompt,
    Rank,
    RetryUpdate,
    SessionKey,
    SessionTotalUpdate,
    SessionUpdate,
    Tokens,
    ToolKind,
    Turn,
    TurnUpdate,
    Usage,
)
from tui_monitor.sources.base import Record


def test_first_line_has_the_facts_of_the_session() -> None:
    [event] = events_of(QwenChat().asks("Hm.").asks("Hm."), SessionUpdate)
    assert (event.session, event.at, event.path) == (SessionKey("qwen", SESSION), START, str(PATH))
    assert (event.cwd, event.branch, event.version) == (CWD, "main", "0.24.4")


def test_title_and_parent_are_those_of_their_records() -> None:
    chat = (
        QwenChat().asks("Hm.").system("custom_title", customTitle="Valves").system("custom_title", customTitle="Valves")
    )
    assert [event.title for event in events_of(chat, SessionUpdate)] == ["", "Valves"]
    forked = {"sessionId": "parent", "messageUuid": "u"}
    assert [event.forked_from for event in events_of(QwenChat().asks("Hm.", forkedFrom=forked), SessionUpdate)] == [
        "parent"
    ]


def test_total_of_a_chat_is_a_lower_bound() -> None:
    chat = QwenChat().asks("Hm.").responds("Hm.", usage=counts(1))
    assert [event.is_partial for event in events_of(chat, SessionTotalUpdate)] == [True]


def test_turn_ends_with_a_response_without_calls() -> None:
    chat = QwenChat().asks("Mend it.").responds(call("glob"), usage=counts(1)).responds("Done.", usage=counts(2))
    assert [turn.turn for turn in events_of(chat, TurnUpdate)] == [Turn.STARTED, Turn.DONE]
    assert [prompt.text for prompt in events_of(chat, Prompt)] == ["Mend it."]
    assert [message.text for message in events_of(chat, AgentMessage)] == ["Done."]


@pytest.mark.parametrize(
    ("state", "turn"), [("completed", Turn.DONE), ("cancelled", Turn.INTERRUPTED), ("error", Turn.FAILED)]
)
def test_result_of_a_turn_is_its_end(state: str, turn: Turn) -> None:
    assert [event.turn for event in events_of(QwenChat().system("turn_result", state=state), TurnUpdate)] == [turn]


def test_notification_is_no_prompt_and_a_queued_one_is_shown_as_typed() -> None:
    chat = QwenChat().asks("Agent done.", subtype="notification")
    chat.asks("<wrapped>", subtype="mid_turn_user_message", systemPayload={"displayText": "Hurry."})
    assert [prompt.text for prompt in events_of(chat, Prompt)] == ["Hurry."]


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        (counts(150, 10, cached=50, thoughts=4), Tokens(100, 10, 50, reasoning=4)),
        (counts(150, 10, cached=50, thoughts=4, total=164), Tokens(100, 14, 50, reasoning=4)),
        (counts(10, 0, cached=20, thoughts=4), Tokens(0, 4, 10, reasoning=4)),
    ],
)
def test_input_includes_the_cache_and_the_total_shows_where_thoughts_are(usage: dict[str, int], tokens: Tokens) -> None:
    [event] = events_of(QwenChat().responds("Hm.", usage=usage), Usage)
    assert event.tokens == tokens
    assert event.model == MODEL


def test_context_is_the_prompt_of_the_last_response() -> None:
    [event] = events_of(QwenChat().responds("Hm.", usage=counts(150, 10, 50)), ContextUpdate)
    assert (event.tokens, event.limit) == (150, 1_000_000)


def test_event_of_a_response_shares_an_id_with_its_line() -> None:
    chat = QwenChat().event("api_response", input_token_count=150, output_token_count=10, cached_content_token_count=50)
    chat.responds("Hm.", usage=counts(150, 10, 50))
    first, second = events_of(chat, Usage)
    assert first.weak_ids == second.weak_ids
    assert (first.has_strong_id, first.rank) == (False, Rank.EXPORTED)
    assert second.has_strong_id


def test_event_of_a_sub_agent_shares_an_id_with_the_line_in_its_own_chat() -> None:
    fields = {"input_token_count": 9, "output_token_count": 1, "total_token_count": 10, "model": "m"}
    asked = {"prompt_id": f"{SESSION}#{AGENT}#0", "subagent_name": "scout", **fields}
    events = events_of(QwenChat().event("api_response", **asked).event("api_response", **asked), Usage)
    chat = QwenChat(agentId=AGENT, isSidechain=True)
    lines = events_of(chat.responds("a", usage=counts(9, 1)).responds("b", usage=counts(9, 1)), Usage, AGENT_PATH)
    assert [event.weak_ids for event in events] == [line.weak_ids for line in lines]
    assert events[0].weak_ids != events[1].weak_ids
    assert {(event.agent, event.model, event.has_strong_id) for event in events} == {(AGENT, "m", False)}


def test_failed_request_has_its_reason() -> None:
    chat = QwenChat().event("api_error", error_message="overloaded", status_code=529)
    assert [(retry.reason, retry.status) for retry in events_of(chat, RetryUpdate)] == [("overloaded", 529)]


def test_compression_has_its_sizes() -> None:
    chat = QwenChat().system("chat_compression", info={"originalTokenCount": 90, "newTokenCount": 9})
    [event] = events_of(chat, CompactionUpdate)
    assert (event.before, event.after) == (90, 9)
    assert [event.tokens for event in events_of(chat, ContextUpdate)] == [9]


def test_call_has_its_start_and_result() -> None:
    chat = QwenChat().responds(call("run_shell_command", command="make"))
    [started] = events_of(chat, CallStarted)
    assert (started.kind, started.subject) == (ToolKind.SHELL, "make")
    chat.result("run_shell_command", {"output": "Output: ok\nExit Code: 2"}, resultDisplay="ok")
    [finished] = events_of(chat, CallFinished)
    assert (finished.call, finished.state, finished.exit_code) == ("call_1", CallState.FAILED, 2)


def test_failed_command_has_its_exit_code_and_its_output() -> None:
    chat = QwenChat().responds(call("run_shell_command", command="make"))
    answer = "Command: make\nDirectory: (root)\nOutput: no rule\nError: (none)\nExit Code: 2\nSignal: (none)"
    display = {"type": "shell_result", "version": 1, "exitCode": 2, "output": "no rule", "text": answer}
    chat.result("run_shell_command", {"error": answer}, status="error", resultDisplay=display)
    [finished] = events_of(chat, CallFinished)
    assert (finished.state, finished.exit_code, finished.error) == (CallState.FAILED, 2, "no rule")


def test_file_that_was_not_there_is_created() -> None:
    chat = QwenChat().responds(call("write_file", file_path="/w/a"))
    display = {"fileDiff": "@@ -0,0 +1 @@\n+1\n", "fileName": "a", "filePath": "/w/a", "originalContent": ""}
    chat.result("write_file", {"output": "Successfully created and wrote to new file: /w/a."}, resultDisplay=display)
    [change] = [change for event in events_of(chat, CallFinished) for change in event.changes]
    assert change.kind is ChangeKind.CREATE


def test_edit_has_its_diff_and_a_new_file_is_created() -> None:
    chat = QwenChat().responds(call("write_file", file_path="/w/a"), call("edit", "call_2", file_path="/w/b"))
    new = {"fileDiff": "@@ -0,0 +1 @@\n+1\n", "fileName": "a", "originalContent": None}
    old = {"fileDiff": "@@ -1 +1 @@\n-1\n+2\n", "fileName": "b", "originalContent": "1\n"}
    chat.result("write_file", {"output": "ok"}, resultDisplay=new)
    chat.result("edit", {"output": "ok"}, "call_2", resultDisplay=old)
    changes = [change for event in events_of(chat, CallFinished) for change in event.changes]
    assert [(change.kind, change.path, change.added, change.removed) for change in changes] == [
        (ChangeKind.CREATE, "/w/a", 1, 0),
        (ChangeKind.MODIFY, "/w/b", 1, 1),
    ]


@pytest.mark.parametrize(
    ("facts", "response", "state"),
    [
        ({"status": "error"}, {"error": "no"}, CallState.FAILED),
        ({"status": None}, {"error": "no"}, CallState.FAILED),
        ({"status": None}, {"output": "yes"}, CallState.OK),
        ({"status": "error", "errorType": "invalid_tool_params"}, {"error": "no"}, CallState.SLIPPED),
        ({"status": "error", "errorType": "execution_denied"}, {"error": "no"}, CallState.REFUSED),
    ],
)
def test_state_is_that_of_the_result(facts: Record, response: Record, state: CallState) -> None:
    chat = QwenChat().responds(call("glob")).result("glob", response, **facts)
    assert [event.state for event in events_of(chat, CallFinished)] == [state]


def test_event_of_a_call_adds_duration_and_decision() -> None:
    chat = QwenChat().event("tool_call", call_id="call_1", decision="auto_accept", status="success", duration_ms=5)
    [event] = events_of(chat, CallFinished)
    assert (event.exact, event.duration_ms, event.approved, event.approval) == (False, 5, True, "auto")


def launched() -> QwenChat:
    """Return a chat whose agent goes on in the background, as 0.24.4 writes it."""
    chat = QwenChat().asks("Mend it.").responds(call("agent", run_in_background=True), usage=counts(9, 1))
    chat.event(
        "tool_call", call_id="call_1", status="success", duration_ms=5, function_args={"run_in_background": True}
    )
    output = f"Background agent launched successfully.\ntask_id: {AGENT} (internal ID)\nIt works in the background."
    display = {"type": "task_execution", "executionMode": "background", "status": "background"}
    return chat.result("agent", {"output": output}, resultDisplay=display)


def test_agent_in_the_background_runs_after_its_call_was_answered() -> None:
    [agent] = events_of(launched(), AgentUpdate)
    assert (agent.agent, agent.call, agent.status) == (AGENT, "call_1", AgentStatus.RUNNING)
    finished = events_of(launched(), CallFinished)
    assert [(event.state, event.exact) for event in finished] == [(CallState.OK, False), (CallState.BACKGROUND, True)]
    assert [event.duration_ms for event in finished] == [None, None]


@pytest.mark.parametrize(
    ("status", "agent_status", "state"),
    [
        ("completed", AgentStatus.COMPLETED, CallState.OK),
        ("failed", AgentStatus.FAILED, CallState.FAILED),
        ("cancelled", AgentStatus.TERMINATED, CallState.INTERRUPTED),
    ],
)
def test_notification_ends_an_agent_in_the_background(status: str, agent_status: AgentStatus, state: CallState) -> None:
    ids = f"<task-id>{AGENT}</task-id>\n<tool-use-id>call_1</tool-use-id>\n<status>{status}</status>"
    notification = f"<task-notification>\n{ids}\n<result>All\nwell.</result>\n</task-notification>"
    payload = {"displayText": "Background agent completed."}
    chat = launched().asks(notification, subtype="notification", systemPayload=payload)
    agent = events_of(chat, AgentUpdate)[-1]
    assert (agent.agent, agent.status, agent.ended) == (AGENT, agent_status, agent.at)
    finished = events_of(chat, CallFinished)[-1]
    assert (finished.call, finished.state, finished.output) == ("call_1", state, "All\nwell.")
    assert len(events_of(chat, Prompt)) == 1


def test_list_of_steps_is_the_plan() -> None:
    todos = [{"content": "a", "status": "completed"}, {"content": "b", "status": "in_progress"}]
    [plan] = events_of(QwenChat().responds(call("todo_write", todos=todos)), PlanUpdate)
    assert (plan.completed, plan.total, plan.now) == (1, 2, "b")


def test_file_of_a_sub_agent_is_described_by_its_metadata(tmp_path: Path) -> None:
    path = tmp_path / AGENT_PATH.name
    metadata = {"agentType": "scout", "description": "look", "toolUseId": "call_1", "status": "completed"}
    path.with_suffix(".meta.json").write_text(json.dumps(metadata), encoding="utf-8")
    chat = QwenChat(agentId=AGENT, isSidechain=True).asks("Look.").responds("Seen.")
    assert {(event.session.id, event.agent) for event in read(chat.records, path)} == {(SESSION, AGENT)}
    [agent] = events_of(chat, AgentUpdate, path)
    assert (agent.parent, agent.call, agent.type, agent.description) == (MAIN, "call_1", "scout", "look")
    assert agent.status is AgentStatus.COMPLETED
