"""x"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b

from tui_monitor.events import PICO
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import as_json, number, table, tables, text

_MOST_DOLLARS = 1_000_000
"""Larger sums are nonsense, and would not fit where money is kept."""


def attributes(told: object) -> Record:
    """A list of keys and values as one object."""
    return {text(pair.get("key")): plain(pair.get("value")) for pair in tables(told)}


def plain(value: object) -> object:
    """What an ``AnyValue`` holds; None where it holds nothing."""
    for kind, held in value.items() if isinstance(value, dict) else ():
        if kind == "stringValue":
            return held
        if kind == "arrayValue":
            return [plain(item) for item in tables(table(held).get("values"))]
        if kind == "kvlistValue":
            return attributes(table(held).get("values"))
        return whole(held) if kind == "intValue" else held
    return None


def real(value: object) -> float | None:
    """The number, also where it is told as text."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        with suppress(ValueError, OverflowError):
            return float(value)
    return None


def whole(value: object) -> int | None:
    """The number as a whole one, also where it is told as text, if it is a sane one (never negative)."""
    if isinstance(value, str):
        value = int(value) if value.isdecimal() and value.isascii() and len(value) < 20 else real(value)
    return number(value)


def amount(value: object) -> int:
    """The number, else 0."""
    return whole(value) or 0


def is_true(value: object) -> bool:
    """Whether it is true, also where that is told as text."""
    return value is True or value == "true"


def picodollars(dollars: object) -> int | None:
    """Money; None where nothing is told, or 0: so a writer tells that it knows no price."""
    told = real(dollars)
    return round(told * PICO) if told is not None and 0 < told < _MOST_DOLLARS else None


def milliseconds(nanoseconds: object) -> int:
    """Epoch milliseconds of epoch nanoseconds; 0 where none are told."""
    if isinstance(nanoseconds, str):
        nanoseconds = int(nanoseconds) if nanoseconds.isdecimal() and len(nanoseconds) < 20 else 0
    return number(nanoseconds // 1_000_000) or 0 if isinstance(nanoseconds, int) else 0


SIGNALS = ("resourceLogs", "resourceSpans", "resourceMetrics")
"""The keys by which an export request is known: each holds a list."""

CUMULATIVE = 2
"""Of aggregation temporalities: each value includes those before it since the series began."""

_VALUES = ("asInt", "asDouble", "sum")
_AGGREGATIONS = ("sum", "histogram", "exponentialHistogram", "gauge")
_ERROR = 2


@dataclass(frozen=True, slots=True)
class Log:
    """A log record: an event with a name. ``time`` is when it was as its writer spells it, ``at`` in milliseconds."""

    name: str
    at: int
    attributes: Record
    resource: Record
    trace: str
    span: str
    time: str

    @property
    def uid(self) -> str:
        """A name of the record, the same where it is exported again."""
        return _digest(self.time, self.span, self.attributes)


@dataclass(frozen=True, slots=True)
class Span:
    """A span; times in epoch milliseconds. ``uid`` is unique in the world, ``parent`` empty for a trace's root."""

    name: str
    start: int
    end: int
    attributes: Record
    resource: Record
    trace: str
    uid: str
    parent: str
    failed: bool
    message: str

    @property
    def duration_ms(self) -> int:
        """How long it took."""
        return max(0, self.end - self.start)


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a series of measurements. ``run`` names what the value is the sum of: all that was measured since
    the series began, or, where each value tells what was added to the one before, this addition alone."""

    name: str
    at: int
    value: float
    attributes: Record
    resource: Record
    run: str


def logs(record: Record) -> Iterator[Log]:
    """The log records of an export."""
    for resource, _, group in _groups(record, "resourceLogs", "scopeLogs"):
        for told in tables(group.get("logRecords")):
            yield _log(told, resource)


def spans(record: Record) -> Iterator[Span]:
    """The spans of an export."""
    for resource, _, group in _groups(record, "resourceSpans", "scopeSpans"):
        for told in tables(group.get("spans")):
            yield _span(told, resource)


def points(record: Record) -> Iterator[Point]:
    """The data points of an export."""
    for resource, scope, group in _groups(record, "resourceMetrics", "scopeMetrics"):
        for metric in tables(group.get("metrics")):
            yield from _points(metric, resource, scope)


def _groups(record: Record, signal: str, scopes: str) -> Iterator[tuple[Record, Record, Record]]:
    for told in tables(record.get(signal)):
        resource = attributes(table(told.get("resource")).get("attributes"))
        for group in tables(told.get(scopes)):
            yield resource, table(group.get("scope")), group


def _log(told: Record, resource: Record) -> Log:
    own, nanoseconds = attributes(told.get("attributes")), _time_of(told)
    return Log(
        name=_event_name(text(own.get("event.name")), text(plain(told.get("body"))), text(told.get("eventName"))),
        at=milliseconds(nanoseconds),
        attributes=own,
        resource=resource,
        trace=text(told.get("traceId")),
        span=text(told.get("spanId")),
        time=str(nanoseconds),
    )


def _time_of(told: Record) -> object:
    """When it was; a writer that does not know says 0 and tells when it saw it."""
    own = told.get("timeUnixNano")
    return own if milliseconds(own) else told.get("observedTimeUnixNano")


def _event_name(attribute: str, body: str, field: str) -> str:
    """The full name: an attribute may tell it without its first part, the body then tells it whole."""
    return body if not attribute or body.endswith(f".{attribute}") else attribute or field


def _span(told: Record, resource: Record) -> Span:
    status, trace = table(told.get("status")), text(told.get("traceId"))
    return Span(
        name=text(told.get("name")),
        start=milliseconds(told.get("startTimeUnixNano")),
        end=milliseconds(told.get("endTimeUnixNano")),
        attributes=attributes(told.get("attributes")),
        resource=resource,
        trace=trace,
        uid=f"{trace}+{text(told.get('spanId'))}",
        parent=text(told.get("parentSpanId")),
        failed=status.get("code") in (_ERROR, "STATUS_CODE_ERROR"),
        message=text(status.get("message")),
    )


def _points(metric: Record, resource: Record, scope: Record) -> Iterator[Point]:
    name = text(metric.get("name"))
    for kind in _AGGREGATIONS:
        data = table(metric.get(kind))
        cumulative = data.get("aggregationTemporality") in (CUMULATIVE, "AGGREGATION_TEMPORALITY_CUMULATIVE")
        for told in tables(data.get("dataPoints")):
            value = next((value for key in _VALUES if (value := real(told.get(key))) is not None), None)
            if value is not None:
                own = attributes(told.get("attributes"))
                began, ended = str(told.get("startTimeUnixNano")), str(told.get("timeUnixNano"))
                run = _digest(name, began, "" if cumulative else ended, scope.get("name"), own, resource)
                yield Point(name, milliseconds(told.get("timeUnixNano")), value, own, resource, run)


def _digest(*parts: object) -> str:
    named = [dict(sorted(part.items())) if isinstance(part, dict) else part for part in parts]
    return blake2b(as_json(named).encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
