"""A growing file by its name: through rotation, replacement, deletion and coming back."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from tui_monitor.sources.base import Checkpoints, no_checkpoints
from tui_monitor.sources.files.file_reader import Chunk, FileReader
from tui_monitor.sources.files.line_buffer import LINE_END
from tui_monitor.sources.files.open_file import OpenFile


class Tail:
    """Gives the lines of whatever file bears the name, each once, and nothing while there is none yet.

    A file that has lost the name is read to its end before the one that has got it.
    """

    def __init__(self, path: Path, checkpoints: Checkpoints = no_checkpoints, ending: bytes = LINE_END) -> None:
        self._path = path
        self._checkpoints = checkpoints
        self._ending = ending
        self._reading: FileReader | None = None

    def read(self) -> Chunk | None:
        """The next lines; None when there is nothing new.

        Raises:
            FileNotFoundError: it was deleted after it had been read. Said once.
            OSError: it cannot be read just now.
        """
        try:
            return self._read()
        except OSError:
            self.close()
            raise

    def progress(self) -> tuple[int, int]:
        """How many bytes have been read, and how many there are."""
        if self._reading:
            return self._reading.offset, self._reading.file.size()
        named = self._named()
        return 0, named.st_size if named else 0

    def release(self) -> None:
        """Close the descriptor. The next read opens the file again and goes on where this one stopped.

        If another file has got the name by then, what was appended to the old one meanwhile is lost.
        """
        if self._reading and self._reading.has_position:
            self._reading.file.release()
        else:
            self.close()

    def close(self) -> None:
        """Let go of the file. A later read begins where the checkpoints say."""
        if self._reading:
            self._reading.file.close()
            self._reading = None

    def _read(self) -> Chunk | None:
        if self._reading is None:
            return self._open()
        # Looked up before reading: once the next file has content, its writer is done with this one.
        named = self._named()
        file = self._reading.file
        piece = self._reading.next() if file.reopen() else None
        if piece or not self._is_over(file, named):
            return piece
        if piece := self._reading.flush():
            return piece
        self.close()
        if named is None:
            raise FileNotFoundError(errno.ENOENT, "deleted while it was read", str(self._path))
        return self._open()

    def _open(self) -> Chunk | None:
        try:
            self._reading = FileReader(OpenFile(self._path), self._checkpoints, self._ending)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return self._reading.next()

    def _named(self) -> os.stat_result | None:
        try:
            return self._path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None

    @staticmethod
    def _is_over(file: OpenFile, named: os.stat_result | None) -> bool:
        """Whether nothing more will be written to the file: it is deleted, or another one grows under its name."""
        if named is None:
            return file.deleted()
        return (named.st_dev, named.st_ino) != (file.device, file.inode) and named.st_size > 0
