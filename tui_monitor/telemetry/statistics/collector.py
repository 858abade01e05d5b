"""Metrics and requests of a service, with the models that it used."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypedDict

from tui_monitor.telemetry.recorder.executions import TokenCounts
from tui_monitor.telemetry.recorder.runtime import LOCK
from tui_monitor.telemetry.statistics.cost import calculate_cost

MOST_RECORDS = 10_000
"""So many metrics and so many requests are kept; sums are of all there were."""

_MOST_MODELS = 1000
_OTHERS = "others"
_MOST_UNPRICED = 1000
_FAILED = 400


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Metric:
    """One value of a metric, and what it belongs to."""

    name: str
    value: float
    timestamp: datetime = field(default_factory=_now)
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RequestMetrics:
    """One request. ``duration`` is seconds; ``tokens`` are those read and produced, ``tokens_used`` their sum;
    ``priced`` is whether its cost counts."""

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
        """US dollars; None where no cost counts or no price is known. A lower bound where only the sum of its tokens is
        known: they are priced as input."""
        if not (self.priced and self.model and self.tokens):
            return None
        return calculate_cost(self.model, self.tokens.input, self.tokens.output)


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """What a model was used for. ``total_cost`` is US dollars of the requests whose price is known, ``unpriced`` counts
    the others. Tokens of which only the sum is known count in ``total_tokens`` alone."""

    model: str
    total_tokens: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_cost: float = 0.0
    request_count: int = 0
    unpriced: int = 0


class Summary(TypedDict):
    """Times are seconds, ``success_rate`` is from 0 to 1 (0 without any request), ``total_cost`` is US dollars of the
    requests whose price is known."""

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
    """Collects metrics and requests; any thread may record and ask.

    It is bounded, prices every model of the price list and none as free, and does not take half of a response's tokens
    for output. Prices are looked up when they are first asked for, not while recording.
    """

    def __init__(self, max_records: int = MOST_RECORDS) -> None:
        self._metrics: deque[Metric] = deque(maxlen=max_records)
        self._requests: deque[RequestMetrics] = deque(maxlen=max_records)
        self._begin()

    def record_metric(self, name: str, value: float, tags: Mapping[str, str] | None = None) -> None:
        """Record one value of a metric."""
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
        """Record a request that took ``duration`` seconds.

        A status below 400 is a success. ``tokens`` are prompt and completion, where they are known apart;
        ``tokens_used`` their sum. Without ``track_cost`` it costs nothing.
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
        if len(self._unpriced) > _MOST_UNPRICED:
            self._price()

    def get_metrics(self, name: str | None = None, since: datetime | None = None) -> list[Metric]:
        """The metrics kept, the oldest first, of one name and since a time (local where it has no zone) if told."""
        with LOCK:
            metrics = list(self._metrics)
        return [metric for metric in metrics if name in (None, metric.name) and _is_since(metric.timestamp, since)]

    def get_requests(self, endpoint: str | None = None, since: datetime | None = None) -> list[RequestMetrics]:
        """The requests kept, the oldest first, of one endpoint and since a time (local without a zone) if told."""
        with LOCK:
            requests = list(self._requests)
        return [each for each in requests if endpoint in (None, each.endpoint) and _is_since(each.timestamp, since)]

    def get_model_usage(self, model: str | None = None) -> dict[str, ModelUsage]:
        """What each model was used for, by its name; of one alone if told (all zero if it was not used)."""
        self._price()
        with LOCK:
            return {model: self._models.get(model, ModelUsage(model))} if model else dict(self._models)

    def get_summary(self) -> Summary:
        """The sums of everything since the beginning, or since it was cleared."""
        used = self.get_model_usage().values()
        with LOCK:
            total = self._total or 1
            return Summary(
                uptime_seconds=time.monotonic() - self._began,
                total_requests=self._total,
                successful_requests=self._successful,
                failed_requests=self._total - self._successful,
                success_rate=self._successful / total,
                average_duration=self._duration / total,
                total_tokens=sum(usage.total_tokens for usage in used),
                total_cost=sum(usage.total_cost for usage in used),
                models_used=len(used),
            )

    def clear(self) -> None:
        """Forget everything and begin anew."""
        with LOCK:
            self._metrics.clear()
            self._requests.clear()
            self._begin()

    def _begin(self) -> None:
        self._began = time.monotonic()
        self._total = self._successful = 0
        self._duration = 0.0
        self._models: dict[str, ModelUsage] = {}
        self._unpriced: list[tuple[str, RequestMetrics]] = []

    def _count(self, request: RequestMetrics, known_apart: TokenCounts | None) -> None:
        self._total += 1
        self._successful += request.status_code < _FAILED
        self._duration += request.duration
        if not (request.model and request.tokens):
            return
        known = request.model in self._models or len(self._models) < _MOST_MODELS
        name = request.model if known else _OTHERS
        usage, apart = self._models.get(name, ModelUsage(name)), known_apart or TokenCounts()
        self._models[name] = replace(
            usage,
            total_tokens=usage.total_tokens + (request.tokens_used or 0),
            prompt_tokens=usage.prompt_tokens + apart.input,
            completion_tokens=usage.completion_tokens + apart.output,
            request_count=usage.request_count + 1,
        )
        if request.priced:
            self._unpriced.append((name, request))

    def _price(self) -> None:
        with LOCK:
            unpriced, self._unpriced = self._unpriced, []
        priced = [(name, request.cost) for name, request in unpriced]
        with LOCK:
            for name, cost in priced:
                if usage := self._models.get(name):
                    total, unknown = usage.total_cost + (cost or 0), usage.unpriced + (cost is None)
                    self._models[name] = replace(usage, total_cost=total, unpriced=unknown)


def _is_since(moment: datetime, since: datetime | None) -> bool:
    return since is None or moment >= since.astimezone()
