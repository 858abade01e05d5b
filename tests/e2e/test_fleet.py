"""Ten machines forward to one: each a home, a store and a process of its own; the tokens and the cost are their sum."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.sessions import install, short_session

pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra otlp is not installed")

TOKEN = "a token of these machines"
MACHINES = 10
LIMIT_S = 60


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a machine."""
    home.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "TUI_MONITOR_DATA_DIR": str(home / "data"),
        "TUI_MONITOR_FORWARD_TOKEN": TOKEN,
        "TUI_MONITOR_RECEIVE_TOKEN": TOKEN,
    }


def command(*words: str) -> list[str]:
    """Return the command line of the program."""
    return [sys.executable, "-m", "tui_monitor", *words]


def answer(env: Mapping[str, str], *words: str) -> Any:
    """Return the JSON that the program prints."""
    result = subprocess.run(
        command(*words, "--json"), env=env, cwd=env["HOME"], capture_output=True, timeout=LIMIT_S, check=True
    )
    return json.loads(result.stdout)


@contextmanager
def receiving(env: Mapping[str, str]) -> Iterator[str]:
    """Run the receiver; yields its address."""
    words = command("receive", "--port", "0")
    with subprocess.Popen(words, env=env, cwd=env["HOME"], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().split()[2]
        finally:
            process.kill()


@pytest.mark.e2e
def test_tokens_and_cost_of_ten_machines_are_their_sum(tmp_path: Path) -> None:
    screen = environment(tmp_path / "screen")
    machines = [environment(tmp_path / f"machine-{number}") for number in range(MACHINES)]
    for number, machine in enumerate(machines):
        session = f"{number:08d}-2222-4333-8444-555555555555"
        path = install(short_session(f"/work/shop-{number}", session), Path(machine["HOME"]), session)
        text = path.read_text(encoding="utf-8")  # responses of other machines have other ids
        path.write_text(text.replace('"msg_', f'"msg_{number}_').replace('"req_', f'"req_{number}_'), encoding="utf-8")
    with receiving(screen) as url:
        running = [
            subprocess.Popen(command("forward", "--otlp", url, "--once"), env=machine, stdout=subprocess.DEVNULL)
            for machine in machines
        ]
        assert [process.wait(LIMIT_S) for process in running] == [0] * MACHINES
        again = answer(machines[0], "forward", "--otlp", url, "--once")
    assert again["sent"]["spans"] == 0
    parts = [answer(machine, "stats")["totals"] for machine in machines]
    shown = answer(screen, "stats")
    for name in ("requests", "total_tokens", "input_tokens", "output_tokens", "cache_read_tokens", "tools"):
        assert (name, shown["totals"][name]) == (name, sum(part[name] for part in parts))
    assert shown["totals"]["cost_usd"] == pytest.approx(sum(part["cost_usd"] for part in parts), abs=1e-9)
    assert len(shown["sessions"]) == MACHINES
    assert {session["source"] for session in shown["sessions"]} == {"claude-code"}
    listed = answer(screen, "sessions")
    assert {Path(one["project"]).name for one in listed["sessions"]} == {f"shop-{n}" for n in range(MACHINES)}
