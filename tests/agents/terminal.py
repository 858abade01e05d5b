"""A real agent in a pane of tmux: keys go in, the pane's text is read."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

TIMEOUT_S = 30.0
_SIZE = ("-x", "120", "-y", "40")
_CONFIGURATION = "set -g remain-on-exit on\nset -g status off\nset -s escape-time 0\n"


def wait_until(is_reached: Callable[[], bool], goal: Callable[[], str], timeout_s: float = TIMEOUT_S) -> None:
    """Return as soon as the condition holds.

    Raises:
        TimeoutError: it did not; the message names the goal.
    """
    deadline = time.monotonic() + timeout_s
    while not is_reached():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited in vain for {goal()}")
        time.sleep(0.05)


class AgentTerminal:
    """One program in a tmux server of its own, whose socket is in a short temporary folder."""

    def __init__(self, arguments: Sequence[str], env: Mapping[str, str], cwd: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="pane-"))
        self._env = {**env, "TERM": "xterm-256color"}
        configuration = self._folder / "tmux.conf"
        configuration.write_text(_CONFIGURATION)
        self._tmux("-f", str(configuration), "new-session", "-d", *_SIZE, "-c", str(cwd), *arguments)
        self.pid = int(self._tmux("display-message", "-p", "#{pane_pid}"))

    def press(self, *keys: str) -> None:
        """Press keys by their tmux names, such as ``Enter``, ``Escape`` or ``C-u``."""
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type a text."""
        self._tmux("send-keys", "-l", text)

    def submit(self, text: str) -> None:
        """Type a text and press Enter once it is on the pane; earlier, the agent would take both for a paste."""
        self.type(text)
        self.wait_for(text)
        self.press("Enter")

    def text(self) -> str:
        """Return the text on the pane."""
        return self._tmux("capture-pane", "-p")

    def wait_for(self, *texts: str, without: Sequence[str] = ()) -> None:
        """Wait until all the texts are on the pane at once, and none of ``without``."""

        def is_shown() -> bool:
            pane = self.text()
            return all(text in pane for text in texts) and not any(text in pane for text in without)

        wait_until(is_shown, lambda: f"{texts} without {tuple(without)} on the pane:\n{self.text()}")

    def wait_for_exit(self) -> None:
        """Wait for the end of the program."""
        wait_until(
            lambda: self._tmux("display-message", "-p", "#{pane_dead}") == "1",
            lambda: f"the end of the program:\n{self.text()}",
        )

    def kill(self, number: int) -> None:
        """Send a signal to the program."""
        os.kill(self.pid, number)

    def close(self) -> None:
        """Kill the program and the server."""
        self._run("kill-server")
        shutil.rmtree(self._folder)

    def _tmux(self, *arguments: str) -> str:
        return self._run(*arguments, check=True).stdout.rstrip()

    def _run(self, *arguments: str, check: bool = False) -> subprocess.CompletedProcess[str]:
        command = ["tmux", "-S", str(self._folder / "socket"), *arguments]
        return subprocess.run(command, env=self._env, check=check, capture_output=True, text=True, timeout=TIMEOUT_S)
