"""`run`: another program, unchanged, whose printed stream is recorded for the monitor. Everything after it is the
program's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tui_monitor.cli.child import NOT_EXECUTABLE, NOT_FOUND, end_as, run_child
from tui_monitor.cli.ending import FINE, WRONG_USAGE, Failure
from tui_monitor.cli.recording import Recording
from tui_monitor.config import data_folder

HELP = """\
Usage: tui-monitor run -- COMMAND…

Runs a command and records what it prints, so that the monitor and all reports show it. Its input, output, exit status
and signals are its own. It has to print the lines of an agent, as these do:

  tui-monitor run -- claude -p "…" --output-format stream-json --verbose
  tui-monitor run -- codex exec --json "…"
"""

_PRINTS_LINES = ("stream-json", "--output-format=stream-json", "--json", "--experimental-json")
"""Words by which a command prints lines for programs, also where it writes to a terminal."""


def run(words: Sequence[str]) -> int:
    """Run the command, and answer with its exit status.

    Raises:
        Failure: there is no such command.
    """
    if not words or words[0] in ("-h", "--help"):
        sys.stdout.write(HELP)
        return FINE if words else WRONG_USAGE
    command = words[1:] if words[0] == "--" else words
    if not command:
        raise Failure("run needs a command: tui-monitor run -- COMMAND…", WRONG_USAGE)
    recording = Recording(data_folder(os.environ, Path.cwd())) if _prints(command) else None
    try:
        status = run_child(command, recording.hear if recording else None)
    except FileNotFoundError:
        raise Failure(f"{command[0]}: command not found.", NOT_FOUND) from None
    except OSError as error:
        raise Failure(f"{command[0]}: {(error.strerror or str(error)).lower()}.", NOT_EXECUTABLE) from None
    if recording:
        recording.close()
        _say(recording)
    return end_as(status)


def _prints(command: Sequence[str]) -> bool:
    """Whether its output may be lines for programs: on a terminal it may need that terminal, unless it is told to."""
    return not sys.stdout.isatty() or any(word in _PRINTS_LINES for word in command)


def _say(recording: Recording) -> None:
    """Tell a person, never a program, why there is nothing to see."""
    if recording.trouble and sys.stderr.isatty():
        sys.stderr.write(f"tui-monitor: not recorded: {recording.trouble}.\n")
