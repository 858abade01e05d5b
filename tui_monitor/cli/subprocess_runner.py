"""Runs a program as if started by the shell: its input, output, signals and exit status pass through unchanged."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

CHUNK = 64 << 10
COMMAND_NOT_FOUND = 127
NOT_EXECUTABLE = 126

_FORWARDED = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGINT", "SIGQUIT")
_FROM_KEYBOARD = ("SIGINT", "SIGQUIT")


def run_program(command: Sequence[str], on_output: Callable[[bytes], None] | None = None) -> int:
    """Run a program to its end; return its exit status (negative: the signal that killed it).

    With ``on_output`` its standard output goes through this process, which calls it with each piece; without, the
    program writes to our standard output itself.

    Raises:
        OSError: it cannot be run.
    """
    with _forwarding_signals() as set_target:
        process = subprocess.Popen(command, stdout=subprocess.PIPE if on_output else None)
        set_target(process)
        if on_output and process.stdout:
            with process.stdout as output:
                _copy_output(output.fileno(), on_output)
        return process.wait()


def exit_like(status: int) -> int:
    """End this process by the signal that killed the program; return any other status, for the caller to exit with."""
    if status >= 0 or os.name == "nt":
        return status
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the program has dumped its core, if any
    with suppress(OSError):
        signal.signal(-status, signal.SIG_DFL)
    os.kill(os.getpid(), -status)
    return 128 - status


def _copy_output(source: int, on_output: Callable[[bytes], None]) -> None:
    sink = sys.stdout.fileno()
    while chunk := os.read(source, CHUNK):
        try:
            _write(sink, chunk)
        except BrokenPipeError:  # the reader is gone: the program notices at its own next write
            on_output(chunk)
            return
        on_output(chunk)


def _write(sink: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(sink, rest) :]
        except BlockingIOError:  # the program shares our terminal, and may have made it so
            select.select([], [sink], [])


@contextmanager
def _forwarding_signals() -> Iterator[Callable[[subprocess.Popen[bytes]], None]]:
    """Forward signals to a program while inside, the early ones once its process is set."""
    target: list[subprocess.Popen[bytes]] = []
    early: list[int] = []

    def forward(number: int, frame: FrameType | None) -> None:
        if signal.Signals(number).name in _FROM_KEYBOARD and _has_keyboard():
            return  # the terminal has sent it to the program, too
        if target:
            target[0].send_signal(number)
        else:
            early.append(number)

    def set_target(process: subprocess.Popen[bytes]) -> None:
        target.append(process)
        for number in early:
            process.send_signal(number)

    numbers = [getattr(signal, name) for name in _FORWARDED if hasattr(signal, name)]
    handlers = {number: signal.signal(number, forward) for number in numbers}
    try:
        yield set_target
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _has_keyboard() -> bool:
    """Return True in the foreground of a terminal, whose keys send signals to the whole process group."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
