"""The files of received exports: OTLP JSON lines, one file per day, readable by the owner only."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from tui_monitor.regular_files import open_descriptor

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT
_NONE = -1


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


class Spool:
    """Appends lines to the file of the day, and keeps it open; thread-safe. ``today`` returns its name without the
    suffix."""

    def __init__(self, folder: Path, today: Callable[[], str] = _today) -> None:
        self.folder = folder
        self._today = today
        self._lock = Lock()
        self._descriptor = _NONE
        self._identity = (0, 0)

    def append(self, line: bytes) -> Path:
        """Append a line and return its file. A line that cannot be written completely is removed again.

        Raises:
            OSError: the line cannot be written.
        """
        with self._lock:
            path = self.folder / f"{self._today()}.jsonl"
            size = self._open(path)
            _write_whole(self._descriptor, line + b"\n", size)
            return path

    def close(self) -> None:
        """Close the file."""
        descriptor, self._descriptor, self._identity = self._descriptor, _NONE, (0, 0)
        if descriptor != _NONE:
            os.close(descriptor)

    def _open(self, path: Path) -> int:
        """Have the file at ``path`` open, whatever was moved or deleted meanwhile, and return its size."""
        try:
            status = os.stat(path)  # noqa: PTH116  (it takes half the time, for each line)
        except FileNotFoundError:
            status = None
        if status is None or (status.st_dev, status.st_ino) != self._identity:
            self.close()
            self._descriptor = self._create(path)
            status = os.fstat(self._descriptor)
            self._identity = status.st_dev, status.st_ino
        return status.st_size

    def _create(self, path: Path) -> int:
        try:
            return open_descriptor(path, _FLAGS)
        except FileNotFoundError:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return open_descriptor(path, _FLAGS)


def _write_whole(descriptor: int, data: bytes, size: int) -> None:
    """Write at the end of a file of this size."""
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    except OSError:
        os.ftruncate(descriptor, size)
        raise
