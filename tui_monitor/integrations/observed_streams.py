"""Streams of an SDK, whose parts are recorded as they are read.

The class of an observed object becomes a subclass with the same name, one for each class: to others the object stays
what it is.
"""

from __future__ import annotations

import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from tui_monitor.integrations.response_recorder import PartRecorder

_RECORDER = "_tui_monitor_recorder"
_classes: dict[tuple[type[Any], Callable[[type[Any]], type[Any]]], type[Any]] = {}


def observe_stream(stream: Any, recorder: PartRecorder) -> Any:
    """Record the parts of a stream, synchronous or not, until its end, its closing or its loss. Return the stream."""
    setattr(stream, _RECORDER, recorder)
    change_class(stream, _observed_stream if hasattr(stream, "__next__") else _observed_async_stream)
    weakref.finalize(stream, recorder.finish).atexit = True
    if (response := getattr(stream, "response", None)) is not None:
        observe_closing(response, recorder)
    return stream


def observe_closing(response: Any, recorder: PartRecorder) -> None:
    """Finish the recording when this HTTP response is closed: helpers close it without the stream."""
    setattr(response, _RECORDER, recorder)
    change_class(response, _observed_response)


def change_class(target: Any, make: Callable[[type[Any]], type[Any]]) -> None:
    """Make an object one of the subclass that ``make`` makes of its class, once for each class."""
    base = type(target)
    if (base, make) not in _classes:
        _classes[base, make] = _named_like(make(base), base)
    target.__class__ = _classes[base, make]


def _observed_response(response: type[Any]) -> type[Any]:
    class ClosingResponse(response):  # type: ignore[misc]  # the base is known at run time only
        """A response whose stream is recorded."""

        def close(self) -> None:
            getattr(self, _RECORDER).finish()
            super().close()

        async def aclose(self) -> None:
            getattr(self, _RECORDER).finish()
            await super().aclose()

    return ClosingResponse


def _observed_stream(stream: type[Any]) -> type[Any]:
    class ObservedStream(stream):  # type: ignore[misc]  # the base is known at run time only
        """A stream whose parts are recorded as they are read."""

        def __next__(self) -> Any:
            recorder = getattr(self, _RECORDER)
            try:
                part = super().__next__()
            except BaseException as error:
                recorder.fail(error)
                raise
            recorder.add(part)
            return part

        def __iter__(self) -> Iterator[Any]:
            recorder = getattr(self, _RECORDER)
            try:
                for part in super().__iter__():
                    recorder.add(part)
                    yield part
            except Exception as error:
                recorder.fail(error)
                raise
            finally:
                recorder.finish()

        def close(self) -> None:
            getattr(self, _RECORDER).finish()
            super().close()

    return ObservedStream


def _observed_async_stream(stream: type[Any]) -> type[Any]:
    class ObservedAsyncStream(stream):  # type: ignore[misc]  # the base is known at run time only
        """An asynchronous stream whose parts are recorded as they are read."""

        async def __anext__(self) -> Any:
            recorder = getattr(self, _RECORDER)
            try:
                part = await super().__anext__()
            except BaseException as error:
                recorder.fail(error)
                raise
            recorder.add(part)
            return part

        async def __aiter__(self) -> AsyncIterator[Any]:
            recorder = getattr(self, _RECORDER)
            try:
                async for part in super().__aiter__():
                    recorder.add(part)
                    yield part
            except Exception as error:
                recorder.fail(error)
                raise
            finally:
                recorder.finish()

        async def close(self) -> None:
            getattr(self, _RECORDER).finish()
            await super().close()

    return ObservedAsyncStream


def _named_like(observed: type[Any], original: type[Any]) -> type[Any]:
    observed.__name__, observed.__qualname__ = original.__name__, original.__qualname__
    observed.__module__ = original.__module__
    return observed
