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


def test_request_is_a_response_of_the_session() -> None:
    [usage] = only(read(logs(claude_request("req_1", 2, speed="fast"))), Usage)
    assert usage.session == CLAUDE
    assert usage.at == START_MS + 2 * SECOND
    assert usage.tokens == Tokens(input=3, output=20, cache_read=15_000, cache_creation=400)
    assert (usage.model, usage.rank, usage.duration_ms, usage.speed) == ("claude-opus-4-6", Rank.EXPORTED, 900, "fast")
    assert usage.reported_cost == 12_500_000_000


def test_response_has_the_request_id_of_the_transcript() -> None:
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
def test_provider_is_the_same_as_in_the_transcript(model: str, request_id: str, provider: str) -> None:
    [usage] = only(read(logs(claude_request(request_id, 2, model=model))), Usage)
    assert usage.provider == provider


def test_span_is_the_same_response_as_the_event() -> None:
    [logged] = only(read(logs(claude_request("req_1", 2))), Usage)
    [traced] = only(read(spans(claude_span("llm_request", 1, 1, request_id="req_1", **COUNTS))), Usage)
    assert traced.strong_ids == logged.strong_ids
    assert traced.tokens == logged.tokens


def test_copy_of_a_record_without_a_request_id_is_the_same_response() -> None:
    once, later = claude_request("", 1), claude_request("", 2)
    first, second, copy = (usage.strong_ids for usage in only(read(logs(once, later), logs(once)), Usage))
    assert first != second
    assert first == copy


@pytest.mark.parametrize("source", ["repl_main_thread", "repl_main_thread:outputStyle:brief", "sdk", ""])
def test_main_loop_sets_the_context(source: str) -> None:
    [context] = only(read(logs(claude_request("req_1", 2, source))), ContextUpdate)
    assert (context.agent, context.tokens, context.model) == ("", 15_403, "claude-opus-4-6")


@pytest.mark.parametrize(
    ("source", "operation"), [("compact", "compact"), ("generate_session_title", "title"), ("away", "away")]
)
def test_request_of_the_program_belongs_to_an_internal_agent(source: str, operation: str) -> None:
    events = read(logs(claude_request("req_1", 2, source)))
    [usage], [agent] = only(events, Usage), only(events, AgentUpdate)
    assert usage.operation == operation
    assert usage.agent == agent.agent == f"~{operation}"
    assert agent.internal
    assert only(events, ContextUpdate) == []


def test_sub_agent_without_an_id_sorts_after_all_ids() -> None:
    request = claude_request("req_1", 2, "agent:builtin:explorer", agent__name="explorer")
    [usage] = only(read(logs(request)), Usage)
    assert usage.agent > "agent-of-any-id"
    assert usage.operation == ""


def test_span_has_the_id_of_the_sub_agent() -> None:
    attributes: dict[str, Any] = {"request_id": "req_1", "agent_id": "a1b2", **COUNTS}
    events = read(spans(claude_span("llm_request", 1, 1, **attributes)))
    [usage], [context] = only(events, Usage), only(events, ContextUpdate)
    assert usage.agent == context.agent == "a1b2"


def test_failed_request_has_no_usage() -> None:
    assert read(spans(claude_span("llm_request", 1, 1, success=False, request_id="req_1"))) == []


def test_session_facts_are_emitted_once_without_a_time() -> None:
    [event] = only(read(logs(claude_request("req_1", 1), claude_request("req_2", 2))), SessionUpdate)
    assert event.version == "1.2.3"
    assert event.at == 0


def test_prompt_begins_a_turn_without_its_text() -> None:
    events = read(logs(claude("user_prompt", 1, prompt="build it")))
    assert [turn.turn for turn in only(events, TurnUpdate)] == [Turn.STARTED]
    assert only(events, Prompt) == []


def test_interaction_is_a_turn() -> None:
    begin, end = only(read(spans(claude_span("interaction", 1, 5))), TurnUpdate)
    assert (begin.turn, end.turn, end.duration_ms) == (Turn.STARTED, Turn.DONE, 1000)
    assert end.at - begin.at == 1000


def test_context_is_smaller_after_a_compaction() -> None:
    events = read(logs(claude("compaction", 1, success="true", pre_tokens="90000", post_tokens="719")))
    assert [context.tokens for context in only(events, ContextUpdate)] == [719]
    assert only(events, CompactionUpdate) == []


def test_failed_compaction_has_no_events() -> None:
    assert read(logs(claude("compaction", 1, success="false", post_tokens="719"))) == []


def test_error_has_its_attempts() -> None:
    [retry] = only(read(logs(claude("api_error", 1, error="overloaded", attempt=11, status_code="529"))), RetryUpdate)
    assert (retry.reason, retry.attempt, retry.attempts, retry.status) == ("overloaded", 11, 11, 529)


def test_tool_result_is_a_whole_call() -> None:
    input_json = '{"command":"ls -l","description":"List"}'
    result = claude(
        "tool_result", 9, tool_name="Bash", tool_use_id="t1", success="true", duration_ms="4000", tool_input=input_json
    )
    events = read(logs(result))
    [started], [finished] = only(events, CallStarted), only(events, CallFinished)
    assert (started.call, started.tool, started.kind) == ("t1", "Bash", ToolKind.SHELL)
    assert (started.subject, started.note, started.input) == ("ls -l", "List", input_json)
    assert started.at == START_MS + 5 * SECOND
    assert (finished.call, finished.state, finished.duration_ms) == ("t1", CallState.OK, 4000)


def test_command_is_found_without_an_input() -> None:
    parameters = '{"bash_command":"make","full_command":"make test"}'
    result = claude("tool_result", 1, tool_name="Bash", tool_use_id="t1", success="true", tool_parameters=parameters)
    [started] = only(read(logs(result)), CallStarted)
    assert started.subject == "make test"


def test_result_without_details_has_the_tool_name() -> None:
    [started] = only(read(logs(claude("tool_result", 1, tool_name="Read", tool_use_id="t1"))), CallStarted)
    assert (started.tool, started.kind, started.subject) == ("Read", ToolKind.READ, "")


@pytest.mark.parametrize("success", ["false", False])
def test_failed_call_has_an_error(success: object) -> None:
    result = claude("tool_result", 1, tool_name="Bash", tool_use_id="t1", success=success, error="exit 3")
    [finished] = only(read(logs(result)), CallFinished)
    assert (finished.state, finished.error) == (CallState.FAILED, "exit 3")


def test_allowed_call_is_open() -> None:
    decision = claude("tool_decision", 1, decision="accept", source="config", tool_name="Edit", tool_use_id="t1")
    events = read(logs(decision))
    assert [call.tool for call in only(events, CallStarted)] == ["Edit"]
    assert only(events, CallFinished) == []


def test_rejection_by_a_person_ends_the_call() -> None:
    decision = claude("tool_decision", 1, decision="reject", source="user_reject", tool_name="Edit", tool_use_id="t1")
    [finished] = only(read(logs(decision)), CallFinished)
    assert (finished.state, finished.approved, finished.approval) == (CallState.REJECTED, False, "user")


TOOL = claude_span("tool", 1, 1, tool_name="Read", tool_use_id="t1", file_path="/src/calc.py", agent_id="a1")
EXECUTION = claude_span("tool.execution", 2, 1, tool_use_id="t1", agent_id="a1", success=False, duration_ms=1000)


def test_spans_of_a_call_have_its_agent() -> None:
    events = read(spans(TOOL, EXECUTION))
    [started], [finished] = only(events, CallStarted), only(events, CallFinished)
    assert (started.call, started.agent, started.subject) == ("t1", "a1", "/src/calc.py")
    assert (finished.call, finished.agent, finished.state) == ("t1", "a1", CallState.FAILED)
    assert finished.duration_ms == 1000


def test_end_follows_the_start_even_when_its_span_is_exported_earlier() -> None:
    early, started, finished = read_resuming([spans(EXECUTION), spans(TOOL)])
    assert isinstance(started, CallStarted)
    assert early == finished


def test_cost_of_a_model_without_a_price_of_its_own_is_not_taken_over() -> None:
    [usage] = only(read(logs(claude_request("req_1", 2, model="glm-5"))), Usage)
    assert usage.reported_cost is None
