"""Recorder for Anthropic clients: ``instrument()`` records every message of all clients, with its tokens.

Covers `Anthropic` and `AsyncAnthropic`, their copies (``with_options``) and those for Bedrock, Vertex and Foundry;
streams in all forms, raw and streaming raw responses. A stream that is broken off is a lower bound.
"""

from __future__ import annotations

from typing import TypeVar

from tui_monitor.integrations.clients import ClientApi, instrument_clients, record_client
from tui_monitor.integrations.patches import Patches

C = TypeVar("C")

_HOSTS = (("amazonaws.com", "aws"), ("api.aws", "aws"), ("googleapis.com", "google"), ("azure.com", "azure"))
_API = ClientApi("anthropic", ("/messages", "/complete"), _HOSTS)
_PATCHES = Patches()


def record(client: C, provider: str = "") -> C:
    """Record every response of this client, attributed to the scope of its request. Return the client.

    Args:
        client: An `anthropic.Anthropic` or `anthropic.AsyncAnthropic`.
        provider: Provider to record, if its host does not show it; by default ``anthropic``.
    """
    return record_client(client, _API, provider)


def instrument(provider: str = "") -> None:
    """Record every response of all clients of this process, from now on. Doing it twice changes nothing.

    Args:
        provider: Provider to record for all clients, if their hosts do not show it.

    Raises:
        ImportError: Anthropic's library is not installed.
    """
    from anthropic import _base_client as base

    _PATCHES.apply(lambda: instrument_clients(_PATCHES, (base.SyncAPIClient, base.AsyncAPIClient), _API, provider))


def uninstrument() -> None:
    """Record nothing more of clients that `record` did not name."""
    _PATCHES.undo()
