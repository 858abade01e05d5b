"""``receive`` under load of good and bad requests: how many a second, that nothing good is lost, and its memory.

Every request names itself, so what was acknowledged is looked for in what was written, one by one.
"""

from __future__ import annotations

import os
import re
import selectors
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figure import Figure
from tests.net.wire import logs_export

LOAD_S = 10.0
CONNECTIONS = 32
TOKEN = "a token of the bench"
BAD_EVERY = 10
"""One of so many requests is a bad one."""

_NAME = "request-%09d"
_NAMES = re.compile(rb"request-(\d{9})")
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_CLOSES = b"\r\nConnection: close\r\n"
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_JSON = (
    b'{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"claude-code"}}]},'
    b'"scopeLogs":[{"logRecords":[{"timeUnixNano":"1772359200000000000","body":{"stringValue":"claude_code.api_request"},'
    b'"attributes":[{"key":"event.name","value":{"stringValue":"%b"}},{"key":"model","value":{"stringValue":"opus"}},'
    b'{"key":"input_tokens","value":{"intValue":"12"}},{"key":"session.id","value":{"stringValue":"s-1"}}]}]}]}]}'
)


def bench() -> Iterator[Figure]:
    """Requests, what became of them, and megabytes."""
    with TemporaryDirectory() as folder, receiving(Path(folder)) as (process, address):
        load = Load(address)
        began, cpu = time.perf_counter(), cpu_seconds(process.pid)
        load.run(LOAD_S)
        seconds = time.perf_counter() - began
        used, peak = cpu_seconds(process.pid) - cpu, peak_megabytes(process.pid)
        written = Counter(name for file in Path(folder).glob("data/otlp/*.jsonl") for name in names_in(file))
    answered = sum(load.statuses.values())
    yield Figure("requests received a second", answered / seconds, "1/s", 5000, "the aim")
    yield Figure("CPU time of a request", 1e6 * used / answered, "µs")
    lost = sum(1 for name in load.acknowledged if not written[name])
    yield Figure(f"of {len(load.acknowledged):,} acknowledged not written", lost, "requests")
    yield Figure("written twice, or though refused", written.total() - len(load.acknowledged), "requests")
    yield Figure(f"of {answered:,} answered with a wrong status", load.wrong, "requests")
    yield Figure("memory of receive", peak, "MB", 150, "the bound")


@contextmanager
def receiving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], tuple[str, int]]]:
    """Run the receiver on this machine; yields its process and address."""
    env = {**os.environ, "HOME": str(folder), "TUI_MONITOR_DATA_DIR": str(folder / "data")}
    env["TUI_MONITOR_RECEIVE_TOKEN"] = TOKEN
    words = [sys.executable, "-m", "tui_monitor", "receive", "--port", "0"]
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            host, port = process.stdout.readline().split()[2].removeprefix("http://").split(":")
            drain = subprocess.Popen(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL)
            yield process, (host, int(port))
        finally:
            process.kill()
            process.wait()
            drain.wait()


@dataclass(slots=True)
class Request:
    """A request as bytes, and the status with which it must be answered."""

    name: bytes
    data: bytes
    status: int


def requests() -> Iterator[Request]:
    """Yield requests without end: JSON and protobuf, and between them bad ones of each kind."""
    authorization = f"Authorization: Bearer {TOKEN}"
    template = logs_export(_NAME % 0)
    for number in count(1):
        name = (_NAME % number).encode()
        body, kind, status = _JSON % name, "application/json", 200
        if number % 2:
            body, kind = template.replace((_NAME % 0).encode(), name), "application/x-protobuf"
        path, own = "/v1/logs", authorization
        if number % BAD_EVERY == 0:
            match number // BAD_EVERY % 4:
                case 0:
                    body, status = body[:-7], 400
                case 1:
                    own, status = "Authorization: Bearer wrong", 401
                case 2:
                    path, status = "/v1/nothing", 404
                case 3:
                    kind, status = "text/plain", 415
        head = (
            f"POST {path} HTTP/1.1\r\nHost: c\r\n{own}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        yield Request(name, head.encode() + body, status)


@dataclass(slots=True)
class Connection:
    """A connection, the request on its way, and what has come of the answer."""

    socket: socket.socket
    request: Request
    answer: bytes = b""


@dataclass(slots=True)
class Load:
    """Sends requests over some connections, each after the answer to the one before."""

    address: tuple[str, int]
    statuses: Counter[int] = field(default_factory=Counter)
    acknowledged: set[bytes] = field(default_factory=set)
    wrong: int = 0

    def run(self, seconds: float) -> None:
        """Send for so long."""
        until, stream = time.perf_counter() + seconds, requests()
        with selectors.DefaultSelector() as selector:
            for _ in range(CONNECTIONS):
                self._send(selector, None, next(stream))
            while selector.get_map():
                for key, _ in selector.select():
                    connection: Connection = key.data
                    if not self._receive(connection):
                        continue
                    selector.unregister(connection.socket)
                    is_open = _CLOSES not in connection.answer
                    if not is_open:
                        connection.socket.close()
                    if time.perf_counter() < until:
                        self._send(selector, connection.socket if is_open else None, next(stream))

    def _send(self, selector: selectors.BaseSelector, kept: socket.socket | None, request: Request) -> None:
        own = kept or socket.create_connection(self.address)
        own.sendall(request.data)
        selector.register(own, selectors.EVENT_READ, Connection(own, request))

    def _receive(self, connection: Connection) -> bool:
        """Return True once the whole answer is there, or the connection has ended."""
        data = connection.socket.recv(65536)
        connection.answer += data
        head, end, body = connection.answer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if data and not (end and length and len(body) >= int(length[1])):
            return False
        match = _STATUS.match(connection.answer)
        status = int(match[1]) if match else 0
        self.statuses[status] += 1
        self.wrong += status != connection.request.status
        if status == 200:
            self.acknowledged.add(connection.request.name)
        return True


def names_in(file: Path) -> Iterator[bytes]:
    """Yield the names of the requests that a file has."""
    with file.open("rb") as lines:
        for line in lines:
            for number in _NAMES.findall(line):
                yield b"request-" + number


def cpu_seconds(process: int) -> float:
    """Return the CPU time of a process; 0 where the system does not tell it."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_megabytes(process: int) -> float:
    """Return the most memory that a process has had; 0 where the system does not tell it."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    match = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(match[1]) / 1000 if match else 0.0
