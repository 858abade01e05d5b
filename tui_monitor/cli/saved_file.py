"""Writing a file that a person named: whole or not at all, for its owner alone."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from tui_monitor.cli.exit_status import CommandError
from tui_monitor.cli.path_args import quoted


def save_text(path: str | Path, text: str) -> None:
    """Put a file with this text in the place of the one before: whoever reads it meanwhile has the old or the new one.

    Raises:
        CommandError: there is something else than a file.
        OSError: it cannot be written; what was there is as it was.
    """
    target = Path(path).expanduser().resolve()
    if target.exists() and not target.is_file():
        raise CommandError(f"{quoted(str(path))} is no file: without -o the report goes to standard output.")
    try:
        descriptor, name = mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from None  # the name that was asked for
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
