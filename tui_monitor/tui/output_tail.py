"""The end of a file that a running command writes, and the number of its lines so far."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tui_monitor.regular_files import open_binary

MAX_TAIL = 64 << 10
"""Bytes shown of the end."""
MAX_COUNTED = 8 << 20
"""Bytes in which lines are counted at a time; those of a larger file follow with the next ones."""


@dataclass(frozen=True, slots=True)
class OutputTail:
    """The end of a file as text. There are so many ``lines`` in its first ``counted`` bytes."""

    text: str = ""
    lines: int = 0
    counted: int = 0


def read_on(path: Path, before: OutputTail) -> OutputTail:
    """Return the end of a file as it is now; ``before`` is what it was. What is no regular file has no end. Takes a
    moment: for a worker."""
    try:
        with open_binary(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size < before.counted:
                before = OutputTail()
            file.seek(before.counted)
            counted = file.read(min(MAX_COUNTED, size - before.counted))
            file.seek(max(0, size - MAX_TAIL))
            tail = file.read(MAX_TAIL)
    except (OSError, ValueError):
        return before
    if size > MAX_TAIL:
        tail = tail.partition(b"\n")[2] or tail
    lines = before.lines + counted.count(b"\n")
    return OutputTail(tail.decode("utf-8", "replace"), lines, before.counted + len(counted))
