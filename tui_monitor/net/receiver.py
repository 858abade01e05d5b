"""OTLP over HTTP: takes what agents export, and answers when it is written down.

It listens on one address until it is closed. No web page can send to it: a browser says of which origin a page is, and
asks first before it sends these content types to another one. Neither is let in.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from socket import AF_INET, AF_INET6
from socketserver import ThreadingTCPServer
from typing import ClassVar

from tui_monitor.net.body import HttpError, read_body
from tui_monitor.net.exports import JSON, PROTOBUF, SIGNALS, Export, read_export

PATIENCE_S = 30
"""So long a connection may say nothing."""


@dataclass(frozen=True, slots=True)
class ReceiverPolicy:
    """What a receiver does with what comes: ``persist`` writes it down or raises OSError, ``token`` (if any) is asked
    for as ``Authorization: Bearer …``."""

    persist: Callable[[Export], None]
    token: str = ""

    def authorizes(self, authorization: str) -> bool:
        """Whether a request with this header may come in."""
        told = authorization.encode("latin-1", "replace")  # as the server has decoded it
        return not self.token or hmac.compare_digest(told, f"Bearer {self.token}".encode())


class Receiver(ThreadingTCPServer):
    """The server: `serve_forever` until `shutdown` is called from another thread, then `server_close`.

    Raises:
        OSError: the address is in use, or not of this machine.
    """

    daemon_threads = True
    allow_reuse_address = os.name == "posix"  # elsewhere that lets two programs listen on one port

    def __init__(self, host: str, port: int, policy: ReceiverPolicy) -> None:
        self.address_family = AF_INET6 if ":" in host else AF_INET
        super().__init__((host, port), _Handler)
        self.policy = policy

    @property
    def url(self) -> str:
        """Where exports are to be sent."""
        host, port = self.server_address[:2]
        return f"http://[{host!s}]:{port}" if self.address_family == AF_INET6 else f"http://{host!s}:{port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that broke is no business of ours: its client sends again."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "tui-monitor"
    sys_version = ""
    timeout: ClassVar[int] = PATIENCE_S
    wbufsize = -1  # an answer goes out whole: its end would otherwise wait for the client to confirm its beginning
    server: Receiver

    def do_POST(self) -> None:
        content_type = self.headers.get("Content-Type", "")
        try:
            export = self._export(content_type)
            if export.line:
                self.server.policy.persist(export)
        except HttpError as refused:
            self._refuse(refused.status, str(refused))
        except TimeoutError:
            self._refuse(408, "nothing came for too long")
        except OSError as error:
            self._refuse(503, f"cannot be written down: {error.strerror or error}")
        else:
            self._answer(200, *((JSON, b"{}") if content_type.startswith(JSON) else (PROTOBUF, b"")))

    def do_GET(self) -> None:
        self._refuse(404 if self.path not in SIGNALS else 405, "exports are sent by POST to /v1/logs, /v1/traces, …")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name that the base class gives)
        """Nothing is logged of single requests."""

    def _export(self, content_type: str) -> Export:
        if not self.server.policy.authorizes(self.headers.get("Authorization", "")):
            raise HttpError(401, "the token is missing or wrong")
        if self.headers.get("Origin"):
            raise HttpError(403, "web pages may not send here")
        signal = SIGNALS.get(self.path.partition("?")[0].rstrip("/"))
        if signal is None:
            raise HttpError(404, f"there is no {self.path}: send to {', '.join(SIGNALS)}")
        return read_export(signal, content_type, read_body(self.headers, self.rfile))

    def _refuse(self, status: int, reason: str) -> None:
        """Answer and hang up: what is left of the body is not read."""
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
