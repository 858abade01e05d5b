"""The command ``receive``."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tui_monitor.cli import main

LISTENING = re.compile(r"listening on http://127\.0\.0\.1:(\d+)")


def export(service: str) -> bytes:
    attributes = [{"key": "service.name", "value": {"stringValue": service}}]
    group = {"resource": {"attributes": attributes}, "scopeLogs": [{"logRecords": [{}, {}]}]}
    return json.dumps({"resourceLogs": [group]}).encode()


@pytest.mark.skipif(os.name == "nt", reason="a process cannot be interrupted alone there")
def test_it_writes_what_arrives_says_so_and_ends_on_interruption(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tui_monitor", "receive", "--port", "0"]
    env = {**os.environ, "TUI_MONITOR_DATA_DIR": str(tmp_path), "HOME": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env, cwd=tmp_path) as process:
        assert process.stdout
        found = LISTENING.search(process.stdout.readline())
        assert found
        with closing(http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=10)) as connection:
            connection.request("POST", "/v1/logs", export("ag\x1b[31ment"), {"Content-Type": "application/json"})
            assert connection.getresponse().status == 200
        line = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert re.fullmatch(r"\d\d:\d\d:\d\d  agent  logs  2 records\n", line)
    [file] = (tmp_path / "otlp").iterdir()
    assert len(file.read_bytes().splitlines()) == 1


def test_a_port_in_use_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["receive", "--port", str(port)]) == 2
    assert capsys.readouterr().err == f"tui-monitor: cannot listen on 127.0.0.1:{port}: address already in use.\n"


@pytest.mark.parametrize("port", ["-1", "70000"])
def test_so_is_one_that_does_not_exist(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receive", f"--port={port}"]) == 2
    assert capsys.readouterr().err == f"tui-monitor: invalid port {port}: ports are numbers from 0 to 65535.\n"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_others_are_let_in_with_a_token_only(
    host: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TUI_MONITOR_RECEIVE_TOKEN", raising=False)
    assert main(["receive", "--host", host]) == 2
    assert "set a token" in capsys.readouterr().err
