"""The shapes in which providers and libraries report usage today."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from genai_prices.data_snapshot import get_snapshot

from tests.telemetry.recorder.test_usage_parser import as_object, in_snake_case
from tui_monitor.telemetry import ResponseUsage, TelemetryParser
from tui_monitor.telemetry.recorder.usage_parser import read_part, read_responses


class Shape(NamedTuple):
    """A response, and the fields of its usage that are not empty."""

    name: str
    response: Any
    usage: dict[str, Any]


def _shapes() -> Iterator[Shape]:
    for line in Path(__file__).with_name("usage_shapes.jsonl").read_text().splitlines():
        yield Shape(**json.loads(line))


SHAPES = list(_shapes())
_CHAT = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


def _response(name: str) -> dict[str, Any]:
    """Return the responses API's shape with this id."""
    return {"id": name, "model": "gpt-5.1", "usage": {"input_tokens": 1000, "output_tokens": 50, "total_tokens": 1050}}


@pytest.mark.parametrize("form", [dict, as_object, json.dumps])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_usage_of_every_shape(shape: Shape, form: Any) -> None:
    assert read_responses(form(shape.response)) == [ResponseUsage(**shape.usage)]


@pytest.mark.parametrize("shape", [each for each in SHAPES if "Gemini" in each.name], ids=lambda shape: shape.name)
def test_gemini_is_read_in_snake_case(shape: Shape) -> None:
    assert read_responses(as_object(in_snake_case(shape.response))) == [ResponseUsage(**shape.usage)]


def test_advisor_is_a_response_of_its_own() -> None:
    advice = {"type": "advisor_message", "model": "claude-opus-4-7", "input_tokens": 30, "output_tokens": 40}
    counts = {"input_tokens": 10, "output_tokens": 400}
    whole = {"type": "message", "model": "claude-opus-4-6", "usage": counts | {"iterations": [advice, counts]}}
    assert read_responses(whole) == [
        ResponseUsage("claude-opus-4-6", 10, 400),
        ResponseUsage("claude-opus-4-7", 30, 40, operation="advisor"),
    ]
    assert TelemetryParser.parse_anthropic(whole) == ResponseUsage("claude-opus-4-6", 10, 400)


def test_parts_of_a_gemini_stream_never_exceed_the_prompt() -> None:
    parts = [
        {"usageMetadata": {"promptTokenCount": 1000, "totalTokenCount": 1000}},
        {"usageMetadata": {"promptTokenCount": 1000, "cachedContentTokenCount": 400, "candidatesTokenCount": 5}},
    ]
    for order in (parts, parts[::-1]):
        assert TelemetryParser.parse_gemini(order) == ResponseUsage("", 600, 5, 400)


def test_stream_as_text_is_one_response() -> None:
    events = [{"object": "chat.completion.chunk", "id": str(n), "choices": [{"delta": {}}]} for n in range(3)]
    last = {"object": "chat.completion.chunk", "id": "9", "choices": [], "usage": _CHAT}
    text = "".join(f"data: {json.dumps(event)}\n\n" for event in [*events, last]) + "data: [DONE]\n\n"
    assert read_responses(text) == [ResponseUsage("", 100, 20)]


def test_responses_with_ids_are_added_up() -> None:
    turns = [{"type": "response.done", "response": _response(name)} for name in ("a", "b", "a")]
    assert len(read_responses(turns)) == 2
    assert TelemetryParser.parse_openai(turns).prompt_tokens == 2000


@pytest.mark.parametrize("value", [{"input_tokens": 120}, _CHAT, {"object": "model"}, "", 3, None, [{}]])
def test_counts_without_a_response_are_no_part(value: Any) -> None:
    assert read_part(value) is None


def test_objects_of_endless_depth_have_no_usage() -> None:
    class Endless:
        def __getattr__(self, name: str) -> Endless:
            return self

    assert read_responses(Endless()) == []


def test_text_enumerations_are_their_values() -> None:
    class Tier(StrEnum):
        FLEX = "flex"

    body = SimpleNamespace(model="gpt-5.1", usage=as_object(_CHAT), service_tier=Tier.FLEX)
    tier = TelemetryParser.parse_openai(body).service_tier
    assert type(tier) is str
    assert tier == "flex"


_COUNTS = {
    "input_tokens": 1000,
    "output_tokens": 300,
    "cache_read_tokens": 100,
    "cache_write_tokens": 60,
    "cache_write_1h_tokens": 20,
    "cache_write_5m_tokens": 40,
    "output_reasoning_tokens": 50,
    "web_searches": 2,
}


def _extractors() -> Iterator[Any]:
    for provider in get_snapshot().providers:
        for extractor in provider.extractors or ():
            if {"input_tokens", "output_tokens"} & {mapping.dest for mapping in extractor.mappings}:
                yield pytest.param(extractor, provider.id, id=f"{provider.id}-{extractor.api_flavor}")


def _place(body: dict[str, Any], path: list[Any], value: Any) -> None:
    name, *rest = path
    if not rest:
        body.setdefault(name, value)
    elif isinstance(rest[0], str):
        _place(body.setdefault(name, {}), rest, value)
    else:
        entry = {rest[0].field: rest[0].match.equals}
        _place(entry, rest[1:], value)
        body.setdefault(name, []).append(entry)


def _path(value: Any) -> list[Any]:
    return [value] if isinstance(value, str) else list(value)


@pytest.mark.parametrize(("extractor", "provider"), _extractors())
def test_parser_agrees_with_the_price_list_on_every_provider(extractor: Any, provider: str) -> None:
    body: dict[str, Any] = {}
    for mapping in sorted(extractor.mappings, key=lambda each: each.dest in ("input_tokens", "output_tokens")):
        if mapping.dest in _COUNTS or mapping.required:
            _place(body, [*_path(extractor.root), *_path(mapping.path)], _COUNTS.get(mapping.dest, 7))
    _place(body, _path(extractor.model_path), "grok-4" if provider == "x-ai" else "model")
    _, theirs = extractor.extract(body)
    (ours,) = read_responses(body)
    assert (theirs.input_tokens, theirs.output_tokens or 0) == (ours.prompt_tokens, ours.output_tokens)
    assert (theirs.cache_read_tokens or 0) == ours.cache_read_tokens
    assert (theirs.cache_write_tokens or 0) == ours.cache_creation_tokens
    assert (theirs.cache_write_1h_tokens or 0) == ours.cache_creation_1h_tokens
    assert (theirs.output_reasoning_tokens or 0) == ours.reasoning_tokens
    assert (theirs.web_searches or 0) == ours.web_searches
