"""The process-wide collector, and the `monitor` decorator that feeds it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import iscoroutinefunction

from tui_monitor.telemetry.recorder.executions import TokenCounts
from tui_monitor.telemetry.recorder.json_codec import to_text
from tui_monitor.telemetry.recorder.record import write_metric, write_request
from tui_monitor.telemetry.recorder.runtime import overload
from tui_monitor.telemetry.recorder.settings import current_settings
from tui_monitor.telemetry.statistics.collector import MetricsCollector
from tui_monitor.telemetry.statistics.defaults import record_usage

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from typing import ParamSpec, TypeVar

    P = ParamSpec("P")
    R = TypeVar("R")

_STATUS_OK, _STATUS_ERROR, _STATUS_CANCELLED = 200, 500, 499


class _ProcessCollector(MetricsCollector):
    """A collector that also writes its metrics and requests to the stream."""

    def record_metric(self, name: str, value: float, tags: Mapping[str, str] | None = None) -> None:
        if current_settings().enabled:
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
        if not current_settings().enabled:
            return
        super().record_request(
            endpoint, method, duration, status_code, tokens_used, model, error, tokens=tokens, track_cost=track_cost
        )
        total = tokens.total() if tokens and tokens_used is None else tokens_used
        write_request(endpoint, method, duration, status_code, total, model, error)
        if tokens:
            record_usage(model or "", tokens.input, tokens.output)
        elif tokens_used:
            record_usage(model or "", total_tokens=tokens_used)


_collector: MetricsCollector = _ProcessCollector()


def get_collector() -> MetricsCollector:
    """Return the collector of this process.

    Its metrics and requests are also written to the stream. The tokens of a request are recorded as one response, so
    do not pass tokens of a response that is recorded elsewhere too.
    """
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
    """Decorate a function or coroutine function: each call is recorded as a request of `get_collector`.

    Works with and without parentheses. Results and exceptions pass through unchanged. The status of a call is 500 if it
    raises (499 if it is cancelled), the result's ``status_code`` if that is a mapping with one, and 200 otherwise.

    Args:
        track_tokens: Record the result's ``model`` and its ``prompt_tokens`` and ``completion_tokens``, or
            ``tokens_used``.
        track_cost: The same, and count their cost in the collector.
        endpoint: Name of the endpoint; by default the function's name.
        method: HTTP method; empty if unknown.
    """
    if callable(track_tokens):
        return monitor()(track_tokens)
    tracks = track_tokens or track_cost

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        calls = _CallRecorder(endpoint or getattr(function, "__name__", "call"), method, tracks, track_cost)

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            start = time.perf_counter()
            try:
                result = function(*args, **kwargs)
            except BaseException as error:
                calls.record_error(start, error)
                raise
            calls.record_result(start, result)
            return result

        @wraps(function)
        async def call_async(*args: P.args, **kwargs: P.kwargs) -> object:
            start = time.perf_counter()
            try:
                result = await function(*args, **kwargs)  # type: ignore[misc]  # it is a coroutine function
            except BaseException as error:
                calls.record_error(start, error)
                raise
            calls.record_result(start, result)
            return result

        return call_async if iscoroutinefunction(function) else call  # type: ignore[return-value]  # R is a coroutine

    return decorate


class _CallRecorder:
    """Records the calls of one decorated function."""

    def __init__(self, endpoint: str, method: str, tracks: bool, track_cost: bool) -> None:
        self._endpoint = endpoint
        self._method = method
        self._tracks = tracks
        self._track_cost = track_cost

    def record_error(self, start: float, error: BaseException) -> None:
        # Recognised by name: importing asyncio would cost an agent that does not use it more than all of this.
        status = _STATUS_CANCELLED if type(error).__name__ == "CancelledError" else _STATUS_ERROR
        self._record(start, status, error=to_text(error) or type(error).__name__)

    def record_result(self, start: float, result: object) -> None:
        fields: Mapping[object, object] = result if isinstance(result, Mapping) else {}
        status = _count(fields.get("status_code")) or _STATUS_OK
        if not self._tracks:
            self._record(start, status)
            return
        model, total = fields.get("model"), _count(fields.get("tokens_used"))
        split = TokenCounts(_count(fields.get("prompt_tokens")) or 0, _count(fields.get("completion_tokens")) or 0)
        self._record(start, status, total, str(model) if model else None, split if split.total() else None)

    def _record(
        self,
        start: float,
        status: int,
        total: int | None = None,
        model: str | None = None,
        tokens: TokenCounts | None = None,
        error: str | None = None,
    ) -> None:
        duration = time.perf_counter() - start
        get_collector().record_request(
            self._endpoint,
            self._method,
            duration,
            status,
            total,
            model,
            error,
            tokens=tokens,
            track_cost=self._track_cost,
        )


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
