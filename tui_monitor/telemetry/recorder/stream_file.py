"""Appending to one stream file, with rotation: each line by a single write, atomic among threads and processes."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path
from time import monotonic

from tui_monitor.regular_files import open_binary

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_MAX_ATTEMPTS = 20
"""Every failed attempt means that another process filled or deleted the file at that moment."""
_CHECK_INTERVAL_S = 1.0
"""Seconds between checks that the open file still has its name."""
_TRUST_S = 0.001
"""Seconds between checks that the open file was not removed: the first line after them is checked at once."""


class StreamFile:
    """One stream file. A full file is renamed (``run.jsonl`` to ``run.1.jsonl``) and never appended to again.

    A line that another process's rotation may have left behind the end of a renamed file is written again to the next
    file, so none is lost. Lines have a ``uid``, by which readers count a repeated one once.

    Whether the file was removed is asked at most once a `_TRUST_S`, for that costs more than to write a line. The lines
    written since are kept until it is known, and written again to a new file if they went to a removed one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._can_rotate = True
        self._descriptor: int | None = None
        self._trusted_until = 0.0
        self._next_check = 0.0
        self._is_torn = False
        self._recent: list[bytes] = []

    def append(self, line: bytes, limit: int) -> None:
        """Append a line, including its line feed. The file is full at ``limit`` bytes.

        Raises:
            OSError: The line is not in the file, or only a part of it.
        """
        descriptor = self._descriptor
        is_trusted = descriptor is not None and monotonic() < self._trusted_until
        if descriptor is None or not is_trusted:
            descriptor = self._ensure_open()
        self._write(descriptor, line)
        self._recent.append(line)
        # The position is the end of this line.
        if is_trusted and (os.lseek(descriptor, 0, os.SEEK_CUR) < limit or not self._can_rotate):
            return
        try:
            self._confirm(limit)
        except OSError:
            del self._recent[-1:]  # whoever called keeps this one
            raise

    def flush(self) -> None:
        """Write the latest lines again if they went to a file that had been removed.

        Raises:
            OSError: They cannot be written now.
        """
        if self._recent:
            self._ensure_open()
            self._confirm(sys.maxsize)

    def close(self) -> int:
        """Close the file; the next line opens it again. Return how many lines are lost."""
        with suppress(OSError):
            self.flush()
        lost = len(self._recent)
        self.forget_recent()
        self._close()
        return lost

    def forget_recent(self) -> None:
        """Forget the latest lines, in a forked child: its parent sees to them."""
        self._recent.clear()

    def _write(self, descriptor: int, lines: bytes) -> None:
        data = b"\n" + lines if self._is_torn else lines
        self._is_torn = os.write(descriptor, data) < len(data)
        if self._is_torn:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))

    def _confirm(self, limit: int) -> None:
        """See to it that the latest lines are in a file that is there and was not full before."""
        for _ in range(_MAX_ATTEMPTS):
            status = os.fstat(self._ensure_open())
            if status.st_nlink and (status.st_size < limit or not self._can_rotate):
                self._recent.clear()
                self._trusted_until = monotonic() + _TRUST_S
                return
            if status.st_nlink:
                self._leave_full(status, limit)
            else:
                self._leave(status)
            if not self._recent:
                return
        raise OSError(errno.EAGAIN, "the file keeps being replaced", str(self._path))

    def _leave_full(self, status: os.stat_result, limit: int) -> None:
        """Rename the full file; the last line is kept if it came after the end that readers saw."""
        assert self._descriptor is not None
        last = self._recent[-1]
        start = os.lseek(self._descriptor, 0, os.SEEK_CUR) - len(last)
        self._leave(status)
        self._can_rotate = self._rotate(status)
        if start >= limit and self._can_rotate:
            self._recent.append(last)

    def _leave(self, status: os.stat_result) -> None:
        """Close a file that was renamed or removed; the latest lines are kept if they may have come after its removal.

        A file whose status changed after its last line was removed with all of them, and that was somebody's wish.
        """
        if status.st_nlink or status.st_ctime_ns > status.st_mtime_ns:
            self._recent.clear()
        self._close()

    def _ensure_open(self) -> int:
        """Return the descriptor of the file, which is opened if need be, and then gets the lines that no file has."""
        if monotonic() >= self._next_check:
            self._next_check = monotonic() + _CHECK_INTERVAL_S
            if self._descriptor is not None and not self._is_at_path(status := os.fstat(self._descriptor)):
                self._leave(status)
        if self._descriptor is None:
            self._descriptor = self._open()
            self._is_torn = self._ends_within_line()
            self._write_kept(self._descriptor)
        return self._descriptor

    def _write_kept(self, descriptor: int) -> None:
        if self._recent:
            try:
                self._write(descriptor, b"".join(self._recent))
            except OSError:
                self._close()
                raise

    def _close(self) -> None:
        self._trusted_until = 0.0
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)

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
