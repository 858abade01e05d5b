"""Actions beyond the screen: open a file in an editor, go to an agent's terminal, save a text.

A failure is reported in one line.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

from tui_monitor.events import SessionProcess
from tui_monitor.tui.editors import editor_command, editor_words
from tui_monitor.tui.programs import ProgramError, output_of
from tui_monitor.tui.spans import cut_start, one_line
from tui_monitor.tui.terminals import pane_programs

MAX_NAME = 60
"""Cells of a path or command in a notice; of a longer one the end is shown."""


def edit(app: App[Any], path: Path, line: int) -> None:
    """Open a file in the user's editor (``VISUAL``, ``EDITOR``), at ``line`` where the editor accepts one."""
    problem = _problem_with(path)
    if problem:
        app.notify(problem, severity="warning")
        return
    try:
        command = editor_command(editor_words(os.environ), path, line)
    except OSError as error:
        app.notify(f"{_short(path)} cannot be opened: {error.strerror}.", severity="error")
        return
    except ValueError as error:
        app.notify(f"The editor command in VISUAL or EDITOR is invalid: {error}.", severity="error")
        return
    try:
        with app.suspend(), _signals_of_a_foreground_program():
            # The error must not leave this block: Textual resumes only after a body that ended without one.
            failure = _run(command)
    except SuspendNotSupported:
        failure = "This terminal cannot be handed over to an editor."
    if failure:
        app.notify(failure, severity="error")


async def focus_terminal(app: App[Any], process: SessionProcess, environment: Mapping[str, str]) -> None:
    """Go to the pane in which a process runs, where the monitor runs in a program with panes; else say where it is."""
    failure = ""
    for program in pane_programs(environment):
        try:
            output = await asyncio.to_thread(output_of, program.listing)
            if command := program.focus(output, process, environment):
                await asyncio.to_thread(output_of, command)
                return
        except ProgramError as error:
            failure = f"{error} "
    app.notify(f"{failure}{_place_of(process)}")


def _place_of(process: SessionProcess) -> str:
    terminal = f" on {_short(process.terminal)}" if process.terminal else ""
    folder = f", in {_short(process.cwd)}" if process.cwd else ""
    return f"It runs as process {process.pid}{terminal}{folder}."


def save(app: App[Any], name: str, text: str) -> None:
    """Save a text in a new file of the current folder, readable by its owner only."""
    try:
        path, descriptor = _create(Path.cwd() / name)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
    except OSError as error:
        app.notify(f"{_short(name)} cannot be saved: {error.strerror}.", severity="error")
    else:
        app.notify(f"Saved as {_short(path)}.")


def _problem_with(path: Path) -> str:
    """Return the reason why a path cannot be opened as a file, empty if it can."""
    try:
        if path.is_file():
            return ""
        return f"{_short(path)} is not a file." if path.exists() else f"{_short(path)} does not exist any more."
    except OSError as error:  # a folder without permission, a name that is too long
        return f"{_short(path)} cannot be opened: {error.strerror}."


def _run(command: Sequence[str]) -> str:
    """Run a command on the terminal; return how it failed, empty if it did not."""
    name = _short(command[0])
    try:
        status = subprocess.run(command, stdin=sys.__stdin__, check=False).returncode
    except OSError as error:
        return f"{name} cannot be started: {error.strerror}."
    if status < 0:
        return f"{name} was ended by signal {-status}."
    return f"{name} ended with status {status}." if status else ""


@contextmanager
def _signals_of_a_foreground_program() -> Iterator[None]:
    """Let Ctrl-C and Ctrl-\\ end the program that has the terminal, and not this one with it; block none of its
    signals."""
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGQUIT") if hasattr(signal, name)]
    handlers = {number: signal.signal(number, lambda number, frame: None) for number in numbers}
    blocked = signal.pthread_sigmask(signal.SIG_SETMASK, ()) if hasattr(signal, "pthread_sigmask") else ()
    try:
        yield
    finally:
        if blocked:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _short(name: str | Path) -> str:
    return cut_start(one_line(str(name)), MAX_NAME)


def _create(path: Path) -> tuple[Path, int]:
    """Create a file, with a number in its name if the name is in use; return its path and descriptor."""
    number = 1
    unused = path
    while True:
        try:
            return unused, os.open(unused, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            number += 1
            unused = path.with_stem(f"{path.stem}-{number}")
