"""Keeps what a program prints, where the monitor finds it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tui_monitor.sources.discovery.recorded_runs import recordings_folder

FROM_LINES = 64 << 10
"""If so many bytes are of no known format, the rest is taken to be of none."""

LONGEST_FIRST = 1 << 20
"""So many bytes are held for the end of a first line that is longer than that."""


class Recording:
    """A file of what is printed, made as soon as its format is known. Nothing that goes wrong here is raised."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._held: bytes | None = b""
        self._file: int | None = None
        self.path: Path | None = None
        """Where it is kept; None as long as it is not."""
        self.trouble = ""
        """Why it is not kept, or not to its end."""

    def hear(self, chunk: bytes) -> None:
        """Take the next piece of what is printed."""
        try:
            if self._file is not None:
                _write(self._file, chunk)
            elif self._held is not None:
                self._hold(self._held + chunk)
        except OSError as error:
            self.trouble = (error.strerror or str(error)).lower()
            self.close()

    def close(self) -> None:
        """Nothing more will be printed."""
        self._held = None
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _hold(self, held: bytes) -> None:
        """What is held may tell the format by now; it is not looked at before a line is complete."""
        self._held = held
        if b"\n" not in held and len(held) < LONGEST_FIRST:
            return
        from tui_monitor.sources.discovery.registry import default_registry
        from tui_monitor.sources.files.head import Unrecognised, head_of

        try:
            adapter = default_registry().recognise_head(head_of(Path("-"), held))
        except Unrecognised:
            self.trouble = "it prints no lines of a known format"
            self._held = held if len(held) < FROM_LINES else None
            return
        self._open(recordings_folder(self._data, adapter.name))
        self._held = None
        self.trouble = ""

    def _open(self, folder: Path) -> None:
        for part in (self._data, folder.parent, folder):
            part.mkdir(mode=0o700, exist_ok=True)
        self.path = folder / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{os.getpid()}.jsonl"
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        _write(self._file, self._held or b"")


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]
