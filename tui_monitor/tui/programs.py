"""Programs that run beside the screen: never by a shell, without the terminal, and with an end.

Those of an alert are let run; of others the output is awaited for a moment.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from tempfile import TemporaryFile

from tui_monitor.tui.spans import cut_start, one_line

MAX_NAME = 60
"""Cells of a program's name in a notice; of a longer one the end is shown."""
MAX_RUNNING = 8
"""Programs that run at the same time; more are not started."""
ANSWER_S = 3.0
"""Seconds in which a program must answer."""


MAX_OUTPUT = 16 << 20
"""Bytes used of what a program prints."""


class ProgramError(Exception):
    """A program that cannot be run, or failed; the text is a sentence for the screen. ``status`` is that with which it
    ended, None if it did not."""

    def __init__(self, text: str, status: int | None = None) -> None:
        super().__init__(text)
        self.status = status


def output_of(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """Run a program that answers at once, and return what it prints. ``environment`` is the whole of its environment;
    None: the monitor's own.

    Raises:
        ProgramError: it cannot be started, fails, or does not answer.
    """
    name = program_name(command)
    try:
        with TemporaryFile() as output:  # a pipe would have to be read by a time, and up to a size
            result = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.DEVNULL,
                env=environment,
                timeout=ANSWER_S,
                check=False,
            )
            output.seek(0)
            text = output.read(MAX_OUTPUT).decode("utf-8", "replace")
    except (OSError, ValueError) as error:
        raise ProgramError(_not_started(name, error)) from None
    except subprocess.TimeoutExpired:
        raise ProgramError(f"{name} does not answer.") from None
    if result.returncode:
        raise ProgramError(f"{name} {_end(result.returncode)}.", result.returncode)
    return text


class ProgramRunner:
    """Starts programs and lets them run; `failures` reports those that have ended badly."""

    def __init__(self) -> None:
        self._running: list[tuple[str, subprocess.Popen[bytes]]] = []

    def start(self, command: Sequence[str], variables: Mapping[str, str]) -> None:
        """Start a program with these environment variables besides the monitor's own, unless too many run already.

        Raises:
            ProgramError: it cannot be started.
        """
        if len(self._running) >= MAX_RUNNING:
            return
        name = program_name(command)
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **variables},
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise ProgramError(_not_started(name, error)) from None
        self._running.append((name, process))

    def failures(self) -> list[str]:
        """Return a sentence for each program that has failed since the last call."""
        ended = [(name, status) for name, process in self._running if (status := process.poll()) is not None]
        self._running = [(name, process) for name, process in self._running if process.returncode is None]
        return [f"{name} {_end(status)}." for name, status in ended if status]


def program_name(command: Sequence[str]) -> str:
    """Return the name of a command's program for the screen."""
    return cut_start(one_line(command[0]), MAX_NAME)


def _not_started(name: str, error: OSError | ValueError) -> str:
    reason = error.strerror if isinstance(error, OSError) else "it has a null character"
    return f"{name} cannot be started: {reason}."


def _end(status: int) -> str:
    return f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
