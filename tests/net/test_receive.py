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

RUN = "raise SystemExit(main(['receive', '--port', '0']))"
LISTENING = re.compile(r"listening on http://127\.0\.0\.1:(\d+)")

interruptible = pytest.mark.skipif(os.name == "nt", reason="a process cannot be interrupted alone there")


def export(service: str) -> bytes:
    attributes = [{"key": "service.name", "value": {"stringValue": service}}]
    group = {"resource": {"attributes": attributes}, "scopeLogs": [{"logRecords": [{}, {}]}]}
    return json.dumps({"resourceLogs": [group]}).encode()


@contextmanager
def receiving(folder: Path, sigint: str = "default_int_handler") -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run `receive`; yield its process and its port. SIGINT is handled as if started in the foreground of a shell."""
    code = f"import signal; signal.signal(signal.SIGINT, signal.{sigint}); from tui_monitor.cli import main; {RUN}"
    env = {**os.environ, "TUI_MONITOR_DATA_DIR": str(folder), "HOME": str(folder)}
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


def post(port: int, body: bytes) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("POST", "/v1/logs", body, {"Content-Type": "application/json"})
        return connection.getresponse().status


@interruptible
def test_exports_are_stored_and_printed_until_ctrl_c(tmp_path: Path) -> None:
    with receiving(tmp_path) as (process, port):
        assert post(port, export("ag\x1b[31ment")) == 200
        assert process.stdout
        line = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert re.fullmatch(r"\d\d:\d\d:\d\d  agent  logs  2 records\n", line)
    [file] = (tmp_path / "otlp").iterdir()
    assert len(file.read_bytes().splitlines()) == 1


@interruptible
def test_second_ctrl_c_changes_nothing(tmp_path: Path) -> None:
    with receiving(tmp_path) as (process, port):
        assert post(port, export("agent")) == 200
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.005)
        assert process.stderr
        assert (process.returncode, process.stderr.read()) == (0, "")


@interruptible
def test_sigint_stays_ignored_in_a_background_job(tmp_path: Path) -> None:
    with receiving(tmp_path, sigint="SIG_IGN") as (process, port):
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
