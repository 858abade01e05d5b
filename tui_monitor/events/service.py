"""The events of a monitored service: its requests, metrics and log lines."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.events.updates import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRequest(Event):
    """One request to an endpoint of a monitored service."""

    uid: str
    endpoint: str
    method: str = ""
    status: int | None = None
    duration_ms: float | None = None
    model: str = ""
    tokens: int | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSample(Event):
    """One value of a custom metric."""

    uid: str
    name: str
    value: float
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine(Event):
    """A line of an agent's log."""

    uid: str
    text: str
    level: str = ""
