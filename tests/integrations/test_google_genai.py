"""Recorder of Google's Gen AI SDK, tested on real clients with a fake server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from tests.integrations.fake_server import FakeServer, fake_server
from tests.integrations.frameworks import load
from tests.telemetry.support import of_type, read_events
from tui_monitor.events import Rank, Tokens, Usage
from tui_monitor.integrations import google_genai

GENERATED = Tokens(input=50, output=18, cache_read=40, reasoning=7)
BEGUN = Tokens(input=90)
MODEL = "gemini-2.5-flash"


class Form(NamedTuple):
    """A way to ask, and what is to be recorded."""

    ask: Callable[[Any], Any]
    tokens: list[Tokens]
    is_lower_bound: bool = False


def chat_twice(client: Any) -> None:
    """Send two messages in one chat."""
    chat = client.chats.create(model=MODEL)
    chat.send_message("which berth?")
    list(chat.send_message_stream("sure?"))


def leave(stream: Iterator[Any]) -> None:
    """Read one part and close."""
    next(stream)
    stream.close()  # type: ignore[attr-defined]  # it is a generator


FORMS = {
    "generate": Form(lambda c: c.models.generate_content(model=MODEL, contents="?"), [GENERATED]),
    "stream": Form(lambda c: list(c.models.generate_content_stream(model=MODEL, contents="?")), [GENERATED]),
    "stream left": Form(
        lambda c: leave(c.models.generate_content_stream(model=MODEL, contents="?")), [BEGUN], is_lower_bound=True
    ),
    "chat": Form(chat_twice, [GENERATED] * 2),
    "embed": Form(lambda c: c.models.embed_content(model="gemini-embedding-001", contents="?"), [Tokens()], True),
    "count": Form(lambda c: c.models.count_tokens(model=MODEL, contents="?"), []),
    "interaction": Form(lambda c: c.interactions.create(model=MODEL, input="?"), [GENERATED]),
    "interaction stream": Form(lambda c: list(c.interactions.create(model=MODEL, input="?", stream=True)), [GENERATED]),
}


@pytest.fixture(scope="module")
def server() -> Iterator[FakeServer]:
    """A server for all forms."""
    with fake_server() as server:
        yield server


@pytest.fixture
def client(server: FakeServer) -> Iterator[Any]:
    """A client whose library is instrumented twice."""
    genai = load("google.genai")
    google_genai.instrument()
    google_genai.instrument()
    yield genai.Client(api_key="none", http_options={"base_url": server.address})
    google_genai.uninstrument()


def check(stream: Path, form: Form) -> None:
    """Compare what was recorded."""
    usages = of_type(read_events(stream), Usage) if stream.exists() else []
    assert [usage.tokens for usage in usages] == form.tokens
    assert all(usage.provider == "google" and usage.model.startswith("gemini") for usage in usages)
    assert {usage.rank for usage in usages} <= {Rank.PARTIAL if form.is_lower_bound else Rank.FINAL}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.filterwarnings("ignore")  # the SDK's own
def test_form_is_recorded(stream: Path, client: Any, name: str) -> None:
    FORMS[name].ask(client)
    check(stream, FORMS[name])


@pytest.mark.filterwarnings("ignore")
async def test_async_forms_are_recorded(stream: Path, client: Any) -> None:
    await client.aio.models.generate_content(model=MODEL, contents="?")
    async for _ in await client.aio.models.generate_content_stream(model=MODEL, contents="?"):
        pass
    await client.aio.interactions.create(model=MODEL, input="?")
    async for _ in await client.aio.interactions.create(model=MODEL, input="?", stream=True):
        pass
    await client.aio.aclose()
    check(stream, Form(chat_twice, [GENERATED] * 4))


async def test_turns_of_live_are_recorded(stream: Path, client: Any) -> None:
    from google.genai.live import AsyncSession

    counts = {"promptTokenCount": 10, "responseTokenCount": 20, "totalTokenCount": 30}
    messages = iter([{"serverContent": {"turnComplete": False}}, {"usageMetadata": counts}] * 2)

    async def recv(decode: bool = False) -> str:
        return json.dumps(next(messages))

    pretended: Any = SimpleNamespace
    session: Any = AsyncSession(api_client=pretended(vertexai=False), websocket=pretended(recv=recv))
    session._tui_monitor_model = "gemini-live"
    for _ in range(4):
        await session._receive()
    check(stream, Form(chat_twice, [Tokens(input=10, output=20)] * 2))


def test_nothing_is_recorded_any_more(stream: Path, client: Any) -> None:
    google_genai.uninstrument()
    client.models.generate_content(model=MODEL, contents="?")
    check(stream, Form(chat_twice, []))
