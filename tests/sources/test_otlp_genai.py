"""The GenAI conventions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sources.otlp_builder import PROCESS, SECOND, START_MS, chat, log, logs, only, read, span, spans
from tui_monitor.events import (
    AgentMessage,
    CallFinished,
    CallStarted,
    CallState,
    ContextUpdate,
    Event,
    Prompt,
    RetryUpdate,
    SessionKey,
    SessionUpdate,
    Tokens,
    Turn,
    TurnUpdate,
    Usage,
)
from tui_monitor.sources.base import Record

INSTANCE = {"service.instance.id": PROCESS.id}


def told(*records: Record) -> list[Event]:
    return read(spans(*records, **INSTANCE))


def messages(*pairs: tuple[str, str, str]) -> str:
    return json.dumps([{"role": role, "parts": [{"type": kind, "content": text}]} for role, kind, text in pairs])


def test_a_response_is_told_with_exclusive_counts() -> None:
    events = told(chat(1, 2, fresh=300, read=900, output=45))
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
def test_older_and_other_names_of_counts_are_known(counts: dict[str, int], expected: Tokens) -> None:
    usage = {f"gen_ai.usage.{name}": count for name, count in counts.items()}
    [usage_told] = only(told(span("chat", 1, 0, {"gen_ai.operation.name": "chat", **usage})), Usage)
    assert usage_told.tokens == expected


def test_a_cost_that_is_told_stands() -> None:
    response = chat(1, 0)
    response["attributes"].append({"key": "operation.cost", "value": {"doubleValue": 0.003}})
    [usage] = only(told(response), Usage)
    assert usage.reported_cost == 3_000_000_000


def test_the_sum_of_an_agents_run_is_not_counted_again() -> None:
    run: dict[str, Any] = {"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 4500}
    assert only(told(span("invoke_agent", 1, 0, run)), Usage) == []


def test_a_run_at_the_root_is_a_turn() -> None:
    run = {"gen_ai.operation.name": "invoke_agent"}
    begin, end = only(told(span("invoke_agent", 1, 0, run)), TurnUpdate)
    assert (begin.turn, end.turn, end.duration_ms) == (Turn.STARTED, Turn.DONE, 1000)
    assert only(told(span("invoke_agent", 1, 0, run, parentSpanId="00000000000000ff")), TurnUpdate) == []


def test_a_run_that_failed_says_why() -> None:
    failed = span("run", 1, 0, {"gen_ai.operation.name": "invoke_agent"}, status={"code": 2, "message": "too many"})
    _, end = only(told(failed), TurnUpdate)
    assert (end.turn, end.reason) == (Turn.FAILED, "too many")


def test_a_request_that_failed_says_why() -> None:
    failed = span("chat", 1, 0, {"gen_ai.operation.name": "chat", "error.type": "timeout"}, status={"code": 2})
    events = told(failed)
    assert [retry.reason for retry in only(events, RetryUpdate)] == ["timeout"]
    assert only(events, Usage) == []


def test_two_instrumentations_of_one_response_tell_its_id() -> None:
    one, other = only(told(chat(1, 0, response__id="resp_1"), chat(2, 0, response__id="resp_1")), Usage)
    assert one.weak_ids == other.weak_ids == ("resp:resp_1",)
    assert not one.has_strong_id


def test_an_event_inside_the_span_of_a_response_is_the_same_response() -> None:
    [traced] = only(told(chat(1, 0)), Usage)
    details = log(
        "gen_ai.client.inference.operation.details",
        0,
        {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 1200, "gen_ai.usage.output_tokens": 45},
        traceId="0123456789abcdef0123456789abcdef",
        spanId=f"{1:016x}",
    )
    [logged] = only(read(logs(details, service="reviewer")), Usage)
    assert logged.strong_ids == traced.strong_ids


def test_a_tool_is_told_with_its_arguments_and_result() -> None:
    told_of = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "run_tests",
        "gen_ai.tool.call.id": "call-1",
        "gen_ai.tool.call.arguments": '{"target":"unit"}',
        "gen_ai.tool.call.result": "2 tests failed",
    }
    events = told(span("execute_tool run_tests", 1, 0, told_of, status={"code": 2}))
    [started], [finished] = only(events, CallStarted), only(events, CallFinished)
    assert (started.call, started.tool, started.input) == ("call-1", "run_tests", '{"target":"unit"}')
    assert started.subject == "unit"
    assert (finished.call, finished.state, finished.error) == ("call-1", CallState.FAILED, "2 tests failed")
    assert finished.duration_ms == 1000


def test_arguments_may_be_told_as_values() -> None:
    told_of = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "grep",
        "gen_ai.tool.call.arguments": {"pattern": "x"},
    }
    [started] = only(told(span("execute_tool grep", 1, 0, told_of)), CallStarted)
    assert started.input == '{"pattern":"x"}'


def test_question_and_answer_are_told_where_they_stand_in_the_span() -> None:
    asked = messages(("system", "text", "be brief"), ("user", "text", "review it"))
    answered = messages(("assistant", "reasoning", "hm"), ("assistant", "text", "all good"))
    events = told(chat(1, 0, input__messages=asked, output__messages=answered))
    assert [prompt.text for prompt in only(events, Prompt)] == ["review it"]
    assert [(said.text, said.thinking) for said in only(events, AgentMessage)] == [("hm", True), ("all good", False)]


def test_the_answer_of_a_tool_is_no_question() -> None:
    asked = messages(("user", "text", "review it"), ("tool", "tool_call_response", "42"))
    assert only(told(chat(1, 0, input__messages=asked, output__messages="no JSON")), Prompt) == []


@pytest.mark.parametrize(
    ("resource", "facts", "session"),
    [
        ({**INSTANCE, "session.id": "named"}, {}, "named"),
        (INSTANCE, {"gen_ai.conversation.id": "talk"}, "process-1"),
        ({}, {"gen_ai.conversation.id": "talk"}, "talk"),
        ({}, {}, "0123456789abcdef0123456789abcdef"),
    ],
)
def test_a_session_is_what_names_itself_so_else_a_process_a_conversation_a_trace(
    resource: dict[str, str], facts: dict[str, str], session: str
) -> None:
    response = span("chat", 1, 0, {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 1, **facts})
    [usage] = only(read(spans(response, **resource)), Usage)
    assert usage.session == SessionKey("otlp", session)


def test_the_service_is_the_title_of_its_session() -> None:
    [seen] = only(told(chat(1, 0), chat(2, 1)), SessionUpdate)
    assert (seen.title, seen.client, seen.version) == ("reviewer", "reviewer", "1.2.3")
