"""The collector of the process, and the decorator that feeds it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import iscoroutinefunction

from tui_monitor.telemetry.recorder.executions import TokenCounts
from tui_monitor.telemetry.recorder.json_codec import words
from tui_monitor.telemetry.recorder.record import write_metric, write_request
from tui_monitor.telemetry.recorder.runtime import overload
from tui_monitor.telemetry.recorder.settings import current
from tui_monitor.telemetry.statistics.collector import MetricsCollector
from tui_monitor.telemetry.statistics.defaults import record_usage

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from typing import ParamSpec, TypeVar

    P = ParamSpec("P")
    R = TypeVar("R")

_DONE, _BROKEN, _CANCELLED = 200, 500, 499


class _ProcessCollector(MetricsCollector):
    """Writes what it collects to the stream, too."""

    def record_metric(self, name: str, value: float, tags: Mapping[str, str] | None = None) -> None:
        if current().enabled:
            super().record_metric(name, value, tags)
            write_metric(name, value, tags or {})

    def record_request(
        self,
        endpoint: str,
        method: str,
        duration: float,
        status_code: int,
        tokens_used: int | None = None,
        model: str | None = None,
        error: str | None = None,
        *,
        tokens: TokenCounts | None = None,
        track_cost: bool = True,
    ) -> None:
        if not current().enabled:
            return
        super().record_request(
            endpoint, method, duration, status_code, tokens_used, model, error, tokens=tokens, track_cost=track_cost
        )
        used = tokens.total() if tokens and tokens_used is None else tokens_used
        write_request(endpoint, method, duration, status_code, used, model, error)
        if tokens:
            record_usage(model or "", tokens.input, tokens.output)
        elif tokens_used:
            record_usage(model or "", total_tokens=tokens_used)


_collector: MetricsCollector = _ProcessCollector()


def get_collector() -> MetricsCollector:
    """The collector of the process; what it collects is recorded in the stream, too: a request's tokens as those of one
    response, which is why a response that is recorded otherwise should not be told here again."""
    return _collector


@overload
def monitor(track_tokens: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def monitor(  # noqa: F811
    track_tokens: bool = False, track_cost: bool = False, *, endpoint: str = "", method: str = ""
) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def monitor(  # noqa: F811
    track_tokens: bool | Callable[P, R] = False, track_cost: bool = False, *, endpoint: str = "", method: str = ""
) -> Callable[P, R] | Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorates a function or coroutine function: each call is a request of `get_collector`, with its duration.
    ``@monitor`` does as ``@monitor()``.

    A call that raises has status 500 (499 when it was cancelled), one that returns a mapping with a ``status_code`` has
    that, any other 200. Result and exception pass unchanged. With ``track_tokens`` or ``track_cost`` the result's
    ``model`` and ``tokens_used``, or better ``prompt_tokens`` and ``completion_tokens``, are recorded; only with
    ``track_cost`` do they cost anything in the collector. The endpoint is the function's name unless told, and the
    method is told or unknown.
    """
    if callable(track_tokens):
        return monitor()(track_tokens)
    tracks = track_tokens or track_cost

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        watch = _Watch(endpoint or getattr(function, "__name__", "call"), method, tracks, track_cost)

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            began = time.perf_counter()
            try:
                result = function(*args, **kwargs)
            except BaseException as error:
                watch.failed(began, error)
                raise
            watch.done(began, result)
            return result

        @wraps(function)
        async def call_async(*args: P.args, **kwargs: P.kwargs) -> object:
            began = time.perf_counter()
            try:
                result = await function(*args, **kwargs)  # type: ignore[misc]  # it is a coroutine function
            except BaseException as error:
                watch.failed(began, error)
                raise
            watch.done(began, result)
            return result

        return call_async if iscoroutinefunction(function) else call  # type: ignore[return-value]  # R is a coroutine

    return decorate


class _Watch:
    """Records the calls of one decorated function."""

    def __init__(self, endpoint: str, method: str, tracks: bool, track_cost: bool) -> None:
        self._endpoint = endpoint
        self._method = method
        self._tracks = tracks
        self._track_cost = track_cost

    def failed(self, began: float, error: BaseException) -> None:
        # Known by its name: importing asyncio costs an agent that does not use it more than all of this.
        status = _CANCELLED if type(error).__name__ == "CancelledError" else _BROKEN
        self._record(began, status, error=words(error) or type(error).__name__)

    def done(self, began: float, result: object) -> None:
        told: Mapping[object, object] = result if isinstance(result, Mapping) else {}
        status = _count(told.get("status_code")) or _DONE
        if not self._tracks:
            self._record(began, status)
            return
        model, used = told.get("model"), _count(told.get("tokens_used"))
        apart = TokenCounts(_count(told.get("prompt_tokens")) or 0, _count(told.get("completion_tokens")) or 0)
        self._record(began, status, used, str(model) if model else None, apart if apart.total() else None)

    def _record(
        self,
        began: float,
        status: int,
        used: int | None = None,
        model: str | None = None,
        tokens: TokenCounts | None = None,
        error: str | None = None,
    ) -> None:
        taken = time.perf_counter() - began
        get_collector().record_request(
            self._endpoint, self._method, taken, status, used, model, error, tokens=tokens, track_cost=self._track_cost
        )


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
