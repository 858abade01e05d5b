"""Each signal that would end the process asks for an orderly end instead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from tui_monitor.cli.signals import exit_on_signals

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

HARMLESS = {"KILL", "STOP", "CHLD", "CLD", "CONT", "TSTP", "TTIN", "TTOU", "URG", "WINCH", "PIPE", "XFSZ", "INFO"}
"""They cannot be caught, do not end a process, or are ignored by Python."""
ENDING = [number for number in signal.valid_signals() if getattr(number, "name", "RT")[3:] not in HARMLESS]
FAULTS = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP, signal.SIGSYS}


@pytest.mark.parametrize("number", ENDING)
def test_signal_from_outside_ends_in_order(number: int) -> None:
    script = (
        "import os, time\n"
        "from tui_monitor.cli.signals import exit_on_signals\n"
        "with exit_on_signals(os._exit):\n"
        f"    os.kill(os.getpid(), {int(number)})\n"
        "    time.sleep(60)\n"
    )  # in a process of its own: other threads of this one, which pytest may have, would take the signal
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 128 + number


def test_handlers_and_mask_are_restored() -> None:
    before = {number: signal.getsignal(number) for number in ENDING}
    mask, threads = signal.pthread_sigmask(signal.SIG_BLOCK, ()), threading.active_count()
    with exit_on_signals(lambda status: None):
        assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == mask | FAULTS
        assert signal.getsignal(signal.SIGQUIT) != before[signal.SIGQUIT]
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == mask
    assert {number: signal.getsignal(number) for number in ENDING} == before
    assert threading.active_count() == threads


def test_repeated_signals_do_no_harm() -> None:
    statuses: list[int] = []
    with exit_on_signals(statuses.append):
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.01)
    assert statuses == [143] * 3
