"""The program as a process of its own whose lines are read as they come."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import IO

PATIENCE_S = 30.0


class Following:
    """A running program; its lines are kept in ``lines``, those that were not read as well as the others."""

    def __init__(self, words: tuple[str, ...], stdin: int | IO[bytes]) -> None:
        command = [sys.executable, "-m", "tui_monitor", *words]
        env = {**os.environ, "PYTHONUTF8": "1"}
        self.process = subprocess.Popen(
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env=env
        )
        self.lines: list[str] = []
        self._arrived: Queue[str] = Queue()
        self._reader = Thread(target=self._read, daemon=True)

    def start_reading(self) -> None:
        """Read the lines from now on."""
        self._reader.start()

    def wait_for(self, condition: Callable[[str], object]) -> str:
        """Return the first line after the last one returned for which the condition holds."""
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                line = self._arrived.get(timeout=until - time.monotonic())
            except (Empty, ValueError):
                raise AssertionError(f"no such line among {self.lines}") from None
            if condition(line):
                return line

    def signal(self, number: int) -> int:
        """Send a signal; return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)

    def end(self) -> tuple[int, str]:
        """Return the exit status and what is on standard error, once the program has ended by itself."""
        status = self.process.wait(PATIENCE_S)
        if self._reader.ident:
            self._reader.join(PATIENCE_S)
        assert self.process.stderr
        return status, self.process.stderr.read()

    def close(self) -> None:
        """End the program, and close its streams."""
        self.process.kill()
        self.process.wait()
        if self._reader.ident:
            self._reader.join(PATIENCE_S)
        for stream in (self.process.stdout, self.process.stderr, self.process.stdin):
            if stream:
                stream.close()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
            self._arrived.put(line)


@contextmanager
def following(*words: str, stdin: int | IO[bytes] = subprocess.DEVNULL, reads: bool = True) -> Iterator[Following]:
    """Run the program, whose lines are read unless ``reads`` is false, and end it."""
    run = Following(words, stdin)
    if reads:
        run.start_reading()
    try:
        yield run
    finally:
        run.close()


def append(path: Path, text: str) -> None:
    """Append text to a file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
