"""Export requests of the three signals, as JSON or protobuf → a line of OTLP JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import orjson

from tui_monitor.net.body import HttpError
from tui_monitor.net.protobuf import BrokenMessage, Json, decode

JSON = "application/json"
PROTOBUF = "application/x-protobuf"


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
        HttpError: the body is of another content type, broken, or not an export of this signal.
    """
    document = _decode(signal, content_type.partition(";")[0].strip().lower(), body)
    resources = document.get(signal.resources, [])
    if not isinstance(resources, list):
        raise HttpError(400, f"{signal.resources} is not a list")
    services = dict.fromkeys(name for resource in _objects(resources) if (name := _service_name(resource)))
    records = sum(_count_records(resource, signal) for resource in _objects(resources))
    try:
        line = orjson.dumps({signal.resources: resources}) if records else b""
    except orjson.JSONEncodeError:
        raise HttpError(400, "the export is nested too deeply") from None
    return Export(signal.name, tuple(services), records, line)


def _decode(signal: Signal, content_type: str, body: bytes) -> dict[str, Json]:
    if content_type == PROTOBUF:
        try:
            return decode(body, signal.message)
        except BrokenMessage as error:
            raise HttpError(400, f"invalid protobuf: {error}") from None
    if content_type != JSON:
        raise HttpError(415, f"the content type must be {JSON} or {PROTOBUF}")
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise HttpError(400, "invalid JSON") from None
    if not isinstance(document, dict):
        raise HttpError(400, "the export is not a JSON object")
    return document


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
