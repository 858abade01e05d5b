"""A pseudo-terminal with the real program in it: its screen, and every byte of its output."""

from __future__ import annotations

import os
import re
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from select import select

import pyte

TIMEOUT_S = 30.0
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[\?[0-9;]*m|\x1b\[[<=>][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1bP[^\x1b]*\x1b\\")
"""Sequences that pyte would show as text."""


class Terminal:
    """``tui-monitor`` with its arguments, in a pseudo-terminal of a given size; ``stdin`` is read instead of it."""

    def __init__(
        self,
        words: list[str],
        columns: int,
        lines: int,
        env: Mapping[str, str],
        cwd: Path,
        stdin: int | None = None,
    ) -> None:
        import pty

        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self.output = b""
        self._descriptor, inner = pty.openpty()
        self._set_size(columns, lines)
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tui_monitor", *words],
            stdin=inner if stdin is None else stdin,
            stdout=inner,
            stderr=inner,
            env={**_environment(), "TERM": "xterm-256color", "COLORTERM": "truecolor", **env},
            cwd=cwd,
            start_new_session=True,
            preexec_fn=_take_terminal,  # no thread runs here
        )
        os.close(inner)

    def text(self) -> str:
        """Return the text on the screen."""
        return "\n".join(self._screen.display)

    def wait_for(self, *words: str) -> None:
        """Read until all the words are on the screen at once."""
        self._read_until(lambda: all(word in self.text() for word in words), f"{words} on the screen")

    def wait_until_gone(self, word: str) -> None:
        """Read until the word is no longer on the screen."""
        self._read_until(lambda: word not in self.text(), f"a screen without {word!r}")

    def read_for(self, seconds: float) -> None:
        """Read what comes in the next seconds."""
        until = time.monotonic() + seconds
        while (rest := until - time.monotonic()) > 0 and self.is_running():
            self._read(rest)

    def press(self, keys: str) -> None:
        """Type keys."""
        os.write(self._descriptor, keys.encode())

    def resize(self, columns: int, lines: int) -> None:
        """Set the size of the window."""
        self._screen.resize(lines, columns)
        self._set_size(columns, lines)
        self._program.send_signal(signal.SIGWINCH)

    def terminate(self, number: int = signal.SIGTERM) -> None:
        """Send a signal, SIGTERM by default."""
        self._program.send_signal(number)

    def wait_for_exit(self) -> int:
        """Read to the end of the program; return its exit status."""
        self._read_until(lambda: not self.is_running(), "an end")
        while self._read(0.0):
            pass
        return self._program.wait()

    def hang_up(self) -> int:
        """Close the window; return the exit status of the program."""
        os.close(self._descriptor)
        self._descriptor = -1
        return self._program.wait(TIMEOUT_S)

    def close(self) -> None:
        """Kill the program if it runs, and close the terminal."""
        if self.is_running():
            self._program.kill()
        self._program.wait()
        if self._descriptor >= 0:
            os.close(self._descriptor)

    def _read_until(self, is_reached: Callable[[], bool], goal: str) -> None:
        until = time.monotonic() + TIMEOUT_S
        while not is_reached():
            running = self.is_running()
            more = self._read(0.05) or running
            has_failed = not more or time.monotonic() > until
            assert is_reached() or not has_failed, f"waited for {goal} in vain:\n{self.text()}"

    def is_running(self) -> bool:
        """Return whether the program has not ended."""
        return self._program.poll() is None

    def _read(self, timeout: float) -> bool:
        readable, _, _ = select([self._descriptor], [], [], timeout)
        try:
            data = os.read(self._descriptor, 1 << 16) if readable else b""
        except OSError:  # on Linux this is how a terminal ends whose program is gone
            data = b""
        self.output += data
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data))
        return bool(data)

    def _set_size(self, columns: int, lines: int) -> None:
        import fcntl
        import termios

        fcntl.ioctl(self._descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def _environment() -> dict[str, str]:
    """Return the environment without the size that some runners of tests set, and that counts before the terminal's."""
    return {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}


def _take_terminal() -> None:
    """Make the terminal of standard output the controlling one: that of ``/dev/tty`` and of its keys' signals."""
    import fcntl
    import termios

    fcntl.ioctl(1, termios.TIOCSCTTY, 0)
