"""Who may use the page of ``serve``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from tui_monitor.cli.web.access import COOKIE, HEADERS, AccessPolicy, access_control, add_headers
from tui_monitor.cli.web.server import MonitorServer, errors_in_one_line, hosts_of

TOKEN = "a-token"
HOST = "127.0.0.1:8017"
SOCKET = {"Upgrade": "websocket", "Connection": "Upgrade"}
Client = TestClient[web.Request, web.Application]


async def page(request: web.Request) -> web.Response:
    return web.Response(text="the page")


@asynccontextmanager
async def client_of(token: str = TOKEN) -> AsyncIterator[Client]:
    app = web.Application(middlewares=[access_control(AccessPolicy(frozenset({HOST}), token))])
    app.on_response_prepare.append(add_headers)
    app.router.add_get("/", page)
    app.router.add_get("/ws", page)
    async with TestClient(TestServer(app)) as client:
        yield client


async def status(client: Client, path: str = "/", host: str = HOST, cookie: str = "", **headers: str) -> int:
    cookies = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
    async with client.get(path, headers={"Host": host, **cookies, **headers}, allow_redirects=False) as response:
        assert response.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
        return response.status


async def test_address_with_the_token_gives_a_cookie_and_hides_the_token() -> None:
    async with (
        client_of() as client,
        client.get(f"/?token={TOKEN}", headers={"Host": HOST}, allow_redirects=False) as response,
    ):
        assert (response.status, response.headers["Location"]) == (303, "/")
        cookie = response.cookies[COOKIE]
        assert (cookie.value, cookie["httponly"], cookie["samesite"]) == (TOKEN, True, "Strict")


async def test_cookie_opens_the_page_and_its_socket() -> None:
    async with client_of() as client:
        assert await status(client, cookie=TOKEN) == 200
        assert await status(client, "/ws", cookie=TOKEN, Origin=f"http://{HOST}", **SOCKET) == 200


@pytest.mark.parametrize("cookie", ["", "another", f"{TOKEN}x", "ä", "\udcff"])
async def test_without_the_token_nothing_is_served(cookie: str) -> None:
    async with client_of() as client:
        assert await status(client, cookie=cookie) == 403
        assert await status(client, "/ws", cookie=cookie, Origin=f"http://{HOST}", **SOCKET) == 403
        assert await status(client, f"/?token={cookie}") == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8017", "127.0.0.1", "127.0.0.1:80"])
async def test_another_name_for_this_address_is_refused(host: str) -> None:
    async with client_of() as client:
        assert await status(client, host=host, cookie=TOKEN) == 403


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://127.0.0.1:9", "http://127.0.0.1:8017.evil.example", "http://[", "//"],
)
async def test_requests_from_other_pages_are_refused(origin: str) -> None:
    async with client_of() as client:
        assert await status(client, cookie=TOKEN, Origin=origin) == 403
        assert await status(client, "/ws", cookie=TOKEN, Origin=origin, **SOCKET) == 403


async def test_socket_without_an_origin_is_refused() -> None:
    async with client_of() as client:
        assert await status(client, "/ws", cookie=TOKEN, **SOCKET) == 403


@pytest.mark.parametrize(
    ("scheme", "address"),
    [("", "ws://"), ("https", "wss://"), ('"><script>alert(1)</script>', "ws://"), ("javascript", "ws://")],
)
async def test_page_reaches_the_server_as_it_was_opened(scheme: str, address: str) -> None:
    server = MonitorServer((), "127.0.0.1", 8017, AccessPolicy(frozenset({HOST}), TOKEN))
    headers = {"Host": HOST, "Cookie": f"{COOKIE}={TOKEN}", **({"X-Forwarded-Proto": scheme} if scheme else {})}
    async with (
        TestClient(TestServer(await server.application())) as client,
        client.get("/", headers=headers) as response,
    ):
        content = await response.text()
    assert f'data-session-websocket-url="{address}{HOST}/ws"' in content
    assert "alert(1)" not in content


@pytest.mark.parametrize(
    ("host", "others", "hosts"),
    [
        ("127.0.0.1", (), {"127.0.0.1:8017", "localhost:8017", "[::1]:8017"}),
        ("::1", (), {"127.0.0.1:8017", "localhost:8017", "[::1]:8017"}),
        ("192.168.0.2", (), {"192.168.0.2:8017"}),
        ("192.168.0.2", ("Monitor.example:443", "other"), {"192.168.0.2:8017", "monitor.example:443", "other:8017"}),
    ],
)
def test_hosts_are_those_of_the_address_and_named_ones(host: str, others: tuple[str, ...], hosts: set[str]) -> None:
    assert hosts_of(host, 8017, others) == hosts


async def test_request_that_cannot_be_answered_is_said_in_one_line_once(capsys: pytest.CaptureFixture[str]) -> None:
    async def fail(request: web.Request) -> web.Response:
        raise LookupError("\x1b]2;title\x07")

    app = web.Application()
    app.router.add_get("/", fail)
    with errors_in_one_line():
        async with TestClient(TestServer(app)) as client:
            assert [(await client.get("/")).status for _ in range(2)] == [500, 500]
    assert capsys.readouterr().out == "a request was not answered: LookupError\n"
