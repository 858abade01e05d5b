"""Recorder for OpenAI clients: ``instrument()`` records every response of all clients, with its tokens.

Covers `OpenAI` and `AsyncOpenAI`, their copies (``with_options``) and those for Azure: chat completions, responses,
embeddings, and everything else that reports usage; streams, raw and streaming raw responses; realtime and responses
over WebSockets. Other providers that are asked through OpenAI's interface are named by their host.

Streams of chat completions report their tokens only with ``stream_options={"include_usage": True}``; without, and where
a stream is broken off, the monitor shows a lower bound.
"""

from __future__ import annotations

from typing import TypeVar

from tui_monitor.integrations.clients import ClientApi, instrument_clients, record_client
from tui_monitor.integrations.patches import Patches
from tui_monitor.integrations.web_sockets import instrument_connections

C = TypeVar("C")

_HOSTS = (
    ("openai.azure.com", "azure"),
    ("cognitiveservices.azure.com", "azure"),
    ("api.x.ai", "x-ai"),
    ("api.deepseek.com", "deepseek"),
    ("api.groq.com", "groq"),
    ("openrouter.ai", "openrouter"),
    ("api.mistral.ai", "mistral"),
    ("api.together.xyz", "together"),
    ("api.fireworks.ai", "fireworks"),
    ("api.cerebras.ai", "cerebras"),
    ("api.perplexity.ai", "perplexity"),
    ("api.moonshot.ai", "moonshotai"),
    ("api.moonshot.cn", "moonshotai"),
    ("api.anthropic.com", "anthropic"),
    ("googleapis.com", "google"),
    ("amazonaws.com", "aws"),
)
_API = ClientApi("openai", ("/chat/completions", "/completions", "/responses", "/compact", "/embeddings"), _HOSTS)
_PATCHES = Patches()


def record(client: C, provider: str = "") -> C:
    """Record every response of this client, attributed to the scope of its request. Return the client.

    Args:
        client: An `openai.OpenAI` or `openai.AsyncOpenAI`.
        provider: Provider to record, if its host does not show it; by default ``openai``.
    """
    return record_client(client, _API, provider)


def instrument(provider: str = "") -> None:
    """Record every response of all clients of this process, from now on. Doing it twice changes nothing.

    Args:
        provider: Provider to record for all clients, if their hosts do not show it.

    Raises:
        ImportError: OpenAI's library is not installed.
    """
    from openai import _base_client as base

    def install() -> None:
        instrument_clients(_PATCHES, (base.SyncAPIClient, base.AsyncAPIClient), _API, provider)
        instrument_connections(_PATCHES, _connection_classes(), provider or _API.provider)

    _PATCHES.apply(install)


def uninstrument() -> None:
    """Record nothing more of clients that `record` did not name."""
    _PATCHES.undo()


def _connection_classes() -> list[type]:
    """Return the classes of connections by WebSocket that this version of the library has."""
    from importlib import import_module

    classes = []
    for module in ("realtime.realtime", "responses.responses"):
        try:
            resources = vars(import_module(f"openai.resources.{module}"))
        except ImportError:
            continue
        classes += [
            value for name, value in resources.items() if name.endswith("Connection") and hasattr(value, "parse_event")
        ]
    return classes
