"""Requests to the OTLP receiver: bodies, headers and whole connections changed, and the exports read from them."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from random import Random
from threading import Thread

from tests.fuzz.corpus import text_folders
from tests.fuzz.figures import check_numbers, figures_of
from tests.fuzz.mutations import mutate_bytes, mutate_file
from tests.fuzz.target import Files, Target, choices_for, must
from tests.net.wire import attribute, data, double, fixed64, logs_export, number
from tui_monitor.net.body import HttpError
from tui_monitor.net.exports import JSON, PROTOBUF, SIGNALS, Export, read_export
from tui_monitor.net.policy import ReceiverPolicy
from tui_monitor.net.receiver import Receiver
from tui_monitor.sources.discovery.registry import default_registry

PATH, TYPE, BODY, HEADERS = "path", "type", "body", "headers"
_SENT_SHARE = 0.1
"""Share of the inputs that are sent through a socket, too."""
_PATIENCE_S = 10
NANOSECONDS = 1_772_359_200_123_456_789


def generate(random: Random) -> Files:
    """Return a request: its path, content type, further headers and body."""
    path = random.choice(list(SIGNALS))
    content_type, body = random.choice(_bodies(path))
    body = mutate_file(body, random) if content_type == JSON else _mutate_often(body, random)
    headers = b"Content-Length: %d" % len(body)
    if random.random() < 0.2:
        body = gzip.compress(body, mtime=0)
        headers = b"Content-Encoding: gzip\r\nContent-Length: %d" % len(body)
        body = mutate_bytes(body, random) if random.random() < 0.5 else body
    headers = mutate_bytes(headers, random) if random.random() < 0.3 else headers
    return {PATH: path.encode(), TYPE: content_type.encode(), HEADERS: headers, BODY: body}


def check(files: Files, folder: Path) -> None:
    """Check that a request is accepted or refused, and that what was accepted is read."""
    path, content_type = files[PATH].decode(), files[TYPE].decode()
    exports: list[Export] = []
    with must("an export is read, or refused with a status"), suppress(HttpError):
        exports.append(read_export(SIGNALS[path], content_type, files[BODY]))
    if choices_for(files).random() < _SENT_SHARE:
        with must("the receiver answers, and still answers the next request"), _listening(exports) as address:
            _send(address, files)
            good = {PATH: b"/v1/logs", TYPE: PROTOBUF.encode(), BODY: logs_export()}
            answer = _send(address, {**good, HEADERS: b"Content-Length: %d" % len(logs_export())})
            assert answer.startswith(b"HTTP/1.1 200"), answer
    spool = folder / "2026-03-01.jsonl"
    for export in exports:
        assert b"\n" not in export.line
        json.loads(export.line or b"{}")
        spool.write_bytes(export.line + b"\n")
        with must("what was accepted is read"):
            adapter = default_registry().by_name("otlp")
            assert adapter
            check_numbers(figures_of([(spool, adapter)]))


def _bodies(path: str) -> list[tuple[str, bytes]]:
    """Return valid exports for a path."""
    resources = SIGNALS[path].resources.encode()
    exports = [
        (JSON, line)
        for files in text_folders().values()
        for content in files.values()
        for line in content.splitlines()
        if resources in line[:100]
    ]
    return [*exports, *((PROTOBUF, body) for body in _PROTOBUF[path])]


def _mutate_often(body: bytes, random: Random) -> bytes:
    for _ in range(random.randint(1, 3)):
        body = mutate_bytes(body, random)
    return body


def _chat_span() -> bytes:
    counts = {"gen_ai.usage.input_tokens": 1200, "gen_ai.usage.output_tokens": 45}
    names = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.response.model": "gpt-4o"}
    attributes = [attribute(9, name, number(3, count)) for name, count in counts.items()]
    attributes += [attribute(9, name, data(1, text)) for name, text in names.items()]
    times = fixed64(7, NANOSECONDS), fixed64(8, NANOSECONDS + 10**9)
    span = data(2, data(1, bytes(16)), data(2, bytes(8)), data(5, "chat gpt-4o"), *times, *attributes)
    return data(1, data(1, attribute(1, "service.name", data(1, "reviewer"))), data(2, span))


def _cost_metric() -> bytes:
    point = data(1, fixed64(2, NANOSECONDS), fixed64(3, NANOSECONDS + 10**9), double(4, 0.5))
    metric = data(2, data(1, "claude_code.cost.usage"), data(7, point, number(2, 1), number(3, 1)))
    return data(1, data(1, attribute(1, "service.name", data(1, "claude-code"))), data(2, metric))


_PROTOBUF = {"/v1/logs": [logs_export()], "/v1/traces": [_chat_span()], "/v1/metrics": [_cost_metric()]}


@contextmanager
def _listening(exports: list[Export]) -> Iterator[tuple[str, int]]:
    with Receiver("127.0.0.1", 0, ReceiverPolicy(exports.append)) as receiver:
        thread = Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            host, port = receiver.server_address[:2]
            yield str(host), port
        finally:
            receiver.shutdown()
            thread.join()


def _send(address: tuple[str, int], files: Files) -> bytes:
    """Send a request, and nothing after it; return the answer."""
    head = b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Type: %b\r\n%b\r\nConnection: close\r\n\r\n"
    with closing(socket.create_connection(address, _PATIENCE_S)) as connection:
        connection.sendall(head % (files[PATH], files[TYPE], files[HEADERS]) + files[BODY])
        connection.shutdown(socket.SHUT_WR)
        with closing(connection.makefile("rb")) as answer, suppress(ConnectionError):
            return answer.read()
    return b""


TARGET = Target("requests", generate, check)
