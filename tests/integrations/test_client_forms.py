"""Every form in which clients answer, asked of real clients on a fake server: requests made are usage recorded."""

from __future__ import annotations

import gc
import json
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.integrations.fake_server import CUT, SILENT, ZERO, FakeServer, fake_server
from tests.integrations.frameworks import load
from tests.integrations.scripted import response
from tests.integrations.test_clients import CHAT, MESSAGE, PROMPT
from tests.telemetry.support import of_type, read_events
from tui_monitor.events import Rank, Tokens, Usage
from tui_monitor.integrations import anthropic as recorder_of_anthropic
from tui_monitor.integrations import openai as recorder_of_openai

RESPONSE = Tokens(input=72, output=50, cache_read=128, reasoning=30)
BEGUN = Tokens(input=12, output=1, cache_read=4000, cache_creation=300, cache_creation_1h=200)
WITH_USAGE: dict[str, Any] = {"stream": True, "stream_options": {"include_usage": True}}
NOTHING = Tokens()


class Form(NamedTuple):
    """A way to ask, and what is to be recorded: the tokens of each response, and whether they are a lower bound."""

    ask: Callable[[Any], Any]
    tokens: list[Tokens]
    is_lower_bound: bool = False


def read(stream: Any) -> None:
    """Read a stream to its end."""
    for _ in stream:
        pass


def chat(client: Any, model: str = "gpt-4o-mini", **more: Any) -> Any:
    """Ask for a chat completion."""
    return client.chat.completions.create(model=model, messages=PROMPT, **more)


def close_early(stream: Any) -> None:
    """Read one part and close."""
    next(iter(stream))
    stream.close()


def drop(stream: Any) -> None:
    """Read one part and lose the stream, which refers to itself."""
    next(stream)
    del stream


def streamed(client: Any, **request: Any) -> None:
    """Use the helper for streams of chat completions."""
    with client.chat.completions.stream(model="gpt-4o-mini", messages=PROMPT, **request) as events:
        read(events)


def streaming_raw(resource: Any, use: Callable[[Any], Any], **request: Any) -> None:
    """Use a raw response whose body is not read yet."""
    with resource.with_streaming_response.create(**request) as response:
        use(response)


CHAT_REQUEST = {"model": "gpt-4o-mini", "messages": PROMPT}
OPENAI = {
    "chat": Form(chat, [CHAT]),
    "chat stream": Form(lambda c: read(chat(c, **WITH_USAGE)), [CHAT]),
    "chat stream helper": Form(lambda c: streamed(c, stream_options={"include_usage": True}), [CHAT]),
    "parse": Form(lambda c: c.chat.completions.parse(**CHAT_REQUEST), [CHAT]),
    "responses": Form(lambda c: c.responses.create(model="gpt-5-mini", input="?"), [RESPONSE]),
    "responses stream": Form(lambda c: read(c.responses.create(model="m", input="?", stream=True)), [RESPONSE]),
    "embeddings": Form(lambda c: c.embeddings.create(model="e", input="?", encoding_format="float"), [Tokens(input=8)]),
    "copy": Form(lambda c: chat(c.with_options(timeout=9)), [CHAT]),
    "raw": Form(lambda c: c.chat.completions.with_raw_response.create(**CHAT_REQUEST).parse(), [CHAT]),
    "raw, not parsed": Form(lambda c: c.chat.completions.with_raw_response.create(**CHAT_REQUEST), [CHAT]),
    "raw stream": Form(
        lambda c: read(c.chat.completions.with_raw_response.create(**CHAT_REQUEST, **WITH_USAGE).parse()), [CHAT]
    ),
    "streaming raw, parsed": Form(
        lambda c: streaming_raw(c.chat.completions, lambda r: r.parse(), **CHAT_REQUEST), [CHAT]
    ),
    "streaming raw, read": Form(
        lambda c: streaming_raw(c.chat.completions, lambda r: r.read(), **CHAT_REQUEST), [CHAT]
    ),
    "streaming raw, by line": Form(
        lambda c: streaming_raw(c.chat.completions, lambda r: list(r.iter_lines()), **CHAT_REQUEST, **WITH_USAGE),
        [CHAT],
    ),
    "streaming raw, stream": Form(
        lambda c: streaming_raw(c.chat.completions, lambda r: read(r.parse()), **CHAT_REQUEST, **WITH_USAGE), [CHAT]
    ),
    "streaming raw, left": Form(
        lambda c: streaming_raw(c.chat.completions, lambda r: None, **CHAT_REQUEST), [NOTHING], is_lower_bound=True
    ),
    "stream without usage": Form(lambda c: read(chat(c, stream=True)), [NOTHING], is_lower_bound=True),
    "no usage": Form(lambda c: chat(c, SILENT), [NOTHING], is_lower_bound=True),
    "zeros": Form(lambda c: chat(c, ZERO), [NOTHING], is_lower_bound=True),
    "stream of zeros": Form(lambda c: read(chat(c, ZERO, **WITH_USAGE)), [NOTHING], is_lower_bound=True),
    "broken chat stream": Form(lambda c: read(chat(c, CUT, **WITH_USAGE)), [NOTHING], is_lower_bound=True),
    "closed chat stream": Form(lambda c: close_early(chat(c, **WITH_USAGE)), [NOTHING], is_lower_bound=True),
    "dropped chat stream": Form(lambda c: drop(chat(c, **WITH_USAGE)), [NOTHING], is_lower_bound=True),
    "broken responses stream": Form(
        lambda c: read(c.responses.create(model=CUT, input="?", stream=True)), [NOTHING], is_lower_bound=True
    ),
    "background": Form(
        lambda c: (
            [c.responses.create(model="m", input="?", background=True)]
            + [c.responses.retrieve("resp_1") for _ in range(3)]
        ),
        [RESPONSE],
    ),
    "fetched": Form(lambda c: c.responses.retrieve("resp_9"), []),
    "low level": Form(lambda c: c.post("/chat/completions", body=CHAT_REQUEST, cast_to=object), [CHAT]),
}

REQUEST = {"model": "claude-test", "max_tokens": 9, "messages": PROMPT}


def helper(client: Any, use: Callable[[Any], Any], **more: Any) -> None:
    """Use the helper for streams of messages."""
    with client.messages.stream(**REQUEST | more) as stream:
        use(stream)


ANTHROPIC = {
    "message": Form(lambda c: c.messages.create(**REQUEST), [MESSAGE]),
    "beta": Form(lambda c: c.beta.messages.create(**REQUEST), [MESSAGE]),
    "stream": Form(lambda c: read(c.messages.create(**REQUEST, stream=True)), [MESSAGE]),
    "helper": Form(lambda c: helper(c, lambda s: s.get_final_message()), [MESSAGE]),
    "helper, text": Form(lambda c: helper(c, lambda s: read(s.text_stream)), [MESSAGE]),
    "copy": Form(lambda c: c.with_options(max_retries=0).messages.create(**REQUEST), [MESSAGE]),
    "raw": Form(lambda c: c.messages.with_raw_response.create(**REQUEST), [MESSAGE]),
    "raw stream": Form(lambda c: read(c.messages.with_raw_response.create(**REQUEST, stream=True).parse()), [MESSAGE]),
    "streaming raw": Form(lambda c: streaming_raw(c.messages, lambda r: r.json(), **REQUEST), [MESSAGE]),
    "streaming raw, by line": Form(
        lambda c: streaming_raw(c.messages, lambda r: list(r.iter_lines()), **REQUEST, stream=True), [MESSAGE]
    ),
    "count": Form(lambda c: c.messages.count_tokens(model="m", messages=PROMPT), []),
    "broken stream": Form(
        lambda c: read(c.messages.create(**REQUEST | {"model": CUT}, stream=True)), [BEGUN], is_lower_bound=True
    ),
    "broken helper": Form(lambda c: helper(c, read, model=CUT), [BEGUN], is_lower_bound=True),
    "closed stream": Form(
        lambda c: close_early(c.messages.create(**REQUEST, stream=True)), [BEGUN], is_lower_bound=True
    ),
    "left helper": Form(lambda c: helper(c, lambda s: next(iter(s))), [BEGUN], is_lower_bound=True),
    "dropped stream": Form(lambda c: next(c.messages.create(**REQUEST, stream=True)), [BEGUN], is_lower_bound=True),
}


@pytest.fixture(scope="module")
def server() -> Iterator[FakeServer]:
    """A server for all forms."""
    with fake_server() as server:
        yield server


def check(stream: Path, form: Form, provider: str) -> None:
    """Compare what was recorded."""
    usages = of_type(read_events(stream), Usage) if stream.exists() else []
    assert [usage.tokens for usage in usages] == form.tokens
    assert all(usage.provider == provider and usage.model for usage in usages)
    assert {usage.rank for usage in usages} <= {Rank.PARTIAL if form.is_lower_bound else Rank.FINAL}


@pytest.fixture(params=["instrument", "record"])
def way(request: pytest.FixtureRequest) -> Iterator[str]:
    """Record by patching the classes, or one client."""
    yield request.param
    recorder_of_openai.uninstrument()
    recorder_of_anthropic.uninstrument()


@pytest.mark.parametrize("name", OPENAI)
def test_openai_form(stream: Path, server: FakeServer, way: str, name: str) -> None:
    openai = load("openai")
    with openai.OpenAI(api_key="none", base_url=server.address, max_retries=0) as client:
        recorder_of_openai.instrument() if way == "instrument" else recorder_of_openai.record(client)
        OPENAI[name].ask(client)
        gc.collect()
    check(stream, OPENAI[name], "openai")


@pytest.mark.parametrize("name", ANTHROPIC)
def test_anthropic_form(stream: Path, server: FakeServer, way: str, name: str) -> None:
    anthropic = load("anthropic")
    with anthropic.Anthropic(api_key="none", base_url=server.address, max_retries=0) as client:
        recorder_of_anthropic.instrument() if way == "instrument" else recorder_of_anthropic.record(client)
        ANTHROPIC[name].ask(client)
    check(stream, ANTHROPIC[name], "anthropic")


async def read_async(stream: AsyncIterator[Any]) -> None:
    """Read a stream to its end."""
    async for _ in stream:
        pass


async def test_async_openai_forms(stream: Path, server: FakeServer, way: str) -> None:
    openai = load("openai")
    async with openai.AsyncOpenAI(api_key="none", base_url=server.address, max_retries=0) as client:
        recorder_of_openai.instrument() if way == "instrument" else recorder_of_openai.record(client)
        await chat(client)
        await read_async(await chat(client, **WITH_USAGE))
        (await client.chat.completions.with_raw_response.create(**CHAT_REQUEST)).parse()
        async with client.chat.completions.with_streaming_response.create(**CHAT_REQUEST) as raw:
            await raw.json()
        async with client.chat.completions.with_streaming_response.create(**CHAT_REQUEST, **WITH_USAGE) as raw:
            await read_async(raw.iter_lines())
        await chat(client.with_options(timeout=9))
        async with client.chat.completions.stream(**CHAT_REQUEST, stream_options={"include_usage": True}) as events:
            await read_async(events)
    check(stream, Form(chat, [CHAT] * 7), "openai")


async def test_async_anthropic_forms(stream: Path, server: FakeServer, way: str) -> None:
    anthropic = load("anthropic")
    async with anthropic.AsyncAnthropic(api_key="none", base_url=server.address, max_retries=0) as client:
        recorder_of_anthropic.instrument() if way == "instrument" else recorder_of_anthropic.record(client)
        await client.messages.create(**REQUEST)
        await read_async(await client.messages.create(**REQUEST, stream=True))
        await client.messages.with_raw_response.create(**REQUEST)
        async with client.messages.with_streaming_response.create(**REQUEST) as raw:
            await raw.json()
        await client.with_options(timeout=9).messages.create(**REQUEST)
        async with client.messages.stream(**REQUEST) as helper:
            await helper.get_final_text()
    check(stream, Form(chat, [MESSAGE] * 6), "anthropic")


async def test_async_stream_left_early_is_a_lower_bound(stream: Path, server: FakeServer) -> None:
    anthropic = load("anthropic")
    async with anthropic.AsyncAnthropic(api_key="none", base_url=server.address) as client:
        recorder_of_anthropic.record(client)
        async with client.messages.stream(**REQUEST) as helper:
            await anext(aiter(helper))
    check(stream, Form(chat, [BEGUN], is_lower_bound=True), "anthropic")


def test_tier_of_a_response_prices_it(stream: Path, server: FakeServer) -> None:
    openai = load("openai")
    with openai.OpenAI(api_key="none", base_url=server.address) as client:
        chat(recorder_of_openai.record(client), service_tier="priority")
    assert [usage.service_tier for usage in of_type(read_events(stream), Usage)] == ["priority"]


def test_batch_results_are_recorded_once(stream: Path, server: FakeServer) -> None:
    anthropic = load("anthropic")
    with anthropic.Anthropic(api_key="none", base_url=server.address) as client:
        recorder_of_anthropic.record(client)
        for _ in range(2):
            lines = client.get("/v1/messages/batches/b/results", cast_to=batch_type(anthropic), stream=False)
            read(lines)
    usages = of_type(read_events(stream), Usage)
    assert [(usage.tokens, usage.service_tier) for usage in usages] == [(MESSAGE, "batch")] * 2


def batch_type(anthropic: Any) -> Any:
    """Return the type of the results of a batch, as its own method asks for it."""
    from anthropic._decoders.jsonl import JSONLDecoder
    from anthropic.types.messages import MessageBatchIndividualResponse

    return JSONLDecoder[MessageBatchIndividualResponse]


def test_instrumenting_is_idempotent_and_undone(stream: Path, server: FakeServer) -> None:
    openai = load("openai")
    from openai import _base_client as base

    before = (base.SyncAPIClient.request, base.AsyncAPIClient.request)
    with openai.OpenAI(api_key="none", base_url=server.address) as client:
        for _ in range(2):
            recorder_of_openai.instrument()
        chat(recorder_of_openai.record(client))
        chat(openai.OpenAI(api_key="none", base_url=server.address))
        for _ in range(2):
            recorder_of_openai.uninstrument()
        chat(openai.OpenAI(api_key="none", base_url=server.address))
    assert (base.SyncAPIClient.request, base.AsyncAPIClient.request) == before
    assert len(of_type(read_events(stream), Usage)) == 2


def test_events_of_connections_are_recorded(stream: Path) -> None:
    load("openai")
    from openai.resources.realtime.realtime import RealtimeConnection
    from openai.resources.responses.responses import ResponsesConnection

    counts = {"input_tokens": 132, "output_tokens": 121, "input_token_details": {"cached_tokens": 64}}
    events = [
        {"type": "session.created", "session": {"type": "realtime", "model": "gpt-realtime"}},
        {"type": "response.created", "response": {"id": "a", "status": "in_progress"}},
        {"type": "response.done", "response": {"id": "a", "usage": counts}},
        {"type": "response.done", "response": {"id": "b", "usage": counts}},
    ]
    recorder_of_openai.instrument()
    try:
        realtime = object.__new__(RealtimeConnection)
        for event in events:
            realtime.parse_event(json.dumps(event))
        completed = {"type": "response.completed", "sequence_number": 1, "response": response()}
        object.__new__(ResponsesConnection).parse_event(json.dumps(completed))
    finally:
        recorder_of_openai.uninstrument()
    usages = of_type(read_events(stream), Usage)
    spoken = Tokens(input=68, output=121, cache_read=64)
    assert [(usage.model, usage.tokens) for usage in usages] == [
        ("gpt-realtime", spoken),
        ("gpt-realtime", spoken),
        ("gpt-5-mini", RESPONSE),
    ]
