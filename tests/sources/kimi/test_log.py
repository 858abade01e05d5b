"""Wire logs of Kimi CLI and Kimi Code: turns, waits, tokens, context, calls and sub-agents.

The records are made by the published source of both programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.kimi_builder import (
    MODEL,
    NEWER_AGENT_PATH,
    NEWER_PATH,
    OLDER_AGENT_PATH,
    OLDER_PATH,
    SESSION,
    START,
    NewerLog,
    OlderLog,
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
    Change,
    ChangeKind,
    CompactionUpdate,
    ContextUpdate,
    ModelRequest,
    PlanUpdate,
    Prompt,
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
from tui_monitor.sources.base import Record

BOTH = pytest.mark.parametrize("kind", [OlderLog, NewerLog], ids=["older", "newer"])


@BOTH
def test_first_record_has_the_session(kind: type[OlderLog | NewerLog]) -> None:
    log = kind().asks("Mend it.").asks("Now.")
    [event] = events_of(log, SessionUpdate)
    path = OLDER_PATH if kind is OlderLog else NEWER_PATH
    assert (event.session, event.at, event.path) == (SessionKey("kimi-code", SESSION), START + 1000, str(path))


@BOTH
def test_prompt_begins_a_turn_and_texts_are_messages(kind: type[OlderLog | NewerLog]) -> None:
    log = kind().asks("Mend it.").says("Well.")
    assert [turn.turn for turn in events_of(log, TurnUpdate)] == [Turn.STARTED]
    assert [prompt.text for prompt in events_of(log, Prompt)] == ["Mend it."]
    assert [message.text for message in events_of(log, AgentMessage)] == ["Well."]


@BOTH
def test_counts_exclude_one_another(kind: type[OlderLog | NewerLog]) -> None:
    log = kind().spends(100, 10, 50, 20)
    [usage] = events_of(log, Usage)
    assert usage.tokens == Tokens(100, 10, 50, 20)
    assert events_of(log, ContextUpdate)[-1].tokens == 180


@BOTH
def test_call_waits_for_its_result(kind: type[OlderLog | NewerLog]) -> None:
    name = "Shell" if kind is OlderLog else "Bash"
    log = kind().calls(name, command="make", timeout=5)
    [started] = events_of(log, CallStarted)
    assert (started.kind, started.subject, started.timeout_ms) == (ToolKind.SHELL, "make", 5000)
    assert events_of(log, CallFinished) == []
    [finished] = events_of(log.result("bad, exit code 2", is_error=True, isError=True).result("again"), CallFinished)
    assert (finished.call, finished.state, finished.exit_code) == ("call_1", CallState.FAILED, 2)


def test_failed_command_of_1_52_says_what_it_printed() -> None:
    message = "Command failed with exit code: 3."
    log = OlderLog().calls("Shell", command="make").result("no rule\n", is_error=True, message=message)
    [finished] = events_of(log, CallFinished)
    assert (finished.state, finished.exit_code, finished.error) == (CallState.FAILED, 3, "no rule\n")


def test_call_with_wrong_arguments_never_ran() -> None:
    message = "Error validating JSON arguments: 1 validation error for Params"
    log = OlderLog().calls("Shell", cmd="make").result("", is_error=True, message=message)
    assert [event.state for event in events_of(log, CallFinished)] == [CallState.SLIPPED]


@BOTH
def test_refused_call_is_rejected(kind: type[OlderLog | NewerLog]) -> None:
    log = (
        kind()
        .calls("Glob")
        .result("", is_error=True, isError=True, message="Rejected by user", note="Rejected by user")
    )
    assert [event.state for event in events_of(log, CallFinished)] == [CallState.REJECTED]


def test_retry_has_its_attempt_and_wait() -> None:
    older = OlderLog().message(
        "StepRetry", n=1, next_attempt=2, max_attempts=3, wait_s=0.5, error_type="E", status_code=429
    )
    newer = NewerLog().record(
        "turn.step.retrying", nextAttempt=2, maxAttempts=3, delayMs=500, errorName="E", statusCode=429
    )
    for log in (older, newer):
        [retry] = events_of(log, RetryUpdate)
        assert (retry.reason, retry.attempt, retry.attempts, retry.wait_ms, retry.status) == ("E", 2, 3, 500, 429)


def test_approval_is_waited_for() -> None:
    older = OlderLog().message("ApprovalRequest", id="r", tool_call_id="c", action="run", description="Build")
    older.message("ApprovalResponse", request_id="r", response="approve")
    asked = {"action": "run", "description": "Build"}
    newer = NewerLog().record("interaction.request", id="r", kind="approval", toolCallId="c", request=asked)
    newer.record("interaction.resolved", id="r", response={}).record("interaction.resolved", id="r", response={})
    for log in (older, newer):
        waits = [(wait.waiting, wait.reason, wait.call) for wait in events_of(log, WaitUpdate)]
        assert waits == [(True, "Build", "c"), (False, "", "c")]


def test_question_is_waited_for_until_its_call_has_a_result() -> None:
    log = OlderLog().calls("AskUserQuestion", "c")
    log.message("QuestionRequest", id="q", tool_call_id="c", questions=[{"question": "Which?"}]).result("this", "c")
    assert [(wait.waiting, wait.reason) for wait in events_of(log, WaitUpdate)] == [(True, "Which?"), (False, "")]


def test_response_of_kimi_cli_has_its_message_id_and_the_context_its_window() -> None:
    log = OlderLog().spends(10, 1, message_id="m", context_tokens=7, max_context_tokens=100)
    [usage] = events_of(log, Usage)
    assert usage.strong_ids == ("kimi-code:m",)
    assert [(event.tokens, event.limit) for event in events_of(log, ContextUpdate)] == [(7, 100)]


def test_requests_that_kimi_cli_does_not_record_make_the_total_a_lower_bound() -> None:
    log = OlderLog().message("CompactionBegin").message("CompactionEnd").message("BtwEnd", id="b")
    assert [event.finished for event in events_of(log, CompactionUpdate)] == [False, True]
    assert [event.is_partial for event in events_of(log, SessionTotalUpdate)] == [True, True]
    assert [event.tokens for event in events_of(log, ContextUpdate)] == [None]


@pytest.mark.parametrize(("kind", "turn"), [("TurnEnd", Turn.DONE), ("StepInterrupted", Turn.INTERRUPTED)])
def test_turn_of_kimi_cli_ends_with_its_message(kind: str, turn: Turn) -> None:
    assert [event.turn for event in events_of(OlderLog().message(kind), TurnUpdate)] == [turn]


def test_list_of_steps_is_the_plan() -> None:
    todos = [{"title": "a", "status": "done"}, {"title": "b", "status": "in_progress"}]
    [plan] = events_of(OlderLog().calls("SetTodoList", todos=todos), PlanUpdate)
    assert (plan.completed, plan.total, plan.now) == (1, 2, "b")


def test_arguments_that_are_no_json_are_empty() -> None:
    log = OlderLog().message("ToolCall", id="c", function={"name": "Glob", "arguments": '{"a'})
    assert [event.input for event in events_of(log, CallStarted)] == ["{}"]


def diff(path: str, old: str, new: str, **fields: object) -> Record:
    return {"type": "diff", "path": path, "old_text": old, "new_text": new, "old_start": 4, "new_start": 4, **fields}


@pytest.mark.parametrize(
    ("block", "kind", "added", "removed", "lines"),
    [
        (diff("a", "1\n2\n3", "1\n4\n5\n3"), ChangeKind.MODIFY, 2, 1, (5, 6)),
        (diff("a", "", "1\n2\n"), ChangeKind.CREATE, 2, 0, (4, 5)),
        (diff("a", "(9 lines)", "(9 lines)", is_summary=True), ChangeKind.MODIFY, 0, 0, None),
    ],
)
def test_shown_diff_is_the_change(
    block: Record, kind: ChangeKind, added: int, removed: int, lines: tuple[int, int] | None
) -> None:
    log = OlderLog().calls("WriteFile", path="a").result("", display=[{"type": "brief"}, block])
    [change] = [change for event in events_of(log, CallFinished) for change in event.changes]
    assert (change.kind, change.added, change.removed, change.lines) == (kind, added, removed, lines)


def test_changes_of_kimi_code_are_in_the_arguments() -> None:
    log = NewerLog().calls("Edit", path="a", old_string="1", new_string="2\n3").result("ok")
    log.calls("Write", "c2", path="b", content="1").result("ok", "c2")
    log.calls("Read", "c3", path="c", line_offset=3, n_lines=5).result("ok", "c3")
    edit, write, look = (change for event in events_of(log, CallFinished) for change in event.changes)
    assert (edit.kind, edit.added, edit.removed) == (ChangeKind.MODIFY, 2, 1)
    assert write == Change(ChangeKind.MODIFY, "b")
    assert look == Change(ChangeKind.READ, "c", lines=(3, 7))


def test_request_of_kimi_code_names_the_model() -> None:
    log = NewerLog().spends(10)
    assert [(event.model, event.operation) for event in events_of(log, ModelRequest)] == [(MODEL, "")]
    assert [event.model for event in events_of(log, Usage)] == [MODEL]
    bare = NewerLog().record("usage.record", model="kimi-code/k", usage={"inputOther": 1})
    assert [event.model for event in events_of(bare, Usage)] == ["k"]


def test_compaction_of_kimi_code_is_billed() -> None:
    log = NewerLog().record("full_compaction.begin", source="auto").record("llm.request", kind="compaction", model="m")
    log.record("usage.record", model="m", usage={"inputOther": 5}).record("llm.request", kind="loop", model="m")
    log.record("context.apply_compaction", tokensBefore=90, tokensAfter=9)
    assert [usage.operation for usage in events_of(log, Usage)] == ["compact"]
    compactions = [(event.finished, event.before, event.after) for event in events_of(log, CompactionUpdate)]
    assert compactions == [(False, None, None), (True, 90, 9)]
    assert events_of(log, ContextUpdate)[-1].tokens == 9


@pytest.mark.parametrize(
    ("reason", "turn"),
    [("completed", Turn.DONE), ("cancelled", Turn.INTERRUPTED), ("failed", Turn.FAILED), ("blocked", Turn.FAILED)],
)
def test_turn_of_kimi_code_ends_with_its_reason(reason: str, turn: Turn) -> None:
    log = NewerLog().record("turn.ended", turnId=1, reason=reason, durationMs=9)
    assert [(event.turn, event.duration_ms) for event in events_of(log, TurnUpdate)] == [(turn, 9)]


def test_prompt_of_the_program_is_none() -> None:
    assert events_of(NewerLog().asks("Go on.", kind="injection"), Prompt) == []


def test_copied_record_has_the_name_of_the_first() -> None:
    records = NewerLog().spends(10, 1).records
    names = [
        [event.strong_ids for event in read(records, path) if isinstance(event, Usage)]
        for path in (NEWER_PATH, NEWER_PATH.parents[3] / "fork/agents/main/wire.jsonl")
    ]
    assert names[0] == names[1]


@pytest.mark.parametrize(("log", "path"), [(OlderLog(), OLDER_AGENT_PATH), (NewerLog("a1"), NEWER_AGENT_PATH)])
def test_log_of_a_sub_agent_belongs_to_its_session(log: OlderLog | NewerLog, path: Path) -> None:
    events = read(log.asks("Look.").records, path)
    assert {(event.session.id, event.agent) for event in events} == {(SESSION, "a1")}
    assert [event.parent for event in events if isinstance(event, AgentUpdate)] == [MAIN]


def test_sub_agent_of_kimi_cli_with_its_own_log_is_only_named_in_the_first() -> None:
    begin = {"type": "TurnBegin", "payload": {"user_input": "Look."}}
    counts = {"type": "StatusUpdate", "payload": {"token_usage": {"input_other": 5}}}
    log = OlderLog()
    for event in (begin, counts):
        log.message("SubagentEvent", parent_tool_call_id="c", agent_id="a1", subagent_type="coder", event=event)
    assert [(agent.agent, agent.call, agent.type) for agent in events_of(log, AgentUpdate)] == [("a1", "c", "coder")]
    assert events_of(log, Usage) == []


def test_sub_agent_of_kimi_cli_without_a_log_is_in_the_first() -> None:
    counts = {"type": "StatusUpdate", "payload": {"token_usage": {"input_other": 5}}}
    log = OlderLog().message("SubagentEvent", task_tool_call_id="c", event=counts)
    assert [(usage.agent, usage.tokens.input) for usage in events_of(log, Usage)] == [("c", 5)]


def test_sub_agent_of_kimi_code_has_a_beginning_and_an_end() -> None:
    log = NewerLog().record("subagent.spawned", subagentId="a1", subagentName="coder", parentToolCallId="c")
    log.record("subagent.failed", subagentId="a1", error="lost")
    started, ended = events_of(log, AgentUpdate)
    assert (started.agent, started.parent, started.call, started.type) == ("a1", MAIN, "c", "coder")
    assert (ended.status, ended.error) == (AgentStatus.FAILED, "lost")
