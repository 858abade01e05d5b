"""The process-wide collector, and the `monitor` decorator that feeds it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from tui_monitor.telemetry.recorder.conversation import status_of
from tui_monitor.telemetry.recorder.executions import TokenCounts
from tui_monitor.telemetry.recorder.json_codec import error_text
from tui_monitor.telemetry.recorder.record import never_raises, write_metric, write_request
from tui_monitor.telemetry.recorder.response_fields import field
from tui_monitor.telemetry.recorder.runtime import overload
from tui_monitor.telemetry.recorder.settings import current_settings
from tui_monitor.telemetry.recorder.validation import check_any_number, check_count, check_number, check_text
from tui_monitor.telemetry.recorder.wrapping import ObservedCall, observe_calls
from tui_monitor.telemetry.statistics.collector import MetricsCollector
from tui_monitor.telemetry.statistics.defaults import record_usage

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from typing import ParamSpec, TypeVar

    from tui_monitor.telemetry.recorder.response_usage import ResponseUsage

    P = ParamSpec("P")
    R = TypeVar("R")

_MAX_PARTS = 100_000
"""Parts of a stream that are kept to read its tokens."""
_STATUS_OK, _STATUS_ERROR, _STATUS_CANCELLED = 200, 500, 499


class _ProcessCollector(MetricsCollector):
    """A collector that also writes its metrics and requests to the stream."""

    @never_raises
    def record_metric(self, name: str, value: float, tags: Mapping[str, str] | None = None) -> None:
        check_text("name", name, required=True)
        check_any_number("value", value)
        if current_settings().enabled:
            super().record_metric(name, value, tags)
            write_metric(name, value, tags or {})

    @never_raises
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
        response: object = None,
    ) -> None:
        check_text("endpoint", endpoint, required=True)
        check_number("duration", duration)
        check_count("status_code", status_code)
        if tokens_used is not None:
            check_count("tokens_used", tokens_used)
        if not current_settings().enabled:
            return
        super().record_request(
            endpoint, method, duration, status_code, tokens_used, model, error, tokens=tokens, track_cost=track_cost
        )
        total = tokens.total() if tokens and tokens_used is None else tokens_used
        write_request(endpoint, method, duration, status_code, total, model, error)
        if response is not None:
            record_usage(response)
        elif tokens:
            record_usage(model or "", tokens.input, tokens.output)
        elif tokens_used:
            record_usage(model or "", total_tokens=tokens_used)


_collector = _ProcessCollector()


def get_collector() -> MetricsCollector:
    """Return the collector of this process.

    Its metrics and requests are also written to the stream. The tokens of a request are recorded as one response, so
    do not pass tokens of a response that is recorded elsewhere too.
    """
    return _collector


@never_raises
def record_metric(name: str, value: float, tags: Mapping[str, str] | None = None) -> None:
    """Record one value of a custom metric, in the stream and in `get_collector`."""
    _collector.record_metric(name, value, tags)


@never_raises
def record_request(
    endpoint: str,
    duration_ms: float,
    status_code: int = _STATUS_OK,
    *,
    method: str = "",
    model: str = "",
    error: str = "",
) -> None:
    """Record one request to an endpoint of a service, in the stream and in `get_collector`.

    Args:
        endpoint: Path or name of the endpoint.
        duration_ms: Milliseconds.
        status_code: HTTP status; below 400 is a success.
        method: HTTP method.
        model: Model that it used; its tokens are recorded by `record_usage` or `generation`.
        error: Error message.
    """
    _collector.record_request(endpoint, method, duration_ms / 1000, status_code, None, model or None, error or None)


@overload
def monitor(track_tokens: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def monitor(  # noqa: F811
    track_tokens: bool = False, track_cost: bool = False, *, endpoint: str = "", method: str = ""
) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def monitor(  # noqa: F811
    track_tokens: bool | Callable[P, R] = False, track_cost: bool = False, *, endpoint: str = "", method: str = ""
) -> Callable[P, R] | Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a function: each call is recorded as a request of `get_collector`.

    Works with and without parentheses, on functions, coroutine functions, generators, asynchronous generators and
    callable objects, which stay what they are. Results and exceptions pass through unchanged. A generator's request
    lasts until it ends, raises or is closed.

    The status of a call is the ``status_code`` of its result (an attribute or a key) or of its exception (or of the
    exception's ``response``); without one 200, 500 if it raises, 499 if it is cancelled.

    Args:
        track_tokens: Record the tokens of the result: those of a provider's response (a generator may yield its parts),
            or a ``model`` with ``prompt_tokens`` and ``completion_tokens``, or with ``tokens_used``.
        track_cost: The same, and count their cost in the collector.
        endpoint: Name of the endpoint; by default the function's name.
        method: HTTP method; empty if unknown.
    """
    if callable(track_tokens):
        return monitor()(track_tokens)
    tracks = track_tokens or track_cost

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        name = endpoint or getattr(function, "__name__", type(function).__name__)

        def begin(*args: P.args, **kwargs: P.kwargs) -> ObservedCall:
            return _MonitoredCall(name, method, tracks, track_cost)

        return observe_calls(function, begin)

    return decorate


class _MonitoredCall(ObservedCall):
    """A call of a monitored function."""

    def __init__(self, endpoint: str, method: str, tracks: bool, track_cost: bool) -> None:
        self._endpoint = endpoint
        self._method = method
        self._tracks = tracks
        self._track_cost = track_cost
        self._parts: list[object] = []
        self._start = time.perf_counter()

    def add(self, item: object) -> None:
        if self._tracks and len(self._parts) < _MAX_PARTS:
            self._parts.append(item)

    @never_raises
    def fail(self, error: BaseException) -> None:
        # Recognised by name: importing asyncio would cost an agent that does not use it more than all of this.
        status = _STATUS_CANCELLED if type(error).__name__ == "CancelledError" else status_of(error) or _STATUS_ERROR
        self._record(status, error=error_text(error))

    @never_raises
    def finish(self, result: object) -> None:
        status = status_of(result) or _STATUS_OK
        if not self._tracks:
            self._record(status)
            return
        model, total = field(result, "model"), _count(field(result, "tokens_used"))
        prompt, completion = (_count(field(result, name)) for name in ("prompt_tokens", "completion_tokens"))
        if prompt or completion or total:
            tokens = TokenCounts(prompt or 0, completion or 0)
            self._record(status, total, str(model) if model else None, tokens if tokens.total() else None)
        else:
            self._record_response(status, result if result is not None else self._parts)

    def _record_response(self, status: int, response: object) -> None:
        """Record a call that returns the response of a provider's SDK, or yields its parts."""
        usages = _read_responses(response)
        if not usages:
            self._record(status)
            return
        usage = usages[0]
        tokens = TokenCounts(usage.prompt_tokens, usage.output_tokens)
        self._record(status, model=usage.model or None, tokens=tokens, response=response)

    def _record(
        self,
        status: int,
        total: int | None = None,
        model: str | None = None,
        tokens: TokenCounts | None = None,
        error: str | None = None,
        response: object = None,
    ) -> None:
        _collector.record_request(
            self._endpoint,
            self._method,
            time.perf_counter() - self._start,
            status,
            total,
            model,
            error,
            tokens=tokens,
            track_cost=self._track_cost,
            response=response,
        )


def _read_responses(response: object) -> list[ResponseUsage]:
    from tui_monitor.telemetry.recorder.usage_parser import read_responses

    try:
        return read_responses(response)
    except Exception:  # the response's own code runs there
        return []


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
