"""Records a program's output where the monitor finds it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tui_monitor.sources.discovery.recorded_runs import recordings_folder

RECOGNITION_LIMIT = 64 << 10
"""Bytes by which a format must be recognised; other output is not recorded."""

FIRST_LINE_LIMIT = 1 << 20
"""Bytes up to which the end of a first line is awaited."""


class OutputRecording:
    """A file of a program's output, created once its format is recognised. Raises nothing: see ``fault``."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._unrecognised: bytes | None = b""
        self._file: int | None = None
        self.path: Path | None = None
        """The file; None until there is one."""
        self.fault = ""
        """Why there is no file, or not a complete one."""

    def write(self, chunk: bytes) -> None:
        """Record the next piece of output."""
        try:
            if self._file is not None:
                _write(self._file, chunk)
            elif self._unrecognised is not None:
                self._recognise(self._unrecognised + chunk)
        except OSError as error:
            self.fault = (error.strerror or str(error)).lower()
            self.close()

    def close(self) -> None:
        """Finish the file."""
        self._unrecognised = None
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _recognise(self, output: bytes) -> None:
        """Open the file if the output so far has a known format; it is examined once a line is complete."""
        self._unrecognised = output
        if b"\n" not in output and len(output) < FIRST_LINE_LIMIT:
            return
        from tui_monitor.sources.discovery.registry import default_registry
        from tui_monitor.sources.files.head import UnrecognisedFormat, head_of

        try:
            adapter = default_registry().recognise_head(head_of(Path("-"), output))
        except UnrecognisedFormat:
            self.fault = "it prints no lines of a known format"
            self._unrecognised = output if len(output) < RECOGNITION_LIMIT else None
            return
        self._open(recordings_folder(self._data, adapter.name), output)
        self._unrecognised = None
        self.fault = ""

    def _open(self, folder: Path, output: bytes) -> None:
        for part in (self._data, folder.parent, folder):
            part.mkdir(mode=0o700, exist_ok=True)
        self.path = folder / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{os.getpid()}.jsonl"
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        _write(self._file, output)


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]
