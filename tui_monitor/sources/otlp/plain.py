"""Spans as SDKs write them to a file or a console, one JSON object each: not OTLP, but the same facts, with attributes
as plain objects. Known are the objects of JavaScript (times as seconds and nanoseconds, or as a microsecond and a
duration) and of Python (ids after ``0x``, times in ISO 8601).
"""

from __future__ import annotations

from tui_monitor.sources.base import Record
from tui_monitor.sources.otlp.export import Span
from tui_monitor.sources.shared.fields import iso_to_epoch_ms, number, plausible_time, table, text

_CONTEXTS = ("context", "spanContext", "_spanContext")
_PARENTS = ("parentSpanContext", "parentContext")
_ERRORS = (2, "ERROR", "STATUS_CODE_ERROR", "StatusCode.ERROR")
_OTHER_SIGNALS = ("metric", "log", "logRecord")


def is_other_signal(record: Record) -> bool:
    """Return True for metrics and logs between spans, which repeat what these say."""
    return record.get("type") in _OTHER_SIGNALS and any(key in record for key in ("dataPoints", "body", "hrTime"))


def plain_span(record: Record) -> Span | None:
    """Return the span in a record; None if it is none."""
    attributes, status = record.get("attributes"), table(record.get("status"))
    trace, own = _id(record, "traceId", "trace_id"), _id(record, "spanId", "span_id") or _hex(record.get("id"))
    if not isinstance(attributes, dict) or not trace or not own or not text(record.get("name")):
        return None
    start = _first_time(record, "startTime", "start_time", "timestamp")
    duration = number(record.get("duration")) or 0
    end = _first_time(record, "endTime", "end_time") or (start + duration // 1000 if start else 0)
    return Span(
        name=text(record["name"]),
        start=start,
        end=end or start,
        attributes=attributes,
        resource=_resource(table(record.get("resource"))),
        trace=trace,
        uid=f"{trace}+{own}",
        parent=_parent(record),
        failed=status.get("code") in _ERRORS or status.get("status_code") in _ERRORS,
        message=text(status.get("message")) or text(status.get("description")),
    )


def _id(record: Record, *names: str) -> str:
    """Return an id in the record, or in the context that it has."""
    places = (record, *(table(record.get(name)) for name in _CONTEXTS))
    return next((found for place in places for name in names if (found := _hex(place.get(name)))), "")


def _parent(record: Record) -> str:
    own = _hex(record.get("parentSpanId")) or _hex(record.get("parent_id")) or _hex(record.get("parent_span_id"))
    contexts = (table(record.get(name)) for name in _PARENTS)
    return own or next((found for context in contexts if (found := _hex(context.get("spanId")))), "")


def _hex(value: object) -> str:
    return text(value).removeprefix("0x")


def _first_time(record: Record, *names: str) -> int:
    return next((at for name in names if (at := _time(record.get(name)))), 0)


def _time(value: object) -> int:
    """Return epoch milliseconds of seconds and nanoseconds, of microseconds, or of an ISO 8601 time."""
    if isinstance(value, list) and len(value) == 2:
        seconds, nanoseconds = number(value[0]), number(value[1])
        return plausible_time(seconds * 1000 + (nanoseconds or 0) // 1_000_000) if seconds else 0
    if isinstance(value, str):
        return iso_to_epoch_ms(value)
    return plausible_time((number(value) or 0) // 1000)


def _resource(resource: Record) -> Record:
    """Return the attributes of a resource; newer SDKs of JavaScript keep them as pairs."""
    pairs = resource.get("_rawAttributes")
    if isinstance(pairs, list):
        return {text(pair[0]): pair[1] for pair in pairs if isinstance(pair, list) and len(pair) == 2}
    return table(resource.get("attributes")) or table(resource.get("_attributes"))
