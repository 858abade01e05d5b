"""The protobuf messages of OTLP: for each its fields by number, with their names in OTLP JSON.

Taken from opentelemetry-proto 1.x, without exemplars and other fields that are not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import NamedTuple, TypeAlias


class Scalar(Enum):
    """The wire encoding of a field's value, and its representation in JSON."""

    TEXT = auto()
    HEX = auto()  # bytes → hexadecimal digits
    BASE64 = auto()  # bytes → base64
    BOOL = auto()
    NUMBER = auto()  # 32-bit varint → number
    SIGNED = auto()  # signed 64-bit varint → text
    ZIGZAG = auto()  # zigzag varint → number
    FIXED32 = auto()  # → number
    FIXED64 = auto()  # → text
    SIGNED_FIXED64 = auto()  # → text
    DOUBLE = auto()


class Field(NamedTuple):
    """A field. ``kind``: the encoding of a scalar, or the name of a message; ``many``: repeated, a list in JSON."""

    name: str
    kind: Scalar | str
    many: bool = False


Message: TypeAlias = Mapping[int, Field]

_ATTRIBUTES = Field("attributes", "KeyValue", many=True)
_START = Field("startTimeUnixNano", Scalar.FIXED64)
_TIME = Field("timeUnixNano", Scalar.FIXED64)
_COUNT = Field("count", Scalar.FIXED64)
_SUM = Field("sum", Scalar.DOUBLE)
_MIN = Field("min", Scalar.DOUBLE)
_MAX = Field("max", Scalar.DOUBLE)
_TEMPORALITY = Field("aggregationTemporality", Scalar.NUMBER)
_TRACE = Field("traceId", Scalar.HEX)
_SPAN = Field("spanId", Scalar.HEX)
_RESOURCE = Field("resource", "Resource")
_SCOPE = Field("scope", "Scope")

MESSAGES: Mapping[str, Message] = {
    "LogsExport": {1: Field("resourceLogs", "ResourceLogs", many=True)},
    "TracesExport": {1: Field("resourceSpans", "ResourceSpans", many=True)},
    "MetricsExport": {1: Field("resourceMetrics", "ResourceMetrics", many=True)},
    "ResourceLogs": {1: _RESOURCE, 2: Field("scopeLogs", "ScopeLogs", many=True)},
    "ResourceSpans": {1: _RESOURCE, 2: Field("scopeSpans", "ScopeSpans", many=True)},
    "ResourceMetrics": {1: _RESOURCE, 2: Field("scopeMetrics", "ScopeMetrics", many=True)},
    "ScopeLogs": {1: _SCOPE, 2: Field("logRecords", "LogRecord", many=True)},
    "ScopeSpans": {1: _SCOPE, 2: Field("spans", "Span", many=True)},
    "ScopeMetrics": {1: _SCOPE, 2: Field("metrics", "Metric", many=True)},
    "Resource": {1: _ATTRIBUTES},
    "Scope": {1: Field("name", Scalar.TEXT), 2: Field("version", Scalar.TEXT), 3: _ATTRIBUTES},
    "KeyValue": {1: Field("key", Scalar.TEXT), 2: Field("value", "AnyValue")},
    "AnyValue": {
        1: Field("stringValue", Scalar.TEXT),
        2: Field("boolValue", Scalar.BOOL),
        3: Field("intValue", Scalar.SIGNED),
        4: Field("doubleValue", Scalar.DOUBLE),
        5: Field("arrayValue", "ArrayValue"),
        6: Field("kvlistValue", "KeyValueList"),
        7: Field("bytesValue", Scalar.BASE64),
    },
    "ArrayValue": {1: Field("values", "AnyValue", many=True)},
    "KeyValueList": {1: Field("values", "KeyValue", many=True)},
    "LogRecord": {
        1: _TIME,
        2: Field("severityNumber", Scalar.NUMBER),
        3: Field("severityText", Scalar.TEXT),
        5: Field("body", "AnyValue"),
        6: _ATTRIBUTES,
        8: Field("flags", Scalar.FIXED32),
        9: _TRACE,
        10: _SPAN,
        11: Field("observedTimeUnixNano", Scalar.FIXED64),
        12: Field("eventName", Scalar.TEXT),
    },
    "Span": {
        1: _TRACE,
        2: _SPAN,
        3: Field("traceState", Scalar.TEXT),
        4: Field("parentSpanId", Scalar.HEX),
        5: Field("name", Scalar.TEXT),
        6: Field("kind", Scalar.NUMBER),
        7: _START,
        8: Field("endTimeUnixNano", Scalar.FIXED64),
        9: _ATTRIBUTES,
        11: Field("events", "SpanEvent", many=True),
        13: Field("links", "SpanLink", many=True),
        15: Field("status", "Status"),
        16: Field("flags", Scalar.FIXED32),
    },
    "SpanEvent": {1: _TIME, 2: Field("name", Scalar.TEXT), 3: _ATTRIBUTES},
    "SpanLink": {1: _TRACE, 2: _SPAN, 3: Field("traceState", Scalar.TEXT), 4: _ATTRIBUTES},
    "Status": {2: Field("message", Scalar.TEXT), 3: Field("code", Scalar.NUMBER)},
    "Metric": {
        1: Field("name", Scalar.TEXT),
        2: Field("description", Scalar.TEXT),
        3: Field("unit", Scalar.TEXT),
        5: Field("gauge", "Gauge"),
        7: Field("sum", "Sum"),
        9: Field("histogram", "Histogram"),
        10: Field("exponentialHistogram", "ExponentialHistogram"),
    },
    "Gauge": {1: Field("dataPoints", "NumberPoint", many=True)},
    "Sum": {
        1: Field("dataPoints", "NumberPoint", many=True),
        2: _TEMPORALITY,
        3: Field("isMonotonic", Scalar.BOOL),
    },
    "Histogram": {1: Field("dataPoints", "HistogramPoint", many=True), 2: _TEMPORALITY},
    "ExponentialHistogram": {1: Field("dataPoints", "ExponentialPoint", many=True), 2: _TEMPORALITY},
    "NumberPoint": {
        2: _START,
        3: _TIME,
        4: Field("asDouble", Scalar.DOUBLE),
        6: Field("asInt", Scalar.SIGNED_FIXED64),
        7: _ATTRIBUTES,
    },
    "HistogramPoint": {
        2: _START,
        3: _TIME,
        4: _COUNT,
        5: _SUM,
        6: Field("bucketCounts", Scalar.FIXED64, many=True),
        7: Field("explicitBounds", Scalar.DOUBLE, many=True),
        9: _ATTRIBUTES,
        11: _MIN,
        12: _MAX,
    },
    "ExponentialPoint": {
        1: _ATTRIBUTES,
        2: _START,
        3: _TIME,
        4: _COUNT,
        5: _SUM,
        6: Field("scale", Scalar.ZIGZAG),
        7: Field("zeroCount", Scalar.FIXED64),
        12: _MIN,
        13: _MAX,
    },
}
