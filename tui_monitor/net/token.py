"""The token that exporters must send. It is generated once, and kept for its owner alone."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from tui_monitor.regular_files import open_descriptor, read_text

_NAME = "receive-token"
_BYTES = 24
_LEAST_LENGTH = 16


def kept_token(folder: Path) -> str:
    """Return the token in this folder; create it, readable by its owner alone, if there is none.

    Raises:
        OSError: it can be neither read nor created.
    """
    path = folder / _NAME
    if token := _read(path):
        return token
    with suppress(FileNotFoundError):
        path.unlink()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    token = secrets.token_urlsafe(_BYTES)
    try:
        descriptor = open_descriptor(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    except FileExistsError:  # another receiver was faster
        return _read(path)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{token}\n")
    return token


def _read(path: Path) -> str:
    """Return the token in a file; empty if it holds none."""
    try:
        token = read_text(path).strip()
    except (FileNotFoundError, ValueError):
        return ""
    return token if len(token) >= _LEAST_LENGTH and token.isascii() and token.isprintable() else ""
