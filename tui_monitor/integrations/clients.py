"""What the clients of OpenAI and Anthropic have in common: one method through which all requests go."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import asdict
from inspect import isawaitable
from typing import Any, Protocol, TypeVar

from tui_monitor.telemetry.recorder.errors import ValidationError
from tui_monitor.telemetry.recorder.record import never_raises
from tui_monitor.telemetry.recorder.usage_parser import ResponseUsage
from tui_monitor.telemetry.statistics.defaults import record_usage


class Client(Protocol):
    """A client, for coroutines or not."""

    request: Callable[..., Any]


C = TypeVar("C", bound=Client)
_MARK = "_tui_monitor_recorded"


def record_client(client: C, read: Callable[[object], ResponseUsage], provider: str) -> C:
    """Have every response of a client recorded: whole ones when they come, streams when they end. Returns the client,
    which is otherwise as before; one that is recorded already stays as it is. Copies of it (``with_options``) are
    clients of their own."""
    if getattr(client, _MARK, False):
        return client
    request = client.request

    def recorded(*args: Any, **kwargs: Any) -> Any:
        response = _Response(read, provider)
        answer = request(*args, **kwargs)
        return _awaited(answer, response) if isawaitable(answer) else response.watched(answer)

    client.request = recorded
    setattr(client, _MARK, True)
    return client


async def _awaited(answer: Awaitable[Any], response: _Response) -> Any:
    return response.watched(await answer)


class _Response:
    """One response while it comes."""

    def __init__(self, read: Callable[[object], ResponseUsage], provider: str) -> None:
        self._read = read
        self._provider = provider
        self._began = time.perf_counter()
        self._first_ms: int | None = None
        self._usage: ResponseUsage | None = None

    def watched(self, answer: Any) -> Any:
        """The same answer; if it is a stream, one that is looked at while it is read."""
        if hasattr(answer, "__next__"):
            answer.__class__ = _watched_stream(type(answer), self)
        elif hasattr(answer, "__anext__"):
            answer.__class__ = _watched_async_stream(type(answer), self)
        else:
            self.see(answer)
            self.end()
        return answer

    def see(self, part: object) -> None:
        """Take a part of the response, of which most tell no usage."""
        if self._first_ms is None:
            self._first_ms = self._elapsed_ms()
        try:
            told = self._read(part)
        except ValidationError:
            return
        self._usage = self._usage.joined(told) if self._usage else told

    @never_raises
    def end(self) -> None:
        """Record it, once, if it told its usage: also one that was broken off has cost what it told until then."""
        usage, self._usage = self._usage, None
        if usage:
            took, first = self._elapsed_ms(), self._first_ms
            record_usage(
                **asdict(usage), provider=self._provider, duration_ms=took, ttft_ms=None if first == took else first
            )

    def _elapsed_ms(self) -> int:
        return round((time.perf_counter() - self._began) * 1000)


def _watched_stream(stream: type[Any], response: _Response) -> type[Any]:
    class Watched(stream):  # type: ignore[misc]  # known when it runs
        """A stream whose parts are looked at."""

        def __next__(self) -> Any:
            try:
                part = super().__next__()
            except BaseException:
                response.end()
                raise
            response.see(part)
            return part

        def __iter__(self) -> Iterator[Any]:
            try:
                for part in super().__iter__():
                    response.see(part)
                    yield part
            finally:
                response.end()

    return _disguised(Watched, stream)


def _watched_async_stream(stream: type[Any], response: _Response) -> type[Any]:
    class Watched(stream):  # type: ignore[misc]  # known when it runs
        """A stream whose parts are looked at."""

        async def __anext__(self) -> Any:
            try:
                part = await super().__anext__()
            except BaseException:
                response.end()
                raise
            response.see(part)
            return part

        async def __aiter__(self) -> AsyncIterator[Any]:
            try:
                async for part in super().__aiter__():
                    response.see(part)
                    yield part
            finally:
                response.end()

    return _disguised(Watched, stream)


def _disguised(watched: type[Any], stream: type[Any]) -> type[Any]:
    watched.__name__, watched.__qualname__ = stream.__name__, stream.__qualname__
    return watched
