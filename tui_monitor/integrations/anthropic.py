"""Recorder for Anthropic clients: ``client = record(Anthropic())`` records every message with its tokens.

Supports `Anthropic` and `AsyncAnthropic`, streams in all forms, and the clients for Bedrock and Vertex; not raw
responses.
"""

from __future__ import annotations

from typing import TypeVar

from tui_monitor.integrations.clients import ModelClient, record_client
from tui_monitor.telemetry.recorder.usage_parser import TelemetryParser

C = TypeVar("C", bound=ModelClient)


def record(client: C, provider: str = "anthropic") -> C:
    """Record every response of this client, attributed to the current scope. Return the client.

    Args:
        client: An `anthropic.Anthropic` or `anthropic.AsyncAnthropic`.
        provider: Provider to record, if another one serves Anthropic's API.
    """
    return record_client(client, TelemetryParser.parse_anthropic, provider)
