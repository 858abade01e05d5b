"""Sessions of Copilot CLI: facts, turns, waits, tokens, context, calls and sub-agents.

The lines are made by the published schema of the program's events."""

from __future__ import annotations

import pytest

from tests.sources.copilot_builder import CWD, MODEL, PATH, SESSION, START, CopilotSession, events_of
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
    ModelRequest,
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
    WaitUpdate,
)


def test_first_event_has_the_facts_of_the_session() -> None:
    [event] = events_of(CopilotSession(), SessionUpdate)
    assert (event.session, event.at, event.path) == (SessionKey("copilot", SESSION), START, str(PATH))
    assert (event.cwd, event.branch, event.version) == (CWD, "main", "1.0.91")


def test_turn_ends_with_a_response_without_calls() -> None:
    session = CopilotSession().asks("Mend it.").event("assistant.turn_start", turnId="0", model=MODEL)
    session.responds("", toolRequests=[{"toolCallId": "c"}]).responds("Done.")
    assert [turn.turn for turn in events_of(session, TurnUpdate)] == [Turn.STARTED, Turn.DONE]
    assert [prompt.text for prompt in events_of(session, Prompt)] == ["Mend it."]
    assert [message.text for message in events_of(session, AgentMessage)] == ["Done."]
    assert [request.model for request in events_of(session, ModelRequest)] == [MODEL]


def test_message_of_a_hook_or_skill_is_no_prompt() -> None:
    assert events_of(CopilotSession().asks("Read this.", source="skill-x"), Prompt) == []


@pytest.mark.parametrize(
    ("kind", "data", "turn"),
    [
        ("abort", {"reason": "user_initiated"}, Turn.INTERRUPTED),
        ("session.idle", {}, Turn.DONE),
        ("session.shutdown", {"shutdownType": "routine"}, Turn.SESSION_ENDED),
    ],
)
def test_turn_ends_with_its_event(kind: str, data: dict[str, str], turn: Turn) -> None:
    assert [event.turn for event in events_of(CopilotSession().event(kind, **data), TurnUpdate)] == [turn]


def test_permission_is_waited_for_until_it_is_decided() -> None:
    asked = {"toolCallId": "call_1", "intention": "Build"}
    session = CopilotSession().event("permission.requested", requestId="p", permissionRequest=asked)
    session.event("permission.completed", requestId="p").event("permission.completed", requestId="p")
    waits = [(wait.waiting, wait.reason, wait.call) for wait in events_of(session, WaitUpdate)]
    assert waits == [(True, "Build", "call_1"), (False, "", "call_1")]
    by_hook = CopilotSession().event("permission.requested", requestId="p", resolvedByHook=True)
    assert events_of(by_hook, WaitUpdate) == []


@pytest.mark.parametrize(
    ("request_fields", "reason"),
    [
        ({"kind": "shell", "fullCommandText": "git push", "intention": "Push the branch"}, "git push"),
        ({"kind": "write", "fileName": "tides.py", "intention": "Mend it"}, "tides.py"),
        ({"kind": "url", "url": "https://example.org/tides", "intention": "Look"}, "https://example.org/tides"),
        ({"kind": "mcp", "toolName": "get_tide", "serverName": "sea"}, "get_tide"),
        ({"kind": "memory"}, "permission"),
    ],
)
def test_permission_is_asked_for_a_fact_before_an_intention(request_fields: dict[str, str], reason: str) -> None:
    session = CopilotSession().event("permission.requested", requestId="p", permissionRequest=request_fields)
    assert [wait.reason for wait in events_of(session, WaitUpdate)] == [reason]


def test_error_has_its_reason_and_may_be_a_limit() -> None:
    session = CopilotSession().event("session.error", errorType="rate_limit", message="slow down", statusCode=429)
    [retry] = events_of(session, RetryUpdate)
    assert (retry.reason, retry.status, retry.is_rate_limit) == ("slow down", 429, True)


def test_output_of_a_message_is_a_lower_bound() -> None:
    [usage] = events_of(CopilotSession().responds("Hm.", 12, apiCallId="msg_1"), Usage)
    assert (usage.tokens, usage.rank, usage.has_strong_id) == (Tokens(output=12), Rank.PARTIAL, False)
    assert usage.weak_ids[-1] == "resp:msg_1"
    assert events_of(CopilotSession().responds("Hm."), Usage) == []


def test_total_of_the_last_event_is_by_model_and_without_the_cache_in_the_input() -> None:
    metric = {"usage": {"inputTokens": 100, "outputTokens": 30, "cacheReadTokens": 40, "cacheWriteTokens": 10}}
    session = CopilotSession().event("session.shutdown", modelMetrics={MODEL: metric, "other": {}})
    partial, total = events_of(session, SessionTotalUpdate)
    assert partial.is_partial
    assert total.tokens == Tokens(50, 30, 40, 10)
    assert dict(total.list_priced) == {MODEL: Tokens(50, 30, 40, 10), "other": Tokens()}
    assert total.until == total.at


def test_compaction_has_its_sizes_and_is_billed() -> None:
    counts = {"inputTokens": 90, "outputTokens": 5, "cacheReadTokens": 40, "model": MODEL}
    sizes = {"preCompactionTokens": 90, "postCompactionTokens": 20, "tokenLimit": 100}
    session = CopilotSession().event("session.compaction_start", trigger="manual", currentTokens=90, tokenLimit=100)
    session.event("session.compaction_complete", success=True, compactionTokensUsed=counts, **sizes)
    compactions = [(event.finished, event.before, event.after) for event in events_of(session, CompactionUpdate)]
    assert compactions == [(False, None, None), (True, 90, 20)]
    assert [(event.tokens, event.limit) for event in events_of(session, ContextUpdate)] == [(90, 100), (20, 100)]
    [usage] = events_of(session, Usage)
    assert (usage.operation, usage.tokens) == ("compact", Tokens(50, 5, 40))


def test_failed_compaction_leaves_the_context() -> None:
    session = CopilotSession().event("session.compaction_complete", success=False)
    assert events_of(session, CompactionUpdate) == []


def test_call_has_its_start_and_result() -> None:
    session = CopilotSession().calls("bash", command="make", description="Build")
    [started] = events_of(session, CallStarted)
    assert (started.kind, started.subject, started.note) == (ToolKind.SHELL, "make", "Build")
    session.result("bad\n<exited with exit code 2>").result("again")
    [finished] = events_of(session, CallFinished)
    assert (finished.call, finished.state, finished.exit_code) == ("call_1", CallState.FAILED, 2)


def test_line_that_ends_a_shell_is_no_output() -> None:
    session = CopilotSession().calls("bash", command="make")
    session.result("no rule\n<shellId: 0 completed with exit code 2>", shellExecution={"exitCode": 2})
    [finished] = events_of(session, CallFinished)
    assert (finished.exit_code, finished.output, finished.error) == (2, "no rule", "no rule")


def test_tool_of_a_server_is_named_after_both() -> None:
    session = CopilotSession()
    session.event("tool.execution_start", toolCallId="c", toolName="git-log", mcpServerName="git", mcpToolName="log")
    [started] = events_of(session, CallStarted)
    assert (started.tool, started.kind) == ("git·log", ToolKind.MCP)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        ({"message": "no such file"}, CallState.FAILED),
        ({"message": "x", "code": "rejected"}, CallState.REJECTED),
        ({"message": "Permission denied because no user response was available", "code": "denied"}, CallState.REFUSED),
        ({"message": "The user rejected this tool call."}, CallState.REJECTED),
        ({"message": "Operation cancelled"}, CallState.INTERRUPTED),
    ],
)
def test_state_of_a_failed_call_is_by_its_error(error: dict[str, str], state: CallState) -> None:
    session = CopilotSession().calls("view", path="a").result("", success=False, result=None, error=error)
    [finished] = events_of(session, CallFinished)
    assert (finished.state, finished.error, finished.changes) == (state, error["message"], ())


def test_edit_has_its_diff() -> None:
    shown = {"content": "ok", "detailedContent": "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-1\n+2\n"}
    session = CopilotSession().calls("edit", path="a.py").result("", result=shown)
    session.calls("create", "c2", path="b.py").result("", "c2", result={"detailedContent": "@@ -0,0 +1 @@\n+1\n"})
    session.calls("view", "c3", path="c.py", view_range=[3, 9]).result("", "c3")
    changes = [change for event in events_of(session, CallFinished) for change in event.changes]
    assert [(change.kind, change.path, change.added, change.removed) for change in changes] == [
        (ChangeKind.MODIFY, "a.py", 1, 1),
        (ChangeKind.CREATE, "b.py", 1, 0),
        (ChangeKind.READ, "c.py", 0, 0),
    ]
    assert changes[-1].lines == (3, 9)


@pytest.mark.parametrize("agent", ["", "agent-7"])
def test_sub_agent_is_known_by_its_own_id_or_that_of_its_call(agent: str) -> None:
    session = CopilotSession().event("subagent.started", agent, toolCallId="c", agentName="scout")
    session.event("assistant.message", agent, messageId="m", content="Seen", parentToolCallId="c")
    session.event("subagent.failed", agent, toolCallId="c", agentName="scout", error="lost")
    started, ended = events_of(session, AgentUpdate)
    assert (started.agent, started.parent, started.call, started.type) == (agent or "c", MAIN, "c", "scout")
    assert (ended.agent, ended.status, ended.error) == (agent or "c", AgentStatus.FAILED, "lost")
    assert [message.agent for message in events_of(session, AgentMessage)] == [agent or "c"]
