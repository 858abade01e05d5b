"""What exporters send: export requests of the three signals, as JSON or protobuf → a line of OTLP JSON."""

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
    """A kind of telemetry: its name, the message of an export, and the keys that lead to its records."""

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
"""By the path to which each is sent."""


@dataclass(frozen=True, slots=True)
class Export:
    """One export request: what of, by which services, how many records, and as a line without its end. The line is
    empty where there are no records."""

    signal: str
    services: tuple[str, ...]
    records: int
    line: bytes


def read_export(signal: Signal, content_type: str, body: bytes) -> Export:
    """The export that a request's body holds.

    Raises:
        Refused: it is of another type, broken, or no export of this signal.
    """
    told = _decoded(signal, content_type.partition(";")[0].strip().lower(), body)
    resources = told.get(signal.resources, [])
    if not isinstance(resources, list):
        raise HttpError(400, f"{signal.resources} is no list")
    services = dict.fromkeys(name for resource in _tables(resources) if (name := _service(resource)))
    records = sum(_count(resource, signal) for resource in _tables(resources))
    try:
        line = orjson.dumps({signal.resources: resources}) if records else b""
    except orjson.JSONEncodeError:
        raise HttpError(400, "nested too deeply") from None
    return Export(signal.name, tuple(services), records, line)


def _decoded(signal: Signal, content_type: str, body: bytes) -> dict[str, Json]:
    if content_type == PROTOBUF:
        try:
            return decode(body, signal.message)
        except BrokenMessage as error:
            raise HttpError(400, f"broken protobuf: {error}") from None
    if content_type != JSON:
        raise HttpError(415, f"send {JSON} or {PROTOBUF}")
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise HttpError(400, "broken JSON") from None
    if not isinstance(told, dict):
        raise HttpError(400, "no JSON object")
    return told


def _service(resource: dict[str, Json]) -> str:
    about = resource.get("resource")
    for pair in _tables(about.get("attributes")) if isinstance(about, dict) else ():
        value = pair.get("value")
        if pair.get("key") == "service.name" and isinstance(value, dict):
            return str(value.get("stringValue") or "")
    return ""


def _count(resource: dict[str, Json], signal: Signal) -> int:
    groups = (group.get(signal.records) for group in _tables(resource.get(signal.scopes)))
    return sum(len(records) for records in groups if isinstance(records, list))


def _tables(value: Json) -> Iterator[dict[str, Json]]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())
