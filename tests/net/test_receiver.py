"""The receiver over real connections."""

from __future__ import annotations

import errno
import gzip
import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from socketserver import TCPServer
from threading import Thread
from urllib.parse import quote

import pytest

from tests.net.wire import logs_export
from tui_monitor.net import receiver as receiver_module
from tui_monitor.net.body import MAX_BYTES, HttpError
from tui_monitor.net.exports import JSON, PROTOBUF, Export
from tui_monitor.net.policy import HeldBytes, ReceiverPolicy
from tui_monitor.net.receiver import Receiver

BODY = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [{}]}]}]}).encode()
JSON_HEADERS = {"Content-Type": JSON}


@contextmanager
def listening(policy: ReceiverPolicy) -> Iterator[tuple[str, int]]:
    with Receiver("127.0.0.1", 0, policy) as receiver:
        thread = Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            host, port = receiver.server_address[:2]
            yield str(host), port
        finally:
            receiver.shutdown()
            thread.join()


@contextmanager
def connected(policy: ReceiverPolicy) -> Iterator[http.client.HTTPConnection]:
    with listening(policy) as address, closing(http.client.HTTPConnection(*address, timeout=10)) as connection:
        yield connection


def answer(connection: http.client.HTTPConnection) -> tuple[int, str, bytes]:
    response = connection.getresponse()
    return response.status, response.headers["Content-Type"], response.read()


def fail_to_store(export: Export) -> None:
    raise OSError(28, "No space left on device")


def test_export_is_stored_and_acknowledged_in_its_own_format() -> None:
    exports: list[Export] = []
    with connected(ReceiverPolicy(exports.append)) as connection:
        connection.request("POST", "/v1/logs", BODY, JSON_HEADERS)
        assert answer(connection) == (200, JSON, b"{}")
        connection.request("POST", "/v1/logs", logs_export(), {"Content-Type": PROTOBUF})
        assert answer(connection) == (200, PROTOBUF, b"")
    assert [export.signal for export in exports] == ["logs", "logs"]
    assert exports[0].line == BODY.replace(b" ", b"")


def test_compressed_and_chunked_body_is_accepted() -> None:
    exports: list[Export] = []
    compressed = gzip.compress(BODY)
    with connected(ReceiverPolicy(exports.append)) as connection:
        headers = {**JSON_HEADERS, "content-encoding": "gzip"}
        connection.request("POST", "/v1/logs", iter([compressed[:9], compressed[9:]]), headers, encode_chunked=True)
        assert answer(connection)[0] == 200
    assert len(exports) == 1


def test_export_without_records_is_acknowledged_but_not_stored() -> None:
    exports: list[Export] = []
    with connected(ReceiverPolicy(exports.append)) as connection:
        connection.request("POST", "/v1/traces", b"{}", JSON_HEADERS)
        assert answer(connection)[0] == 200
    assert exports == []


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("/v1/logs", b"{", JSON_HEADERS, 400),
        ("/v1/logs", b"{}", {"Content-Type": "text/plain"}, 415),
        ("/v1/profiles", b"{}", JSON_HEADERS, 404),
        ("/", b"{}", JSON_HEADERS, 404),
        ("/v1/logs", BODY, {**JSON_HEADERS, "Content-Length": str(1 << 40)}, 413),
        ("/v1/logs", BODY, {**JSON_HEADERS, "Origin": "http://rebound.example:4318"}, 403),
    ],
)
def test_invalid_request_is_refused_with_a_reason(path: str, body: bytes, headers: dict[str, str], status: int) -> None:
    with connected(ReceiverPolicy(fail_to_store)) as connection:
        connection.request("POST", path, body, headers)
        actual, _, reason = answer(connection)
    assert actual == status
    assert reason.strip()


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("/v1/logs", b"{", {}, 400),
        ("/v1/logs", BODY, {"Content-Type": "text/plain"}, 415),
        ("/v1/profiles", BODY, {}, 404),
        ("/v1/logs", BODY, {"Authorization": "Bearer wrong"}, 401),
    ],
)
def test_short_request_that_is_refused_does_not_end_its_connection(
    path: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    exports: list[Export] = []
    good = {**JSON_HEADERS, "Authorization": "Bearer right"}
    with connected(ReceiverPolicy(exports.append, token="right")) as connection:
        connection.request("POST", path, body, {**good, **headers})
        assert answer(connection)[0] == status
        kept = connection.sock
        connection.request("POST", "/v1/logs", BODY, good)
        assert answer(connection)[0] == 200
        assert connection.sock is kept
    assert len(exports) == 1


def test_what_follows_a_refused_body_that_is_cut_off_is_no_request() -> None:
    exports: list[Export] = []
    head = b"POST /v1/profiles HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
    with listening(ReceiverPolicy(exports.append)) as address, socket.create_connection(address, 10) as client:
        client.sendall(head)
        client.shutdown(socket.SHUT_WR)
        text = b"".join(iter(lambda: client.recv(1000), b""))
    assert text.count(b"HTTP/1.1 404 ") == text.count(b"HTTP/1.1 ") == 1
    assert b"Connection: close" in text


def test_export_that_cannot_be_stored_is_answered_with_503() -> None:
    with connected(ReceiverPolicy(fail_to_store)) as connection:
        connection.request("POST", "/v1/logs", BODY, JSON_HEADERS)
        status, _, reason = answer(connection)
    assert status == 503
    assert b"No space left" in reason


def test_token_may_contain_any_character() -> None:
    policy = ReceiverPolicy(lambda export: None, token="grün ✓")
    assert policy.authorizes("Bearer grün ✓".encode().decode("latin-1"))
    assert not policy.authorizes("Bearer grün")


@pytest.mark.parametrize("token", ["right", "grün ✓", "100%", "a%20b", "%"])
def test_token_is_accepted_percent_encoded_and_as_it_is(token: str) -> None:
    policy = ReceiverPolicy(lambda export: None, token=token)
    assert policy.authorizes(f"Bearer%20{quote(token)}")
    assert policy.authorizes(f"Bearer {quote(token)}")
    assert policy.authorizes(f"Bearer {token}".encode().decode("latin-1"))
    assert not policy.authorizes(f"Bearer%20{quote(token)}x")
    assert not policy.authorizes(f"Bearer%2520{quote(quote(token))}")


@pytest.mark.parametrize(
    ("authorization", "status"),
    [("Bearer right", 200), ("Bearer wrong", 401), ("", 401), ("Basic right", 401), ("Bearer righté", 401)],
)
def test_wrong_or_missing_token_is_refused(authorization: str, status: int) -> None:
    exports: list[Export] = []
    with connected(ReceiverPolicy(exports.append, token="right")) as connection:
        connection.request(
            "POST", "/v1/logs", BODY, {**JSON_HEADERS, "Authorization": authorization.encode().decode("latin-1")}
        )
        assert answer(connection)[0] == status
    assert len(exports) == (status == 200)


def test_browser_gets_no_page_and_no_cors_permission() -> None:
    with connected(ReceiverPolicy(fail_to_store)) as connection:
        connection.request("GET", "/v1/logs")
        assert answer(connection)[0] == 405
    with connected(ReceiverPolicy(fail_to_store)) as connection:
        connection.request("OPTIONS", "/v1/logs", headers={"Origin": "https://example.org"})
        assert connection.getresponse().headers["Access-Control-Allow-Origin"] is None


def test_client_that_hangs_up_does_not_disturb_others(capfd: pytest.CaptureFixture[str]) -> None:
    exports: list[Export] = []
    with listening(ReceiverPolicy(exports.append)) as address:
        with socket.create_connection(address) as broken:
            broken.sendall(b"POST /v1/logs HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{")
        with closing(http.client.HTTPConnection(*address, timeout=10)) as connection:
            connection.request("POST", "/v1/logs", BODY, JSON_HEADERS)
            assert answer(connection)[0] == 200
    assert len(exports) == 1
    assert capfd.readouterr().err == ""


def test_connection_over_the_limit_is_refused_until_another_one_is_closed() -> None:
    exports: list[Export] = []
    with listening(ReceiverPolicy(exports.append, max_connections=1)) as address:
        with closing(http.client.HTTPConnection(*address, timeout=10)) as first:
            first.request("POST", "/v1/logs", BODY, JSON_HEADERS)
            assert answer(first)[0] == 200
            with closing(http.client.HTTPConnection(*address, timeout=10)) as second:
                second.request("POST", "/v1/logs", BODY, JSON_HEADERS)
                response = second.getresponse()
                assert (response.status, response.headers["Retry-After"]) == (503, "5")
                assert b"too many connections" in response.read()
        until = time.monotonic() + 10
        while post(address) != 200:  # the first one is closed at once, its thread a little later
            assert time.monotonic() < until
    assert len(exports) == 2


def test_refused_client_that_sends_nothing_does_not_block_others() -> None:
    with connected(ReceiverPolicy(lambda export: None, max_connections=1)) as first:
        first.request("POST", "/v1/logs", BODY, JSON_HEADERS)
        assert answer(first)[0] == 200
        silent = [socket.create_connection((first.host, first.port)) for _ in range(3)]
        first.request("POST", "/v1/logs", BODY, JSON_HEADERS)
        assert answer(first)[0] == 200
        for connection in silent:
            with connection:
                assert connection.recv(1000).startswith(b"HTTP/1.1 503 ")


def post(address: tuple[str, int]) -> int:
    with closing(http.client.HTTPConnection(*address, timeout=10)) as connection:
        connection.request("POST", "/v1/logs", BODY, JSON_HEADERS)
        return connection.getresponse().status


LONG_BODY = bytes(MAX_BYTES + (1 << 20))


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/v1/logs", JSON_HEADERS, 413),
        ("/v1/logs", {"Content-Type": "text/plain"}, 415),
        ("/v1/logs", {**JSON_HEADERS, "Content-Encoding": "br"}, 415),
        ("/v1/logs", {**JSON_HEADERS, "Authorization": "Bearer wrong"}, 401),
        ("/v1/profiles", JSON_HEADERS, 404),
    ],
)
def test_client_that_sends_a_long_body_can_read_why_it_is_refused(
    path: str, headers: dict[str, str], status: int
) -> None:
    with connected(ReceiverPolicy(fail_to_store, token="right")) as connection:
        connection.request("POST", path, LONG_BODY, {"Authorization": "Bearer right", **headers})
        actual, _, reason = answer(connection)
    assert (actual, bool(reason.strip())) == (status, True)


def test_chunked_body_that_is_too_long_is_refused_readably() -> None:
    with connected(ReceiverPolicy(fail_to_store)) as connection:
        pieces = (LONG_BODY[at : at + (1 << 16)] for at in range(0, len(LONG_BODY), 1 << 16))
        connection.request("POST", "/v1/logs", pieces, JSON_HEADERS, encode_chunked=True)
        assert answer(connection)[0] == 413


def test_client_that_asks_before_it_sends_is_refused_without_the_body() -> None:
    begin = b"POST /v1/logs HTTP/1.1\r\nContent-Type: application/json\r\n"
    head = begin + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n"
    with listening(ReceiverPolicy(lambda export: None)) as address, socket.create_connection(address, 10) as client:
        client.sendall(head % len(LONG_BODY))
        assert client.recv(1000).startswith(b"HTTP/1.1 413 ")
    with listening(ReceiverPolicy(lambda export: None)) as address, socket.create_connection(address, 10) as client:
        client.sendall(head % len(BODY))
        assert client.recv(1000).startswith(b"HTTP/1.1 100 ")
        client.sendall(BODY)
        assert client.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_more_bytes_than_are_held_at_once_are_refused_for_a_while() -> None:
    policy = ReceiverPolicy(lambda export: None, max_held_bytes=1000)
    head = b"POST /v1/logs HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 990\r\n\r\n"
    with listening(policy) as address:
        with socket.create_connection(address, 10) as slow:
            slow.sendall(head + b"{")
            until = time.monotonic() + 10
            while (status := post(address)) != 503:  # until the receiver has read the head
                assert status == 200
                assert time.monotonic() < until
        until = time.monotonic() + 10
        while post(address) != 200:
            assert time.monotonic() < until


def test_held_bytes_are_counted() -> None:
    held = HeldBytes(10)
    held.reserve(6)
    with pytest.raises(HttpError):
        held.reserve(5)
    held.release(6)
    held.reserve(10)


def test_connection_that_sends_byte_by_byte_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver_module, "REQUEST_S", 0.3)
    with listening(ReceiverPolicy(lambda export: None)) as address, socket.create_connection(address, 10) as client:
        client.settimeout(0.05)
        until = time.monotonic() + 10
        is_closed = False
        while not is_closed:
            assert time.monotonic() < until
            try:
                client.sendall(b"X")
                is_closed = client.recv(1000) == b""
            except TimeoutError:
                continue
            except OSError:
                is_closed = True


def test_receiver_without_descriptors_does_not_ask_for_the_next_connection_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses: list[float] = []

    def fail(self: TCPServer) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    with Receiver("127.0.0.1", 0, ReceiverPolicy(lambda export: None)) as receiver:
        monkeypatch.setattr(TCPServer, "get_request", fail)
        monkeypatch.setattr(time, "sleep", pauses.append)
        with pytest.raises(OSError, match="Too many"):
            receiver.get_request()
    assert pauses == [0.1]


def test_connections_leave_descriptors_for_files(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "getrlimit", lambda which: (64, 64))
    with listening(ReceiverPolicy(lambda export: None)) as address:
        clients = [socket.create_connection(address, 10) for _ in range(33)]
        assert clients[-1].recv(1000).startswith(b"HTTP/1.1 503 ")
        for client in clients:
            client.close()
