"""What a person asks for that goes beyond the screen: an editor, the clipboard, a file."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from textual.app import App, SuspendNotSupported

_JUMPING = ("vi", "vim", "nvim", "nano", "emacs", "emacsclient", "kak", "micro", "hx", "helix", "joe", "ne")
_COLON = ("code", "codium", "cursor", "subl", "zed", "hx", "helix")


def edit(app: App[object], path: Path, line: int) -> None:
    """Open a file in the person's editor (``VISUAL``, ``EDITOR``), at a line where the editor understands one."""
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    if not path.exists():
        app.notify(f"{path} is not there any more.", severity="warning", markup=False)
        return
    try:
        with app.suspend():
            subprocess.run([*command, *_place(command[0], path, line)], stdin=sys.__stdin__, check=False)
    except SuspendNotSupported:
        app.notify("This terminal cannot be handed to an editor.", severity="warning")
    except OSError as error:
        app.notify(f"{command[0]} cannot be started: {error.strerror}.", severity="error", markup=False)


def save(app: App[object], folder: Path, name: str, text: str) -> None:
    """Keep a text in a new file of ``folder``, for its owner alone."""
    path = _unused(folder / name)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        app.notify(f"{path} cannot be written: {error.strerror}.", severity="error", markup=False)
    else:
        app.notify(f"Saved as {path}.", markup=False)


def _place(editor: str, path: Path, line: int) -> list[str]:
    name = Path(editor).stem
    if line > 1 and name in _COLON:
        return (["-g"] if name in ("code", "codium", "cursor") else []) + [f"{path}:{line}"]
    return [f"+{line}", str(path)] if line > 1 and name in _JUMPING else [str(path)]


def _unused(path: Path) -> Path:
    number = 1
    unused = path
    while unused.exists():
        number += 1
        unused = path.with_stem(f"{path.stem}-{number}")
    return unused
