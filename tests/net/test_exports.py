"""Export requests in JSON and protobuf become one line of OTLP JSON."""

from __future__ import annotations

import json

import pytest

from tests.net.wire import logs_export
from tui_monitor.net.body import HttpError
from tui_monitor.net.exports import JSON, PROTOBUF, SIGNALS, read_export

LOGS = SIGNALS["/v1/logs"]
EXPORT = {
    "resourceLogs": [
        {
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "claude-code"}}]},
            "scopeLogs": [{"logRecords": [{"body": {"stringValue": "a\nb"}}, {}]}, {"logRecords": [{}]}],
        }
    ]
}


def test_json_becomes_one_line() -> None:
    export = read_export(LOGS, f"{JSON}; charset=utf-8", json.dumps(EXPORT, indent=2).encode())
    assert b"\n" not in export.line
    assert json.loads(export.line) == EXPORT
    assert (export.signal, export.services, export.records) == ("logs", ("claude-code",), 3)


def test_protobuf_becomes_one_line_of_json() -> None:
    export = read_export(LOGS, PROTOBUF, logs_export())
    [resource] = json.loads(export.line)["resourceLogs"]
    assert resource["scopeLogs"][0]["logRecords"][0]["timeUnixNano"] == "1772359200000000000"
    assert (export.services, export.records) == (("claude-code",), 1)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [(JSON, b"{}"), (JSON, b'{"resourceLogs":[]}'), (JSON, b'{"resourceLogs":[{}, 7]}'), (PROTOBUF, b"")],
)
def test_export_without_records_has_no_line(content_type: str, body: bytes) -> None:
    assert read_export(LOGS, content_type, body).line == b""


def test_records_of_other_signals_are_dropped() -> None:
    body = json.dumps({**EXPORT, "resourceSpans": [], "x": 1}).encode()
    assert json.loads(read_export(LOGS, JSON, body).line) == EXPORT


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        (JSON, b"{", 400),
        (JSON, b"[]", 400),
        (JSON, b'{"resourceLogs":{}}', 400),
        (JSON, b"\xff", 400),
        (JSON, b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[' + b"[" * 300 + b"]" * 300 + b"]}]}]}", 400),
        (PROTOBUF, b"\x0a\x05", 400),
        ("text/plain", b"{}", 415),
        ("", b"{}", 415),
    ],
)
def test_invalid_export_is_refused(content_type: str, body: bytes, status: int) -> None:
    with pytest.raises(HttpError) as error:
        read_export(LOGS, content_type, body)
    assert error.value.status == status
