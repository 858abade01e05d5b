"""``metrics`` answers scrapes with the totals of now, on loopback, or to who has the token."""

from __future__ import annotations

import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.cli.sessions import install, short_session
from tui_monitor.cli import main
from tui_monitor.cli.filters import NO_FILTERS
from tui_monitor.cli.metrics import CONTENT_TYPE, PATH, _text
from tui_monitor.cli.run_context import current_context
from tui_monitor.net.text_server import TextServer


@contextmanager
def serving(make_text: Callable[[], str], token: str = "") -> Iterator[str]:
    """Serve a text; yields the address."""
    with TextServer("127.0.0.1", 0, PATH, CONTENT_TYPE, make_text, token) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.port}"
        finally:
            server.shutdown()
            thread.join()


def scrape(url: str, **headers: str) -> tuple[int, str, str]:
    """Return the status, the content type and the text of an answer."""
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read().decode()


def test_scrape_has_the_totals_of_now(home: Path) -> None:
    context = current_context()
    with serving(lambda: _text(context, NO_FILTERS, None)) as address:
        status, content_type, before = scrape(address + PATH)
        assert (status, content_type) == (200, CONTENT_TYPE)
        assert "tui_monitor_requests_total{" not in before
    install(short_session(home / "engine"), home, "one")
    with serving(lambda: _text(context, NO_FILTERS, None)) as address:
        _, _, after = scrape(address + PATH)
    assert 'tui_monitor_requests_total{source="claude-code",' in after
    assert 'tui_monitor_tool_calls_total{source="claude-code",tool="Bash",outcome="failed"} 1' in after


def test_two_scrapes_at_once_make_one_text() -> None:
    texts = iter(("first", "second"))
    with serving(lambda: next(texts)) as address:
        assert [scrape(address + PATH)[2] for _ in range(2)] == ["first", "first"]


def test_other_pages_are_not_there() -> None:
    with serving(lambda: "text") as address:
        assert scrape(address + "/")[0] == 404


def test_failure_is_an_answer_and_the_next_scrape_succeeds() -> None:
    texts = iter((None, "text"))

    def make() -> str:
        text = next(texts)
        if text is None:
            raise OSError("the disk is gone")
        return text

    with serving(make) as address:
        assert scrape(address + PATH)[::2] == (503, "OSError\n")
        assert scrape(address + PATH)[::2] == (200, "text")


@pytest.mark.parametrize(("header", "status"), [("", 401), ("Bearer other", 401), ("Bearer secret", 200)])
def test_with_a_token_only_who_sends_it_may_read(header: str, status: int) -> None:
    with serving(lambda: "text", token="secret") as address:
        assert scrape(address + PATH, **({"Authorization": header} if header else {}))[0] == status


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--host", "0.0.0.0"], "set a token"),
        (["--port", "70000"], "invalid port"),
        (["--names", "nobody"], "no metrics are known"),
    ],
)
def test_wrong_usage_is_one_line(words: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metrics", *words]) == 2
    error = capsys.readouterr().err
    assert (error.count("\n"), text in error) == (1, True)


@pytest.mark.usefixtures("home")
def test_port_in_use_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["metrics", "--port", str(taken.getsockname()[1])]) == 2
    assert "cannot listen" in capsys.readouterr().err
