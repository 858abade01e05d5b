"""Following a growing file by its name (``tail -F``)."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from tui_monitor.sources.base import Checkpoints, no_checkpoints
from tui_monitor.sources.files.compressed_file import open_file
from tui_monitor.sources.files.file_reader import CHUNK_LINES, Chunk, FileReader
from tui_monitor.sources.files.line_buffer import LINE_END
from tui_monitor.sources.files.open_file import OpenFile


class Tail:
    """Follows a path through rotation, truncation and re-creation; the old inode is drained first."""

    def __init__(self, path: Path, checkpoints: Checkpoints = no_checkpoints, line_end: bytes = LINE_END) -> None:
        self._path = path
        self._checkpoints = checkpoints
        self._line_end = line_end
        self._reader: FileReader | None = None
        self.is_drained = False
        """True if the last read took all that was there, of a file that still has its name."""

    def read(self, max_lines: int = CHUNK_LINES) -> Chunk | None:
        """Return the next lines; None if there is nothing new.

        Raises:
            FileNotFoundError: the file was deleted after it had been read. Raised once.
            OSError: the file cannot be read now.
        """
        self.is_drained = False
        try:
            return self._read(max_lines)
        except OSError:
            self.close()
            raise

    @property
    def start_state(self) -> str:
        """The state of the parser with which the next chunk begins; empty if it is the parser's own, or none."""
        return self._reader.start_state if self._reader else ""

    def progress(self) -> tuple[int, int]:
        """Return the number of bytes read and the size of the file."""
        if self._reader:
            return self._reader.offset, self._reader.file.size()
        status = self._status()
        return 0, status.st_size if status else 0

    def release(self) -> None:
        """Close the descriptor. The next read opens the file again and resumes where the last one stopped.

        If the file has no name in its folder by then, or was cut, bytes appended to it meanwhile are lost.
        """
        if self._reader and self._reader.has_position:
            self._reader.file.release()
        else:
            self.close()

    def reopen(self) -> None:
        """Open a released file again now: what is appended to it is not lost then, whatever happens to its name."""
        if self._reader:
            with suppress(OSError):  # the next read says so
                self._reader.file.reopen()

    def close(self) -> None:
        """Close the file. A later read resumes from the checkpoints."""
        if self._reader:
            self._reader.file.close()
            self._reader = None

    def _read(self, max_lines: int) -> Chunk | None:
        if self._reader is None:
            return self._open(max_lines)
        # Checked before reading: once the next file has content, nothing more is written to this one.
        status = self._status()
        file = self._reader.file
        chunk = self._reader.next(max_lines) if file.reopen() else None
        if chunk:
            is_all = len(chunk.lines) < max_lines and self._reader.offset == file.size()
            self.is_drained = is_all and status is not None and _is_same(file, status)
        if chunk or not self._is_over(file, status):
            return chunk
        if chunk := self._reader.flush():
            return chunk
        self.close()
        if status is None:
            raise FileNotFoundError(errno.ENOENT, "deleted while it was read", str(self._path))
        return self._open(max_lines)

    def _open(self, max_lines: int) -> Chunk | None:
        try:
            self._reader = FileReader(open_file(self._path), self._checkpoints, self._line_end)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return self._reader.next(max_lines)

    def _status(self) -> os.stat_result | None:
        try:
            return self._path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None

    @staticmethod
    def _is_over(file: OpenFile, status: os.stat_result | None) -> bool:
        """Return True if the file is final: it is deleted, or another one with content has its name."""
        if status is None:
            return file.deleted()
        return not _is_same(file, status) and status.st_size > 0


def _is_same(file: OpenFile, status: os.stat_result) -> bool:
    return (status.st_dev, status.st_ino) == (file.device, file.inode)
