"""The server of the page, and one program for each page that is open."""

from __future__ import annotations

import logging
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.log import server_logger
from textual_serve.server import Server

from tui_monitor.cli.output import write_line
from tui_monitor.cli.web.access import AccessPolicy, access_control, add_headers

MAX_PAGES = 8
"""Pages that may be open at the same time: each has a program of its own."""
SHUTDOWN_S = 1.0
"""Seconds that pages get to close."""
_TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_TEMPLATES = Path(__file__).parent / "templates"


class MonitorServer(Server):
    """Serves the monitor of some ``paths`` (none: of this folder)."""

    def __init__(self, paths: Sequence[str], host: str, port: int, policy: AccessPolicy) -> None:
        program = [sys.executable, "-m", "tui_monitor", "watch", "--", *paths]
        command = shlex.join(["env", *(f"{name}={value}" for name, value in _TERMINAL.items()), *program])
        # Without exec the shell stays between the two, and ends in the place of the monitor.
        super().__init__(f"exec {command}", host=host, port=port, title="tui-monitor", templates_path=_TEMPLATES)
        self._policy = policy
        self._pages = 0

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing: the command does."""

    async def handle_index(self, request: web.Request) -> Any:  # its decorator changes what it returns
        """Return the page; it reaches the server by the name by which it was opened itself."""
        is_encrypted = "https" in (request.scheme, request.headers.get("X-Forwarded-Proto"))
        self.public_url = f"{'https' if is_encrypted else 'http'}://{request.host}"
        return await super().handle_index(request)

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run a program for a page.

        Raises:
            web.HTTPServiceUnavailable: too many are open.
        """
        if self._pages >= MAX_PAGES:
            raise web.HTTPServiceUnavailable(text=f"{MAX_PAGES} pages are open: close one.\n")
        self._pages += 1
        try:
            return await super().handle_websocket(request)
        finally:
            self._pages -= 1

    async def application(self) -> web.Application:
        """Return the application with its doors closed."""
        app: web.Application = await self._make_app()
        app.middlewares.append(access_control(self._policy))
        app.on_response_prepare.append(add_headers)
        return app


class RequestErrors(logging.Handler):
    """Says in one line that a request could not be read or answered, each kind of error once; anybody may send many."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._reported: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line."""
        error = record.exc_info[0] if record.exc_info else None
        name = error.__name__ if error else record.levelname.lower()
        if name not in self._reported:
            self._reported.add(name)
            write_line(f"a request was not answered: {name}")


def run_server(server: MonitorServer, on_ready: Callable[[], None]) -> None:
    """Serve until interrupted; ``on_ready`` is called when it listens.

    Raises:
        OSError: the address cannot be listened on.
    """
    with errors_in_one_line():
        web.run_app(
            server.application(),
            host=server.host,
            port=server.port,
            shutdown_timeout=SHUTDOWN_S,
            print=lambda text: on_ready(),
        )


@contextmanager
def errors_in_one_line() -> Iterator[None]:
    """Let `RequestErrors` say what the server's log would say with a traceback."""
    errors, was_propagated = RequestErrors(), server_logger.propagate
    server_logger.addHandler(errors)
    server_logger.propagate = False
    try:
        yield
    finally:
        server_logger.removeHandler(errors)
        server_logger.propagate = was_propagated


def hosts_of(host: str, port: int, others: Sequence[str]) -> frozenset[str]:
    """Return the hosts by which a server on this address is reached; ``others`` are names of it elsewhere.

    Raises:
        ValueError: one of them is no name of a host with or without a port.
    """
    names = {f"[{host}]" if ":" in host else host, *others, *(_LOOPBACK if host in _LOOPBACK or host == "::1" else ())}
    return frozenset((name if urlsplit(f"//{name}").port else f"{name}:{port}").lower() for name in names)
