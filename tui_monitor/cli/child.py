"""Runs another program so that nobody notices us: its input, output, signals and exit status pass through unchanged."""

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
NOT_FOUND = 127
NOT_EXECUTABLE = 126

_PASSED_ON = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGINT", "SIGQUIT")
_FROM_KEYBOARD = ("SIGINT", "SIGQUIT")


def run_child(command: Sequence[str], heard: Callable[[bytes], None] | None = None) -> int:
    """Run a program to its end, and answer with its exit status (negative: the signal that killed it).

    With ``heard`` its standard output goes through us, and each piece is told; without, it writes where we do.

    Raises:
        OSError: it cannot be run.
    """
    with _passing_signals_on() as to_child:
        process = subprocess.Popen(command, stdout=subprocess.PIPE if heard else None)
        to_child(process)
        if heard and process.stdout:
            with process.stdout as output:
                _pass_on(output.fileno(), heard)
        return process.wait()


def end_as(status: int) -> int:
    """End this process by the signal that killed the child; any other status is for the caller to end with."""
    if status >= 0 or os.name == "nt":
        return status
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the child has left its core, if any
    with suppress(OSError):
        signal.signal(-status, signal.SIG_DFL)
    os.kill(os.getpid(), -status)
    return 128 - status


def _pass_on(source: int, heard: Callable[[bytes], None]) -> None:
    sink = sys.stdout.fileno()
    while chunk := os.read(source, CHUNK):
        try:
            _write(sink, chunk)
        except BrokenPipeError:  # nobody reads on: the child learns it from its own next writing
            heard(chunk)
            return
        heard(chunk)


def _write(sink: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(sink, rest) :]
        except BlockingIOError:  # the child shares our terminal, and may have made it so
            select.select([], [sink], [])


@contextmanager
def _passing_signals_on() -> Iterator[Callable[[subprocess.Popen[bytes]], None]]:
    """While inside, what is sent to us is sent on to the child, as soon as it is told which that is."""
    child: list[subprocess.Popen[bytes]] = []
    early: list[int] = []

    def pass_on(number: int, frame: FrameType | None) -> None:
        if signal.Signals(number).name in _FROM_KEYBOARD and _has_keyboard():
            return  # the terminal has sent it to the child, too
        if child:
            child[0].send_signal(number)
        else:
            early.append(number)

    def tell(process: subprocess.Popen[bytes]) -> None:
        child.append(process)
        for number in early:
            process.send_signal(number)

    numbers = [getattr(signal, name) for name in _PASSED_ON if hasattr(signal, name)]
    before = {number: signal.signal(number, pass_on) for number in numbers}
    try:
        yield tell
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _has_keyboard() -> bool:
    """Whether we are in the foreground of a terminal, whose keys send signals to all of us."""
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
