"""The command `receive`."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tui_monitor.cli import main
from tui_monitor.net.token import kept_token

LISTENING = re.compile(r"listening on http://127\.0\.0\.1:(\d+)")
HEADERS = re.compile(r"  OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20(\S+)\n")

interruptible = pytest.mark.skipif(os.name == "nt", reason="a process cannot be interrupted alone there")


def export(service: str) -> bytes:
    attributes = [{"key": "service.name", "value": {"stringValue": service}}]
    group = {"resource": {"attributes": attributes}, "scopeLogs": [{"logRecords": [{}, {}]}]}
    return json.dumps({"resourceLogs": [group]}).encode()


@contextmanager
def receiving(
    folder: Path, *options: str, sigint: str = "default_int_handler", token: str = ""
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run `receive`; yield its process and its port. SIGINT is handled as if started in the foreground of a shell."""
    run = f"raise SystemExit(main(['receive', '--port', '0', *{options!r}]))"
    code = f"import signal; signal.signal(signal.SIGINT, signal.{sigint}); from tui_monitor.cli import main; {run}"
    env = {**os.environ, "TUI_MONITOR_DATA_DIR": str(folder), "HOME": str(folder), "TUI_MONITOR_RECEIVE_TOKEN": token}
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=env, cwd=folder) as process:
        try:
            assert process.stdout
            match = LISTENING.search(process.stdout.readline())
            assert match
            yield process, int(match[1])
        finally:
            process.kill()


def post(port: int, body: bytes, token: str = "") -> int:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("POST", "/v1/logs", body, headers)
        return connection.getresponse().status


def next_line(process: subprocess.Popen[str], begin: str = "") -> str:
    """Return the next line of the output with this beginning."""
    assert process.stdout
    return next(line for line in process.stdout if line.startswith(begin))


@interruptible
def test_exports_are_stored_and_printed_until_ctrl_c(tmp_path: Path) -> None:
    with receiving(tmp_path, "--no-token") as (process, port):
        assert next_line(process, "  OTEL_EXPORTER_OTLP_PROTOCOL") == "  OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\n"
        assert post(port, export("ag\x1b[31ment")) == 200
        line = next_line(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert re.fullmatch(r"\d\d:\d\d:\d\d  agent  logs  2 records\n", line)
    [file] = (tmp_path / "otlp").iterdir()
    assert len(file.read_bytes().splitlines()) == 1


@interruptible
def test_second_ctrl_c_changes_nothing(tmp_path: Path) -> None:
    with receiving(tmp_path, "--no-token") as (process, port):
        assert post(port, export("agent")) == 200
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.005)
        assert process.stderr
        assert (process.returncode, process.stderr.read()) == (0, "")


@interruptible
def test_sigint_stays_ignored_in_a_background_job(tmp_path: Path) -> None:
    with receiving(tmp_path, "--no-token", sigint="SIG_IGN") as (process, port):
        process.send_signal(signal.SIGINT)
        assert post(port, export("agent")) == 200


def test_port_in_use_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["receive", "--port", str(port)]) == 2
    assert capsys.readouterr().err == f"tui-monitor: cannot listen on 127.0.0.1:{port}: address already in use.\n"


@pytest.mark.parametrize("port", ["-1", "70000"])
def test_invalid_port_is_one_line(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receive", f"--port={port}"]) == 2
    assert capsys.readouterr().err == f"tui-monitor: invalid port {port}: ports are numbers from 0 to 65535.\n"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_address_that_others_can_reach_requires_a_token(
    host: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TUI_MONITOR_RECEIVE_TOKEN", raising=False)
    assert main(["receive", "--host", host]) == 2
    assert "set a token" in capsys.readouterr().err


def test_exporters_send_the_token_that_is_printed_and_kept(tmp_path: Path) -> None:
    with receiving(tmp_path) as (process, port):
        printed = HEADERS.fullmatch(next_line(process, "  OTEL_EXPORTER_OTLP_HEADERS"))
        assert printed
        assert post(port, export("agent")) == 401
        assert post(port, export("agent"), "wrong") == 401
        assert next_line(process).startswith("refused an exporter without the token")
        assert post(port, export("agent"), printed[1]) == 200
        assert next_line(process).endswith("agent  logs  2 records\n")
    assert kept_token(tmp_path) == printed[1]
    assert (tmp_path / "receive-token").stat().st_mode & 0o077 == 0


def test_token_of_the_environment_is_required_and_not_printed(tmp_path: Path) -> None:
    with receiving(tmp_path, token="secret of mine") as (process, port):
        assert "secret" not in next_line(process, "  OTEL_EXPORTER_OTLP_HEADERS")
        assert (post(port, export("agent")), post(port, export("agent"), "secret of mine")) == (401, 200)
    assert not (tmp_path / "receive-token").exists()


def test_token_and_no_token_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receive", "--token", "x", "--no-token"]) == 2
    assert capsys.readouterr().err == "tui-monitor: --token and --no-token exclude each other.\n"


def test_other_machines_need_a_token_whatever_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TUI_MONITOR_RECEIVE_TOKEN", "secret")
    assert main(["receive", "--host", "0.0.0.0", "--no-token"]) == 2
    assert "set a token" in capsys.readouterr().err


def test_token_is_created_once_and_a_broken_one_replaced(tmp_path: Path) -> None:
    token = kept_token(tmp_path / "data")
    assert len(token) >= 32
    assert kept_token(tmp_path / "data") == token
    for broken in (b"", b"short", b"\xff" * 40, b"line\x1b[31m" * 5):
        (tmp_path / "data" / "receive-token").write_bytes(broken)
        other = kept_token(tmp_path / "data")
        assert other not in (token, broken.decode("latin-1"))
        assert kept_token(tmp_path / "data") == other
