"""The GenAI conventions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sources.otlp_builder import (
    PROCESS,
    SECOND,
    START_MS,
    chat,
    log,
    logs,
    only,
    read,
    read_resuming,
    span,
    spans,
)
from tui_monitor.events import (
    MAIN,
    AgentMessage,
    AgentUpdate,
    CallFinished,
    CallStarted,
    CallState,
    ContextUpdate,
    Event,
    Prompt,
    Rank,
    RetryUpdate,
    SessionKey,
    SessionUpdate,
    SpanUpdate,
    Tokens,
    Turn,
    TurnUpdate,
    Usage,
)
from tui_monitor.sources.base import Record

INSTANCE = {"service.instance.id": PROCESS.id}


def events_of(*records: Record) -> list[Event]:
    return read(spans(*records, **INSTANCE))


def messages(*pairs: tuple[str, str, str]) -> str:
    return json.dumps([{"role": role, "parts": [{"type": kind, "content": text}]} for role, kind, text in pairs])


def test_response_has_exclusive_counts() -> None:
    events = events_of(chat(1, 2, fresh=300, read=900, output=45))
    [usage], [context] = only(events, Usage), only(events, ContextUpdate)
    assert usage.tokens == Tokens(input=300, output=45, cache_read=900)
    assert (usage.model, usage.provider, usage.duration_ms) == ("gpt-4o", "openai", 1000)
    assert usage.at == START_MS + 3 * SECOND
    assert context.tokens == 1200


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"prompt_tokens": 10, "completion_tokens": 4}, Tokens(input=10, output=4)),
        ({"input_tokens": 10, "output_tokens": 4, "reasoning.output_tokens": 3}, Tokens(10, 4, reasoning=3)),
        ({"input_tokens": 10, "cache_creation.input_tokens": 4}, Tokens(input=6, cache_creation=4)),
        ({"input_tokens": 10, "details.cache_read_tokens": 4}, Tokens(input=6, cache_read=4)),
        ({"input_tokens": 10, "cache_read_input_tokens": 400}, Tokens(input=10, cache_read=400)),
    ],
)
def test_other_names_of_counts_are_read(counts: dict[str, int], expected: Tokens) -> None:
    usage = {f"gen_ai.usage.{name}": count for name, count in counts.items()}
    [usage_told] = only(events_of(span("chat", 1, 0, {"gen_ai.operation.name": "chat", **usage})), Usage)
    assert usage_told.tokens == expected


def test_reported_cost_is_used() -> None:
    response = chat(1, 0)
    response["attributes"].append({"key": "operation.cost", "value": {"doubleValue": 0.003}})
    [usage] = only(events_of(response), Usage)
    assert usage.reported_cost == 3_000_000_000


AGENT_RUN: dict[str, Any] = {"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 4500}


def test_usage_of_an_agent_run_is_a_sum() -> None:
    events = events_of(span("invoke_agent", 1, 0, AGENT_RUN))
    [usage], [place] = only(events, Usage), only(events, SpanUpdate)
    assert (usage.tokens.input, usage.rank, usage.strong_ids) == (4500, Rank.SUM, (place.span,))
    assert (place.is_sum, place.tokens, place.parent) == (True, usage.tokens, "")


@pytest.mark.parametrize("operation", ["response", "generate", "Chat", None])
def test_span_with_usage_is_a_response_whatever_its_operation(operation: str | None) -> None:
    named = {"gen_ai.operation.name": operation} if operation else {}
    [usage] = only(events_of(span("request", 1, 0, {**named, "gen_ai.usage.input_tokens": 7})), Usage)
    assert usage.tokens.input == 7


@pytest.mark.parametrize(
    ("named", "operation"),
    [
        ({"gen_ai.operation.name": "chat"}, ""),
        ({"gen_ai.operation.name": "embeddings"}, "embeddings"),
        ({"gen_ai.operation.name": "rerank"}, "rerank"),
        ({"openinference.span.kind": "EMBEDDING"}, "embeddings"),
        ({"llm.request.type": "embedding"}, "embeddings"),
        ({"ai.operationId": "ai.embed.doEmbed"}, "embeddings"),
        ({}, ""),
    ],
)
def test_request_has_its_purpose(named: dict[str, Any], operation: str) -> None:
    [usage] = only(events_of(span("request", 1, 0, {**named, "gen_ai.usage.input_tokens": 7})), Usage)
    assert usage.operation == operation


def test_tier_and_long_cache_writes_are_read() -> None:
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.details.ephemeral_1h_input_tokens": 40,
        "openai.response.service_tier": "priority",
    }
    [usage] = only(events_of(span("chat", 1, 0, attributes)), Usage)
    assert (usage.service_tier, usage.tokens) == (
        "priority",
        Tokens(input=60, cache_creation=40, cache_creation_1h=40),
    )


def test_openinference_counts_models_and_tools() -> None:
    model = {
        "openinference.span.kind": "LLM",
        "llm.model_name": "gpt-5.5",
        "llm.provider": "openai",
        "llm.token_count.prompt": 1200,
        "llm.token_count.prompt_details.cache_read": 900,
        "llm.token_count.completion": 30,
        "llm.token_count.completion_details.reasoning": 10,
    }
    tool = {"openinference.span.kind": "TOOL", "tool.name": "read_file", "input.value": "{}", "output.value": "text"}
    events = events_of(span("ChatCompletion", 1, 0, model), span("read_file", 2, 1, tool))
    [usage] = only(events, Usage)
    assert usage.tokens == Tokens(input=300, cache_read=900, output=30, reasoning=10)
    assert (usage.model, usage.provider) == ("gpt-5.5", "openai")
    assert [(call.tool, call.input) for call in only(events, CallStarted)] == [("read_file", "{}")]


def test_outer_span_of_vercel_is_a_sum() -> None:
    usage_of = {"ai.usage.promptTokens": 500, "ai.usage.completionTokens": 20, "ai.model.id": "gpt-5.5"}
    inner = span("ai.generateText.doGenerate", 2, 0, {"ai.operationId": "ai.generateText.doGenerate", **usage_of})
    outer = span("ai.generateText", 1, 0, {"ai.operationId": "ai.generateText", **usage_of})
    assert [usage.rank for usage in only(events_of(inner, outer), Usage)] == [Rank.EXPORTED, Rank.SUM]


OTHER_WORK = {"gen_ai.operation.name": "step"}


def test_spans_of_other_work_have_places_in_traces_of_model_work() -> None:
    before, after = (span("step", number, 0, OTHER_WORK, parentSpanId=f"{number + 1:016x}") for number in (2, 3))
    elsewhere = span("step", 4, 0, OTHER_WORK, traceId="f" * 32, parentSpanId=f"{9:016x}")
    places = only(read_resuming([spans(before), spans(elsewhere), spans(chat(1, 0)), spans(after)]), SpanUpdate)
    assert [place.span[-1] for place in places] == ["1", "2", "3"]
    assert [place.parent[-1:] for place in places] == ["", "3", "4"]
    assert {place.session.id for place in places} == {places[0].trace}


def test_run_that_is_in_no_other_names_the_agent_of_the_session() -> None:
    run = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "reviewer"}
    [agent] = only(events_of(span("invoke_agent", 1, 0, run)), AgentUpdate)
    assert (agent.agent, agent.type) == (MAIN, "reviewer")
    assert only(events_of(span("invoke_agent", 1, 0, run, parentSpanId="00000000000000ff")), AgentUpdate) == []


def test_agent_run_at_the_root_is_a_turn() -> None:
    run = {"gen_ai.operation.name": "invoke_agent"}
    begin, end = only(events_of(span("invoke_agent", 1, 0, run)), TurnUpdate)
    assert (begin.turn, end.turn, end.duration_ms) == (Turn.STARTED, Turn.DONE, 1000)
    assert only(events_of(span("invoke_agent", 1, 0, run, parentSpanId="00000000000000ff")), TurnUpdate) == []


def test_failed_run_has_a_reason() -> None:
    failed = span("run", 1, 0, {"gen_ai.operation.name": "invoke_agent"}, status={"code": 2, "message": "too many"})
    _, end = only(events_of(failed), TurnUpdate)
    assert (end.turn, end.reason) == (Turn.FAILED, "too many")


def test_failed_request_has_a_reason() -> None:
    failed = span("chat", 1, 0, {"gen_ai.operation.name": "chat", "error.type": "timeout"}, status={"code": 2})
    events = events_of(failed)
    assert [retry.reason for retry in only(events, RetryUpdate)] == ["timeout"]
    assert only(events, Usage) == []


def test_two_instrumentations_of_one_response_share_its_id() -> None:
    one, other = only(events_of(chat(1, 0, response__id="resp_1"), chat(2, 0, response__id="resp_1")), Usage)
    assert one.weak_ids == other.weak_ids == ("resp:resp_1",)
    assert not one.has_strong_id


def test_event_inside_the_span_of_a_response_is_the_same_response() -> None:
    [traced] = only(events_of(chat(1, 0)), Usage)
    details = log(
        "gen_ai.client.inference.operation.details",
        0,
        {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 1200, "gen_ai.usage.output_tokens": 45},
        traceId="0123456789abcdef0123456789abcdef",
        spanId=f"{1:016x}",
    )
    [logged] = only(read(logs(details, service="reviewer")), Usage)
    assert logged.strong_ids == traced.strong_ids


def test_tool_call_has_arguments_and_result() -> None:
    told_of = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "run_tests",
        "gen_ai.tool.call.id": "call-1",
        "gen_ai.tool.call.arguments": '{"target":"unit"}',
        "gen_ai.tool.call.result": "2 tests failed",
    }
    events = events_of(span("execute_tool run_tests", 1, 0, told_of, status={"code": 2}))
    [started], [finished] = only(events, CallStarted), only(events, CallFinished)
    assert (started.call, started.tool, started.input) == ("call-1", "run_tests", '{"target":"unit"}')
    assert started.subject == "unit"
    assert (finished.call, finished.state, finished.error) == ("call-1", CallState.FAILED, "2 tests failed")
    assert finished.duration_ms == 1000


def test_arguments_may_be_values() -> None:
    told_of = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "grep",
        "gen_ai.tool.call.arguments": {"pattern": "x"},
    }
    [started] = only(events_of(span("execute_tool grep", 1, 0, told_of)), CallStarted)
    assert started.input == '{"pattern":"x"}'


def test_question_and_answer_in_a_span_are_emitted() -> None:
    question = messages(("system", "text", "be brief"), ("user", "text", "review it"))
    answered = messages(("assistant", "reasoning", "hm"), ("assistant", "text", "all good"))
    events = events_of(chat(1, 0, input__messages=question, output__messages=answered))
    assert [prompt.text for prompt in only(events, Prompt)] == ["review it"]
    assert [(message.text, message.thinking) for message in only(events, AgentMessage)] == [
        ("hm", True),
        ("all good", False),
    ]


def test_answer_of_a_tool_is_not_a_question() -> None:
    input_messages = messages(("user", "text", "review it"), ("tool", "tool_call_response", "42"))
    assert only(events_of(chat(1, 0, input__messages=input_messages, output__messages="no JSON")), Prompt) == []


@pytest.mark.parametrize(
    ("resource", "facts", "session"),
    [
        ({**INSTANCE, "session.id": "named"}, {}, "named"),
        (INSTANCE, {"gen_ai.conversation.id": "talk"}, "process-1"),
        ({}, {"gen_ai.conversation.id": "talk"}, "talk"),
        ({}, {}, "0123456789abcdef0123456789abcdef"),
    ],
)
def test_session_is_a_session_id_else_a_process_conversation_or_trace(
    resource: dict[str, str], facts: dict[str, str], session: str
) -> None:
    response = span("chat", 1, 0, {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 1, **facts})
    [usage] = only(read(spans(response, **resource)), Usage)
    assert usage.session == SessionKey("otlp", session)


def test_service_is_the_title_of_its_session() -> None:
    [event] = only(events_of(chat(1, 0), chat(2, 1)), SessionUpdate)
    assert (event.title, event.client, event.version) == ("reviewer", "reviewer", "1.2.3")
