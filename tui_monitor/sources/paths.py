"""Paths as text."""

from __future__ import annotations

import os
from pathlib import Path


def path_text(path: Path | str) -> str:
    """The path as it can be stored and shown: U+FFFD stands for what is no UTF-8 in a name."""
    return os.fsencode(path).decode("utf-8", "replace")
