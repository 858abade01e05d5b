"""The real page of ``serve``: a socket brings the screen, and no program outlives the server."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.cli.sessions import short_session, write

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")]

PATIENCE_S = 60.0


@contextmanager
def serving(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve a session on a free port; yields the process and the address with its token."""
    session = write(short_session(home), home / "session.jsonl")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin", "TUI_MONITOR_DATA_DIR": str(home / "data"), "LANG": "C.UTF-8"}
    words = [sys.executable, "-m", "tui_monitor", "serve", str(session), "--port", str(port)]
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            match = re.search(r"http://\S+", process.stdout.readline())
            assert match
            yield process, match[0]
        finally:
            process.kill()


async def screen_of(address: str, texts: tuple[str, ...]) -> None:
    """Open the page as a browser does, and wait for these texts on its screen."""
    origin = address.partition("/?")[0]
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(address) as page:
            assert page.status == 200
            assert "data-session-websocket-url" in await page.text()
        url = f"{origin}/ws?width=100&height=30".replace("http", "ws")
        async with browser.ws_connect(url, origin=origin) as page_socket:
            drawn = ""
            async with asyncio.timeout(PATIENCE_S):
                while not all(text in drawn for text in texts):
                    message = await page_socket.receive()
                    assert message.type is aiohttp.WSMsgType.BINARY, message
                    drawn += message.data.decode("utf-8", "replace")


def programs_of(home: Path) -> list[int]:
    """Return the processes that show the session."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"watch" in words and str(home / "session.jsonl").encode() in words:
            found.append(int(folder.name))
    return found


async def test_page_has_the_screen(tmp_path: Path) -> None:
    with serving(tmp_path) as (_, address):
        await screen_of(address, ("valve.py", "make test"))


async def test_without_the_token_there_is_no_page(tmp_path: Path) -> None:
    with serving(tmp_path) as (_, address):
        async with aiohttp.ClientSession() as browser, browser.get(address.partition("?")[0]) as page:
            assert page.status == 403


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes cannot be listed")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_no_program_outlives_the_server(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path) as (process, address):
        opened = asyncio.create_task(screen_of(address, ("never on the screen",)))
        until = time.monotonic() + PATIENCE_S
        while not programs_of(tmp_path):
            assert time.monotonic() < until
            await asyncio.sleep(0.05)
        process.send_signal(number)
        while programs_of(tmp_path):
            assert time.monotonic() < until
            await asyncio.sleep(0.05)
        opened.cancel()
        await asyncio.gather(opened, return_exceptions=True)
