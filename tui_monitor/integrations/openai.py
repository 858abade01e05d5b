"""OpenAI's client: ``client = record(OpenAI())``, and every response is recorded with its tokens.

Also `AsyncOpenAI`, chat completions, the responses API, embeddings, and streams; those of chat completions tell their
tokens only with ``stream_options={"include_usage": True}``. Not: raw responses.
"""

from __future__ import annotations

from typing import TypeVar

from tui_monitor.integrations.clients import Client, record_client
from tui_monitor.telemetry.recorder.usage_parser import TelemetryParser

C = TypeVar("C", bound=Client)


def record(client: C, provider: str = "openai") -> C:
    """Have every response of this client recorded, by whom the scope in force says. Returns the client.

    ``provider`` is who serves it, where that is another one behind OpenAI's interface.
    """
    return record_client(client, TelemetryParser.parse_openai, provider)
