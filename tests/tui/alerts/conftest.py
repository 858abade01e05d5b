"""An address that keeps what it is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        path = self.path.partition("?")[0]
        if path == "/elsewhere":
            self.send_response(307)
            self.send_header("Location", "/hook")
        elif path == "/gone":
            self.send_response(410)
        else:
            self.server.bodies.append(json.loads(data))  # type: ignore[attr-defined]
            self.send_response(204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as its base names it
        """Write nothing."""


@pytest.fixture
def web_server() -> Iterator[HTTPServer]:
    """A server on loopback; ``bodies`` are what was posted to /hook."""
    with HTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.bodies = []  # type: ignore[attr-defined]
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def web(web_server: HTTPServer) -> list[dict[str, object]]:
    """What was posted."""
    bodies: list[dict[str, object]] = web_server.bodies  # type: ignore[attr-defined]
    return bodies


@pytest.fixture
def address(web_server: HTTPServer) -> str:
    """The address of the hook."""
    return f"http://127.0.0.1:{web_server.server_port}/hook"
