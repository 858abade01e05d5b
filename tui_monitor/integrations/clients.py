"""Recording of model clients, such as OpenAI's and Anthropic's, whose requests all go through one method."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import asdict
from inspect import isawaitable
from typing import Any, Protocol, TypeVar

from tui_monitor.telemetry.recorder.errors import ValidationError
from tui_monitor.telemetry.recorder.record import never_raises
from tui_monitor.telemetry.recorder.response_usage import ResponseUsage
from tui_monitor.telemetry.statistics.defaults import record_usage


class ModelClient(Protocol):
    """A synchronous or asynchronous client with one method for all requests."""

    def request(self, *args: Any, **kwargs: Any) -> Any: ...


C = TypeVar("C", bound=ModelClient)
_MARK = "_tui_monitor_recorded"


def record_client(client: C, parse: Callable[[object], ResponseUsage], provider: str) -> C:
    """Record every response of a client: whole ones on arrival, streams when they end. Return the client.

    Its results are unchanged. A client that is already recorded stays as it is; copies of it (``with_options``) are
    not recorded.
    """
    if getattr(client, _MARK, False):
        return client
    request = client.request

    def recorded_request(*args: Any, **kwargs: Any) -> Any:
        recorder = _ResponseRecorder(parse, provider)
        response = request(*args, **kwargs)
        return _await_response(response, recorder) if isawaitable(response) else recorder.observe(response)

    client.request = recorded_request  # type: ignore[method-assign]  # on this object only, not on its class
    setattr(client, _MARK, True)
    return client


async def _await_response(response: Awaitable[Any], recorder: _ResponseRecorder) -> Any:
    return recorder.observe(await response)


class _ResponseRecorder:
    """Records one response as it arrives."""

    def __init__(self, parse: Callable[[object], ResponseUsage], provider: str) -> None:
        self._parse = parse
        self._provider = provider
        self._start = time.perf_counter()
        self._ttft_ms: int | None = None
        self._usage: ResponseUsage | None = None

    def observe(self, response: Any) -> Any:
        """Record a whole response, or the parts of a stream as they are read. Return the response."""
        if hasattr(response, "__next__"):
            response.__class__ = _observed_stream(type(response), self)
        elif hasattr(response, "__anext__"):
            response.__class__ = _observed_async_stream(type(response), self)
        else:
            self.add(response)
            self.finish()
        return response

    def add(self, part: object) -> None:
        """Add a part of the response; most parts have no usage."""
        if self._ttft_ms is None:
            self._ttft_ms = self._elapsed_ms()
        try:
            usage = self._parse(part)
        except ValidationError:
            return
        self._usage = self._usage.merge(usage) if self._usage else usage

    @never_raises
    def finish(self) -> None:
        """Record the response once, if it has usage. A stream that was cancelled has used its tokens up to then."""
        usage, self._usage = self._usage, None
        if usage:
            duration, ttft = self._elapsed_ms(), self._ttft_ms
            record_usage(
                **asdict(usage),
                provider=self._provider,
                duration_ms=duration,
                ttft_ms=None if ttft == duration else ttft,
            )

    def _elapsed_ms(self) -> int:
        return round((time.perf_counter() - self._start) * 1000)


def _observed_stream(stream: type[Any], recorder: _ResponseRecorder) -> type[Any]:
    class ObservedStream(stream):  # type: ignore[misc]  # the base is known at run time only
        """A stream whose parts are recorded as they are read."""

        def __next__(self) -> Any:
            try:
                part = super().__next__()
            except BaseException:
                recorder.finish()
                raise
            recorder.add(part)
            return part

        def __iter__(self) -> Iterator[Any]:
            try:
                for part in super().__iter__():
                    recorder.add(part)
                    yield part
            finally:
                recorder.finish()

    return _named_like(ObservedStream, stream)


def _observed_async_stream(stream: type[Any], recorder: _ResponseRecorder) -> type[Any]:
    class ObservedAsyncStream(stream):  # type: ignore[misc]  # the base is known at run time only
        """An asynchronous stream whose parts are recorded as they are read."""

        async def __anext__(self) -> Any:
            try:
                part = await super().__anext__()
            except BaseException:
                recorder.finish()
                raise
            recorder.add(part)
            return part

        async def __aiter__(self) -> AsyncIterator[Any]:
            try:
                async for part in super().__aiter__():
                    recorder.add(part)
                    yield part
            finally:
                recorder.finish()

    return _named_like(ObservedAsyncStream, stream)


def _named_like(observed: type[Any], stream: type[Any]) -> type[Any]:
    observed.__name__, observed.__qualname__ = stream.__name__, stream.__qualname__
    return observed
