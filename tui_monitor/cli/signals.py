"""Signals that end the monitor do so in order: the terminal is restored and what was read is stored."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_ENDS = "HUP INT QUIT TERM USR1 USR2 ALRM VTALRM PROF XCPU IO PWR STKFLT EMT LOST"
_FAULTS = "ABRT BUS FPE ILL SEGV SYS TRAP"
"""Signals of the program's own faults: no handler in Python can end those, but any other program can send them."""


@contextmanager
def end_at_interrupt() -> Iterator[None]:
    """Have Ctrl-C end the process at once while the monitor starts: there is nothing to restore or to store yet, and an
    exception in the middle of an extension module's import can crash the interpreter."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler or not _is_main_thread():
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


@contextmanager
def exit_on_signals(end: Callable[[int], None]) -> Iterator[None]:
    """While inside, have ``end`` called with an exit status by each signal that would end the process; any thread may
    call it."""

    def handle(number: int, frame: object) -> None:
        end(128 + number)

    handlers = {number: signal.signal(number, handle) for number in _ending_signals()}
    try:
        with _awaited_faults(end):
            yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _ending_signals() -> set[int]:
    numbers: set[int] = set(_numbers(_ENDS))
    if hasattr(signal, "SIGRTMIN"):
        numbers.update(range(signal.SIGRTMIN, signal.SIGRTMAX + 1))
    return numbers


def _numbers(names: str) -> list[signal.Signals]:
    return [getattr(signal, f"SIG{name}") for name in names.split() if hasattr(signal, f"SIG{name}")]


@contextmanager
def _awaited_faults(end: Callable[[int], None]) -> Iterator[None]:
    """Have a thread wait for the signals of faults that other programs send. All threads begun inside block them, so
    that the system still ends the process by a fault of its own."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    faults, is_over = _numbers(_FAULTS), threading.Event()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, faults)

    def wait() -> None:
        number = signal.sigwait(faults)
        if not is_over.is_set():
            end(128 + number)

    thread = threading.Thread(target=wait, name="signals", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        if thread.is_alive() and thread.ident:
            signal.pthread_kill(thread.ident, faults[0])
            thread.join()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
