"""The file that lines are appended to: each by one write, which other threads and processes cannot come between."""

from __future__ import annotations

import errno
import os
from itertools import count
from pathlib import Path
from time import monotonic

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_ATTEMPTS = 20
"""Each but the last finds that others have filled or deleted the file while it waited for its turn."""
_LOOK_S = 1.0
"""How often it is made sure that the file still has its name."""


class StreamFile:
    """One stream. A file that is full gets another name (``run.jsonl`` becomes ``run.1.jsonl``), and nothing is
    appended to it any more.

    So that no line gets lost between two processes, a line that another one's rotation may have left behind is written
    again to the next file: lines have names, and who reads one twice counts it once.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rotates = True
        self._descriptor: int | None = None
        self._look_at = 0.0
        self._torn = False

    def append(self, line: bytes, limit: int) -> None:
        """Add a line, with its end. The file is full when it holds ``limit`` bytes.

        Raises:
            OSError: it is not in the file, or not all of it.
        """
        for _ in range(_ATTEMPTS):
            descriptor = self._open()
            self._write(descriptor, line)
            status = os.fstat(descriptor)
            if status.st_nlink and (status.st_size < limit or not self._rotates):
                return
            start = os.lseek(descriptor, 0, os.SEEK_CUR) - len(line)
            self.close()
            if status.st_nlink:
                self._rotates = self._give_name_up(status)
                if start < limit or not self._rotates:
                    return
        raise OSError(errno.EAGAIN, "the file is always a different one", str(self._path))

    def close(self) -> None:
        """Let go of the file; the next line opens it again."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)

    def _write(self, descriptor: int, line: bytes) -> None:
        data = b"\n" + line if self._torn else line
        written = os.write(descriptor, data)
        self._torn = written < len(data)
        if self._torn:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))

    def _open(self) -> int:
        if monotonic() >= self._look_at:
            self._look_at = monotonic() + _LOOK_S
            if self._descriptor is not None and not self._has_name(os.fstat(self._descriptor)):
                self.close()
        if self._descriptor is None:
            self._descriptor = self._opened()
            self._torn = self._ends_amid_line()
        return self._descriptor

    def _opened(self) -> int:
        try:
            return os.open(self._path, _FLAGS, 0o600)
        except FileNotFoundError:
            _make_folder(self._path.parent)
            return os.open(self._path, _FLAGS, 0o600)

    def _has_name(self, status: os.stat_result) -> bool:
        try:
            return os.path.samestat(status, self._path.stat())
        except OSError:
            return False

    def _ends_amid_line(self) -> bool:
        """Whether a writer was cut off, by a full disk for example: then a line of ours begins with the end of its."""
        if not self._path.is_file():
            return False
        try:
            with self._path.open("rb") as file:
                file.seek(-1, os.SEEK_END)
                return file.read(1) != b"\n"
        except OSError:
            return False

    def _give_name_up(self, full: os.stat_result) -> bool:
        """Have the full file bear another name, unless somebody was faster. False where that is not possible."""
        try:
            import fcntl

            # A descriptor of its own: one that was inherited by a fork would share its lock with the parent.
            with self._path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if self._has_name(full):
                    self._path.rename(self._next_name())
        except FileNotFoundError:
            return True
        except (ImportError, OSError):
            return False
        return True

    def _next_name(self) -> Path:
        names = (self._path.with_name(f"{self._path.stem}.{at}{self._path.suffix}") for at in count(1))
        return next(name for name in names if not name.exists())


def _make_folder(folder: Path) -> None:
    """The folder and those above it, for their owner alone."""
    for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
