"""Parsing of provider responses, and of arbitrary values."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.telemetry import ResponseUsage, TelemetryParser, TelemetryRecord, ValidationError

CHAT = {
    "model": "gpt-4o-mini",
    "usage": {
        "prompt_tokens": 100,
        "completion_tokens": 20,
        "total_tokens": 120,
        "prompt_tokens_details": {"cached_tokens": 64},
        "completion_tokens_details": {"reasoning_tokens": 8},
    },
}
RESPONSE = {
    "model": "gpt-5-mini",
    "output": [{"type": "web_search_call"}, {"type": "message"}],
    "usage": {
        "input_tokens": 200,
        "input_tokens_details": {"cached_tokens": 128},
        "output_tokens": 50,
        "output_tokens_details": {"reasoning_tokens": 30},
        "total_tokens": 250,
    },
}
MESSAGE = {
    "type": "message",
    "model": "claude-sonnet-4-5",
    "usage": {
        "input_tokens": 12,
        "cache_creation_input_tokens": 300,
        "cache_read_input_tokens": 4000,
        "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 200},
        "output_tokens": 25,
        "server_tool_use": {"web_search_requests": 2},
    },
}
GENERATED = {
    "modelVersion": "gemini-2.5-flash",
    "usageMetadata": {
        "promptTokenCount": 90,
        "cachedContentTokenCount": 40,
        "candidatesTokenCount": 11,
        "thoughtsTokenCount": 7,
        "toolUsePromptTokenCount": 5,
        "totalTokenCount": 113,
    },
}
READERS = {
    "openai": TelemetryParser.parse_openai,
    "anthropic": TelemetryParser.parse_anthropic,
    "gemini": TelemetryParser.parse_gemini,
}


def as_object(value: Any) -> Any:
    """Return a value as the attributes of an SDK's object."""
    if isinstance(value, dict):
        return SimpleNamespace(**{name: as_object(item) for name, item in value.items()})
    return [as_object(each) for each in value] if isinstance(value, list) else value


def in_snake_case(value: Any) -> Any:
    """Return a value with the snake-case names of Gemini's SDK."""
    if not isinstance(value, dict):
        return value
    words = {name: "".join(f"_{c.lower()}" if c.isupper() else c for c in name) for name in value}
    return {words[name]: in_snake_case(item) for name, item in value.items()}


@pytest.mark.parametrize("shape", [dict, as_object])
def test_usage_of_a_chat_completion(shape: Any) -> None:
    assert TelemetryParser.parse_openai(shape(CHAT)) == ResponseUsage(
        model="gpt-4o-mini", input_tokens=36, output_tokens=20, cache_read_tokens=64, reasoning_tokens=8
    )


@pytest.mark.parametrize("shape", [dict, as_object])
def test_usage_of_a_response(shape: Any) -> None:
    whole = ResponseUsage("gpt-5-mini", 72, 50, 128, reasoning_tokens=30, web_searches=1)
    assert TelemetryParser.parse_openai(shape(RESPONSE)) == whole
    assert TelemetryParser.parse_openai(shape({"type": "response.completed", "response": RESPONSE})) == whole


def test_last_chunk_of_a_stream_has_the_usage() -> None:
    last = {"object": "chat.completion.chunk", "choices": [], **CHAT}
    chunks = [{"object": "chat.completion.chunk", "usage": None}, last]
    assert TelemetryParser.parse_openai(chunks) == TelemetryParser.parse_openai(CHAT)
    with pytest.raises(ValidationError, match="no usage in an OpenAI response"):
        TelemetryParser.parse_openai(chunks[0])


def test_openai_cache_writes_are_not_input_tokens() -> None:
    usage = {"prompt_tokens": 100, "completion_tokens": 1, "prompt_tokens_details": {"cache_write_tokens": 30}}
    parsed = TelemetryParser.parse_openai({"usage": usage})
    assert (parsed.input_tokens, parsed.cache_creation_tokens) == (70, 30)


@pytest.mark.parametrize("shape", [dict, as_object])
def test_usage_of_an_anthropic_message(shape: Any) -> None:
    assert TelemetryParser.parse_anthropic(shape(MESSAGE)) == ResponseUsage(
        "claude-sonnet-4-5", 12, 25, 4000, 300, 200, web_searches=2
    )


def test_message_start_and_delta_are_one_response() -> None:
    beginning = {**MESSAGE, "usage": {**MESSAGE["usage"], "output_tokens": 1}}  # type: ignore[dict-item]
    start = {"type": "message_start", "message": beginning}
    delta = {"type": "message_delta", "usage": {"output_tokens": 25}}
    whole = TelemetryParser.parse_anthropic(MESSAGE)
    assert TelemetryParser.parse_anthropic([start, {"type": "ping"}, delta]) == whole
    parts = [TelemetryParser.parse_anthropic(part) for part in (start, delta)]
    assert parts[0].lower_bound
    assert parts[0].merge(parts[1]) == whole


@pytest.mark.parametrize("shape", [dict, as_object, in_snake_case, lambda value: as_object(in_snake_case(value))])
def test_usage_of_a_gemini_response(shape: Any) -> None:
    assert TelemetryParser.parse_gemini(shape(GENERATED)) == ResponseUsage(
        "gemini-2.5-flash", 55, 18, 40, reasoning_tokens=7
    )


def test_objects_with_a_get_method_are_read() -> None:
    class Like:
        def __init__(self, fields: dict[str, Any]) -> None:
            self._fields = fields

        def get(self, name: str) -> Any:
            value = self._fields.get(name)
            return Like(value) if isinstance(value, dict) else value

    assert TelemetryParser.parse_anthropic(Like(MESSAGE)) == TelemetryParser.parse_anthropic(MESSAGE)


def test_with_usage_fills_a_record() -> None:
    record = TelemetryRecord("scout").with_usage(TelemetryParser.parse_anthropic(MESSAGE))
    assert (record.model, record.total_tokens, record.cached_tokens) == ("claude-sonnet-4-5", 4337, 4000)


_NAMES = st.sampled_from(
    [*CHAT, *CHAT["usage"], *MESSAGE["usage"], *GENERATED, *GENERATED["usageMetadata"], "response"]
)
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.binary(max_size=3)
_PAYLOADS = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=6), max_leaves=12
)


@pytest.mark.parametrize("provider", READERS)
@given(payload=_PAYLOADS)
def test_any_value_gives_counts_or_a_validation_error(provider: str, payload: Any) -> None:
    with suppress(ValidationError):
        usage = READERS[provider](payload)
        assert all(getattr(usage, field.name) >= 0 for field in fields(usage) if field.name.endswith("_tokens"))
        assert usage.reasoning_tokens <= usage.output_tokens


def test_objects_whose_attributes_raise_have_no_usage() -> None:
    class Broken:
        @property
        def usage(self) -> object:
            raise RuntimeError("not read yet")

    with pytest.raises(ValidationError):
        TelemetryParser.parse_openai(Broken())
