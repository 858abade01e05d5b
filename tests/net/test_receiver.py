"""The receiver, spoken to over a real connection."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Thread

import pytest

from tests.net.wire import logs_export
from tui_monitor.net.exports import JSON, PROTOBUF, Export
from tui_monitor.net.receiver import Receiver, ReceiverPolicy

BODY = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [{}]}]}]}).encode()
SENT = {"Content-Type": JSON}


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


def refuse(export: Export) -> None:
    raise OSError(28, "No space left on device")


def test_what_is_sent_is_taken_and_acknowledged_in_kind() -> None:
    taken: list[Export] = []
    with connected(ReceiverPolicy(taken.append)) as connection:
        connection.request("POST", "/v1/logs", BODY, SENT)
        assert answer(connection) == (200, JSON, b"{}")
        connection.request("POST", "/v1/logs", logs_export(), {"Content-Type": PROTOBUF})
        assert answer(connection) == (200, PROTOBUF, b"")
    assert [export.signal for export in taken] == ["logs", "logs"]
    assert taken[0].line == BODY.replace(b" ", b"")


def test_packed_and_chunked_bodies_are_taken() -> None:
    taken: list[Export] = []
    packed = gzip.compress(BODY)
    with connected(ReceiverPolicy(taken.append)) as connection:
        headers = {**SENT, "content-encoding": "gzip"}
        connection.request("POST", "/v1/logs", iter([packed[:9], packed[9:]]), headers, encode_chunked=True)
        assert answer(connection)[0] == 200
    assert len(taken) == 1


def test_an_export_without_records_is_acknowledged_and_not_written() -> None:
    taken: list[Export] = []
    with connected(ReceiverPolicy(taken.append)) as connection:
        connection.request("POST", "/v1/traces", b"{}", SENT)
        assert answer(connection)[0] == 200
    assert taken == []


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("/v1/logs", b"{", SENT, 400),
        ("/v1/logs", b"{}", {"Content-Type": "text/plain"}, 415),
        ("/v1/profiles", b"{}", SENT, 404),
        ("/", b"{}", SENT, 404),
        ("/v1/logs", BODY, {**SENT, "Content-Length": str(1 << 40)}, 413),
        ("/v1/logs", BODY, {**SENT, "Origin": "http://rebound.example:4318"}, 403),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_reason(
    path: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    with connected(ReceiverPolicy(refuse)) as connection:
        connection.request("POST", path, body, headers)
        told, _, reason = answer(connection)
    assert told == status
    assert reason.strip()


def test_what_cannot_be_written_is_to_be_sent_again() -> None:
    with connected(ReceiverPolicy(refuse)) as connection:
        connection.request("POST", "/v1/logs", BODY, SENT)
        status, _, reason = answer(connection)
    assert status == 503
    assert b"No space left" in reason


def test_a_token_may_hold_any_character() -> None:
    policy = ReceiverPolicy(lambda export: None, token="grün ✓")
    assert policy.authorizes("Bearer grün ✓".encode().decode("latin-1"))
    assert not policy.authorizes("Bearer grün")


@pytest.mark.parametrize(
    ("authorization", "status"),
    [("Bearer right", 200), ("Bearer wrong", 401), ("", 401), ("Basic right", 401), ("Bearer righté", 401)],
)
def test_a_token_that_is_asked_for_must_be_right(authorization: str, status: int) -> None:
    taken: list[Export] = []
    with connected(ReceiverPolicy(taken.append, token="right")) as connection:
        connection.request(
            "POST", "/v1/logs", BODY, {**SENT, "Authorization": authorization.encode().decode("latin-1")}
        )
        assert answer(connection)[0] == status
    assert len(taken) == (status == 200)


def test_a_browser_gets_no_permission_and_no_page() -> None:
    with connected(ReceiverPolicy(refuse)) as connection:
        connection.request("GET", "/v1/logs")
        assert answer(connection)[0] == 405
    with connected(ReceiverPolicy(refuse)) as connection:
        connection.request("OPTIONS", "/v1/logs", headers={"Origin": "https://example.org"})
        assert connection.getresponse().headers["Access-Control-Allow-Origin"] is None


def test_a_client_that_hangs_up_harms_nobody(capfd: pytest.CaptureFixture[str]) -> None:
    taken: list[Export] = []
    with listening(ReceiverPolicy(taken.append)) as address:
        with socket.create_connection(address) as broken:
            broken.sendall(b"POST /v1/logs HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{")
        with closing(http.client.HTTPConnection(*address, timeout=10)) as connection:
            connection.request("POST", "/v1/logs", BODY, SENT)
            assert answer(connection)[0] == 200
    assert len(taken) == 1
    assert capfd.readouterr().err == ""
