"""Export requests of the three signals, as JSON or protobuf → a line of OTLP JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import orjson

from tui_monitor.net.body import HttpError
from tui_monitor.net.protobuf import MAX_VALUES, BrokenMessage, Json, TooManyValues, decode

JSON = "application/json"
PROTOBUF = "application/x-protobuf"

MAX_LINE = 32 << 20
"""Size limit of an export as a line of JSON, in bytes."""

_PIECE = 64 << 10
_SEPARATORS = (b"{", b"[", b",")
_TRACE_DIGITS = 32
_TOO_MANY = f"the export has more than {MAX_VALUES:,} values: send smaller batches"


@dataclass(frozen=True, slots=True)
class Signal:
    """A kind of telemetry: its name, its export message, and the keys that lead to its records."""

    name: str
    message: str
    resources: str
    scopes: str
    records: str


SIGNALS: Mapping[str, Signal] = {
    "/v1/logs": Signal("logs", "LogsExport", "resourceLogs", "scopeLogs", "logRecords"),
    "/v1/traces": Signal("traces", "TracesExport", "resourceSpans", "scopeSpans", "spans"),
    "/v1/metrics": Signal("metrics", "MetricsExport", "resourceMetrics", "scopeMetrics", "metrics"),
}
"""The signals by the path that they are sent to."""


@dataclass(frozen=True, slots=True)
class Export:
    """One export request: its signal, the sending services, the number of records, and its JSON without a line end.

    ``line`` is empty if there are no records.
    """

    signal: str
    services: tuple[str, ...]
    records: int
    line: bytes


def read_export(signal: Signal, content_type: str, body: bytes) -> Export:
    """Decode the body of an export request.

    Raises:
        HttpError: the body is of another content type, broken, too large, or not an export of this signal.
    """
    is_protobuf = check_content_type(content_type) == PROTOBUF
    document = _decode_protobuf(signal, body) if is_protobuf else _decode_json(signal, body)
    resources = document.get(signal.resources, [])
    if not isinstance(resources, list):
        raise HttpError(400, f"{signal.resources} is not a list")
    services = dict.fromkeys(name for resource in _objects(resources) if (name := _service_name(resource)))
    records = sum(_count_records(resource, signal) for resource in _objects(resources))
    try:
        line = orjson.dumps({signal.resources: resources}) if records else b""
    except orjson.JSONEncodeError:
        raise HttpError(400, "the export is nested too deeply") from None
    if len(line) > MAX_LINE:
        raise HttpError(413, f"the export is longer than {MAX_LINE >> 20} MiB: send smaller batches")
    return Export(signal.name, tuple(services), records, line)


def check_content_type(content_type: str) -> str:
    """Return the content type without its parameters.

    Raises:
        HttpError: it is neither JSON nor protobuf.
    """
    name = content_type.partition(";")[0].strip().lower()
    if name not in (JSON, PROTOBUF):
        raise HttpError(415, f"the content type must be {JSON} or {PROTOBUF}")
    return name


def _decode_protobuf(signal: Signal, body: bytes) -> dict[str, Json]:
    try:
        document = decode(body, signal.message)
    except TooManyValues:
        raise HttpError(413, _TOO_MANY) from None
    except BrokenMessage as error:
        raise HttpError(400, f"{_wrong_path(signal, body)}invalid protobuf: {error}") from None
    if not all(_is_of_signal(record, signal) for record in _records(document, signal)):
        raise HttpError(400, f"{_wrong_path(signal, body)}these are no {signal.name}")
    return document


def _wrong_path(signal: Signal, body: bytes) -> str:
    """Return the path where a body belongs that is no export of ``signal``, as the beginning of a reason."""
    for path, other in SIGNALS.items():
        with suppress(BrokenMessage, TooManyValues):
            records = list(_records(decode(body, other.message), other))
            if other is not signal and records and all(_is_of_signal(record, other) for record in records):
                return f"send {other.name} to {path}; "
    return ""


def _is_of_signal(record: dict[str, Json], signal: Signal) -> bool:
    """Return False for a record that was decoded by the table of another signal."""
    if signal.name == "traces":
        return len(str(record.get("traceId", ""))) == _TRACE_DIGITS
    return signal.name != "metrics" or bool(record.get("name"))


def _decode_json(signal: Signal, body: bytes) -> dict[str, Json]:
    if _has_too_many_values(body):
        raise HttpError(413, _TOO_MANY)
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise HttpError(400, "invalid JSON") from None
    if not isinstance(document, dict):
        raise HttpError(400, "the export is not a JSON object")
    if document and signal.resources not in document:
        paths = [f"; send {other.name} to {path}" for path, other in SIGNALS.items() if other.resources in document]
        raise HttpError(400, f"the export has no {signal.resources}{''.join(paths)}")
    return document


def _has_too_many_values(body: bytes) -> bool:
    """Return True if a JSON text has more values than can be held: objects, lists, and items beyond the first."""
    if sum(map(body.count, _SEPARATORS)) <= MAX_VALUES:
        return False
    values, in_string, escape = 0, 0, b""
    for at in range(0, len(body), _PIECE):  # without strings, whose characters count for nothing
        text = (escape + body[at : at + _PIECE]).replace(b"\\\\", b"").replace(b'\\"', b"")
        escape = b"\\" if text.endswith(b"\\") else b""
        parts = text.split(b'"')
        outside = b"".join(parts[in_string::2])
        in_string ^= (len(parts) - 1) % 2
        values += sum(map(outside.count, _SEPARATORS))
        if values > MAX_VALUES:
            return True
    return False


def _records(document: dict[str, Json], signal: Signal) -> Iterator[dict[str, Json]]:
    for resource in _objects(document.get(signal.resources)):
        for scope in _objects(resource.get(signal.scopes)):
            yield from _objects(scope.get(signal.records))


def _service_name(resource: dict[str, Json]) -> str:
    description = resource.get("resource")
    for pair in _objects(description.get("attributes")) if isinstance(description, dict) else ():
        value = pair.get("value")
        if pair.get("key") == "service.name" and isinstance(value, dict):
            return str(value.get("stringValue") or "")
    return ""


def _count_records(resource: dict[str, Json], signal: Signal) -> int:
    lists = (scope.get(signal.records) for scope in _objects(resource.get(signal.scopes)))
    return sum(len(records) for records in lists if isinstance(records, list))


def _objects(value: Json) -> Iterator[dict[str, Json]]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())
