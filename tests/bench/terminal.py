"""Programs in a pseudo-terminal."""

from __future__ import annotations

import os
import select
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from subprocess import Popen
from time import perf_counter

SIZE = (40, 120)
PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Running:
    """A running program, and the terminal's end of its output."""

    process: Popen[bytes]
    screen: int

    def wait_for(self, text: bytes) -> None:
        """Read the output until it contains ``text``.

        Raises:
            RuntimeError: it did not.
        """
        until = perf_counter() + PATIENCE_S
        output = b""
        while text not in output:
            new = self._read(until - perf_counter())
            if not new:
                raise RuntimeError(f"{text!r} did not come: {output[-500:].decode(errors='replace')}")
            output += new

    def press(self, keys: bytes) -> None:
        """Send keys, as a terminal does."""
        os.write(self.screen, keys)

    def read_for(self, seconds: float) -> None:
        """Read and drop the output for so many seconds."""
        until = perf_counter() + seconds
        while (remaining := until - perf_counter()) > 0:
            self._read(remaining)

    def _read(self, seconds: float) -> bytes:
        """Return output within so many seconds; empty if there is none, or if the program has ended."""
        with suppress(OSError):  # Linux answers so when the program has ended
            if select.select([self.screen], [], [], max(0.0, seconds))[0]:
                return os.read(self.screen, 1 << 16)
        return b""


def compiled_environment() -> dict[str, str]:
    """The environment of a program that keeps its compiled modules, as an installed one does.

    Without it each start compiles the package anew, which takes longer than all else.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@contextmanager
def running(*words: str, cwd: str = ".", **env: str) -> Iterator[Running]:
    """Run ``python WORDS…`` in a terminal of its own (``cwd``: the folder), and kill it in the end."""
    screen, terminal = os.openpty()
    termios.tcsetwinsize(terminal, SIZE)
    environment: Mapping[str, str] = {**compiled_environment(), "TERM": "xterm-256color", **env}
    process = Popen(
        [sys.executable, *words],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=environment,
        cwd=cwd,
        start_new_session=True,
    )
    os.close(terminal)
    try:
        yield Running(process, screen)
    finally:
        process.kill()
        process.wait()
        os.close(screen)
