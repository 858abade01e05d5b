"""``forward`` and ``receive``: what one machine has recorded is on another one's screen, once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.cli.sessions import install, short_session
from tests.net.wire import data, number
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
    assert there["totals"] == here["totals"]
    (mine,), (theirs,) = here["sessions"], there["sessions"]
    for name in ("source", "id", "agents", "total_tokens", "cost_usd", "tools", "tools_failed"):
        assert (name, theirs[name]) == (name, mine[name])
    assert [(tool["tool"], tool["failed"]) for tool in there["tools"]] == [("Bash", 1), ("Edit", 0)]
    assert there["health"]["unknown_types"] == 0


@pytest.mark.parametrize("content", [(), ("--content",)])
def test_what_comes_back_to_its_own_machine_is_counted_once(
    content: tuple[str, ...], machine: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = answer_of(capsys, "stats")
    with receiving(data) as url:
        assert main(["forward", "--otlp", url, "--once", *content]) == 0
        capsys.readouterr()
        after = answer_of(capsys, "stats")
        assert after["totals"] == before["totals"]
        assert len(after["sessions"]) == 1
        assert answer_of(capsys, "forward", "--otlp", url, "--once", *content)["sent"]["spans"] == 0


def stats_of_other(
    machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[Any, Any]:
    """Return what stats says here, and on the machine that everything was forwarded to."""
    here = answer_of(capsys, "stats", "--breakdown")
    with receiving(tmp_path / "other") as url:
        assert main(["forward", "--otlp", url, "--once", *words]) == 0
        capsys.readouterr()
    monkeypatch.setenv("TUI_MONITOR_DATA_DIR", str(tmp_path / "other"))
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    return here, answer_of(capsys, "stats", "--breakdown")


def short_response(folder: Path) -> None:
    """Record a response of which some tokens are unknown, in a session that is known otherwise."""
    line = {"type": "usage", "id": "r1", "session_id": "s1", "timestamp": 1772359200, "model": "claude-opus-4-6"}
    counts = {"input_tokens": 100, "output_tokens": 5, "lower_bound": True}
    (folder / "agent.jsonl").write_text(json.dumps(line | counts) + "\n", encoding="utf-8")


@pytest.mark.parametrize("is_session", [True, False])
def test_lower_bound_is_one_on_the_other_side(
    is_session: bool,
    home: Path,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TUI_MONITOR_FORWARD_TOKEN", TOKEN)
    if is_session:  # an interactive session spends what is in no line
        install(short_session(home / "engine"), home, "one")
    else:
        (data / "streams").mkdir(parents=True)
        short_response(data / "streams")
    here, there = stats_of_other(home, tmp_path, monkeypatch, capsys)
    assert here["totals"]["requests"] > 0
    assert here["totals"]["cost_is_lower_bound"]
    assert there["totals"] == here["totals"]


@pytest.mark.parametrize(("words", "shows_path"), [((), False), (("--content",), True)])
def test_lines_of_changed_files_come_without_their_paths(
    words: tuple[str, ...],
    shows_path: bool,
    machine: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    here, there = stats_of_other(machine, tmp_path, monkeypatch, capsys, *words)
    assert here["totals"]["lines_added"] == 1
    assert there["totals"] == here["totals"]
    spooled = "".join(file.read_text() for file in (tmp_path / "other" / "otlp").iterdir())
    assert ("valve.py" in spooled) is shows_path


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
    assert "status 401 Unauthorized: the token is missing or wrong" in error
    assert "another one" not in error


@contextmanager
def answering(status: int, headers: Mapping[str, str], body: bytes = b"") -> Iterator[str]:
    """Answer every request alike; yields the address."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_redirection_is_neither_followed_nor_taken_for_an_acceptance(
    machine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with answering(301, {"Location": f"{NOBODY}/v1/traces"}) as url:
        assert main(["forward", "--otlp", url, "--once"]) == 1
    assert f"status 301 Moved Permanently, a redirection to {NOBODY}/v1/traces" in capsys.readouterr().err


def test_what_a_collector_rejects_of_what_it_accepts_is_said(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    partial = data(1, number(1, 2), data(2, "the spans are too old."))
    with answering(200, {"Content-Type": "application/x-protobuf"}, partial) as url:
        assert main(["forward", "--otlp", url, "--once"]) == 1
        printed = capsys.readouterr()
        assert "sent 4 spans, 3 log records, " in printed.out
        assert f"{url} has rejected 2 spans: the spans are too old.\n" in printed.err
        assert main(["forward", "--otlp", url, "--once", "--json"]) == 1
    sent = json.loads(capsys.readouterr().out)
    assert sent["sent"]["spans"] == 0
    assert sent["rejected"] == [{"what": "data point", "number": 2, "reason": "the spans are too old."}]


def test_collector_is_left_alone_for_as_long_as_it_asks(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        raise KeyboardInterrupt

    monkeypatch.setattr("tui_monitor.cli.forward.time.sleep", sleep)
    monkeypatch.setattr(_Loop.run, "__defaults__", (sleep,))
    with answering(503, {"Retry-After": "700"}) as url:
        assert main(["forward", "--otlp", url, "--interval", "5"]) == 0
    assert waits == [700]
    assert "status 503 Service Unavailable" in capsys.readouterr().err


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
