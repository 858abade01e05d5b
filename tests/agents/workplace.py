"""Where an agent works in these tests: a project and folders of its own, and nothing of the person's who runs them."""

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

PATIENCE_S = 60.0
MONITOR = (sys.executable, "-m", "tui_monitor")

_FROM_OUTSIDE = ("PATH", "LANG", "LC_ALL", "TMPDIR")
_SIZE = (120, 40)


class Workplace:
    """A machine of its own: ``project`` holds one file, ``valve.py``; ``env`` is all that programs are told."""

    def __init__(self, root: Path) -> None:
        self.home = root / "home"
        self.data = root / "data"
        self.project = self.home / "engine"
        self.project.mkdir(parents=True)
        self.valve = self.project / "valve.py"
        self.valve.write_text("state = 'open'\nleaks = True\n")
        self.env = {
            **{name: os.environ[name] for name in _FROM_OUTSIDE if name in os.environ},
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
        """The live monitor of the project, in a terminal; it has to leave well when it is told to."""
        with closing(Terminal([], *_SIZE, self.env, self.project)) as terminal:
            yield terminal
            terminal.press("q")
            assert terminal.wait_for_exit() == 0

    @contextmanager
    def started(self, *command: str, env: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
        """A program that runs in the project, with nothing on its standard input; nothing of it is left behind."""
        self.home.joinpath(".codex").mkdir(exist_ok=True)  # Codex does not make the folder that is named to it
        with subprocess.Popen(
            command,
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
        """``tui-monitor receive`` on a free port; the address to export to. It has taken all in when it is left."""
        with self.started(*MONITOR, "receive", "--port", "0") as process:
            assert process.stdout
            listening = re.search(r"http://\S+", process.stdout.readline())
            assert listening
            yield listening[0]
            process.send_signal(signal.SIGINT)
            printed_by(process)

    def wait_until_kept(self, words: str) -> None:
        """Wait until Codex has written words into a rollout."""
        until = time.monotonic() + PATIENCE_S
        while not any(words in rollout.read_text() for rollout in self.home.rglob("rollout-*.jsonl")):
            assert time.monotonic() < until, f"waited for {words!r} in vain"
            time.sleep(0.05)

    def stats(self, *paths: Path) -> dict[str, Any]:
        """What ``tui-monitor stats --json`` answers."""
        with self.started(*MONITOR, "stats", "--json", *map(str, paths)) as process:
            answer: dict[str, Any] = json.loads(printed_by(process))
        return answer


def printed_by(process: subprocess.Popen[str], status: int = 0) -> str:
    """Wait for the end of a program; what it printed.

    Raises:
        AssertionError: it ended with another status.
    """
    printed, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == status, printed
    return printed
