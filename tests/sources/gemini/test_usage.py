"""Gemini CLI's telemetry: each response counts once, with or without a chat."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sources.gemini_builder import SESSION, Chat, events_of, only, read, tokens
from tests.sources.support import batches
from tui_monitor.events import Event, Rank, SessionKey, Tokens, Usage
from tui_monitor.sources.base import Record
from tui_monitor.sources.gemini.adapter import Gemini


def response(input_tokens: int, output: int = 0, **fields: Any) -> Record:
    """Return the log record of a response."""
    attributes = {
        "session.id": SESSION,
        "event.name": "gemini_cli.api_response",
        "event.timestamp": "2026-03-01T10:00:01.500Z",
        "model": "gemini-2.5-pro",
        "duration_ms": 234,
        "input_token_count": input_tokens,
        "output_token_count": output,
        "cached_content_token_count": 0,
        "thoughts_token_count": 0,
        "tool_token_count": 0,
        **fields,
    }
    return {"hrTime": [1772359201, 500_000_000], "resource": {"x": [{}]}, "attributes": attributes}


def telemetry_usage(record: Record) -> Usage:
    [usage] = only(read([record]), Usage)
    return usage


def test_response_has_counts_and_duration() -> None:
    usage = telemetry_usage(response(100, 7, cached_content_token_count=40, thoughts_token_count=5, role="main"))
    assert usage.tokens == Tokens(input=60, output=12, cache_read=40, reasoning=5)
    assert (usage.session, usage.at, usage.duration_ms) == (SessionKey("gemini", SESSION), 1_772_359_201_500, 234)
    assert (usage.model, usage.provider, usage.rank) == ("gemini-2.5-pro", "google", Rank.EXPORTED)


@pytest.mark.parametrize("role", [{}, {"role": "main"}, {"role": "subagent"}])
def test_response_that_a_chat_may_contain_has_the_chats_weak_id(role: Record) -> None:
    [in_chat] = events_of(Chat().responds("x", tokens(100, 7)), Usage)
    usage = telemetry_usage(response(100, 7, **role))
    assert usage.weak_ids == in_chat.weak_ids
    assert (usage.has_strong_id, in_chat.has_strong_id, usage.operation) == (False, True, "")


def test_request_of_the_program_is_a_response_of_its_own() -> None:
    usage = telemetry_usage(response(100, 7, role="utility_router"))
    assert (usage.weak_ids, usage.has_strong_id, usage.operation) == ((), True, "router")


def test_other_records_have_no_events() -> None:
    others: list[Record] = [
        {"hrTime": [1, 2], "attributes": {"event.name": "gemini_cli.api_request"}},
        {"hrTime": [1, 2]},
        {"_spanContext": {}, "attributes": {"gen_ai.usage.input_tokens": 5}},
        {"resource": {}, "scopeMetrics": []},
    ]
    assert read(others) == []


def test_growing_file_is_read_object_by_object(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.log"
    whole = b"".join(json.dumps(response(number, note="}\n{"), indent=2).encode() + b"\n" for number in range(1, 9))
    path.write_bytes(whole[:10])
    source = Gemini().open(path)
    events: list[Event] = []
    for end in range(10, len(whole) + 97, 97):
        path.write_bytes(whole[:end])
        for batch in batches(source):
            assert batch.health.skipped == 0
            events += batch.events
    source.close()
    assert [usage.tokens.input for usage in only(events, Usage)] == list(range(1, 9))
