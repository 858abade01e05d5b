"""A terminal of the tests' own: runs the real program in it, sees its screen, and keeps every byte that it wrote."""

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

PATIENCE_S = 30.0
_NEWER = re.compile(rb"\x1b\[[<=>][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1bP[^\x1b]*\x1b\\")
"""Sequences that pyte does not know, and would show as text."""


class Terminal:
    """``tui-monitor`` with some words, in a pseudo-terminal of some size."""

    def __init__(self, words: list[str], columns: int, lines: int, env: Mapping[str, str], cwd: Path) -> None:
        import pty

        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self.output = b""
        self._descriptor, inner = pty.openpty()
        self._set_size(columns, lines)
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tui_monitor", *words],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **env},
            cwd=cwd,
            start_new_session=True,
        )
        os.close(inner)

    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self._screen.display)

    def wait_for(self, *words: str) -> None:
        """Read until all the words are on the screen at once."""
        self._read_until(lambda: all(word in self.text() for word in words), f"{words} on the screen")

    def wait_until_gone(self, word: str) -> None:
        """Read until the word is no longer on the screen."""
        self._read_until(lambda: word not in self.text(), f"a screen without {word!r}")

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._descriptor, keys.encode())

    def resize(self, columns: int, lines: int) -> None:
        """Make the window so large."""
        self._screen.resize(lines, columns)
        self._set_size(columns, lines)
        self._program.send_signal(signal.SIGWINCH)

    def terminate(self) -> None:
        """Ask the program to end as the system does."""
        self._program.terminate()

    def wait_for_exit(self) -> int:
        """Read to the end of the program; its exit status."""
        self._read_until(lambda: not self._is_running(), "an end")
        while self._read(0.0):
            pass
        return self._program.wait()

    def hang_up(self) -> int:
        """Close the window; the exit status of the program, which has nobody to look at it."""
        os.close(self._descriptor)
        self._descriptor = -1
        return self._program.wait(PATIENCE_S)

    def close(self) -> None:
        """Leave nothing running."""
        if self._is_running():
            self._program.kill()
        self._program.wait()
        if self._descriptor >= 0:
            os.close(self._descriptor)

    def _read_until(self, done: Callable[[], bool], wanted: str) -> None:
        until = time.monotonic() + PATIENCE_S
        while not done():
            running = self._is_running()
            more = self._read(0.05) or running
            in_vain = not more or time.monotonic() > until
            assert done() or not in_vain, f"waited for {wanted} in vain:\n{self.text()}"

    def _is_running(self) -> bool:
        return self._program.poll() is None

    def _read(self, timeout: float) -> bool:
        readable, _, _ = select([self._descriptor], [], [], timeout)
        try:
            data = os.read(self._descriptor, 1 << 16) if readable else b""
        except OSError:  # on Linux this is how a terminal ends whose program is gone
            data = b""
        self.output += data
        self._stream.feed(_NEWER.sub(b"", data))
        return bool(data)

    def _set_size(self, columns: int, lines: int) -> None:
        import fcntl
        import termios

        fcntl.ioctl(self._descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
