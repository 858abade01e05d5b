"""Actions beyond the screen: open a file in an editor, save a text. A failure is reported in one line."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from textual.app import App, SuspendNotSupported

from tui_monitor.tui.spans import cut_start, one_line

DEFAULT_EDITOR = "vi"
MAX_NAME = 60
"""Cells of a path or command in a notice; of a longer one the end is shown."""

_JUMPING = ("vi", "vim", "nvim", "nano", "emacs", "emacsclient", "kak", "micro", "hx", "helix", "joe", "ne")
_COLON = ("code", "codium", "cursor", "subl", "zed", "hx", "helix")


def edit(app: App[object], path: Path, line: int) -> None:
    """Open a file in the user's editor (``VISUAL``, ``EDITOR``), at ``line`` where the editor accepts one."""
    problem = _missing(path)
    if problem:
        app.notify(problem, severity="warning", markup=False)
        return
    try:
        command = editor_command()
    except ValueError as error:
        app.notify(f"The editor command in VISUAL or EDITOR is invalid: {error}.", severity="error", markup=False)
        return
    try:
        with app.suspend():
            # The error must not leave this block: Textual resumes only after a body that ended without one.
            failure = _run([*command, *_arguments(command[0], path, line)])
    except SuspendNotSupported:
        failure = "This terminal cannot be handed over to an editor."
    if failure:
        app.notify(failure, severity="error", markup=False)


def editor_command() -> list[str]:
    """Return the words of the editor command; a variable that is empty or blank counts as unset.

    Raises:
        ValueError: the command cannot be split into words, for instance because a quotation is not closed.
    """
    for name in ("VISUAL", "EDITOR"):
        if command := shlex.split(os.environ.get(name, "")):
            return command
    return [DEFAULT_EDITOR]


def save(app: App[object], name: str, text: str) -> None:
    """Save a text in a new file of the current folder, readable by its owner only."""
    try:
        path = _unused(Path.cwd() / name)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        app.notify(f"{_short(name)} cannot be saved: {error.strerror}.", severity="error", markup=False)
    else:
        app.notify(f"Saved as {_short(path)}.", markup=False)


def _missing(path: Path) -> str:
    """Return the reason why a file cannot be opened, empty if it exists."""
    try:
        return "" if path.exists() else f"{_short(path)} does not exist any more."
    except OSError as error:  # a folder without permission, a name that is too long
        return f"{_short(path)} cannot be opened: {error.strerror}."


def _run(command: list[str]) -> str:
    """Run a command on the terminal; return the reason why it could not be started, empty if it was."""
    try:
        subprocess.run(command, stdin=sys.__stdin__, check=False)
    except OSError as error:
        return f"{_short(command[0])} cannot be started: {error.strerror}."
    return ""


def _arguments(editor: str, path: Path, line: int) -> list[str]:
    name = Path(editor).stem
    if line > 1 and name in _COLON:
        return (["-g"] if name in ("code", "codium", "cursor") else []) + [f"{path}:{line}"]
    return [f"+{line}", str(path)] if line > 1 and name in _JUMPING else [str(path)]


def _short(name: str | Path) -> str:
    return cut_start(one_line(str(name)), MAX_NAME)


def _unused(path: Path) -> Path:
    number = 1
    unused = path
    while unused.exists():
        number += 1
        unused = path.with_stem(f"{path.stem}-{number}")
    return unused
