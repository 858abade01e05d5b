"""Appending to one stream file, with rotation: each line by a single write, atomic among threads and processes."""

from __future__ import annotations

import errno
import os
from itertools import count
from pathlib import Path
from time import monotonic

from tui_monitor.regular_files import open_binary

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_MAX_ATTEMPTS = 20
"""Every failed attempt means that another process filled or deleted the file at that moment."""
_CHECK_INTERVAL_S = 1.0
"""Seconds between checks that the open file still has its name."""


class StreamFile:
    """One stream file. A full file is renamed (``run.jsonl`` to ``run.1.jsonl``) and never appended to again.

    A line that another process's rotation may have left behind the end of a renamed file is written again to the next
    file, so none is lost. Lines have a ``uid``, by which readers count a repeated one once.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._can_rotate = True
        self._descriptor: int | None = None
        self._next_check = 0.0
        self._is_torn = False

    def append(self, line: bytes, limit: int) -> None:
        """Append a line, including its line feed. The file is full at ``limit`` bytes.

        Raises:
            OSError: The line is not in the file, or only a part of it.
        """
        for _ in range(_MAX_ATTEMPTS):
            descriptor = self._ensure_open()
            self._write(descriptor, line)
            status = os.fstat(descriptor)
            if status.st_nlink and (status.st_size < limit or not self._can_rotate):
                return
            start = os.lseek(descriptor, 0, os.SEEK_CUR) - len(line)
            self.close()
            if status.st_nlink:
                self._can_rotate = self._rotate(status)
                if start < limit or not self._can_rotate:
                    return
        raise OSError(errno.EAGAIN, "the file keeps being replaced", str(self._path))

    def close(self) -> None:
        """Close the file; the next line opens it again."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)

    def _write(self, descriptor: int, line: bytes) -> None:
        data = b"\n" + line if self._is_torn else line
        self._is_torn = os.write(descriptor, data) < len(data)
        if self._is_torn:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))

    def _ensure_open(self) -> int:
        if monotonic() >= self._next_check:
            self._next_check = monotonic() + _CHECK_INTERVAL_S
            if self._descriptor is not None and not self._is_at_path(os.fstat(self._descriptor)):
                self.close()
        if self._descriptor is None:
            self._descriptor = self._open()
            self._is_torn = self._ends_within_line()
        return self._descriptor

    def _open(self) -> int:
        try:
            return os.open(self._path, _FLAGS, 0o600)
        except FileNotFoundError:
            _make_private_folder(self._path.parent)
            return os.open(self._path, _FLAGS, 0o600)

    def _is_at_path(self, status: os.stat_result) -> bool:
        try:
            return os.path.samestat(status, self._path.stat())
        except OSError:
            return False

    def _ends_within_line(self) -> bool:
        """Return True if a write was cut off, by a full disk for example: the next one must begin with a line feed."""
        try:
            with open_binary(self._path) as file:
                file.seek(-1, os.SEEK_END)
                return file.read(1) != b"\n"
        except OSError:
            return False

    def _rotate(self, full: os.stat_result) -> bool:
        """Rename the full file, unless another process already has. Return False if renaming is impossible."""
        try:
            import fcntl

            # Opened anew: a descriptor inherited through a fork would share its lock with the parent.
            with open_binary(self._path) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if self._is_at_path(full):
                    self._path.rename(self._next_name())
        except FileNotFoundError:
            return True
        except (ImportError, OSError):
            return False
        return True

    def _next_name(self) -> Path:
        names = (self._path.with_name(f"{self._path.stem}.{at}{self._path.suffix}") for at in count(1))
        return next(name for name in names if not name.exists())


def _make_private_folder(folder: Path) -> None:
    """Create the folder and its missing parents, accessible to their owner only."""
    for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
