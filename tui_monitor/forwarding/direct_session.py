"""A session of HTTP that sends to no other address than the one it is given; requests is part of an extra."""

from __future__ import annotations

import os
from typing import Any

from requests import PreparedRequest, Response, Session

_PROVIDER = "CREDENTIAL_PROVIDER"
_MAX_ADDRESS = 200


class DirectSession(Session):
    """Follows no redirection. ``redirection`` says what the last answer was, if it was one: OpenTelemetry's exporters
    take it for an acceptance."""

    redirection = ""

    def send(self, request: PreparedRequest, **options: Any) -> Response:
        """Send a request, and note a redirection."""
        response = super().send(request, **{**options, "allow_redirects": False})
        self.redirection = _redirection(response) if 300 <= response.status_code < 400 else ""
        return response


def direct_session() -> DirectSession | None:
    """Return a session; None where the environment names one for OpenTelemetry's exporters, as for credentials."""
    is_named = any(name.startswith("OTEL_") and name.endswith(_PROVIDER) for name in os.environ)
    return None if is_named else DirectSession()


def _redirection(response: Response) -> str:
    target = response.headers.get("location", "nowhere")[:_MAX_ADDRESS]
    return f"status {response.status_code} {response.reason}, a redirection to {target}, which is not followed"
