"""One text over HTTP, made anew when it is asked for: what a scraper reads."""

from __future__ import annotations

import secrets
import socket
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TIMEOUT_S = 10.0
"""Seconds for a client to send its request and take the answer."""
FRESH_S = 1.0
"""Seconds for which a text is given again."""


class TextServer(ThreadingHTTPServer):
    """Serves ``make_text`` at one ``path``; with a ``token`` to those alone that send it as a bearer token.

    ``make_text`` is called by one thread at a time; its errors are answers with status 503.
    """

    daemon_threads = True

    def __init__(
        self, host: str, port: int, path: str, content_type: str, make_text: Callable[[], str], token: str = ""
    ) -> None:
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Handler)
        self.path = path
        self.content_type = content_type
        self._token = token
        self._make_text = make_text
        self._lock = threading.Lock()
        self._text = ""
        self._made_at: float | None = None

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])

    def text(self) -> str:
        """Return the text, at most `FRESH_S` old."""
        with self._lock:
            if self._made_at is None or time.monotonic() - self._made_at > FRESH_S:
                self._text = self._make_text()
                self._made_at = time.monotonic()
            return self._text

    def accepts(self, authorization: str) -> bool:
        """Return True for the header of a client that may read."""
        return not self._token or secrets.compare_digest(authorization.encode(), f"Bearer {self._token}".encode())

    def handle_error(self, request: object, client_address: object) -> None:
        """Do nothing: a client that goes away is no error."""


class _Handler(BaseHTTPRequestHandler):
    server: TextServer
    timeout = TIMEOUT_S

    def do_GET(self) -> None:
        """Answer with the text."""
        if not self.server.accepts(self.headers.get("Authorization", "")):
            self._answer(HTTPStatus.UNAUTHORIZED, "the token is missing\n")
        elif self.path.partition("?")[0] != self.server.path:
            self._answer(HTTPStatus.NOT_FOUND, f"see {self.server.path}\n")
        else:
            self._answer_text()

    def _answer_text(self) -> None:
        try:
            text = self.server.text()
        except Exception as error:  # whatever it is, the next scrape may succeed
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, f"{type(error).__name__}\n")
        else:
            self._answer(HTTPStatus.OK, text, self.server.content_type)

    def _answer(self, status: HTTPStatus, text: str, content_type: str = "text/plain; charset=utf-8") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as its base names it
        """Write nothing."""
