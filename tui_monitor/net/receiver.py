"""The OTLP/HTTP server: it persists what agents export before it acknowledges it.

Web pages cannot send to it: a browser adds an Origin header, and asks for permission before it sends these content
types to another origin. Both are refused.
"""

from __future__ import annotations

import hmac
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from socket import AF_INET, AF_INET6, socket
from socketserver import ThreadingTCPServer
from threading import BoundedSemaphore
from types import FrameType
from typing import ClassVar

from tui_monitor.net.body import HttpError, read_body
from tui_monitor.net.exports import JSON, PROTOBUF, SIGNALS, Export, read_export

IDLE_S = 30
"""Seconds after which a silent connection is closed."""
MAX_CONNECTIONS = 256
"""Connections that are served at once, each in a thread. An agent keeps up to three of them open."""

_REFUSE_S = 0.05
_TOO_MANY = b"too many connections: try again later\n"
_REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"
    b"Retry-After: 5\r\nConnection: close\r\n\r\n%b" % (len(_TOO_MANY), _TOO_MANY)
)


@dataclass(frozen=True, slots=True)
class ReceiverPolicy:
    """The rules of a receiver. ``persist`` stores an export or raises OSError; a ``token`` must be sent as a bearer."""

    persist: Callable[[Export], None]
    token: str = ""
    max_connections: int = MAX_CONNECTIONS

    def authorizes(self, authorization: str) -> bool:
        """Return True if a request with this Authorization header is accepted."""
        header = authorization.encode("latin-1", "replace")  # as the server has decoded it
        return not self.token or hmac.compare_digest(header, f"Bearer {self.token}".encode())


class Receiver(ThreadingTCPServer):
    """The server. It runs in `serve_until_interrupted`, or in `serve_forever` until another thread calls `shutdown`.

    Raises:
        OSError: the address is in use, or not an address of this machine.
    """

    daemon_threads = True
    allow_reuse_address = os.name == "posix"  # elsewhere it would let two programs listen on one port

    def __init__(self, host: str, port: int, policy: ReceiverPolicy) -> None:
        self.address_family = AF_INET6 if ":" in host else AF_INET
        self._slots = BoundedSemaphore(policy.max_connections)
        super().__init__((host, port), _Handler)
        self.policy = policy

    @property
    def url(self) -> str:
        """The endpoint to which exports are sent."""
        host, port = self.server_address[:2]
        return f"http://[{host!s}]:{port}" if self.address_family == AF_INET6 else f"http://{host!s}:{port}"

    def serve_until_interrupted(self) -> None:
        """Serve until the first SIGINT. Later ones are ignored, so that nothing disturbs the end of the program.

        SIGINT stays ignored if it is (in a background job of a shell). For the main thread only.
        """
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, _interrupt_once)
        with suppress(KeyboardInterrupt):
            self.serve_forever()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # unlike a handler this holds until the process has ended

    def process_request(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        """Serve a connection in a thread of its own, or refuse it if there are too many."""
        if not self._slots.acquire(blocking=False):
            if isinstance(request, socket):
                _refuse(request)
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except Exception:
            self._slots.release()
            raise

    def process_request_thread(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        """Serve a connection until it is closed."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore a broken connection: its client sends again."""


def _interrupt_once(number: int, frame: FrameType | None) -> None:
    signal.signal(number, lambda number, frame: None)
    raise KeyboardInterrupt


def _refuse(connection: socket) -> None:
    """Answer a connection without serving it. The beginning of its request is read: unread data would reset it."""
    with suppress(OSError):
        connection.settimeout(_REFUSE_S)
        connection.sendall(_REFUSAL)
        connection.recv(1 << 16)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "tui-monitor"
    sys_version = ""
    timeout: ClassVar[int] = IDLE_S
    wbufsize = -1  # one segment per answer: the end would otherwise wait for the acknowledgement of the beginning
    server: Receiver

    def do_POST(self) -> None:
        content_type = self.headers.get("Content-Type", "")
        try:
            export = self._read_export(content_type)
            if export.line:
                self.server.policy.persist(export)
        except HttpError as error:
            self._fail(error.status, str(error))
        except TimeoutError:
            self._fail(408, "timed out waiting for the request")
        except OSError as error:
            self._fail(503, f"cannot be stored: {error.strerror or error}")
        else:
            self._answer(200, *((JSON, b"{}") if content_type.startswith(JSON) else (PROTOBUF, b"")))

    def do_GET(self) -> None:
        self._fail(404 if self.path not in SIGNALS else 405, f"send exports by POST to {', '.join(SIGNALS)}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
        """Log nothing about single requests."""

    def _read_export(self, content_type: str) -> Export:
        if not self.server.policy.authorizes(self.headers.get("Authorization", "")):
            raise HttpError(401, "the token is missing or wrong")
        if self.headers.get("Origin"):
            raise HttpError(403, "requests of web pages are not accepted")
        path = self.path.partition("?")[0].rstrip("/")
        if path not in SIGNALS:
            raise HttpError(404, f"unknown path {self.path}: send exports to {', '.join(SIGNALS)}")
        return read_export(SIGNALS[path], content_type, read_body(self.headers, self.rfile))

    def _fail(self, status: int, reason: str) -> None:
        """Answer with an error and close the connection: the rest of the body is not read."""
        self.close_connection = True
        self._answer(status, "text/plain; charset=utf-8", f"{reason}\n".encode("utf-8", "replace"))

    def _answer(self, status: int, content_type: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        if status == 401:
            self.send_header("WWW-Authenticate", "Bearer")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)
