"""Collector of a service's custom metrics, requests and model usage."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Thread
from types import MappingProxyType
from typing import TypedDict

from tui_monitor.telemetry.recorder.executions import TokenCounts
from tui_monitor.telemetry.recorder.runtime import LOCK
from tui_monitor.telemetry.statistics.cost import PRICE_LOCK, calculate_cost

MAX_RECORDS = 10_000
"""Metrics, and requests, that are kept; totals cover all of them."""

_MAX_MODELS = 1000
_OTHERS = "others"
_MAX_UNPRICED = 1000
_FIRST_FAILURE_STATUS = 400


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Metric:
    """One value of a custom metric, with its UTC time and tags."""

    name: str
    value: float
    timestamp: datetime = field(default_factory=_now)
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RequestMetrics:
    """One request to an endpoint of a service.

    Attributes:
        endpoint: Path or name of the endpoint.
        method: HTTP method, empty if unknown.
        duration: Seconds.
        status_code: HTTP status; below 400 is a success.
        timestamp: UTC time of recording.
        tokens_used: Sum of its tokens, None if unknown.
        model: Model that it used.
        error: Error message.
        tokens: Prompt and completion tokens; all as input if only their sum is known.
        priced: False if its cost does not count.
    """

    endpoint: str
    method: str
    duration: float
    status_code: int
    timestamp: datetime = field(default_factory=_now)
    tokens_used: int | None = None
    model: str | None = None
    error: str | None = None
    tokens: TokenCounts | None = None
    priced: bool = True

    @property
    def cost(self) -> float | None:
        """Cost in US dollars at current prices; None if it does not count or the model's price is unknown.

        A lower bound if only the sum of the tokens is known: all are then priced as input.
        """
        if not (self.priced and self.model and self.tokens):
            return None
        return calculate_cost(self.model, self.tokens.input, self.tokens.output)


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """Usage of one model.

    Attributes:
        model: Name of the model.
        total_tokens: All tokens.
        prompt_tokens: Input tokens of requests that report input and output separately.
        completion_tokens: Output tokens of the same requests.
        total_cost: US dollars of the requests whose price is known.
        request_count: Number of requests.
        unpriced: Number of requests whose price is unknown.
    """

    model: str
    total_tokens: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_cost: float = 0.0
    request_count: int = 0
    unpriced: int = 0


class Summary(TypedDict):
    """Totals of a collector.

    Durations are seconds. ``success_rate`` is between 0 and 1, and 0 without requests. ``total_cost`` is in US dollars
    and covers the requests whose price is known.
    """

    uptime_seconds: float
    total_requests: int
    successful_requests: int
    failed_requests: int
    success_rate: float
    average_duration: float
    total_tokens: int
    total_cost: float
    models_used: int


class MetricsCollector:
    """Collects custom metrics and requests in bounded memory. Safe for use from any thread.

    An unknown model is unpriced, never free; a sum of tokens is not split into input and output by guessing. Prices are
    looked up on request, not while recording.
    """

    _is_pricing: bool

    def __init__(self, max_records: int = MAX_RECORDS) -> None:
        self._metrics: deque[Metric] = deque(maxlen=max_records)
        self._requests: deque[RequestMetrics] = deque(maxlen=max_records)
        self._reset()

    def record_metric(self, name: str, value: float, tags: Mapping[str, str] | None = None) -> None:
        """Record one value of a custom metric."""
        with LOCK:
            self._metrics.append(Metric(name, value, tags=MappingProxyType(dict(tags or {}))))

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
        """Record one request.

        Args:
            endpoint: Path or name of the endpoint.
            method: HTTP method, empty if unknown.
            duration: Seconds.
            status_code: HTTP status; below 400 is a success.
            tokens_used: Sum of its tokens.
            model: Model that it used.
            error: Error message.
            tokens: Prompt and completion tokens, if both are known; ``tokens_used`` is then optional.
            track_cost: Include its cost in the totals.
        """
        if tokens is not None and tokens_used is None:
            tokens_used = tokens.total()
        request = RequestMetrics(
            endpoint,
            method,
            duration,
            status_code,
            tokens_used=tokens_used,
            model=model,
            error=error,
            tokens=tokens or (TokenCounts(tokens_used) if tokens_used else None),
            priced=track_cost,
        )
        with LOCK:
            self._requests.append(request)
            self._count(request, tokens)
        if len(self._unpriced) > _MAX_UNPRICED and not self._is_pricing:
            self._is_pricing = True
            Thread(target=self._price_all, name="tui-monitor prices", daemon=True).start()

    def get_metrics(self, name: str | None = None, since: datetime | None = None) -> list[Metric]:
        """Return the metrics in memory, oldest first, optionally of one name and since a time (naive: local time)."""
        with LOCK:
            metrics = list(self._metrics)
        return [metric for metric in metrics if name in (None, metric.name) and _is_since(metric.timestamp, since)]

    def get_requests(self, endpoint: str | None = None, since: datetime | None = None) -> list[RequestMetrics]:
        """Return the requests in memory, oldest first, optionally of one endpoint and since a time (naive: local)."""
        with LOCK:
            requests = list(self._requests)
        return [each for each in requests if endpoint in (None, each.endpoint) and _is_since(each.timestamp, since)]

    def get_model_usage(self, model: str | None = None) -> dict[str, ModelUsage]:
        """Return the usage of each model by name, or of one model only (all zero if it was not used)."""
        self._price()
        with LOCK:
            return {model: self._models.get(model, ModelUsage(model))} if model else dict(self._models)

    def get_summary(self) -> Summary:
        """Return the totals since the start, or since the last `clear`."""
        usages = self.get_model_usage().values()
        with LOCK:
            total = self._total or 1
            return Summary(
                uptime_seconds=time.monotonic() - self._started_at,
                total_requests=self._total,
                successful_requests=self._successful,
                failed_requests=self._total - self._successful,
                success_rate=self._successful / total,
                average_duration=self._duration / total,
                total_tokens=sum(usage.total_tokens for usage in usages),
                total_cost=sum(usage.total_cost for usage in usages),
                models_used=len(usages),
            )

    def clear(self) -> None:
        """Delete all records and totals."""
        with LOCK:
            self._metrics.clear()
            self._requests.clear()
            self._reset()

    def _reset(self) -> None:
        self._started_at = time.monotonic()
        self._total = self._successful = 0
        self._duration = 0.0
        self._models: dict[str, ModelUsage] = {}
        self._unpriced: list[tuple[str, RequestMetrics]] = []
        self._is_pricing = False

    def _count(self, request: RequestMetrics, split: TokenCounts | None) -> None:
        self._total += 1
        self._successful += request.status_code < _FIRST_FAILURE_STATUS
        self._duration += request.duration
        if not (request.model and request.tokens):
            return
        has_entry = request.model in self._models or len(self._models) < _MAX_MODELS
        name = request.model if has_entry else _OTHERS
        usage, split = self._models.get(name, ModelUsage(name)), split or TokenCounts()
        self._models[name] = replace(
            usage,
            total_tokens=usage.total_tokens + (request.tokens_used or 0),
            prompt_tokens=usage.prompt_tokens + split.input,
            completion_tokens=usage.completion_tokens + split.output,
            request_count=usage.request_count + 1,
        )
        if request.priced:
            self._unpriced.append((name, request))

    def _price_all(self) -> None:
        """Price all requests. In a thread of its own: loading the price list would hold the agent."""
        try:
            self._price()
        finally:
            self._is_pricing = False

    def _price(self) -> None:
        with PRICE_LOCK:  # whoever asks meanwhile waits for all
            with LOCK:
                unpriced, self._unpriced = self._unpriced, []
            costs = [(name, request.cost) for name, request in unpriced]
            with LOCK:
                for name, cost in costs:
                    if usage := self._models.get(name):
                        total, unknown = usage.total_cost + (cost or 0), usage.unpriced + (cost is None)
                        self._models[name] = replace(usage, total_cost=total, unpriced=unknown)


def _is_since(timestamp: datetime, since: datetime | None) -> bool:
    return since is None or timestamp >= since.astimezone()
