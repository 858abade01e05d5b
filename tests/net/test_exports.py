"""Export requests in JSON and protobuf become one line of OTLP JSON."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.net.bombs import BOMBS
from tests.net.wire import attribute, data, double, fixed64, logs_export, number
from tui_monitor.net.body import HttpError
from tui_monitor.net.exports import JSON, MAX_LINE, PROTOBUF, SIGNALS, read_export
from tui_monitor.net.protobuf import MAX_VALUES

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


TRACES_EXPORT = data(1, data(2, data(2, data(1, bytes(16)), data(2, bytes(8)), data(5, "chat"), fixed64(7, 1))))
GAUGE_EXPORT = data(1, data(2, data(2, data(1, "tokens"), data(2, "text"), data(5, data(1, double(4, 1.5))))))
SUM_EXPORT = data(1, data(2, data(2, data(1, "tokens"), data(7, data(1, fixed64(6, 7)), number(2, 2)))))
UNTIMED_LOGS_EXPORT = data(1, data(2, data(2, data(5, data(1, "text")), attribute(6, "a", data(1, "b")))))
EXPORTS = {
    "/v1/logs": [logs_export(), UNTIMED_LOGS_EXPORT],
    "/v1/traces": [TRACES_EXPORT],
    "/v1/metrics": [GAUGE_EXPORT, SUM_EXPORT],
}


@pytest.mark.parametrize("path", EXPORTS)
def test_export_of_each_signal_is_accepted_at_its_path(path: str) -> None:
    for body in EXPORTS[path]:
        assert read_export(SIGNALS[path], PROTOBUF, body).records == 1


@pytest.mark.parametrize(
    ("sent_to", "meant_for", "body"),
    [
        (sent_to, path, body)
        for sent_to in SIGNALS
        for path, bodies in EXPORTS.items()
        if path != sent_to
        for body in bodies
    ],
)
def test_export_of_another_signal_is_refused_with_its_path(sent_to: str, meant_for: str, body: bytes) -> None:
    with pytest.raises(HttpError, match=meant_for) as error:
        read_export(SIGNALS[sent_to], PROTOBUF, body)
    assert error.value.status == 400
    json_body = json.dumps({SIGNALS[meant_for].resources: []}).encode()
    with pytest.raises(HttpError, match=meant_for) as error:
        read_export(SIGNALS[sent_to], JSON, json_body)
    assert error.value.status == 400


def test_json_that_is_no_export_is_refused() -> None:
    with pytest.raises(HttpError, match="no resourceLogs") as error:
        read_export(LOGS, JSON, b'{"logs": []}')
    assert error.value.status == 400


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured by the kernel's files")
@pytest.mark.parametrize("path", SIGNALS)
def test_export_of_too_many_values_is_refused_before_they_take_memory(path: str) -> None:
    command = [sys.executable, "-m", "tests.net.bombs", path]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert ran.returncode == 0, ran.stderr
    results = [line.split("\t") for line in ran.stdout.splitlines()]
    assert {name for name, *_ in results} == set(BOMBS)
    assert {status for _, status, *_ in results} <= {"400", "413"}
    assert max(float(seconds) for *_, seconds, _ in results) < 5  # a fraction of one, where nothing else runs
    assert max(int(megabytes) for *_, megabytes in results) < 50


def test_as_many_values_as_allowed_are_accepted() -> None:
    records = b",".join([b"{}"] * (MAX_VALUES // 2 - 10))
    body = b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[' + records + b"]}]}]}"
    assert read_export(LOGS, JSON, body).records == MAX_VALUES // 2 - 10


def test_characters_of_texts_are_no_values() -> None:
    body = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": '{[,"\\' * MAX_VALUES}]}]}]}).encode()
    assert read_export(LOGS, JSON, body).records == 1


def test_export_that_grows_too_much_as_json_is_refused() -> None:
    body = data(1, data(2, data(2, data(3, bytes(MAX_LINE // 6)))))
    with pytest.raises(HttpError) as error:
        read_export(LOGS, PROTOBUF, body)
    assert error.value.status == 413
