"""The events of a monitored service: its requests, metrics and log lines, and fields of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from tui_monitor.events.immutable import immutable
from tui_monitor.events.updates import Event


@immutable(frozen=True, slots=True, kw_only=True)
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


@immutable(frozen=True, slots=True, kw_only=True)
class MetricSample(Event):
    """One value of a custom metric."""

    uid: str
    name: str
    value: float
    tags: tuple[tuple[str, str], ...] = ()


@immutable(frozen=True, slots=True, kw_only=True)
class LogLine(Event):
    """A line of an agent's log."""

    uid: str
    text: str
    level: str = ""


@immutable(frozen=True, slots=True, kw_only=True)
class CustomFields(Event):
    """Fields that a program has added to a record of its own: JSON text. ``uid`` is that of the response or call that
    they belong to, empty for those of the agent itself."""

    uid: str = ""
    fields: str


def custom_events(place: Event, uid: str, fields: Mapping[str, object]) -> Iterator[Event]:
    """Return the events of fields of JSON values: the fields themselves, and of a response or call (by its ``uid``)
    numbers as metrics, other values as log lines. They have the session, agent and time of ``place``."""
    if not fields:
        return
    session, agent, at = place.session, place.agent, place.at
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    yield CustomFields(session=session, agent=agent, at=at, uid=uid, fields=text)
    for name, value in fields.items() if uid else ():
        own = f"{uid}:{name}"
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf"):
            yield MetricSample(session=session, agent=agent, at=at, uid=own, name=name, value=float(value))
        else:
            shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield LogLine(session=session, agent=agent, at=at, uid=own, text=f"{name}: {shown}", level="info")
