"""Recorders of OpenAI's and Anthropic's clients, tested on real clients with a scripted server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integrations.frameworks import load
from tests.integrations.scripted import chat, message, message_stream, response, scripted
from tests.telemetry.support import of_type, only, read_events
from tui_monitor.events import ModelRequest, RetryUpdate, Tokens, Usage
from tui_monitor.integrations import anthropic as recorder_of_anthropic
from tui_monitor.integrations import openai as recorder_of_openai

MESSAGE = Tokens(input=12, output=25, cache_read=4000, cache_creation=300, cache_creation_1h=200)
CHAT = Tokens(input=36, output=20, cache_read=64, reasoning=8)
PROMPT = [{"role": "user", "content": "which berth?"}]


def test_chat_completion_is_recorded(stream: Path) -> None:
    openai = load("openai")
    with scripted(chat()) as address, openai.OpenAI(api_key="none", base_url=address) as client:
        answer = recorder_of_openai.record(client).chat.completions.create(model="gpt-4o-mini", messages=PROMPT)
    assert answer.choices[0].message.content == "berth 4"
    usage = only(read_events(stream), Usage)
    assert (usage.model, usage.provider, usage.tokens) == ("gpt-4o-mini-2024-07-18", "openai", CHAT)
    assert usage.duration_ms is not None


def test_responses_api_is_recorded_with_web_searches(stream: Path) -> None:
    openai = load("openai")
    with scripted(response()) as address, openai.OpenAI(api_key="none", base_url=address) as client:
        assert (
            recorder_of_openai.record(client).responses.create(model="gpt-5-mini", input="?").output_text == "berth 4"
        )
    usage = only(read_events(stream), Usage)
    assert usage.tokens == Tokens(input=72, output=50, cache_read=128, reasoning=30)
    assert usage.web_searches == 1


def test_openai_stream_is_recorded_at_its_end(stream: Path) -> None:
    openai = load("openai")
    piece = {**chat(), "object": "chat.completion.chunk", "usage": None}
    piece["choices"] = [{"index": 0, "delta": {"content": "berth 4"}, "finish_reason": None}]
    last = {**piece, "choices": [], "usage": chat()["usage"]}
    with scripted([piece, last]) as address, openai.OpenAI(api_key="none", base_url=address) as client:
        answer = recorder_of_openai.record(client).chat.completions.create(
            model="gpt-4o-mini", messages=PROMPT, stream=True, stream_options={"include_usage": True}
        )
        assert isinstance(answer, openai.Stream)
        assert [chunk.choices[0].delta.content for chunk in answer if chunk.choices] == ["berth 4"]
    assert only(read_events(stream), Usage).tokens == CHAT


async def test_async_openai_client_is_recorded(stream: Path) -> None:
    openai = load("openai")
    finished = {"type": "response.completed", "sequence_number": 1, "response": response()}
    with scripted(chat(), [finished]) as address:
        async with openai.AsyncOpenAI(api_key="none", base_url=address) as client:
            recorder_of_openai.record(client)
            await client.chat.completions.create(model="gpt-4o-mini", messages=PROMPT)
            async for _ in await client.responses.create(model="gpt-5-mini", input="?", stream=True):
                pass
    assert [usage.tokens.output for usage in of_type(read_events(stream), Usage)] == [20, 50]


def test_message_is_recorded(stream: Path) -> None:
    anthropic = load("anthropic")
    with scripted(message()) as address, anthropic.Anthropic(api_key="none", base_url=address) as client:
        recorder_of_anthropic.record(client).messages.create(model="claude-test", max_tokens=9, messages=PROMPT)
    usage = only(read_events(stream), Usage)
    assert (usage.model, usage.provider, usage.tokens) == ("claude-sonnet-4-5-20250929", "anthropic", MESSAGE)


@pytest.mark.parametrize("helper", [False, True])
def test_anthropic_stream_is_recorded_at_its_end(stream: Path, helper: bool) -> None:
    anthropic = load("anthropic")
    request = {"model": "claude-test", "max_tokens": 9, "messages": PROMPT}
    with scripted(message_stream()) as address, anthropic.Anthropic(api_key="none", base_url=address) as client:
        recorder_of_anthropic.record(client)
        if helper:
            with client.messages.stream(**request) as answer:
                assert "".join(answer.text_stream) == "berth 4"
        else:
            assert len(list(client.messages.create(**request, stream=True))) == 6
    usage = only(read_events(stream), Usage)
    assert usage.tokens == MESSAGE


async def test_async_anthropic_stream_is_recorded(stream: Path) -> None:
    anthropic = load("anthropic")
    with scripted(message_stream()) as address:
        async with anthropic.AsyncAnthropic(api_key="none", base_url=address) as client:
            recorder_of_anthropic.record(client)
            async with client.messages.stream(model="claude-test", max_tokens=9, messages=PROMPT) as answer:
                assert await answer.get_final_text() == "berth 4"
    assert only(read_events(stream), Usage).tokens == MESSAGE


def test_cancelled_stream_is_recorded_with_its_usage_so_far(stream: Path) -> None:
    anthropic = load("anthropic")
    with scripted(message_stream()) as address, anthropic.Anthropic(api_key="none", base_url=address) as client:
        recorder_of_anthropic.record(client)
        answer = client.messages.create(model="claude-test", max_tokens=9, messages=PROMPT, stream=True)
        for _ in answer:
            break
        answer.close()
    assert only(read_events(stream), Usage).tokens.output == 1


def test_recording_a_client_twice_records_responses_once(stream: Path) -> None:
    openai = load("openai")
    with scripted(chat()) as address, openai.OpenAI(api_key="none", base_url=address) as client:
        for _ in range(2):
            recorder_of_openai.record(client)
        client.chat.completions.create(model="gpt-4o-mini", messages=PROMPT)
    assert len(of_type(read_events(stream), Usage)) == 1


def test_failed_request_raises_unchanged(stream: Path) -> None:
    openai = load("openai")
    client = openai.OpenAI(api_key="none", base_url="http://127.0.0.1:9", max_retries=0)
    with client, pytest.raises(openai.APIConnectionError):
        recorder_of_openai.record(client).chat.completions.create(model="gpt-4o-mini", messages=PROMPT)
    events = read_events(stream)
    assert of_type(events, Usage) == []
    assert "Connection error" in only(events, RetryUpdate).reason
    assert [(request.model, request.ended) for request in of_type(events, ModelRequest)] == [
        ("gpt-4o-mini", False),
        ("gpt-4o-mini", True),
    ]
