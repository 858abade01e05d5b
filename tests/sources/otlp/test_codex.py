"""Codex's telemetry."""

from __future__ import annotations

import json

import pytest

from tests.sources.otlp_builder import CODEX, SECOND, START_MS, codex, codex_response, logs, only, read, span, spans
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

BEGAN = codex(
    "conversation_starts",
    0,
    provider_name="OpenAI",
    approval_policy="on-request",
    **{"app.version": "0.169.0", "originator": "codex_cli_rs"},
)


def test_response_has_its_counts() -> None:
    events = read(logs(codex_response(2, fresh=100, cached=900, output=50, reasoning=20)))
    [usage], [context] = only(events, Usage), only(events, ContextUpdate)
    assert usage.session == CODEX
    assert usage.tokens == Tokens(input=100, output=50, cache_read=900, reasoning=20)
    assert (usage.model, usage.at) == ("gpt-5.3-codex", START_MS + 2 * SECOND)
    assert context.tokens == 1050


def test_end_of_the_stream_alone_is_not_a_response() -> None:
    assert read(logs(codex("sse_event", 1, duration_ms="21", **{"event.kind": "response.completed"}))) == []


def test_equal_responses_are_separate() -> None:
    first, second = only(read(logs(codex_response(1), codex_response(2))), Usage)
    assert not {*first.strong_ids, *first.weak_ids} & {*second.strong_ids, *second.weak_ids}


def test_copy_is_the_same_response() -> None:
    once, later = codex_response(1), codex_response(2)
    first, _, _, copy = only(read(logs(once, later), logs(later, once)), Usage)
    assert (copy.strong_ids, copy.weak_ids) == (first.strong_ids, first.weak_ids)


def test_conversation_start_has_session_facts_and_provider() -> None:
    events = read(logs(BEGAN, codex_response(2)))
    [event], [usage] = only(events, SessionUpdate), only(events, Usage)
    assert (event.version, event.client, event.mode) == ("0.169.0", "codex_cli_rs", "on-request")
    assert usage.provider == "openai"


def test_prompt_begins_a_turn() -> None:
    [turn] = only(read(logs(codex("user_prompt", 1, prompt="build it"))), TurnUpdate)
    assert turn.turn is Turn.STARTED


def test_failed_request_is_a_retry() -> None:
    attributes = {"http.response.status_code": 503, "error.message": "overloaded", "attempt": "1"}
    [retry] = only(read(logs(codex("api_request", 1, **attributes))), RetryUpdate)
    assert (retry.reason, retry.status, retry.attempt, retry.wait_ms) == ("overloaded", 503, 2, 0)


def test_successful_request_has_no_events() -> None:
    assert read(logs(codex("api_request", 1, **{"http.response.status_code": 200}))) == []


def test_tool_result_is_a_whole_call() -> None:
    result = codex(
        "tool_result",
        9,
        call_id="c1",
        tool_name="exec_command",
        tool_namespace="functions",
        arguments='{"cmd":"ls -la"}',
        output="Wall time: 3.0 seconds\nProcess exited with code 0\nOutput:\ntotal 8\n",
        success="true",
        duration_ms="4000",
    )
    events = read(logs(result))
    [started], [finished] = only(events, CallStarted), only(events, CallFinished)
    assert (started.call, started.kind, started.subject) == ("c1", ToolKind.SHELL, "ls -la")
    assert started.at == START_MS + 5 * SECOND
    assert (finished.state, finished.output, finished.exit_code) == (CallState.OK, "total 8\n", 0)


@pytest.mark.parametrize("output", ["unknown failure", "Process exited with code 2\nOutput:\nno such file"])
def test_failed_call_is_failed(output: str) -> None:
    result = codex("tool_result", 1, call_id="c1", tool_name="exec_command", output=output, success="false")
    [finished] = only(read(logs(result)), CallFinished)
    assert finished.state is CallState.FAILED


def test_patch_has_no_changes() -> None:
    patch = "*** Begin Patch\n*** Add File: calc.py\n+x = 1\n*** End Patch"
    arguments = json.dumps({"input": patch})
    result = codex("tool_result", 1, call_id="c1", tool_name="apply_patch", arguments=arguments, success="true")
    events = read(logs(result))
    [started], [finished] = only(events, CallStarted), only(events, CallFinished)
    assert (started.kind, started.subject) == (ToolKind.EDIT, "calc.py")
    assert finished.changes == ()


def test_call_without_an_id_is_ignored() -> None:
    assert read(logs(codex("tool_result", 1, tool_name="exec_command"))) == []


def test_spans_are_ignored() -> None:
    inside = span("handle_responses", 1, 1, {"gen_ai.usage.input_tokens": 9000, "gen_ai.usage.output_tokens": 180})
    assert read(spans(inside, service="codex_exec")) == []
