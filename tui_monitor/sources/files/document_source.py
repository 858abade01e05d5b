"""Files that are one JSON document, rewritten as a whole for each change."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from tui_monitor.events import Batch
from tui_monitor.sources.base import Checkpoints, matching_checkpoints, no_checkpoints
from tui_monitor.sources.files.decode import is_complete
from tui_monitor.sources.files.file_reader import Chunk
from tui_monitor.sources.files.line_buffer import LONGEST, Line
from tui_monitor.sources.files.line_source import LineAdapter
from tui_monitor.sources.files.open_file import OpenFile
from tui_monitor.sources.files.record_reader import RecordReader
from tui_monitor.sources.files.stat_snapshot import StatSnapshot
from tui_monitor.sources.shared.fields import path_text


class DocumentSource:
    """The document at ``path``, parsed as one record each time it has changed. The cursor is a hash of the content.

    The parser must not emit again what its state says it has emitted.
    """

    def __init__(self, adapter: LineAdapter, path: Path, checkpoints: Checkpoints = no_checkpoints) -> None:
        self.path = path
        self._checkpoints = matching_checkpoints(adapter, checkpoints)
        self._records = RecordReader(adapter, path)
        self._snapshot = StatSnapshot(path)
        self._source = ""
        self._cursor = ""
        self._start_state: str | None = None
        self._size = 0
        self._bytes_read = 0

    def read(self) -> Batch | None:
        """Return the new events of the document; None while it is unchanged or incomplete.

        Raises:
            FileNotFoundError: the file was deleted after it had been read. Raised once.
            OSError: the file cannot be read now.
        """
        if not self._snapshot.has_changed():
            return None
        line = self._content()
        cursor = blake2b(line.data, digest_size=16).hexdigest()
        if (not line.data and not line.too_long) or cursor == self._cursor or self._is_unfinished(line):
            self._snapshot.accept()
            return None
        before, self._cursor = self._cursor, cursor
        start_state, self._start_state = self._start_state, None
        self._bytes_read = self._size
        return self._records.batch(Chunk(self._source, before, cursor, [line], start_state))

    def progress(self) -> tuple[int, int]:
        """Return the number of bytes read and the size of the file."""
        return self._bytes_read, self._size

    def release(self) -> None:
        """Nothing is held open."""

    def close(self) -> None:
        """Nothing is held open."""

    def _content(self) -> Line:
        """Return the whole content as one line; an empty one if there is no file yet."""
        try:
            file = OpenFile(self.path)
        except (FileNotFoundError, NotADirectoryError):
            if not self._source:
                return Line(0, b"")
            self._source = ""
            raise
        try:
            self._begin(f"document:{file.device}:{file.inode}:{path_text(self.path)}")
            self._size = file.size()
            return Line(0, b"", too_long=True) if self._size > LONGEST else Line(0, file.read(0, self._size))
        finally:
            file.close()

    def _begin(self, source: str) -> None:
        """Resume from the checkpoint of this very file, if it is another one than before."""
        if source == self._source:
            return
        self._source = source
        matching = (checkpoint for checkpoint in self._checkpoints(source) if checkpoint.source == source)
        checkpoint = next(matching, None)
        self._cursor, self._start_state = (checkpoint.cursor, checkpoint.state) if checkpoint else ("", "")

    def _is_unfinished(self, line: Line) -> bool:
        """Return True while the document is being written. One that stays broken is reported."""
        return self._snapshot.is_recent() and not line.too_long and not is_complete(line.data.rstrip())
