"""``serve`` refuses what is unsafe or impossible, in one line."""

from __future__ import annotations

import socket
import sys

import pytest

from tui_monitor.cli import main


def error_of(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["serve", *words]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    return error


@pytest.mark.usefixtures("home")
def test_address_that_others_reach_needs_a_token(capsys: pytest.CaptureFixture[str]) -> None:
    assert "set a token" in error_of(capsys, "--host", "0.0.0.0")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--port", "0"], "invalid port"),
        (["no-file"], "not an existing file"),
        (["--host", "?"], "host"),
        (["--host", "\x9b", "--token", "a"], "host"),
        (["--allow-host", "a:99999"], "--allow-host"),
        (["--allow-host", "["], "--allow-host"),
    ],
)
def test_wrong_usage_is_one_line(words: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert text in error_of(capsys, *words)


@pytest.mark.usefixtures("home")
def test_port_in_use_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"cannot listen on 127.0.0.1:{port}" in error_of(capsys, "--port", str(port))


@pytest.mark.usefixtures("home")
def test_without_the_library_it_says_how_to_install_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("tui_monitor.cli.web.access", "tui_monitor.cli.web.server"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    assert "install tui-monitor[serve]" in error_of(capsys)


@pytest.mark.usefixtures("home")
def test_help_needs_no_library(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    assert main(["serve", "--help"]) == 0
    assert "--allow-host" in capsys.readouterr().out
