"""Recorder for OpenAI clients: ``client = record(OpenAI())`` records every response with its tokens.

Supports `OpenAI` and `AsyncOpenAI`, chat completions, the responses API, embeddings, and their streams; not raw
responses. Streams of chat completions report their tokens only with ``stream_options={"include_usage": True}``.
"""

from __future__ import annotations

from typing import TypeVar

from tui_monitor.integrations.clients import ModelClient, record_client
from tui_monitor.telemetry.recorder.usage_parser import TelemetryParser

C = TypeVar("C", bound=ModelClient)


def record(client: C, provider: str = "openai") -> C:
    """Record every response of this client, attributed to the current scope. Return the client.

    Args:
        client: An `openai.OpenAI` or `openai.AsyncOpenAI`.
        provider: Provider to record, if another one serves OpenAI's API.
    """
    return record_client(client, TelemetryParser.parse_openai, provider)
