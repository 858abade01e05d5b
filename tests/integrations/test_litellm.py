"""Recorder of LiteLLM, tested on its functions with a fake server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.integrations.fake_server import SILENT, ZERO, FakeServer, fake_server
from tests.integrations.frameworks import load
from tests.integrations.test_client_forms import RESPONSE, WITH_USAGE
from tests.integrations.test_clients import CHAT, MESSAGE, PROMPT
from tests.telemetry.support import of_type, read_events
from tui_monitor.events import Rank, Tokens, Usage
from tui_monitor.integrations import litellm as recorder
from tui_monitor.integrations import openai

BEGUN = Tokens(input=12, output=1, cache_read=4000, cache_creation=300, cache_creation_1h=200)


class Form(NamedTuple):
    """A way to ask, the model, and what is to be recorded."""

    ask: Callable[..., Any]
    model: str
    tokens: list[Tokens]
    is_lower_bound: bool = False


def leave(stream: Any) -> None:
    """Read one part and close."""
    next(stream)
    stream.close()


GPT, CLAUDE = "openai/gpt-4o-mini", "anthropic/claude-sonnet-4-5"
FORMS = {
    "chat": Form(lambda f, **kw: f.completion(**kw), GPT, [CHAT]),
    "stream": Form(lambda f, **kw: list(f.completion(**kw, **WITH_USAGE)), GPT, [CHAT]),
    "stream without usage": Form(
        lambda f, **kw: list(f.completion(**kw, stream=True)), GPT, [Tokens()], is_lower_bound=True
    ),
    "no usage": Form(lambda f, **kw: f.completion(**kw), f"openai/{SILENT}", [Tokens()], is_lower_bound=True),
    "estimated usage": Form(
        lambda f, **kw: list(f.completion(**kw, **WITH_USAGE)), f"openai/{SILENT}", [Tokens()], is_lower_bound=True
    ),
    "zeros": Form(lambda f, **kw: f.completion(**kw), f"openai/{ZERO}", [Tokens()], is_lower_bound=True),
    "message": Form(lambda f, **kw: f.completion(**kw), CLAUDE, [MESSAGE]),
    "message stream": Form(lambda f, **kw: list(f.completion(**kw, stream=True)), CLAUDE, [MESSAGE]),
    "left stream": Form(lambda f, **kw: leave(f.completion(**kw, stream=True)), CLAUDE, [BEGUN], is_lower_bound=True),
    "retries": Form(lambda f, **kw: f.completion(**kw, num_retries=2), GPT, [CHAT]),
}


@pytest.fixture(scope="module")
def server() -> Iterator[FakeServer]:
    """A server for all forms."""
    with fake_server() as server:
        yield server


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The functions of the library, which is instrumented beside the client that it uses."""
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    library = load("litellm")
    load("openai")
    recorder.instrument()
    openai.instrument()
    yield library
    recorder.uninstrument()
    openai.uninstrument()


def check(stream: Path, form: Form) -> None:
    """Compare what was recorded."""
    usages = of_type(read_events(stream), Usage)
    provider = form.model.partition("/")[0]
    assert [usage.tokens for usage in usages] == form.tokens
    assert all(usage.provider == provider and usage.model and usage.reported_cost is None for usage in usages)
    assert {usage.rank for usage in usages} <= {Rank.PARTIAL if form.is_lower_bound else Rank.FINAL}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.filterwarnings("ignore")  # the library's own
def test_form_is_recorded(stream: Path, server: FakeServer, functions: Any, name: str) -> None:
    form = FORMS[name]
    form.ask(functions, model=form.model, messages=PROMPT, api_base=server.address, api_key="none")
    check(stream, form)


@pytest.mark.filterwarnings("ignore")
def test_other_functions_are_recorded(stream: Path, server: FakeServer, functions: Any) -> None:
    where = {"api_base": server.address, "api_key": "none"}
    functions.embedding(model="openai/text-embedding-3-small", input=["?"], **where)
    functions.responses(model="openai/gpt-5-mini", input="?", **where)
    check(stream, FORMS["chat"]._replace(tokens=[Tokens(input=8), RESPONSE]))


@pytest.mark.filterwarnings("ignore")
async def test_async_functions_are_recorded(stream: Path, server: FakeServer, functions: Any) -> None:
    request = {"model": GPT, "messages": PROMPT, "api_base": server.address, "api_key": "none"}
    await functions.acompletion(**request)
    parts: AsyncIterator[Any] = await functions.acompletion(**request, **WITH_USAGE)
    async for _ in parts:
        pass
    router = functions.Router([{"model_name": "m", "litellm_params": {"model": GPT, **_where(server)}}])
    await router.acompletion(model="m", messages=PROMPT)
    check(stream, FORMS["chat"]._replace(tokens=[CHAT] * 3))


def _where(server: FakeServer) -> dict[str, str]:
    return {"api_base": server.address, "api_key": "none"}
