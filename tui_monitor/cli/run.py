"""``run``: runs a program unchanged and records the stream it prints. All words after it belong to the program."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from tui_monitor.cli.exit_status import USAGE_ERROR, CommandError, summary_line
from tui_monitor.cli.output import write_error, write_notice, write_usage
from tui_monitor.cli.recording import OutputRecording
from tui_monitor.cli.subprocess_runner import COMMAND_NOT_FOUND, NOT_EXECUTABLE, exit_like, run_program
from tui_monitor.config import current_folder, data_folder, load_config

USAGE = "Usage: tui-monitor run -- COMMAND...\nSee tui-monitor run --help.\n"

_STREAM_OPTIONS = (
    *("stream-json", "--output-format=stream-json", "-o=stream-json"),
    *("--json", "--experimental-json", "--format=json"),
)
"""Words that make a command print lines for programs, also on a terminal."""


def run(*command: str) -> int:
    """Run an agent's command unchanged and record what it prints.

    Its input, output, signals and exit status are its own. The monitor and all reports show what it records, if the
    command prints the lines of an agent, as these do:

      tui-monitor run -- claude -p "…" --output-format stream-json --verbose
      tui-monitor run -- codex exec --json "…"
      tui-monitor run -- gemini -p "…" -o stream-json
      tui-monitor run -- opencode run --format json "…"

    The exit status is that of the command; 127 if it does not exist, 126 if it cannot be run.

    Args:
        command: The command and its arguments.
    """
    if command[:1] in (("-h",), ("--help",)):
        from tui_monitor.cli.app import run_app

        return run_app(["run", "--help"])
    if command[:1] == ("--",):
        command = command[1:]
    if not command:
        write_usage(USAGE)
        return USAGE_ERROR
    _report_config()
    recording = OutputRecording(_data_folder()) if _may_print_stream(command) else None
    try:
        status = run_program(command, recording.write if recording else None)
    except FileNotFoundError:
        raise CommandError(f"{command[0]}: command not found.", COMMAND_NOT_FOUND) from None
    except OSError as error:
        raise CommandError(f"{command[0]}: {(error.strerror or str(error)).lower()}.", NOT_EXECUTABLE) from None
    if recording:
        recording.close()
        if recording.fault:
            write_notice(f"not recorded: {recording.fault}.")
    return exit_like(status)


def _may_print_stream(command: Sequence[str]) -> bool:
    """Return whether the output may be lines for programs, which no command prints on a terminal unless asked to."""
    is_asked = any(word in _STREAM_OPTIONS for word in command) or ("--format", "json") in pairwise(command)
    return is_asked or not sys.stdout.isatty()


def _report_config() -> None:
    if sys.stderr.isatty() and (warnings := load_config(os.environ, current_folder(os.environ)).warnings):
        write_error(summary_line(warnings))


def _data_folder() -> Path:
    return data_folder(os.environ, current_folder(os.environ))
