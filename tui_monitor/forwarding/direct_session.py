"""A session of HTTP that sends to no other address than the one it is given, and keeps what OpenTelemetry's exporters
hide of the answer; requests is part of an extra."""

from __future__ import annotations

import os
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from math import isfinite
from time import time
from typing import Any

import orjson
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from requests import PreparedRequest, Response, Session

from tui_monitor.forwarding.delivery import NOTHING_REJECTED, Rejection

_PROVIDER = "CREDENTIAL_PROVIDER"
_MAX_ADDRESS = 200
_MAX_REASON = 500
_LONGEST_WAIT_S = 3600.0
_JSON_COUNTS = ("rejectedSpans", "rejectedLogRecords", "rejectedDataPoints")


@dataclass(frozen=True, slots=True)
class CollectorAnswer:
    """What an answer says: a ``redirection``, which the exporters take for an acceptance, a ``failure``, whose status
    they sometimes hide, how long to wait before the next request, and what was rejected."""

    redirection: str = ""
    failure: str = ""
    retry_after_s: float = 0.0
    rejection: Rejection = NOTHING_REJECTED


class DirectSession(Session):
    """Follows no redirection. ``answer`` is what the last answer said."""

    answer = CollectorAnswer()

    def send(self, request: PreparedRequest, **options: Any) -> Response:
        """Send a request, and note what the answer says."""
        self.answer = CollectorAnswer()
        response = super().send(request, **{**options, "allow_redirects": False})
        self.answer = _read_answer(response)
        return response


def direct_session() -> DirectSession | None:
    """Return a session; None where the environment names one for OpenTelemetry's exporters, as for credentials."""
    is_named = any(name.startswith("OTEL_") and name.endswith(_PROVIDER) for name in os.environ)
    return None if is_named else DirectSession()


def _read_answer(response: Response) -> CollectorAnswer:
    if 300 <= response.status_code < 400:
        return CollectorAnswer(redirection=_redirection(response))
    if response.status_code >= 400:
        failure = f"status {response.status_code} {response.reason}{_reason(response)}"
        return CollectorAnswer(
            failure=failure, retry_after_s=retry_after(response.headers.get("retry-after", ""), time())
        )
    is_json = response.headers.get("content-type", "").startswith("application/json")
    return CollectorAnswer(
        rejection=read_json_rejection(response.content) if is_json else read_rejection(response.content)
    )


def _redirection(response: Response) -> str:
    target = response.headers.get("location", "nowhere")[:_MAX_ADDRESS]
    return f"status {response.status_code} {response.reason}, a redirection to {target}, which is not followed"


def _reason(response: Response) -> str:
    """Return what the text of an answer says, if it is one."""
    is_text = response.headers.get("content-type", "").startswith(("text/plain", "application/json"))
    text = response.content[:_MAX_REASON].decode("utf-8", "replace").strip() if is_text else ""
    return f": {text}" if text else ""


def retry_after(header: str, now: float) -> float:
    """Return the seconds that a header asks to wait, at most an hour, from ``now`` (epoch seconds); 0 without one."""
    try:
        seconds = float(header) if header[:1].isdigit() else parsedate_to_datetime(header).timestamp() - now
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return min(max(seconds, 0.0), _LONGEST_WAIT_S) if isfinite(seconds) else 0.0


def read_rejection(content: bytes) -> Rejection:
    """Return what an answer in protobuf says was rejected. Those of the three signals are alike on the wire."""
    response = ExportTraceServiceResponse()
    try:
        response.ParseFromString(content)
    except DecodeError:
        return NOTHING_REJECTED
    partial = response.partial_success
    return _rejection(partial.rejected_spans, partial.error_message)


def read_json_rejection(content: bytes) -> Rejection:
    """Return what an answer in JSON says was rejected."""
    try:
        match orjson.loads(content):
            case {"partialSuccess": dict(partial)}:
                number = next((partial[name] for name in _JSON_COUNTS if name in partial), 0)
                return _rejection(int(number), str(partial.get("errorMessage") or ""))
    except (ValueError, TypeError, OverflowError):
        pass
    return NOTHING_REJECTED


def _rejection(number: int, reason: str) -> Rejection:
    return Rejection(max(0, number), reason[:_MAX_REASON])
