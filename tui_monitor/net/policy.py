"""The policy of a receiver: who may send, how much it holds, and where exports go."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from urllib.parse import unquote_to_bytes

from tui_monitor.net.body import HttpError
from tui_monitor.net.exports import Export

MAX_CONNECTIONS = 256
"""Connections that are served at once, each in a thread. An agent keeps up to three of them open."""
MAX_HELD_BYTES = 64 << 20
"""Bytes of bodies that are held at once."""


@dataclass(frozen=True, slots=True)
class ReceiverPolicy:
    """The rules of a receiver. ``persist`` stores an export or raises OSError; a ``token`` must be sent as a bearer,
    and ``on_unauthorized`` is called for a request without it. ``on_tick`` is called twice a second."""

    persist: Callable[[Export], None]
    token: str = ""
    on_unauthorized: Callable[[], None] = lambda: None
    on_tick: Callable[[], None] = lambda: None
    max_connections: int = MAX_CONNECTIONS
    max_held_bytes: int = MAX_HELD_BYTES

    def authorizes(self, authorization: str) -> bool:
        """Return True if a request with this Authorization header is accepted."""
        header = authorization.encode("latin-1", "replace")  # as the server has decoded it
        expected = f"Bearer {self.token}".encode()
        # some exporters send the value of OTEL_EXPORTER_OTLP_HEADERS as it stands, percent-encoded
        return not self.token or any(hmac.compare_digest(each, expected) for each in (header, unquote_to_bytes(header)))


class HeldBytes:
    """Counts the bytes of bodies that are held by all connections."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._lock = Lock()

    def reserve(self, size: int) -> None:
        """Count ``size`` more bytes.

        Raises:
            HttpError: they would be too many.
        """
        with self._lock:
            if self._held + size > self._limit:
                raise HttpError(503, "too many exports at once: try again later")
            self._held += size

    def release(self, size: int) -> None:
        """Count ``size`` bytes less."""
        with self._lock:
            self._held -= size
