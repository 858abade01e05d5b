"""Anthropic's client: ``client = record(Anthropic())``, and every message is recorded with its tokens.

Also `AsyncAnthropic`, streams in any form, and the clients for Bedrock and Vertex. Not: raw responses.
"""

from __future__ import annotations

from typing import TypeVar

from tui_monitor.integrations.clients import Client, record_client
from tui_monitor.telemetry.recorder.usage_parser import TelemetryParser

C = TypeVar("C", bound=Client)


def record(client: C, provider: str = "anthropic") -> C:
    """Have every response of this client recorded, by whom the scope in force says. Returns the client."""
    return record_client(client, TelemetryParser.parse_anthropic, provider)
