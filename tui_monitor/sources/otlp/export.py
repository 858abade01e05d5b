"""OTLP JSON: an export request (one line), its log records, spans and data points, and their values.

Writers differ: 64-bit integers may be text or numbers, numbers may be text.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b

from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import as_json, number, plausible_time, table, tables, text, to_picodollars


def attributes(value: object) -> Record:
    """Convert a list of keys and values to an object."""
    return {text(pair.get("key")): any_value(pair.get("value")) for pair in tables(value)}


def any_value(value: object) -> object:
    """Convert an ``AnyValue``; None when it is empty."""
    for kind, content in value.items() if isinstance(value, dict) else ():
        if kind == "stringValue":
            return content
        if kind == "arrayValue":
            return [any_value(item) for item in tables(table(content).get("values"))]
        if kind == "kvlistValue":
            return attributes(table(content).get("values"))
        return to_int(content) if kind == "intValue" else content
    return None


def to_float(value: object) -> float | None:
    """Convert a number, or text that holds one; None otherwise."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        with suppress(ValueError, OverflowError):
            return float(value)
    return None


def to_int(value: object) -> int | None:
    """Convert a plausible number (never negative), or text that holds one, to an integer; None otherwise."""
    if isinstance(value, str):
        value = int(value) if value.isdecimal() and value.isascii() and len(value) < 20 else to_float(value)
    return number(value)


def to_count(value: object) -> int:
    """Convert a number; 0 otherwise."""
    return to_int(value) or 0


def is_true(value: object) -> bool:
    """Return True for true, also as text."""
    return value is True or value == "true"


def to_cost(dollars: object) -> int | None:
    """Convert dollars to picodollars; None when missing, or 0, which writers send when they know no price."""
    return to_picodollars(to_float(dollars)) or None


def nanoseconds_to_epoch_ms(nanoseconds: object) -> int:
    """Convert epoch nanoseconds to epoch milliseconds; 0 when missing."""
    if isinstance(nanoseconds, str):
        nanoseconds = int(nanoseconds) if nanoseconds.isdecimal() and len(nanoseconds) < 20 else 0
    return plausible_time(nanoseconds // 1_000_000) if isinstance(nanoseconds, int) else 0


SIGNALS = ("resourceLogs", "resourceSpans", "resourceMetrics")
"""Keys of an export request; each holds a list."""

_OLDER_SCOPE = "instrumentationLibrary"
"""What a scope was called before OTLP 0.15."""

CUMULATIVE = 2
"""Aggregation temporality: each value includes the earlier ones since the start of the series."""

_VALUES = ("asInt", "asDouble", "sum")
_AGGREGATIONS = ("sum", "histogram", "exponentialHistogram", "gauge")
_ERROR = 2


@dataclass(frozen=True, slots=True)
class LogRecord:
    """A log record: an event with a name. ``time`` is its timestamp as text, ``at`` in milliseconds, ``scope`` the
    instrumentation that wrote it."""

    name: str
    at: int
    attributes: Record
    resource: Record
    trace: str
    span: str
    time: str
    scope: str = ""

    @property
    def uid(self) -> str:
        """Id of the record, the same when it is exported again."""
        return digest(self.time, self.span, self.attributes)


@dataclass(frozen=True, slots=True)
class Span:
    """A span; times in epoch milliseconds. ``uid`` is globally unique, ``parent`` empty for the root of a trace,
    ``scope`` the instrumentation that made it."""

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
    scope: str = ""

    @property
    def duration_ms(self) -> int:
        """Duration of the span."""
        return max(0, self.end - self.start)


@dataclass(frozen=True, slots=True)
class DataPoint:
    """One value of a metric. ``run`` identifies the values that replace each other: a cumulative series since its
    start, or a single delta. Two scopes (instrumentations) that measure the same thing are one run."""

    name: str
    at: int
    value: float
    attributes: Record
    resource: Record
    scope: str
    run: str


def logs(record: Record) -> Iterator[LogRecord]:
    """Yield the log records of an export."""
    for resource, group in _groups(record, "Logs"):
        for log_record in tables(group.get("logRecords")):
            yield _log(log_record, resource, _scope(group))


def spans(record: Record) -> Iterator[Span]:
    """Yield the spans of an export."""
    for resource, group in _groups(record, "Spans"):
        for span_record in tables(group.get("spans")):
            yield _span(span_record, resource, _scope(group))


def points(record: Record) -> Iterator[DataPoint]:
    """Yield the data points of an export."""
    for resource, group in _groups(record, "Metrics"):
        for metric in tables(group.get("metrics")):
            yield from _points(metric, resource, _scope(group))


def _groups(record: Record, kind: str) -> Iterator[tuple[Record, Record]]:
    for item in tables(record.get(f"resource{kind}")):
        resource = attributes(table(item.get("resource")).get("attributes"))
        for scopes in (f"scope{kind}", f"{_OLDER_SCOPE}{kind}"):
            for group in tables(item.get(scopes)):
                yield resource, group


def _scope(group: Record) -> str:
    return text(table(group.get("scope") or group.get(_OLDER_SCOPE)).get("name"))


def _log(record: Record, resource: Record, scope: str) -> LogRecord:
    fields, nanoseconds = attributes(record.get("attributes")), _timestamp(record)
    return LogRecord(
        name=_event_name(
            text(fields.get("event.name")), text(any_value(record.get("body"))), text(record.get("eventName"))
        ),
        at=nanoseconds_to_epoch_ms(nanoseconds),
        attributes=fields,
        resource=resource,
        trace=text(record.get("traceId")),
        span=text(record.get("spanId")),
        time=str(nanoseconds),
        scope=scope,
    )


def _timestamp(record: Record) -> object:
    """Return the time of a log record, or when it was observed if its writer sent 0."""
    time = record.get("timeUnixNano")
    return time if nanoseconds_to_epoch_ms(time) else record.get("observedTimeUnixNano")


def _event_name(attribute: str, body: str, field: str) -> str:
    """Return the full event name: the attribute, which newer writers leave out, may lack a prefix that the body has."""
    name = attribute or field
    return body if body.endswith(f".{name}") or not name else name


def _span(record: Record, resource: Record, scope: str) -> Span:
    status, trace = table(record.get("status")), text(record.get("traceId"))
    return Span(
        name=text(record.get("name")),
        start=nanoseconds_to_epoch_ms(record.get("startTimeUnixNano")),
        end=nanoseconds_to_epoch_ms(record.get("endTimeUnixNano")),
        attributes=attributes(record.get("attributes")),
        resource=resource,
        trace=trace,
        uid=f"{trace}+{text(record.get('spanId'))}",
        parent=text(record.get("parentSpanId")),
        failed=status.get("code") in (_ERROR, "STATUS_CODE_ERROR"),
        message=text(status.get("message")),
        scope=scope,
    )


def _points(metric: Record, resource: Record, scope: str) -> Iterator[DataPoint]:
    name = text(metric.get("name"))
    for kind in _AGGREGATIONS:
        data = table(metric.get(kind))
        cumulative = data.get("aggregationTemporality") in (CUMULATIVE, "AGGREGATION_TEMPORALITY_CUMULATIVE")
        for point in tables(data.get("dataPoints")):
            value = next((value for key in _VALUES if (value := to_float(point.get(key))) is not None), None)
            if value is not None:
                fields = attributes(point.get("attributes"))
                start, end = str(point.get("startTimeUnixNano")), str(point.get("timeUnixNano"))
                run = digest(name, start, "" if cumulative else end, fields, resource)
                at = nanoseconds_to_epoch_ms(point.get("timeUnixNano"))
                yield DataPoint(name, at, value, fields, resource, scope, run)


def digest(*parts: object) -> str:
    """Return a short hash of JSON values, whatever the order of keys."""
    sorted_parts = [dict(sorted(part.items())) if isinstance(part, dict) else part for part in parts]
    return blake2b(as_json(sorted_parts).encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
