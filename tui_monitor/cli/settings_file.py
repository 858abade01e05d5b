"""Replacing a settings file of another program: whole or not at all, with a copy of what it was."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkstemp

from tui_monitor.regular_files import read_text
from tui_monitor.sources.settings import SettingsChange


def backup(change: SettingsChange) -> Path | None:
    """Copy a settings file beside itself, and return the copy; None if there is no file yet.

    Raises:
        OSError: it cannot be copied, or has changed since it was read.
    """
    path = change.path.resolve()
    try:
        current = read_text(path)
    except FileNotFoundError:
        current = ""
    if current != change.before:
        raise OSError("it has changed meanwhile: try again")
    if not path.exists():
        return None
    copy = path.with_name(f"{path.name}.before-tui-monitor-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
    shutil.copy2(path, copy)
    return copy


def replace_file(change: SettingsChange) -> None:
    """Put the new content in the place of the old one; a link stays a link, and the permissions stay.

    Raises:
        OSError: it cannot be written; the file is as it was.
    """
    path = change.path.resolve()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(change.after)
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
