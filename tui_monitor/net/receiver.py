"""The OTLP/HTTP server: it persists what agents export before it acknowledges it.

Web pages cannot send to it: a browser adds an Origin header, and asks for permission before it sends these content
types to another origin. Both are refused.

What strangers can make it use is bounded: connections and the time of each, bytes that are held, and values of one
export. Exports are decoded one at a time.
"""

from __future__ import annotations

import errno
import os
import signal
import time
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socket import AF_INET, AF_INET6, SHUT_RDWR, SHUT_WR, socket
from socketserver import ThreadingTCPServer
from threading import BoundedSemaphore, Lock
from types import FrameType, MappingProxyType
from typing import ClassVar

from tui_monitor.net.body import Headers, HttpError, check_headers, decompress_body, read_body, skip_body
from tui_monitor.net.exports import JSON, PROTOBUF, SIGNALS, check_content_type, read_export
from tui_monitor.net.heads import read_head
from tui_monitor.net.policy import MAX_CONNECTIONS, HeldBytes, ReceiverPolicy

IDLE_S = 30
"""Seconds after which a silent connection is closed."""
REQUEST_S = 90
"""Seconds after which a connection that has completed no request is closed, silent or not."""

_REFUSE_S = 0.05
_DRAIN_S = 2.0
_DRAIN_BYTES = 64 << 20
_PIECE = 64 << 10
_OTHER_DESCRIPTORS = 32
_ACCEPT_PAUSE_S = 0.1
_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_TOO_MANY = b"too many connections: try again later\n"
_REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"
    b"Retry-After: 5\r\nConnection: close\r\n\r\n%b" % (len(_TOO_MANY), _TOO_MANY)
)


class Receiver(ThreadingTCPServer):
    """The server. It runs in `serve_until_interrupted`, or in `serve_forever` until another thread calls `shutdown`.

    Raises:
        OSError: the address is in use, or not an address of this machine.
    """

    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = os.name == "posix"  # elsewhere it would let two programs listen on one port

    def __init__(self, host: str, port: int, policy: ReceiverPolicy) -> None:
        self.address_family = AF_INET6 if ":" in host else AF_INET
        self._slots = BoundedSemaphore(min(policy.max_connections, _connections_by_descriptors()))
        self._progress: dict[socket, float] = {}
        super().__init__((host, port), _Handler)
        self.policy = policy
        self.held = HeldBytes(policy.max_held_bytes)
        self.decoding = Lock()

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

    def get_request(self) -> tuple[socket, object]:
        """Accept a connection. Without a free descriptor it stays in the queue, and must not be asked for at once."""
        try:
            return super().get_request()
        except OSError as error:
            if error.errno in _EXHAUSTED:
                time.sleep(_ACCEPT_PAUSE_S)
            raise

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
        assert isinstance(request, socket)
        self.note_progress(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._progress.pop(request, None)
            self._slots.release()

    def note_progress(self, connection: socket) -> None:
        """Note that a connection was opened, or has completed a request."""
        self._progress[connection] = time.monotonic()

    def service_actions(self) -> None:
        """Close the connections that send too slowly, byte by byte. Called twice a second."""
        self.policy.on_tick()
        overdue = time.monotonic() - REQUEST_S
        for connection, at in list(self._progress.items()):
            if at < overdue:
                with suppress(OSError):
                    connection.shutdown(SHUT_RDWR)  # its thread reads the end, and closes it

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore a broken connection: its client sends again."""


def _interrupt_once(number: int, frame: FrameType | None) -> None:
    signal.signal(number, lambda number, frame: None)
    raise KeyboardInterrupt


def _connections_by_descriptors() -> int:
    """Return the number of connections that the process may have open at once."""
    try:
        import resource
    except ImportError:
        return MAX_CONNECTIONS
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_CONNECTIONS if limit == resource.RLIM_INFINITY else max(1, limit - _OTHER_DESCRIPTORS)


def _refuse(connection: socket) -> None:
    """Answer a connection without serving it. The beginning of its request is read: unread data would reset it."""
    with suppress(OSError):
        connection.settimeout(_REFUSE_S)
        connection.sendall(_REFUSAL)
        connection.recv(1 << 16)


def _drain(connection: socket) -> None:
    """Read what the client still sends, for a while: unread data would reset the connection, and it would not read
    the answer."""
    until, size = time.monotonic() + _DRAIN_S, 0
    with suppress(OSError):
        connection.shutdown(SHUT_WR)
        connection.settimeout(_DRAIN_S)
        while size < _DRAIN_BYTES and time.monotonic() < until and (data := connection.recv(_PIECE)):
            size += len(data)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "tui-monitor"
    sys_version = ""
    timeout: ClassVar[int] = IDLE_S
    wbufsize = -1  # one segment per answer: the end would otherwise wait for the acknowledgement of the beginning
    server: Receiver
    connection: socket
    _has_failed = False
    _is_body_read = False
    raw_requestline: bytes
    fields: Headers = MappingProxyType({})

    def parse_request(self) -> bool:
        """Read the head of a request; answer it, and return False, if it is none, or is refused without its body."""
        self.requestline, self.request_version, self.command = "", "HTTP/1.1", ""
        self.close_connection = True
        try:
            head = read_head(self.raw_requestline, self.rfile)
        except HttpError as error:
            self._fail(error.status, str(error))
            return False
        self.command, self.path, self.request_version, self.fields = head.method, head.path, head.version, head.fields
        self.close_connection = not head.keeps_open
        return not head.expects_continue or self.handle_expect_100()

    def do_POST(self) -> None:
        content_type = self.fields.get("content-type", "")
        self._is_body_read = False
        try:
            self._check_request()
            self._receive(content_type)
        except HttpError as error:
            self._refuse(error)
        except TimeoutError:
            self._fail(408, "timed out waiting for the request")
        except OSError as error:
            self._fail(503, f"cannot be stored: {error.strerror or error}")
        else:
            self._answer(200, *((JSON, b"{}") if content_type.startswith(JSON) else (PROTOBUF, b"")))
            self.server.note_progress(self.connection)

    def do_GET(self) -> None:
        self._fail(404 if self.path not in SIGNALS else 405, f"send exports by POST to {', '.join(SIGNALS)}")

    def handle_expect_100(self) -> bool:
        """Let the client send its body, unless the request is refused without it."""
        try:
            self._check_request()
        except HttpError as error:
            self._fail(error.status, str(error))
            return False
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def finish(self) -> None:
        """Close the connection, so that the client can read why."""
        super().finish()
        if self._has_failed:
            _drain(self.connection)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
        """Log nothing about single requests."""

    def _check_request(self) -> None:
        """Check everything but the body.

        Raises:
            HttpError: the request is refused.
        """
        if not self.server.policy.authorizes(self.fields.get("authorization", "")):
            self.server.policy.on_unauthorized()
            raise HttpError(401, "the token is missing or wrong: send it as Authorization: Bearer TOKEN")
        if self.fields.get("origin"):
            raise HttpError(403, "requests of web pages are not accepted")
        if self._signal_path() not in SIGNALS:
            raise HttpError(404, f"unknown path {self.path}: send exports to {', '.join(SIGNALS)}")
        check_content_type(self.fields.get("content-type", ""))
        check_headers(self.fields)

    def _receive(self, content_type: str) -> None:
        """Read an export and persist it."""
        held: list[int] = []

        def reserve(size: int) -> None:
            self.server.held.reserve(size)
            held.append(size)

        try:
            data = read_body(self.fields, self.rfile, reserve=reserve)
            self._is_body_read = True
            with self.server.decoding:
                body = decompress_body(self.fields, data)
                export = read_export(SIGNALS[self._signal_path()], content_type, body)
                if export.line:
                    self.server.policy.persist(export)
        finally:
            self.server.held.release(sum(held))

    def _signal_path(self) -> str:
        return self.path.partition("?")[0].rstrip("/")

    def _refuse(self, error: HttpError) -> None:
        """Answer with an error, and go on with the next request if the end of this one is known and near."""
        if not self._is_body_read and not skip_body(self.fields, self.rfile):
            self._fail(error.status, str(error))
        else:
            self._answer_text(error.status, str(error))

    def _fail(self, status: int, reason: str) -> None:
        """Answer with an error and close the connection: the rest of the body is not read."""
        self.close_connection = self._has_failed = True
        self._answer_text(status, reason)

    def _answer_text(self, status: int, text: str) -> None:
        self._answer(status, "text/plain; charset=utf-8", f"{text}\n".encode("utf-8", "replace"))

    def _answer(self, status: int, content_type: str, content: bytes) -> None:
        head = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"Content-Type: {content_type}"]
        head.append(f"Content-Length: {len(content)}")
        if status == 401:
            head.append("WWW-Authenticate: Bearer")
        if status == 503:
            head.append("Retry-After: 5")
        if self.close_connection:
            head.append("Connection: close")
        self.connection.sendall("\r\n".join([*head, "", ""]).encode("ascii") + content)
