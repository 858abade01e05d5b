"""The environment of an agent in these tests: a project and folders of its own, and nothing of the user who runs
them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.terminal import Terminal
from tui_monitor.cli.exit_status import NOTHING_FOUND

TIMEOUT_S = 60.0
MONITOR = (sys.executable, "-m", "tui_monitor")
TOKEN = "a-token-of-the-tests"

_INHERITED = ("PATH", "LANG", "LC_ALL", "TMPDIR")
_SIZE = (120, 40)


class Workplace:
    """A home of its own: ``project`` holds one file, ``valve.py``; ``env`` is the environment of all programs."""

    def __init__(self, root: Path) -> None:
        self.home = root / "home"
        self.data = root / "data"
        self.project = self.home / "engine"
        self.project.mkdir(parents=True)
        self.valve = self.project / "valve.py"
        self.valve.write_text("state = 'open'\nleaks = True\n")
        self.env = {
            **{name: os.environ[name] for name in _INHERITED if name in os.environ},
            "HOME": str(self.home),
            "HTTPS_PROXY": "http://127.0.0.1:9",  # nobody is there: no program gets off this machine
            "NO_PROXY": "127.0.0.1",
            "TZ": "UTC",
            "CLAUDE_CONFIG_DIR": str(self.home / ".claude"),
            "CODEX_HOME": str(self.home / ".codex"),
            "TUI_MONITOR_DATA_DIR": str(self.data),
            "TUI_MONITOR_CONFIG": os.devnull,
        }

    @contextmanager
    def monitor(self) -> Iterator[Terminal]:
        """Run the live monitor of the project in a terminal; it must exit cleanly on ``q``."""
        with closing(Terminal([], *_SIZE, self.env, self.project)) as terminal:
            yield terminal
            terminal.press("q")
            assert terminal.wait_for_exit() == 0

    @contextmanager
    def run(self, *arguments: str, env: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
        """Run a program in the project with an empty standard input, and kill it at the end."""
        self.home.joinpath(".codex").mkdir(exist_ok=True)  # Codex does not make the folder that is named to it
        with subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            env={**self.env, **(env or {})},
            cwd=self.project,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    @contextmanager
    def receiver(self) -> Iterator[str]:
        """Run ``tui-monitor receive`` on a free port; yields its address, and stops it after the last export."""
        with self.run(*MONITOR, "receive", "--port", "0", env={"TUI_MONITOR_RECEIVE_TOKEN": TOKEN}) as process:
            assert process.stdout
            match = re.search(r"http://\S+", process.stdout.readline())
            assert match
            yield match[0]
            process.send_signal(signal.SIGINT)
            output_of(process)

    def wait_for_rollout_text(self, text: str) -> None:
        """Wait until Codex has written this text into a rollout."""
        deadline = time.monotonic() + TIMEOUT_S
        while not any(text in rollout.read_text() for rollout in self.home.rglob("rollout-*.jsonl")):
            assert time.monotonic() < deadline, f"waited for {text!r} in vain"
            time.sleep(0.05)

    def state(self) -> dict[str, Any]:
        """Return the ``state`` that ``tui-monitor watch --once --json`` prints first; without a session, one without a
        word."""
        with self.run(*MONITOR, "watch", "--once", "--json") as process:
            output, _ = process.communicate(timeout=TIMEOUT_S)
        if process.returncode == NOTHING_FOUND:
            return {"word": "", "evidence": "no session was found"}
        assert process.returncode == 0, output
        state: dict[str, Any] = json.loads(output)["sessions"][0]["state"]
        return state

    def stats(self, *paths: Path) -> dict[str, Any]:
        """Return the report of ``tui-monitor stats --json``."""
        with self.run(*MONITOR, "stats", "--json", *map(str, paths)) as process:
            report: dict[str, Any] = json.loads(output_of(process))
        return report


def output_of(process: subprocess.Popen[str], status: int = 0) -> str:
    """Wait for the end of a program and return its output.

    Raises:
        AssertionError: it ended with another status.
    """
    output, _ = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == status, output
    return output
