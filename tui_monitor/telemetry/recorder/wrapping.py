"""Wrapping of functions so that each call is observed to its end, whatever kind of function it is."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator
from functools import partial, wraps
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction, isroutine

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from typing import Any, ParamSpec, TypeVar

    P = ParamSpec("P")
    R = TypeVar("R")


class ObservedCall:
    """One call of a wrapped function. Its methods are called in order and must not raise."""

    def resume(self) -> None:
        """Note that the function's own code runs: at the start, and each time a generator goes on."""

    def suspend(self) -> None:
        """Note that its caller's code runs: at a generator's ``yield``, and at the end."""

    def add(self, item: object) -> None:
        """Note an item that a generator yields."""

    def finish(self, result: object) -> None:
        """Note the result. That of a generator is its return value; of one that is closed early None."""

    def fail(self, error: BaseException) -> None:
        """Note the exception that ends it."""


def observe_calls(function: Callable[P, R], begin: Callable[P, ObservedCall]) -> Callable[P, R]:
    """Return a function of the same kind that passes everything through, and has each call observed.

    ``begin`` is called with the arguments when the function's code begins to run: a generator's at its first item. A
    generator is observed until it ends, raises or is closed.
    """
    for is_kind, wrap in _WRAPPERS:
        if is_kind(_code_of(function)):
            return wraps(function)(wrap(function, begin))

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        observed = begin(*args, **kwargs)
        with _Step(observed):
            result = function(*args, **kwargs)
        observed.finish(result)
        return result

    return call


def _code_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return what a call runs: the function itself, or the ``__call__`` of an object."""
    is_function = isroutine(function) or isinstance(function, partial | type)
    return function if is_function else getattr(type(function), "__call__", function)  # noqa: B004


class _Step:
    """A piece of the function's own code, until it returns, yields or raises."""

    __slots__ = ("_observed",)

    def __init__(self, observed: ObservedCall) -> None:
        self._observed = observed

    def __enter__(self) -> None:
        self._observed.resume()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: object) -> None:
        self._observed.suspend()
        if error is not None and not isinstance(error, StopIteration | StopAsyncIteration):
            self._observed.fail(error)


def _wrap_coroutine(function: Callable[..., Any], begin: Callable[..., ObservedCall]) -> Callable[..., Any]:
    async def call(*args: object, **kwargs: object) -> object:
        observed = begin(*args, **kwargs)
        with _Step(observed):
            result = await function(*args, **kwargs)
        observed.finish(result)
        return result

    return call


def _wrap_generator(function: Callable[..., Any], begin: Callable[..., ObservedCall]) -> Callable[..., Any]:
    def call(*args: object, **kwargs: object) -> Generator[object, object, object]:
        observed = begin(*args, **kwargs)
        try:
            with _Step(observed):
                generator = function(*args, **kwargs)
                item = next(generator)
            while True:
                observed.add(item)
                value, thrown = None, None
                try:
                    value = yield item
                except BaseException as error:
                    thrown = error
                item = _send(generator, observed, value, thrown)
        except StopIteration as stop:
            observed.finish(stop.value)
            return stop.value

    return call


def _send(generator: Any, observed: ObservedCall, value: object, error: BaseException | None) -> object:
    """Let a generator go on; return its next item."""
    if isinstance(error, GeneratorExit):
        with _Step(observed):
            generator.close()
        observed.finish(None)
        raise error
    with _Step(observed):
        return generator.send(value) if error is None else generator.throw(error)


def _wrap_async_generator(function: Callable[..., Any], begin: Callable[..., ObservedCall]) -> Callable[..., Any]:
    async def call(*args: object, **kwargs: object) -> AsyncGenerator[object, object]:
        observed = begin(*args, **kwargs)
        try:
            with _Step(observed):
                generator = function(*args, **kwargs)
                item = await anext(generator)
            while True:
                observed.add(item)
                value, thrown = None, None
                try:
                    value = yield item
                except BaseException as error:
                    thrown = error
                item = await _asend(generator, observed, value, thrown)
        except StopAsyncIteration:
            observed.finish(None)

    return call


async def _asend(generator: Any, observed: ObservedCall, value: object, error: BaseException | None) -> object:
    """Let an asynchronous generator go on; return its next item."""
    if isinstance(error, GeneratorExit):
        with _Step(observed):
            await generator.aclose()
        observed.finish(None)
        raise error
    with _Step(observed):
        return await (generator.asend(value) if error is None else generator.athrow(error))


_WRAPPERS: tuple[tuple[Callable[[Any], bool], Callable[..., Callable[..., Any]]], ...] = (
    (iscoroutinefunction, _wrap_coroutine),
    (isgeneratorfunction, _wrap_generator),
    (isasyncgenfunction, _wrap_async_generator),
)
