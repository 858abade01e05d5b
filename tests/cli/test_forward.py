"""``forward`` and ``receive``: what one machine has recorded is on another one's screen, once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.cli.sessions import install, short_session
from tui_monitor.cli import main
from tui_monitor.cli.forward import _Loop, checked_url, shown_url
from tui_monitor.cli.run_context import current_context
from tui_monitor.forwarding.delivery import Delivery, DeliveryCount
from tui_monitor.net.exports import Export
from tui_monitor.net.policy import ReceiverPolicy
from tui_monitor.net.receiver import Receiver
from tui_monitor.net.spool import Spool
from tui_monitor.store import Store

pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra otlp is not installed")

TOKEN = "a token for tests"
NOBODY = "http://127.0.0.1:1"


@contextmanager
def receiving(folder: Path) -> Iterator[str]:
    """Receive into the data folder of another machine; yields the address."""
    spool = Spool(folder / "otlp", lambda: "2026-11-30")

    def persist(export: Export) -> None:
        spool.append(export.line)

    with Receiver("127.0.0.1", 0, ReceiverPolicy(persist, TOKEN)) as receiver:
        thread = Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver.url
        finally:
            receiver.shutdown()
            thread.join()


def answer_of(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """Return the JSON that a command prints."""
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def machine(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with one session, which has the receiver's token."""
    monkeypatch.setenv("TUI_MONITOR_FORWARD_TOKEN", TOKEN)
    install(short_session(home / "engine"), home, "one")
    return home


def test_totals_and_sessions_are_the_same_on_the_other_side(
    machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here = answer_of(capsys, "stats")
    with receiving(tmp_path / "other") as url:
        for _ in range(2):
            assert main(["forward", "--otlp", url, "--once"]) == 0
        assert "sent 6 spans, 5 log records, " in capsys.readouterr().out
    monkeypatch.setenv("TUI_MONITOR_DATA_DIR", str(tmp_path / "other"))
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    there = answer_of(capsys, "stats")
    changes = ("files_changed", "lines_added", "lines_removed")
    assert {**there["totals"], **dict.fromkeys(changes)} == {**here["totals"], **dict.fromkeys(changes)}
    (mine,), (theirs,) = here["sessions"], there["sessions"]
    for name in ("source", "id", "agents", "total_tokens", "cost_usd", "tools", "tools_failed"):
        assert (name, theirs[name]) == (name, mine[name])
    assert [(tool["tool"], tool["failed"]) for tool in there["tools"]] == [("Bash", 1), ("Edit", 0)]
    assert there["health"]["unknown_types"] == 0


def test_what_comes_back_to_its_own_machine_is_counted_once(
    machine: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = answer_of(capsys, "stats")
    with receiving(data) as url:
        assert main(["forward", "--otlp", url, "--once", "--content"]) == 0
        capsys.readouterr()
        after = answer_of(capsys, "stats")
        assert after["totals"] == before["totals"]
        assert len(after["sessions"]) == 1
        assert answer_of(capsys, "forward", "--otlp", url, "--once", "--content")["sent"]["spans"] == 0


def test_files_that_were_changed_come_with_the_content(
    machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here = answer_of(capsys, "stats")["totals"]
    with receiving(tmp_path / "other") as url:
        assert main(["forward", "--otlp", url, "--once", "--content"]) == 0
        capsys.readouterr()
    monkeypatch.setenv("TUI_MONITOR_DATA_DIR", str(tmp_path / "other"))
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    assert answer_of(capsys, "stats")["totals"] == here


def test_collector_that_is_away_is_a_line_and_a_status(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.2")
    assert main(["forward", "--otlp", NOBODY, "--once", "--json"]) == 1
    printed = capsys.readouterr()
    assert "it cannot be reached (1 session to send)" in printed.err
    assert json.loads(printed.out)["sessions_waiting"] == 1


def test_wrong_token_is_told(
    machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TUI_MONITOR_FORWARD_TOKEN", "another one")
    with receiving(tmp_path / "other") as url:
        assert main(["forward", "--otlp", url, "--once"]) == 1
    error = capsys.readouterr().err
    assert "status 401" in error
    assert "another one" not in error


class _Elsewhere(BaseHTTPRequestHandler):
    """Points to another address, as a server does that wants HTTPS."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(301)
        self.send_header("Location", f"{NOBODY}/v1/traces")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Say nothing."""


def test_redirection_is_neither_followed_nor_taken_for_an_acceptance(
    machine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        status = main(["forward", "--otlp", f"http://127.0.0.1:{server.server_port}", "--once"])
        server.shutdown()
        thread.join()
    assert status == 1
    assert f"status 301 Moved Permanently, a redirection to {NOBODY}/v1/traces" in capsys.readouterr().err


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], "name the collector"),
        (["--otlp", "ftp://collector"], "invalid address"),
        (["--otlp", "collector:4318"], "invalid address"),
        (["--otlp", "http://two words"], "invalid address"),
        (["--otlp", "http://c:99999"], "invalid address"),
        (["--otlp", NOBODY, "--interval", "0"], "invalid interval"),
        (["--otlp", NOBODY, "--since", "foo"], "invalid time"),
    ],
)
def test_wrong_usage_is_one_line(words: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forward", *words]) == 2
    error = capsys.readouterr().err
    assert (error.count("\n"), text in error) == (1, True)


@pytest.mark.usefixtures("home")
def test_without_the_extra_it_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "tui_monitor.forwarding.otlp", None)
    assert main(["forward", "--help"]) == 0
    assert "--content" in capsys.readouterr().out
    assert main(["forward", "--otlp", NOBODY]) == 2
    assert "install tui-monitor[otlp]" in capsys.readouterr().err


def test_address_is_taken_with_or_without_the_path_of_a_signal() -> None:
    assert checked_url("http://c:4318/v1/traces") == checked_url("http://c:4318/") == "http://c:4318"


def test_password_in_an_address_is_not_shown() -> None:
    assert shown_url("https://ada:secret@c.example:4318/otlp") == "https://c.example:4318/otlp"


class Deliveries:
    """A forwarder with these results, one for each pass."""

    def __init__(self, *results: Delivery) -> None:
        self.results = list(results)

    def run(self, store: Store, now: int, *, is_final: bool = False) -> Delivery:
        """Return the next result."""
        return self.results.pop(0)


@pytest.mark.usefixtures("home")
def test_while_the_collector_is_away_it_waits_longer_and_says_it_once(capsys: pytest.CaptureFixture[str]) -> None:
    away, sent = Delivery(DeliveryCount(), 2, "it cannot be reached"), Delivery(DeliveryCount(3, 2, 7))
    deliveries, waits = Deliveries(sent, *[away] * 5, sent, Delivery(DeliveryCount())), list[float]()

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if not deliveries.results:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _Loop(current_context(), deliveries, "http://collector").run(10, sleep)
    assert waits == [10, 20, 40, 60, 60, 60, 10, 10]
    printed = capsys.readouterr()
    assert [line.split("  ")[-1] for line in printed.out.splitlines()] == [
        "forwarding to http://collector; Ctrl-C ends it",
        *["sent 3 spans, 2 log records, 7 metrics to http://collector"] * 2,
    ]
    assert printed.err.splitlines() == [
        "tui-monitor: http://collector has not accepted everything: it cannot be reached (2 sessions to send)."
    ]
