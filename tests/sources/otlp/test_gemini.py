"""Gemini CLI's telemetry."""

from __future__ import annotations

from tests.sources.otlp_builder import GEMINI, chat, gemini, log, logs, only, read, span, spans
from tui_monitor.events import (
    CallFinished,
    CallStarted,
    CallState,
    ContextUpdate,
    RetryUpdate,
    SessionUpdate,
    Tokens,
    ToolKind,
    Turn,
    TurnUpdate,
    Usage,
)

RESPONSE = gemini(
    "api_response",
    1,
    model="gemini-2.5-pro",
    input_token_count=8900,
    output_token_count=40,
    cached_content_token_count=6000,
    thoughts_token_count=25,
    tool_token_count=7,
    role="main",
)
DETAILS = log(
    "gen_ai.client.inference.operation.details",
    1,
    {
        "session.id": GEMINI.id,
        "gen_ai.operation.name": "generate_content",
        "gen_ai.usage.input_tokens": 8900,
        "gen_ai.usage.output_tokens": 40,
    },
)


def test_response_has_exclusive_counts() -> None:
    [usage] = only(read(logs(RESPONSE, service="gemini-cli")), Usage)
    assert usage.session == GEMINI
    assert usage.tokens == Tokens(input=2907, output=65, cache_read=6000, reasoning=25)


def test_repetition_in_the_genai_conventions_is_ignored() -> None:
    events = read(logs(RESPONSE, DETAILS, service="gemini-cli"), spans(chat(1, 1), service="gemini-cli"))
    assert len(only(events, Usage)) == 1


def test_only_the_main_conversation_sets_the_context() -> None:
    helper = gemini("api_response", 2, input_token_count=10, output_token_count=1, role="utility_router")
    contexts = only(read(logs(RESPONSE, helper, service="gemini-cli")), ContextUpdate)
    assert [context.tokens for context in contexts] == [8900]


def test_empty_response_has_no_usage() -> None:
    assert read(logs(gemini("api_response", 1, model="gemini-2.5-pro"), service="gemini-cli")) == []


def test_prompt_begins_a_turn() -> None:
    assert [turn.turn for turn in only(read(logs(gemini("user_prompt", 1))), TurnUpdate)] == [Turn.STARTED]


def test_configuration_has_the_mode() -> None:
    [event] = only(read(logs(gemini("config", 0, approval_mode="yolo"))), SessionUpdate)
    assert (event.mode, event.version) == ("yolo", "1.2.3")


def test_error_is_emitted() -> None:
    [retry] = only(read(logs(gemini("api_error", 1, error="quota", status_code=429))), RetryUpdate)
    assert (retry.reason, retry.status) == ("quota", 429)


def test_span_of_a_call_has_the_id_of_the_chat() -> None:
    attributes = {
        "gen_ai.operation.name": "tool_call",
        "gen_ai.tool.name": "write_file",
        "gen_ai.tool.call_id": "write_file_1",
        "gen_ai.conversation.id": GEMINI.id,
    }
    status = {"code": 2, "message": "no such folder"}
    events = read(spans(span("tool_call", 1, 1, attributes, status=status), service="gemini-cli"))
    [started], [finished] = only(events, CallStarted), only(events, CallFinished)
    assert (started.session, started.call, started.kind) == (GEMINI, "write_file_1", ToolKind.WRITE)
    assert (finished.state, finished.error, finished.duration_ms) == (CallState.FAILED, "no such folder", 1000)
