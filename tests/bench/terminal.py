"""Programs in a pseudo-terminal, as a person would see them."""

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
    """A program under way, and the terminal's end of what it writes."""

    process: Popen[bytes]
    screen: int

    def wait_for(self, text: bytes) -> None:
        """Read what it writes until ``text`` has come, in one piece.

        Raises:
            RuntimeError: it did not come.
        """
        until = perf_counter() + PATIENCE_S
        written = b""
        while text not in written:
            new = self._read(until - perf_counter())
            if not new:
                raise RuntimeError(f"{text!r} did not come: {written[-500:].decode(errors='replace')}")
            written += new

    def read_for(self, seconds: float) -> None:
        """Take what it writes for so long, so that it need not wait."""
        until = perf_counter() + seconds
        while (left := until - perf_counter()) > 0:
            self._read(left)

    def _read(self, seconds: float) -> bytes:
        """What it writes within so long; nothing if that is nothing, or when it has ended."""
        with suppress(OSError):  # Linux answers so when the program has ended
            if select.select([self.screen], [], [], max(0.0, seconds))[0]:
                return os.read(self.screen, 1 << 16)
        return b""


@contextmanager
def running(*words: str, **env: str) -> Iterator[Running]:
    """``python WORDS…`` in a terminal of its own, ended when the caller is done with it."""
    screen, terminal = os.openpty()
    termios.tcsetwinsize(terminal, SIZE)
    told: Mapping[str, str] = {**os.environ, "TERM": "xterm-256color", **env}
    process = Popen(
        [sys.executable, *words], stdin=terminal, stdout=terminal, stderr=terminal, env=told, start_new_session=True
    )
    os.close(terminal)
    try:
        yield Running(process, screen)
    finally:
        process.kill()
        process.wait()
        os.close(screen)
