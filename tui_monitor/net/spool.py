"""The files of received exports: OTLP JSON lines, one file per day, readable by the owner only."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from tui_monitor.regular_files import open_descriptor

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


class Spool:
    """Appends lines to the file of the day; thread-safe. ``today`` returns its name without the suffix."""

    def __init__(self, folder: Path, today: Callable[[], str] = _today) -> None:
        self.folder = folder
        self._today = today
        self._lock = Lock()

    def append(self, line: bytes) -> Path:
        """Append a line and return its file. A line that cannot be written completely is removed again.

        Raises:
            OSError: the line cannot be written.
        """
        with self._lock:
            path = self.folder / f"{self._today()}.jsonl"
            try:
                descriptor = open_descriptor(path, _FLAGS)
            except FileNotFoundError:
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                descriptor = open_descriptor(path, _FLAGS)
            try:
                _write_whole(descriptor, line + b"\n")
            finally:
                os.close(descriptor)
            return path


def _write_whole(descriptor: int, data: bytes) -> None:
    before = os.fstat(descriptor).st_size
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    except OSError:
        os.ftruncate(descriptor, before)
        raise
