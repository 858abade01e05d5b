"""Protobuf exports become the JSON that an OTLP/JSON exporter would have sent."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.net.wire import attribute, data, double, fixed32, fixed64, logs_export, number, varint
from tui_monitor.net.messages import MESSAGES
from tui_monitor.net.protobuf import MAX_DEPTH, BrokenMessage, decode

NANOSECONDS = 1_772_359_200_123_456_789


def test_log_record_is_decoded() -> None:
    body = data(5, data(1, "claude_code.api_request"))
    ids = data(9, bytes(range(16))), data(10, bytes(range(8)))
    record = decode(b"".join((fixed64(1, NANOSECONDS), number(2, 9), body, *ids, fixed32(8, 1))), "LogRecord")
    assert record == {
        "timeUnixNano": str(NANOSECONDS),
        "severityNumber": 9,
        "body": {"stringValue": "claude_code.api_request"},
        "traceId": "000102030405060708090a0b0c0d0e0f",
        "spanId": "0001020304050607",
        "flags": 1,
    }


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (data(1, "été"), {"stringValue": "été"}),
        (number(2, 1), {"boolValue": True}),
        (number(2, 0), {"boolValue": False}),
        (number(3, 300), {"intValue": "300"}),
        (number(3, -5), {"intValue": "-5"}),
        (double(4, 0.25), {"doubleValue": 0.25}),
        (double(4, math.nan), {"doubleValue": None}),
        (data(5, data(1, data(1, "a")), data(1, number(3, 1))), {
            "arrayValue": {"values": [{"stringValue": "a"}, {"intValue": "1"}]}
        }),
        (data(6, data(1, data(1, "k"), data(2, data(1, "v")))), {
            "kvlistValue": {"values": [{"key": "k", "value": {"stringValue": "v"}}]}
        }),
        (data(7, b"\x00\xff"), {"bytesValue": "AP8="}),
        (b"", {}),
    ],
)  # fmt: skip
def test_values_of_all_kinds_are_decoded(field: bytes, expected: object) -> None:
    assert decode(field, "AnyValue") == expected


def test_complete_export_is_decoded() -> None:
    expected_record = {
        "timeUnixNano": "1772359200000000000",
        "attributes": [{"key": "event.name", "value": {"stringValue": "api_request"}}],
    }
    expected_resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "claude-code"}}]}
    groups = [{"logRecords": [expected_record]}]
    assert decode(logs_export(), "LogsExport") == {
        "resourceLogs": [{"resource": expected_resource, "scopeLogs": groups}]
    }


def test_span_is_decoded_with_its_status() -> None:
    span = b"".join(
        (
            data(5, "chat"),
            fixed64(7, NANOSECONDS),
            attribute(9, "model", data(1, "m")),
            data(15, data(2, "no"), number(3, 2)),
        )
    )
    assert decode(span, "Span") == {
        "name": "chat",
        "startTimeUnixNano": str(NANOSECONDS),
        "attributes": [{"key": "model", "value": {"stringValue": "m"}}],
        "status": {"message": "no", "code": 2},
    }


def test_negative_metric_points_are_decoded() -> None:
    metric = data(1, "tokens"), data(7, data(1, fixed64(6, -7)), data(1, double(4, 1.5)), number(2, 2), number(3, 1))
    assert decode(b"".join(metric), "Metric") == {
        "name": "tokens",
        "sum": {
            "dataPoints": [{"asInt": "-7"}, {"asDouble": 1.5}],
            "aggregationTemporality": 2,
            "isMonotonic": True,
        },
    }


def test_repeated_numbers_may_be_packed_or_not() -> None:
    one_by_one = fixed64(6, 3) + fixed64(6, 4)
    together = data(6, fixed64(0, 3)[1:], fixed64(0, 4)[1:])
    assert decode(one_by_one, "HistogramPoint") == decode(together, "HistogramPoint") == {"bucketCounts": ["3", "4"]}


@pytest.mark.parametrize(("raw", "scale"), [(0, 0), (1, -1), (2, 1), (3, -2)])
def test_scales_are_zigzag_encoded(raw: int, scale: int) -> None:
    assert decode(number(6, raw), "ExponentialPoint") == {"scale": scale}


def test_unknown_fields_are_ignored() -> None:
    unknown = number(90, 1) + data(91, "x") + fixed64(92, 1) + fixed32(93, 1)
    assert decode(unknown + data(5, "chat"), "Span") == {"name": "chat"}


def test_last_value_of_a_single_field_counts() -> None:
    assert decode(data(5, "one") + data(5, "two"), "Span") == {"name": "two"}


@pytest.mark.parametrize(
    "broken",
    [
        logs_export()[:-1],
        b"\x0a",
        b"\xff" * 11,
        b"\x0b",
        varint(1 << 3 | 1) + b"123",
        number(1, 1),
        b"\x80",
    ],
)
def test_truncated_or_mismatching_message_is_refused(broken: bytes) -> None:
    with pytest.raises(BrokenMessage):
        decode(broken, "LogsExport")


def test_endlessly_nested_values_are_refused() -> None:
    value = data(1, "deep")
    for _ in range(MAX_DEPTH):
        value = data(5, data(1, value))
    with pytest.raises(BrokenMessage, match="deep"):
        decode(value, "AnyValue")


@settings(deadline=None)
@given(st.binary(max_size=60), st.sampled_from(sorted(MESSAGES)))
def test_arbitrary_bytes_raise_nothing_but_broken_message(junk: bytes, message: str) -> None:
    try:
        result = decode(junk, message)
    except BrokenMessage:
        return
    assert isinstance(result, dict)


@settings(deadline=None)
@given(st.integers(0, 200), st.binary(min_size=1, max_size=4))
def test_damaged_message_raises_nothing_but_broken_message(at: int, junk: bytes) -> None:
    export = logs_export()
    at %= len(export)
    with suppress(BrokenMessage):
        assert "resourceLogs" in decode(export[:at] + junk + export[at + len(junk) :], "LogsExport") or at == 0


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_keep_their_value(value: int) -> None:
    assert decode(number(3, value), "AnyValue") == {"intValue": str(value)}
    assert decode(fixed64(6, value), "NumberPoint") == {"asInt": str(value)}
