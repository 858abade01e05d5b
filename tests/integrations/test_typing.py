"""Static types of the client recorders, checked by mypy: with real clients where the extras are installed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, assert_type, overload

from tests.telemetry.support import only, read_events
from tui_monitor.events import Usage
from tui_monitor.integrations import anthropic, openai

if TYPE_CHECKING:
    from anthropic import Anthropic, AsyncAnthropic
    from openai import AsyncOpenAI, OpenAI

T = TypeVar("T")


class OverloadedClient:
    """A client with the signature of OpenAI's and Anthropic's ``request``: a method with overloads."""

    @overload
    def request(self, cast_to: type[T], *, stream: Literal[True], stream_cls: type[T]) -> T: ...
    @overload
    def request(self, cast_to: type[T], *, stream: Literal[False] = False) -> T: ...
    def request(self, cast_to: type[Any], *, stream: bool = False, stream_cls: type[Any] | None = None) -> Any:
        return cast_to(usage={"prompt_tokens": 3, "completion_tokens": 4})


def test_record_accepts_overloaded_methods_and_keeps_the_type(stream: Path) -> None:
    client = OverloadedClient()
    assert assert_type(openai.record(client), OverloadedClient) is client
    client.request(dict)
    assert only(read_events(stream), Usage).tokens.total == 7


def check_real_clients(
    openai_client: OpenAI,
    async_openai_client: AsyncOpenAI,
    anthropic_client: Anthropic,
    async_anthropic_client: AsyncAnthropic,
) -> None:
    """Check that `record` accepts and returns the clients' own types; never called."""
    assert_type(openai.record(openai_client), "OpenAI")
    assert_type(openai.record(async_openai_client), "AsyncOpenAI")
    assert_type(anthropic.record(anthropic_client), "Anthropic")
    assert_type(anthropic.record(async_anthropic_client), "AsyncAnthropic")
