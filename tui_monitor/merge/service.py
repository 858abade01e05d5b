"""Requests to the endpoints of a service, and values of its metrics, reduced in bounded memory."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from dataclasses import dataclass, field
from math import exp, floor, log, log1p
from typing import TypeAlias

from tui_monitor.events import EndpointRequest, MetricSample

MAX_ENDPOINTS = 500
MAX_SERIES = 500
RECENT = 120
"""Values of a series that are kept."""
FIRST_FAILURE_STATUS = 400

_STEP = log1p(0.01)
"""Two durations in one bin differ by at most one percent."""
_LEAST_MS = 0.001

EndpointKey: TypeAlias = tuple[str, str]
SeriesKey: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(slots=True)
class EndpointRecord:
    """Requests to one endpoint by one method; ``bins`` count their durations by size."""

    requests: int = 0
    failed: int = 0
    tokens: int = 0
    last_at: int = 0
    last_error: str = ""
    last_error_at: int = 0
    bins: dict[int, int] = field(default_factory=lambda: defaultdict[int, int](int))

    def apply(self, request: EndpointRequest) -> None:
        """Count a request."""
        self.requests += 1
        self.tokens += request.tokens or 0
        self.last_at = max(self.last_at, request.at)
        if has_failed(request):
            self.failed += 1
            if request.at >= self.last_error_at:
                status = "" if request.status is None else f"status {request.status}"
                self.last_error, self.last_error_at = request.error or status, request.at
        if request.duration_ms is not None:
            self.bins[floor(log(max(_LEAST_MS, request.duration_ms)) / _STEP)] += 1

    def percentile_ms(self, share: int) -> float | None:
        """Return a duration that at least that percentage of the requests does not exceed; None without any."""
        wanted = -(-sum(self.bins.values()) * share // 100)
        for place in sorted(self.bins):
            wanted -= self.bins[place]
            if wanted <= 0:
                return exp((place + 0.5) * _STEP)
        return None


@dataclass(slots=True)
class SeriesRecord:
    """Values of one metric with the same tags; ``recent`` are the last ones by time, each with it."""

    count: int = 0
    total: float = 0.0
    least: float = float("inf")
    greatest: float = float("-inf")
    recent: list[tuple[int, float]] = field(default_factory=list)

    def apply(self, sample: MetricSample) -> None:
        """Count a value."""
        self.count += 1
        self.total += sample.value
        self.least, self.greatest = min(self.least, sample.value), max(self.greatest, sample.value)
        insort(self.recent, (sample.at, sample.value), key=lambda one: one[0])
        del self.recent[:-RECENT]


@dataclass(slots=True)
class ServiceRecord:
    """All endpoints and series of a session; ``left_out`` are requests and values of those beyond the kept ones."""

    endpoints: dict[EndpointKey, EndpointRecord] = field(default_factory=dict)
    series: dict[SeriesKey, SeriesRecord] = field(default_factory=dict)
    left_out: int = 0

    def apply(self, event: EndpointRequest | MetricSample) -> None:
        """Count a request or a value."""
        if isinstance(event, EndpointRequest):
            endpoint = event.endpoint, event.method
            if endpoint in self.endpoints or len(self.endpoints) < MAX_ENDPOINTS:
                self.endpoints.setdefault(endpoint, EndpointRecord()).apply(event)
                return
        else:
            series = event.name, tuple(sorted(event.tags))
            if series in self.series or len(self.series) < MAX_SERIES:
                self.series.setdefault(series, SeriesRecord()).apply(event)
                return
        self.left_out += 1


def has_failed(request: EndpointRequest) -> bool:
    """Return True for a status from 400 on, without a status for an error."""
    return bool(request.error) if request.status is None else request.status >= FIRST_FAILURE_STATUS
