"""Claude Code's telemetry."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sources.otlp_builder import (
    CLAUDE,
    SECOND,
    START_MS,
    claude,
    claude_request,
    claude_span,
    logs,
    only,
    read,
    read_resuming,
    spans,
)
from tui_monitor.events import (
    AgentUpdate,
    CallFinished,
    CallStarted,
    CallState,
    CompactionUpdate,
    ContextUpdate,
    Prompt,
    Rank,
    RetryUpdate,
    SessionUpdate,
    Tokens,
    ToolKind,
    Turn,
    TurnUpdate,
    Usage,
)

COUNTS = {"input_tokens": 3, "output_tokens": 20, "cache_read_tokens": 15_000, "cache_creation_tokens": 400}


def test_a_request_tells_a_response_of_the_session() -> None:
    [usage] = only(read(logs(claude_request("req_1", 2, speed="fast"))), Usage)
    assert usage.session == CLAUDE
    assert usage.at == START_MS + 2 * SECOND
    assert usage.tokens == Tokens(input=3, output=20, cache_read=15_000, cache_creation=400)
    assert (usage.model, usage.rank, usage.duration_ms, usage.speed) == ("claude-opus-4-6", Rank.EXPORTED, 900, "fast")
    assert usage.reported_cost == 12_500_000_000


def test_it_bears_the_request_id_by_which_the_transcript_knows_it() -> None:
    [usage] = only(read(logs(claude_request("req_1", 2))), Usage)
    assert usage.weak_ids == ("req:req_1",)
    assert not usage.has_strong_id


@pytest.mark.parametrize(
    ("model", "request_id", "provider"),
    [
        ("claude-opus-4-6", "req_1", "anthropic"),
        ("claude-opus-4-6", "", ""),  # Bedrock, Vertex or a gateway: they give no request ids
        ("glm-5", "req_1", ""),
    ],
)
def test_who_served_it_is_told_as_in_the_transcript(model: str, request_id: str, provider: str) -> None:
    [usage] = only(read(logs(claude_request(request_id, 2, model=model))), Usage)
    assert usage.provider == provider


def test_its_span_is_the_same_response() -> None:
    [logged] = only(read(logs(claude_request("req_1", 2))), Usage)
    [traced] = only(read(spans(claude_span("llm_request", 1, 1, request_id="req_1", **COUNTS))), Usage)
    assert traced.strong_ids == logged.strong_ids
    assert traced.tokens == logged.tokens


def test_without_a_request_id_each_record_is_a_response_and_its_copy_the_same() -> None:
    once, later = claude_request("", 1), claude_request("", 2)
    first, second, copy = (usage.strong_ids for usage in only(read(logs(once, later), logs(once)), Usage))
    assert first != second
    assert first == copy


@pytest.mark.parametrize("source", ["repl_main_thread", "repl_main_thread:outputStyle:brief", "sdk", ""])
def test_the_main_loop_fills_the_context(source: str) -> None:
    [context] = only(read(logs(claude_request("req_1", 2, source))), ContextUpdate)
    assert (context.agent, context.tokens, context.model) == ("", 15_403, "claude-opus-4-6")


@pytest.mark.parametrize(
    ("source", "operation"), [("compact", "compact"), ("generate_session_title", "title"), ("away", "away")]
)
def test_what_the_program_asks_for_itself_is_overhead_and_no_agent_to_be_shown(source: str, operation: str) -> None:
    events = read(logs(claude_request("req_1", 2, source)))
    [usage], [agent] = only(events, Usage), only(events, AgentUpdate)
    assert usage.operation == operation
    assert usage.agent == agent.agent == f"~{operation}"
    assert agent.internal
    assert only(events, ContextUpdate) == []


def test_a_sub_agent_without_an_id_ranks_behind_every_id() -> None:
    request = claude_request("req_1", 2, "agent:builtin:explorer", agent__name="explorer")
    [usage] = only(read(logs(request)), Usage)
    assert usage.agent > "agent-of-any-id"
    assert usage.operation == ""


def test_a_span_tells_which_sub_agent_it_was() -> None:
    told: dict[str, Any] = {"request_id": "req_1", "agent_id": "a1b2", **COUNTS}
    events = read(spans(claude_span("llm_request", 1, 1, **told)))
    [usage], [context] = only(events, Usage), only(events, ContextUpdate)
    assert usage.agent == context.agent == "a1b2"


def test_a_request_that_failed_spent_nothing() -> None:
    assert read(spans(claude_span("llm_request", 1, 1, success=False, request_id="req_1"))) == []


def test_facts_of_the_session_are_told_once_and_yield_to_the_transcript() -> None:
    [seen] = only(read(logs(claude_request("req_1", 1), claude_request("req_2", 2))), SessionUpdate)
    assert seen.version == "1.2.3"
    assert seen.at == 0


def test_a_prompt_begins_a_turn_and_is_left_to_the_transcript() -> None:
    events = read(logs(claude("user_prompt", 1, prompt="build it")))
    assert [turn.turn for turn in only(events, TurnUpdate)] == [Turn.STARTED]
    assert only(events, Prompt) == []


def test_an_interaction_is_a_turn() -> None:
    begin, end = only(read(spans(claude_span("interaction", 1, 5))), TurnUpdate)
    assert (begin.turn, end.turn, end.duration_ms) == (Turn.STARTED, Turn.DONE, 1000)
    assert end.at - begin.at == 1000


def test_after_a_compaction_the_context_is_smaller() -> None:
    events = read(logs(claude("compaction", 1, success="true", pre_tokens="90000", post_tokens="719")))
    assert [context.tokens for context in only(events, ContextUpdate)] == [719]
    assert only(events, CompactionUpdate) == []


def test_a_compaction_that_failed_changes_nothing() -> None:
    assert read(logs(claude("compaction", 1, success="false", post_tokens="719"))) == []


def test_an_error_is_told_with_its_tries() -> None:
    [retry] = only(read(logs(claude("api_error", 1, error="overloaded", attempt=11, status_code="529"))), RetryUpdate)
    assert (retry.reason, retry.attempt, retry.attempts, retry.status) == ("overloaded", 11, 11, 529)


def test_a_result_tells_the_whole_call() -> None:
    given = '{"command":"ls -l","description":"List"}'
    result = claude(
        "tool_result", 9, tool_name="Bash", tool_use_id="t1", success="true", duration_ms="4000", tool_input=given
    )
    events = read(logs(result))
    [started], [finished] = only(events, CallStarted), only(events, CallFinished)
    assert (started.call, started.tool, started.kind) == ("t1", "Bash", ToolKind.SHELL)
    assert (started.subject, started.note, started.input) == ("ls -l", "List", given)
    assert started.at == START_MS + 5 * SECOND
    assert (finished.call, finished.state, finished.duration_ms) == ("t1", CallState.OK, 4000)


def test_the_command_is_found_where_the_input_is_not_told() -> None:
    parameters = '{"bash_command":"make","full_command":"make test"}'
    result = claude("tool_result", 1, tool_name="Bash", tool_use_id="t1", success="true", tool_parameters=parameters)
    [started] = only(read(logs(result)), CallStarted)
    assert started.subject == "make test"


def test_a_result_without_details_is_told_by_its_name() -> None:
    [started] = only(read(logs(claude("tool_result", 1, tool_name="Read", tool_use_id="t1"))), CallStarted)
    assert (started.tool, started.kind, started.subject) == ("Read", ToolKind.READ, "")


@pytest.mark.parametrize("success", ["false", False])
def test_a_call_that_failed_tells_why(success: object) -> None:
    result = claude("tool_result", 1, tool_name="Bash", tool_use_id="t1", success=success, error="exit 3")
    [finished] = only(read(logs(result)), CallFinished)
    assert (finished.state, finished.error) == (CallState.FAILED, "exit 3")


def test_a_call_is_open_once_it_is_allowed() -> None:
    decision = claude("tool_decision", 1, decision="accept", source="config", tool_name="Edit", tool_use_id="t1")
    events = read(logs(decision))
    assert [call.tool for call in only(events, CallStarted)] == ["Edit"]
    assert only(events, CallFinished) == []


def test_a_person_who_says_no_ends_it() -> None:
    decision = claude("tool_decision", 1, decision="reject", source="user_reject", tool_name="Edit", tool_use_id="t1")
    [finished] = only(read(logs(decision)), CallFinished)
    assert (finished.state, finished.approved, finished.approval) == (CallState.REJECTED, False, "user")


TOOL = claude_span("tool", 1, 1, tool_name="Read", tool_use_id="t1", file_path="/src/calc.py", agent_id="a1")
EXECUTION = claude_span("tool.execution", 2, 1, tool_use_id="t1", agent_id="a1", success=False, duration_ms=1000)


def test_spans_tell_a_call_and_whose_it_is() -> None:
    events = read(spans(TOOL, EXECUTION))
    [started], [finished] = only(events, CallStarted), only(events, CallFinished)
    assert (started.call, started.agent, started.subject) == ("t1", "a1", "/src/calc.py")
    assert (finished.call, finished.agent, finished.state) == ("t1", "a1", CallState.FAILED)
    assert finished.duration_ms == 1000


def test_its_end_is_told_after_its_beginning_though_its_span_came_before() -> None:
    early, started, finished = read_resuming([spans(EXECUTION), spans(TOOL)])
    assert isinstance(started, CallStarted)
    assert early == finished
